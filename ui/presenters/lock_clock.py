"""Set a networked lock's clock in two steps: the keys for the technician, then how it went."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from station.domain.operation import State
from station.domain.operator import Operator
from station.domain.room import Room
from station.errors import StationError
from station.workflows import network_locks
from station.workflows.desk import Desk
from station.workflows.network_locks import SyncBegun
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.lock_news import LockNews
from ui.presenters.said import Said, Tone


@dataclass(frozen=True, slots=True)
class ClockState:
    """`begun` holds the keys until it was said how it went."""

    working: bool = False
    begun: SyncBegun | None = field(default=None, repr=False)


class LockClock(Presenter[ClockState]):
    """One clock at a time, on the locks' lane."""

    def __init__(self, context: Context, news: LockNews) -> None:
        super().__init__(ClockState())
        self._context, self._news = context, news
        context.session.changed.connect(self.drop)

    def begin(self, room: Room) -> None:
        """Ask the cloud for the keys."""

        def began(begun: SyncBegun) -> None:
            self.show(ClockState(begun=begun))
            self._context.bridge.changed.emit()

        self._later(lambda desk, who: network_locks.begin_time_sync(desk, who, room), began)

    def report(self, *, ok: bool) -> None:
        """It worked, or it did not."""
        begun = self.state.begun
        if begun is None:
            return

        def reported(state: State) -> None:
            self.show(ClockState())
            self._context.bridge.changed.emit()
            done = state is State.DONE
            tone, key = (Tone.GOOD, "clock_set") if done else (Tone.WARN, "clock_not_set")
            self._news.say(Said(tone, f"locks.{key}", facts={"room": begun.room.name}))

        self._later(
            lambda desk, who: network_locks.report_time_sync(desk, who, begun, ok=ok), reported
        )

    def drop(self) -> None:
        """Another room, or nobody sits there any more: the keys go from the screen."""
        self.show(replace(self.state, begun=None))

    def close(self) -> None:
        self._context.session.changed.disconnect(self.drop)
        super().close()

    def _later(
        self, work: Callable[[Desk, Operator], object], success: Callable[..., None]
    ) -> None:
        if self.state.working:
            return
        desk, operator = self._context.desk, self._context.session.need()
        self._news.begin()
        self.show(replace(self.state, working=True))
        self.later(self._context.lanes.locks, lambda: work(desk, operator), success, self._failed)

    def _failed(self, error: StationError) -> None:
        self.show(replace(self.state, working=False))
        self._news.say(Said(Tone.BAD, "locks.clock_failed", error=error))
        self._context.bridge.changed.emit()
