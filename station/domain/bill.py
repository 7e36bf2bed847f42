"""What a house owes and has paid, in yuan. The desk shows arrears; it takes no payment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Self

FEN: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Order:
    """One demand for money. `amount` in yuan, whole fen; `house` is empty for personal ones."""

    id: str
    number: str
    title: str
    amount: Decimal
    paid: bool
    open: bool
    """Still running (进行中); a closed one is owed no more."""
    payee: str = ""
    house: str = ""
    remark: str = ""
    details: str = ""

    @property
    def owed(self) -> bool:
        return self.open and not self.paid


@dataclass(frozen=True, slots=True)
class Bill:
    """One payment that was made. `total` in yuan; `paid_at` is site-local, naive."""

    id: str
    total: Decimal
    paid_at: datetime
    payment_number: str
    shop_number: str
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Arrears:
    """What is owed, of the orders that were looked at."""

    orders: tuple[Order, ...] = ()

    @classmethod
    def of(cls, orders: Iterable[Order]) -> Self:
        """The arrears among these orders, in their order."""
        return cls(tuple(order for order in orders if order.owed))

    @property
    def total(self) -> Decimal:
        """Yuan, whole fen."""
        return sum((order.amount for order in self.orders), Decimal(0)).quantize(FEN)

    def __bool__(self) -> bool:
        return bool(self.orders)
