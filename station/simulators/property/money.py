"""Orders, arrears and bills: what is owed, who sees it, what becomes of it when it is paid."""

import secrets

from station.simulators.property.estate import Estate, next_id
from station.simulators.property.model import OWNER, Bill, Member, Order, User

MANAGER = "晨曦家园物业有限公司"


def add_order(
    estate: Estate,
    cents: int,
    *,
    title: str = "物业费",
    house_id: int | None = None,
    phone: str | None = None,
    remark: str | None = None,
    extra: dict[str, str] | None = None,
) -> Order:
    """Ask a house, or (by number) one person, for money.

    Raises KeyError for an unknown house, ValueError for an amount that is not positive.
    """
    if cents <= 0:
        raise ValueError("a positive amount expected")
    with estate.lock:
        if house_id is not None and house_id not in estate.records.houses:
            raise KeyError(house_id)
        order_id = next_id(estate.records.orders)
        number = f"{estate.clock.now():%Y%m%d%H%M%S}{order_id % 1_000_000:06d}"
        order = Order(
            order_id,
            number,
            title,
            cents,
            MANAGER,
            house_id=house_id,
            phone=phone,
            remark=remark,
            extra=extra,
        )
        estate.records.orders[order_id] = order
        estate.changed()
        return order


def set_arrears(
    estate: Estate, house_id: int, amounts: list[int], title: str = "物业费"
) -> list[Order]:
    """What a house owes from now on, in fen: one order each; none: it owes nothing.

    Raises KeyError for an unknown house, ValueError for an amount that is not positive.
    """
    if any(each <= 0 for each in amounts):
        raise ValueError("positive amounts expected")
    with estate.lock:
        if house_id not in estate.records.houses:
            raise KeyError(house_id)
        for order in owed(estate, house_id):
            del estate.records.orders[order.id]
        made = [add_order(estate, each, title=title, house_id=house_id) for each in amounts]
        estate.changed()
        return made


def owed(estate: Estate, house_id: int) -> list[Order]:
    """The orders of a house that nobody has paid."""
    with estate.lock:
        orders = estate.records.orders.values()
        return [
            each
            for each in orders
            if each.house_id == house_id and not each.paid and not each.closed
        ]


def arrears(estate: Estate, house_id: int) -> int:
    """What a house owes, in fen."""
    return sum(each.cents for each in owed(estate, house_id))


def yuan(cents: int) -> str:
    """An amount in yuan: `120.00`."""
    return f"{cents // 100}.{cents % 100:02d}"


def settle(estate: Estate, order_ids: list[int]) -> Bill:
    """WeChat reports a payment: the orders are paid, and there is a bill.

    Raises KeyError for an unknown order, ValueError for none or one that is paid.
    """
    with estate.lock:
        orders = [estate.records.orders[each] for each in order_ids]
        if not orders or any(each.paid or each.closed for each in orders):
            raise ValueError("unpaid orders expected")
        for each in orders:
            each.paid = True
        bill_id = next_id(estate.records.bills)
        now = estate.clock.now().replace(microsecond=0)
        number = f"4200000000{now:%Y%m%d}{secrets.randbelow(10**10):010d}"
        ids = "A".join(str(each) for each in order_ids)
        bill = Bill(bill_id, list(order_ids), now, number, f"10002C{ids}Z{secrets.token_hex(6)}")
        estate.records.bills[bill_id] = bill
        estate.changed()
        return bill


def visible(estate: Estate, user: User, house_id: int | None, *, own_only: bool) -> list[Order]:
    """The orders a user may see, newest first: of one house, or of all houses and the person.

    A member of a family sees those of a house only with the right to pay (3.2.3).
    """
    with estate.lock:
        payer = {each.house_id for each in estate.bindings(user) if _pays(each)}
        rows = list(estate.records.orders.values())
    if house_id is None:
        rows = [each for each in rows if each.house_id in payer or each.phone == user.phone]
    elif own_only and house_id not in payer:
        rows = []
    else:
        rows = [each for each in rows if each.house_id == house_id]
    return sorted(rows, key=lambda each: each.id, reverse=True)


def _pays(member: Member) -> bool:
    return member.role == OWNER or member.pay
