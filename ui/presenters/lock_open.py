"""Open a door from afar: asked why, asked once more, sent once; by a password or a face too."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from station.domain.operation import State
from station.domain.operator import Operator
from station.domain.person import parse_reason
from station.domain.room import Room
from station.errors import InputInvalid, StationError
from station.workflows import network_locks, remote
from station.workflows.desk import Desk
from station.workflows.network_locks import Face
from station.workflows.remote import Opened
from ui.context import Context
from ui.presenters import lock_facts
from ui.presenters.base import Presenter
from ui.presenters.lock_news import LockNews
from ui.presenters.said import Said, Tone

_TONES = {State.DONE: Tone.GOOD, State.UNKNOWN: Tone.WARN}
_Work = Callable[[Desk, Operator], Opened]


@dataclass(frozen=True, slots=True)
class OpenState:
    """`by` names the part of the page that is under way or has a problem."""

    working: bool = False
    by: str = ""
    problem: StationError | None = None
    reasons: tuple[str, ...] = ()
    opened: int = 0


class LockOpen(Presenter[OpenState]):
    """One door at a time, on the locks' lane."""

    def __init__(self, context: Context, news: LockNews) -> None:
        super().__init__(OpenState())
        self._context, self._news = context, news

    def refresh(self) -> None:
        """What doors were opened for lately."""
        desk, operator = self._context.desk, self._context.session.operator
        if operator is None:
            return
        self.later(
            self._context.lanes.journal,
            lambda: lock_facts.recent_reasons(desk, operator),
            lambda found: self.show(replace(self.state, reasons=tuple(found))),
            lambda _: None,
        )

    def open(self, room: Room, reason: str) -> None:
        """Open the door, after one more question."""
        self._ask(
            "remote", room, reason, lambda desk, who: remote.open_door(desk, who, room, reason)
        )

    def open_with_password(self, room: Room, digits: str, reason: str) -> None:
        """Open with a password that the networked lock accepts."""
        work: _Work = lambda desk, who: network_locks.open_with_password(  # noqa: E731
            desk, who, room, digits, reason
        )
        self._ask("password", room, reason, work)

    def open_by_face(self, room: Room, face: Face, reason: str, *, agreed: bool) -> None:
        """Open once the cloud has compared a face with a person."""
        work: _Work = lambda desk, who: network_locks.open_by_face(  # noqa: E731
            desk, who, room, face, reason, agreed=agreed
        )
        self._ask("face", room, reason, work)

    def _ask(self, by: str, room: Room, reason: str, work: _Work) -> None:
        if self.state.working:
            return
        self._news.begin()
        self.show(replace(self.state, by=by, problem=None))
        try:
            parse_reason(reason)
        except StationError as error:
            self.show(replace(self.state, problem=error))
            return
        self._news.ask("ask_open", lambda: self._open(work), room=room.name)

    def _open(self, work: _Work) -> None:
        desk, operator = self._context.desk, self._context.session.need()
        self.show(replace(self.state, working=True))
        self.later(
            self._context.lanes.locks, lambda: work(desk, operator), self._opened, self._failed
        )

    def _opened(self, result: Opened) -> None:
        done = result.state is State.DONE
        opened = self.state.opened + int(done)
        self.show(replace(self.state, working=False, opened=opened))
        self._context.bridge.changed.emit()
        facts = {"room": result.room.name}
        tone = _TONES.get(result.state, Tone.BAD)
        if tone is Tone.BAD:
            self._news.say(Said(tone, "locks.not_opened", facts=facts, error=result.error))
        else:
            key = "opened" if done else "maybe_opened"
            self._news.say(Said(tone, f"locks.{key}", f"locks.{key}_text", facts))
        self.refresh()

    def _failed(self, error: StationError) -> None:
        self.show(replace(self.state, working=False))
        self._context.bridge.changed.emit()
        if isinstance(error, InputInvalid) and "field" in error.context:
            self.show(replace(self.state, problem=error))
        else:
            self._news.say(Said(Tone.BAD, "locks.not_opened_at_all", error=error))
