"""Log-in: opens the desk while the PIN is typed, checks the PIN, adds the first supervisor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from ui.presenters.base import Presenter

if TYPE_CHECKING:
    from collections.abc import Callable

    from station.domain.operator import Operator
    from station.errors import StationError
    from ui.lanes import Lane
    from ui.opening import Opening


class Phase(Enum):
    """How far the desk is."""

    OPENING = "opening"
    FAILED = "failed"
    FIRST = "first"
    READY = "ready"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class LoginState:
    """What the log-in page shows."""

    phase: Phase = Phase.OPENING
    names: tuple[str, ...] = ()
    chosen: str = ""
    site: str = ""
    locked: bool = False
    waiting: bool = False
    """The PIN was entered before the desk was open."""
    pins_differ: bool = False
    error: StationError | None = None
    attempts: int = 0
    """Grows with each answer, so that the page empties its PIN field."""


class LoginPresenter(Presenter[LoginState]):
    """Knows nobody's PIN for longer than one check takes."""

    opened = Signal(object)
    """The desk is open (`Opening`)."""
    logged_in = Signal(object)
    """Somebody may work now (`Operator`)."""

    def __init__(self, names: tuple[str, ...] = (), chosen: str = "", site: str = "") -> None:
        known = names if not chosen or chosen in names else (*names, chosen)
        super().__init__(LoginState(names=known, chosen=chosen, site=site))
        self._lane: Lane | None = None
        self._open: Callable[[], Opening] | None = None
        self._opening: Opening | None = None
        self._wish: tuple[str, str] | None = None

    def start(self, lane: Lane, work: Callable[[], Opening]) -> None:
        """Open the desk on a lane; also after it failed, and after the settings changed."""
        self._lane, self._open = lane, work
        self._opening = None
        self.show(replace(self.state, phase=Phase.OPENING, error=None))
        self.later(lane, work, self._opened, self._failed)

    def retry(self) -> None:
        """Try to open the desk again."""
        if self.state.phase is Phase.FAILED and self._lane is not None and self._open is not None:
            self.start(self._lane, self._open)

    def submit(self, name: str, pin: str) -> None:
        """Log in. Before the desk is open the wish is kept until it is."""
        if self.state.phase is Phase.OPENING:
            self._wish = (name, pin) if pin else None
            self.show(replace(self.state, chosen=name, waiting=bool(pin)))
        elif self.state.phase is Phase.READY and self._opening is not None and self._lane:
            desk = self._opening.station.desk
            self.show(replace(self.state, phase=Phase.CHECKING, chosen=name, error=None))

            def check() -> Operator:
                from station.workflows import operators

                found = operators.log_in(desk, name, pin)
                operators.note_login(desk, found)
                return found

            self.later(self._lane, check, self._accepted, self._refused)

    def add_first(self, name: str, pin: str, again: str) -> None:
        """Add the first supervisor, who is logged in then."""
        if self.state.phase is not Phase.FIRST or self._opening is None or self._lane is None:
            return
        if pin != again:
            self.show(replace(self.state, pins_differ=True, error=None))
            return
        desk = self._opening.station.desk

        def add() -> Operator:
            from station.domain.operator import Role
            from station.workflows import operators

            row = operators.add(desk, None, name, Role.SUPERVISOR, pin)
            found = operators.log_in(desk, row.name, pin)
            operators.note_login(desk, found)
            return found

        self.show(replace(self.state, pins_differ=False, error=None))
        self.later(self._lane, add, self._accepted, self._refused)

    def lock(self, name: str) -> None:
        """The desk was locked by this operator; whoever logs in next goes on."""
        if self.state.phase is Phase.READY:
            self.show(replace(self.state, locked=True, chosen=name, error=None))
            self._read_names()

    def _read_names(self) -> None:
        """Operators may have been added or disabled since the desk was opened."""
        if self._opening is None or self._lane is None:
            return
        people = self._opening.station.desk.need_operators()

        def names() -> tuple[str, ...]:
            return tuple(row.name for row in people.list() if not row.disabled)

        def show(found: tuple[str, ...]) -> None:
            self.show(replace(self.state, names=found))

        self.later(self._lane, names, show, lambda _: None)

    def _opened(self, opening: Opening) -> None:
        self._opening = opening
        state, site = self.state, opening.station.settings.desk.site
        chosen = state.chosen if state.chosen in opening.names else ""
        if not chosen and len(opening.names) == 1:
            chosen = opening.names[0]
        phase = Phase.FIRST if opening.empty else Phase.READY
        self.show(
            replace(
                state, phase=phase, names=opening.names, chosen=chosen, site=site, waiting=False
            )
        )
        self.opened.emit(opening)
        wish, self._wish = self._wish, None
        if wish is not None and phase is Phase.READY:
            self.submit(wish[0] or chosen, wish[1])

    def _failed(self, error: StationError) -> None:
        self._wish = None
        self.show(
            replace(
                self.state,
                phase=Phase.FAILED,
                error=error,
                waiting=False,
                attempts=self.state.attempts + 1,
            )
        )

    def _accepted(self, operator: Operator) -> None:
        state = self.state
        names = state.names if operator.name in state.names else (*state.names, operator.name)
        self.show(
            replace(
                state,
                phase=Phase.READY,
                names=names,
                chosen=operator.name,
                locked=False,
                error=None,
                attempts=state.attempts + 1,
            )
        )
        self.logged_in.emit(operator)

    def _refused(self, error: StationError) -> None:
        phase = Phase.READY if self.state.phase is Phase.CHECKING else self.state.phase
        self.show(replace(self.state, phase=phase, error=error, attempts=self.state.attempts + 1))
