"""The locks page's room and house: what opens the door, its battery; stop, show again, ask now."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from station.compose import Station
from station.domain.credential import Credential, CredentialKind
from station.domain.operation import State
from station.domain.operator import PERMISSIONS, Operator, Permission
from station.domain.room import Room
from station.errors import StationError
from station.workflows import network_locks, stop_credential
from station.workflows.credentials import CredentialResult, permission_for
from station.workflows.desk import Desk
from ui.context import Context
from ui.presenters import lock_facts
from ui.presenters.listing import Listing
from ui.presenters.lock_news import LockNews, ShownCode
from ui.presenters.lock_state import House, RoomView, Way
from ui.presenters.said import Said, Tone


@dataclass(frozen=True, slots=True)
class LocksState:
    """`room` None: the house is shown. `wanted` is the room that is being looked up."""

    wanted: str = ""
    room: RoomView | None = None
    house: House = field(default_factory=House)
    chosen: str = ""
    """The way in that is chosen."""
    loaded: bool = False
    working: bool = False
    looking: bool = False
    error: StationError | None = None

    @property
    def way(self) -> Way | None:
        ways = self.room.ways if self.room else ()
        return next((way for way in ways if way.key == self.chosen), None)


@dataclass(frozen=True, slots=True)
class _Answer:
    house: House
    room: RoomView | None
    wanted: str


class LocksPresenter(Listing[LocksState, _Answer]):
    """What is sent to a lock goes on the locks' lane, one thing at a time."""

    def __init__(self, context: Context, news: LockNews) -> None:
        super().__init__(context, LocksState())
        self._news = news

    # which room

    def choose(self, room_id: str) -> None:
        """Look at a room's lock."""
        if room_id != self.state.wanted:
            self._news.clear()
            self.show(replace(self.state, wanted=room_id, room=None, chosen="", error=None))
        self.refresh()

    def leave(self) -> None:
        """Back to the house."""
        self._news.clear()
        self.show(replace(self.state, wanted="", room=None, chosen="", error=None))
        self.refresh()

    def choose_way(self, key: str) -> None:
        """Another way in is looked at."""
        if key and key != self.state.chosen:
            self.show(replace(self.state, chosen=key))

    def may_stop(self, way: Way) -> bool:
        """Whether this operator's role may take it back."""
        return way.stoppable and self.may(permission_for(CredentialKind(way.kind)))

    def may(self, permission: Permission) -> bool:
        """Whether whoever is logged in may do this."""
        operator = self.context.session.operator
        return operator is not None and permission in PERMISSIONS[operator.role]

    # what is done

    def stop(self, key: str, room: Room, kind: str) -> None:
        """Ask, then take a credential back."""
        if not self.state.working:
            self._news.ask("ask_stop", lambda: self._stop(key), room=room.name, credential=kind)

    def stop_chosen(self) -> None:
        """Ask, then take the chosen way in back."""
        way, view = self.state.way, self.state.room
        if way is not None and view is not None and way.stoppable:
            self.stop(way.key, view.room, way.kind)

    def show_chosen(self) -> None:
        """Show the chosen passcode again, which is written down."""
        way, view = self.state.way, self.state.room
        if way is None or view is None or not way.has_code or self.state.working:
            return
        shown = ShownCode("", view.room.name, way.kind, way.until)

        def done(digits: str) -> None:
            self._ended()
            if self.state.wanted == view.room.id:
                self._news.show_code(replace(shown, digits=digits))

        self._begin()
        self._later(
            lambda desk, operator: stop_credential.show_code(desk, operator, way.key),
            done,
            lambda error: self._failed("not_shown", error),
        )

    def look(self) -> None:
        """Ask the room's networked lock how it is."""
        view = self.state.room
        if view is None or self.state.looking:
            return

        def done(_: object) -> None:
            self.show(replace(self.state, looking=False))
            self.context.bridge.changed.emit()

        def failed(error: StationError) -> None:
            self.show(replace(self.state, looking=False))
            self._news.say(Said(Tone.BAD, "locks.not_asked", error=error))
            self.context.bridge.changed.emit()

        self._news.clear()
        self.show(replace(self.state, looking=True))
        self._later(
            lambda desk, operator: network_locks.look(desk, operator, view.room), done, failed
        )

    # the journal

    def ask(self) -> _Answer:
        station, wanted = self.context.station, self.state.wanted
        if station is None:
            return _Answer(House(), None, wanted)
        return _answer(station, wanted)

    def take(self, rows: _Answer) -> None:
        state = replace(self.state, house=rows.house, loaded=True)
        if rows.wanted == state.wanted:
            ways = rows.room.ways if rows.room else ()
            keys = [way.key for way in ways]
            chosen = state.chosen if state.chosen in keys else next(iter(keys), "")
            state = replace(state, room=rows.room, chosen=chosen, error=None)
        else:
            self.refresh()
        self.show(state)

    def fail(self, error: StationError) -> None:
        self.show(replace(self.state, loaded=True, error=error))

    # inside

    def _stop(self, key: str) -> None:
        self._begin()
        self._later(
            lambda desk, operator: stop_credential.stop(desk, operator, key),
            self._stopped,
            lambda error: self._failed("not_stopped", error),
        )

    def _stopped(self, result: CredentialResult) -> None:
        self._ended()
        self._news.say(said_of_stop(result, result.credential))

    def _begin(self) -> None:
        self._news.begin()
        self.show(replace(self.state, working=True))

    def _ended(self) -> None:
        self.show(replace(self.state, working=False))
        self.context.bridge.changed.emit()

    def _failed(self, title: str, error: StationError) -> None:
        self._ended()
        self._news.say(Said(Tone.BAD, f"locks.{title}", error=error))

    def _later(
        self,
        work: Callable[[Desk, Operator], object],
        success: Callable[..., None],
        failure: Callable[[StationError], None],
    ) -> None:
        desk, operator = self.context.desk, self.context.session.need()
        self.later(self.context.lanes.locks, lambda: work(desk, operator), success, failure)


def said_of_stop(result: CredentialResult, credential: Credential | None) -> Said:
    """Stopped, waiting for its lock, or refused."""
    facts: dict[str, object] = {
        "room": result.room.name,
        "credential": credential.kind.value if credential else None,
    }
    if result.state is State.DONE:
        return Said(Tone.GOOD, "locks.stopped", "locks.stopped_text", facts)
    if result.state is State.WAITING:
        return Said(Tone.WARN, "locks.stop_waits", "locks.stop_waits_text", facts)
    return Said(Tone.BAD, "locks.not_stopped", error=result.error)


def _answer(station: Station, wanted: str) -> _Answer:
    room = lock_facts.room_view(station, wanted) if wanted else None
    return _Answer(lock_facts.house(station), room, wanted)
