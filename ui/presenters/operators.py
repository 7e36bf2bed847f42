"""Who may log in: the list, a new operator, a new PIN, disabling; nobody is ever deleted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from station.compose import Station
from station.domain.operator import PERMISSIONS, Operator, Permission, Role
from station.errors import InputInvalid, StationError
from station.ports import OperatorRow
from station.workflows import operators
from station.workflows.desk import Desk
from ui.context import Context
from ui.presenters.listing import Listing
from ui.presenters.said import Said, Tone


@dataclass(frozen=True, slots=True)
class Person:
    """One line. `locked_until` site-local, None unless it is still to come."""

    name: str
    role: Role
    disabled: bool
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OperatorsState:
    """What the page shows. `problem` names its field in its context."""

    lines: tuple[Person, ...] = ()
    chosen: str = ""
    working: bool = False
    done: int = 0
    """Counts what went well, so that forms empty themselves once."""
    said: Said | None = None
    problem: StationError | None = None
    differs: bool = False
    """A new PIN was not the same both times."""

    @property
    def line(self) -> Person | None:
        return next((line for line in self.lines if line.name == self.chosen), None)


class OperatorsPresenter(Listing[OperatorsState, list[Person]]):
    """The rules (who may, the last supervisor) are the workflows'."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, OperatorsState())

    def refresh(self) -> None:
        """Only who may see the list asks for it."""
        operator = self.context.session.operator
        if operator is not None and Permission.OPERATORS in PERMISSIONS[operator.role]:
            super().refresh()

    def choose(self, name: str) -> None:
        if name and name != self.state.chosen:
            self.show(replace(self.state, chosen=name, problem=None, differs=False))

    def add(self, name: str, role: Role, pin: str, again: str) -> None:
        """A new operator."""
        self._twice(
            pin,
            again,
            lambda desk, by: operators.add(desk, by, name, role, pin).name,
            "operator_added",
        )

    def disable(self) -> None:
        """The chosen one may not log in any more."""
        name = self.state.chosen
        self._work(lambda desk, by: operators.disable(desk, by, name).name, "operator_disabled")

    def reset(self, pin: str, again: str) -> None:
        """A new PIN for the chosen one, who may log in again."""
        name = self.state.chosen
        self._twice(
            pin,
            again,
            lambda desk, by: operators.reset(desk, by, name, pin).name,
            "operator_reset",
        )

    def change_own(self, old: str, pin: str, again: str) -> None:
        """One's own PIN, against the present one: the desk may have been left unlocked."""

        def work(desk: Desk, by: Operator) -> str:
            operators.log_in(desk, by.name, old)
            return operators.reset(desk, by, by.name, pin).name

        self._twice(pin, again, work, "own_pin_changed")

    def ask(self) -> list[Person]:
        station, operator = self.context.station, self.context.session.operator
        if station is None or operator is None:
            return []
        return [_person(station, row) for row in operators.listed(station.desk, operator)]

    def take(self, rows: list[Person]) -> None:
        names = {row.name for row in rows}
        chosen = self.state.chosen if self.state.chosen in names else ""
        self.show(replace(self.state, lines=tuple(rows), chosen=chosen or _first(rows)))

    def fail(self, error: StationError) -> None:
        self.show(replace(self.state, said=Said(Tone.BAD, "settings.failed", error=error)))

    def _twice(
        self, pin: str, again: str, work: Callable[[Desk, Operator], str], said: str
    ) -> None:
        """A new PIN is typed twice, since nobody sees it."""
        if pin != again:
            self.show(replace(self.state, said=None, problem=None, differs=True))
        else:
            self._work(work, said)

    def _work(self, work: Callable[[Desk, Operator], str], said: str) -> None:
        if self.state.working:
            return
        desk, operator = self.context.desk, self.context.session.need()

        def done(name: str) -> None:
            good = Said(Tone.GOOD, f"settings.{said}", facts={"name_": name})
            state = replace(self.state, working=False, said=good, done=self.state.done + 1)
            self.show(state)
            self.context.bridge.changed.emit()

        def failed(error: StationError) -> None:
            bad = None
            if not isinstance(error, InputInvalid):
                bad = Said(Tone.BAD, "settings.failed", error=error)
            problem = error if bad is None else None
            self.show(replace(self.state, working=False, said=bad, problem=problem))

        self.show(replace(self.state, working=True, said=None, problem=None, differs=False))
        # PINs are hashed slowly on purpose: not on the lane that the screen reads with
        self.later(self.context.lanes.cloud, lambda: work(desk, operator), done, failed)


def _person(station: Station, row: OperatorRow) -> Person:
    locked = row.locked_until
    still = locked is not None and locked > station.clock.utc()
    return Person(
        row.name,
        row.role,
        row.disabled,
        station.clock.to_local(locked).replace(microsecond=0) if locked and still else None,
    )


def _first(rows: list[Person]) -> str:
    return rows[0].name if rows else ""
