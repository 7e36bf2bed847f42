"""What a house owes: only what is open and not paid, in yuan to the fen."""

from decimal import Decimal

import pytest

from station.domain.bill import Arrears, Order


def order(amount: str, *, paid: bool = False, open_: bool = True) -> Order:
    return Order(amount, "n", "物业费", Decimal(amount), paid=paid, open=open_)


@pytest.mark.parametrize(
    ("paid", "open_", "owed"),
    [(False, True, True), (True, True, False), (False, False, False), (True, False, False)],
)
def test_what_is_owed(paid: bool, open_: bool, owed: bool) -> None:
    assert order("1.00", paid=paid, open_=open_).owed is owed


def test_arrears_add_up_to_the_fen() -> None:
    found = Arrears.of([order("0.10"), order("9.00", paid=True), order("0.20")])
    assert [item.id for item in found.orders] == ["0.10", "0.20"]
    assert str(found.total) == "0.30"
    assert found


def test_without_arrears_there_are_none() -> None:
    found = Arrears.of([order("9.00", open_=False)])
    assert not found
    assert str(found.total) == "0.00"
