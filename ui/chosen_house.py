"""The house that an operator has chosen last, and what it owes: one line, no name in it.

The residents page sets it; whatever issues a card says it calmly beforehand.
"""

from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Debt:
    """What a house owes: `total` in yuan, `count` demands."""

    house: str
    total: Decimal
    count: int


class ChosenHouse(QObject):
    """`debt` is None where no house is chosen, it owes nothing, or nobody could be asked."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._debt: Debt | None = None

    @property
    def debt(self) -> Debt | None:
        return self._debt

    def set(self, debt: Debt | None) -> None:
        """Another house, or another answer about it."""
        if debt != self._debt:
            self._debt = debt
            self.changed.emit()
