"""What the chosen house owes, asked at once, and what it has paid, asked when it is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal

from station.domain.bill import Arrears, Bill
from station.domain.house import HousePath
from station.errors import StationError
from station.workflows import household
from ui.chosen_house import Debt
from ui.context import Context
from ui.presenters.base import Presenter


@dataclass(frozen=True, slots=True)
class DebtsState:
    """`arrears` None: not known. `payments` None: not asked for."""

    house: HousePath | None = None
    asking: bool = False
    arrears: Arrears | None = None
    error: StationError | None = None
    asking_payments: bool = False
    payments: tuple[Bill, ...] | None = None
    payments_error: StationError | None = None


class HouseDebts(Presenter[DebtsState]):
    """Asks on the property lane. An answer about a house that was left is dropped."""

    answered = Signal(object)
    """The platform answered (None), or why not (`StationError`)."""

    def __init__(self, context: Context) -> None:
        super().__init__(DebtsState())
        self._context = context
        context.session.changed.connect(self._session_changed)

    def choose(self, house: HousePath | None) -> None:
        """Another house, of which nothing is known until somebody asks."""
        if house != self.state.house:
            self.show(DebtsState(house=house))
            self._context.house.set(None)

    def remind(self) -> None:
        """The chosen house is looked at again: cards are issued with its arrears in mind."""
        house, arrears = self.state.house, self.state.arrears
        if house is not None and arrears is not None:
            self._context.house.set(debt_of(house, arrears))

    def ask(self) -> None:
        """What the house owes now."""
        house = self.state.house
        if house is None or self.state.asking:
            return
        desk, operator = self._context.desk, self._context.session.need()

        def came(arrears: Arrears) -> None:
            self.answered.emit(None)
            if self.state.house == house:
                self.show(replace(self.state, asking=False, arrears=arrears, error=None))
                self._context.house.set(debt_of(house, arrears))

        def failed(error: StationError) -> None:
            self.answered.emit(error)
            if self.state.house == house:
                self.show(replace(self.state, asking=False, error=error))

        self.show(replace(self.state, asking=True, error=None))
        self.later(
            self._context.lanes.property,
            lambda: household.arrears(desk, operator, house.id),
            came,
            failed,
        )

    def ask_payments(self) -> None:
        """The newest payments; once more hides them."""
        house = self.state.house
        if house is None or self.state.asking_payments:
            return
        if self.state.payments is not None:
            self.show(replace(self.state, payments=None))
            return
        desk, operator = self._context.desk, self._context.session.need()

        def came(bills: Sequence[Bill]) -> None:
            if self.state.house == house:
                paid = tuple(bills)
                self.show(replace(self.state, asking_payments=False, payments=paid))

        def failed(error: StationError) -> None:
            self.answered.emit(error)
            if self.state.house == house:
                self.show(replace(self.state, asking_payments=False, payments_error=error))

        self.show(replace(self.state, asking_payments=True, payments_error=None))
        self.later(
            self._context.lanes.property,
            lambda: household.payments(desk, operator, house.id),
            came,
            failed,
        )

    def close(self) -> None:
        self._context.session.changed.disconnect(self._session_changed)
        self._context.house.set(None)
        super().close()

    def _session_changed(self) -> None:
        """Whoever sits down next has chosen no house yet, as far as cards are concerned."""
        self._context.house.set(None)


def debt_of(house: HousePath, arrears: Arrears) -> Debt | None:
    """What is said before a card is issued; None where nothing is owed."""
    return Debt(house.full_name, arrears.total, len(arrears.orders)) if arrears else None
