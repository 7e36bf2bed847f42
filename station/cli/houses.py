"""Houses (房屋): the tree, finding one, what it owes and has paid; nobody's name in any of it."""

from collections.abc import Iterable
from itertools import groupby
from typing import Annotated

from station.cli import documents
from station.cli.declare import Call, argument, command, option
from station.cli.documents import Document
from station.cli.parsing import number_between
from station.cli.session import Session, opened
from station.domain.bill import Arrears, Bill, Order
from station.domain.house import HousePath
from station.domain.house_names import find_house, find_houses
from station.domain.operator import Permission
from station.domain.stay import format_time
from station.errors import StationError
from station.workflows import house_tree, household, owner_check, resident_form

HouseText = Annotated[str, argument("HOUSE")]
MOST_PAYMENTS = 1000


def known_houses(session: Session, *, refresh: bool = False) -> list[HousePath]:
    """The houses that the desk knows; all of them are fetched where it knows none."""
    desk, operator, out = session.desk, session.operator, session.call.out
    operator.require(Permission.HOUSES)
    found = [] if refresh else house_tree.all_houses(desk)
    if not found:
        with out.bar(session.call.words.text("cli.fetching_houses")) as step:
            house_tree.refresh_all(desk, operator, step)
        found = house_tree.all_houses(desk)
    return found


def the_house(session: Session, text: str) -> HousePath:
    """The house that an operator's words mean. Raises as `find_house`."""
    return find_house(known_houses(session), text)


def check_house_text(text: str) -> None:
    """What can be told before any house is known. Raises `InputInvalid`."""
    find_houses((), text)


def house_document(path: HousePath) -> Document:
    """A house with everything above it."""
    return {
        "id": path.id,
        "name": path.full_name,
        "number": path.house.number,
        "kind": path.house.kind or None,
        "community": {"id": path.community.id, "name": path.community.name},
        "building": {"id": path.building.id, "name": path.building.name},
        "unit": {"id": path.unit.id, "name": path.unit.name},
        "floor": {"id": path.floor.id, "name": path.floor.name},
    }


@command("house tree")
def tree_command(call: Call, refresh: Annotated[bool, option("--refresh")] = False) -> int:
    with opened(call, houses=True) as session:
        found = known_houses(session, refresh=refresh)
        at = _fetched_at(session)
    call.out.document_or(
        lambda: {"fetched_at": at, "houses": [house_document(path) for path in found]},
        lambda: _tree_lines(call, found, at),
    )
    return 0


@command("house find")
def find_command(call: Call, text: Annotated[str, argument("TEXT")]) -> int:
    check_house_text(text)
    with opened(call, houses=True) as session:
        found = find_houses(known_houses(session), text)
        at = _fetched_at(session)
    call.out.document_or(
        lambda: [house_document(path) for path in found], lambda: _table(call, found, at)
    )
    return 0


@command("house show")
def show_command(call: Call, house: HouseText) -> int:
    check_house_text(house)
    with opened(call, houses=True) as session:
        path = the_house(session, house)
        owed = household.arrears(session.desk, session.operator, path.id)
        masked = owner_check.masked_owner(session.desk, session.operator, path)
    call.out.document_or(
        lambda: {
            "house": house_document(path),
            "owner": masked or None,
            "arrears": arrears_document(owed),
        },
        lambda: _show_lines(call, path, owed, masked),
    )
    return 0


@command("house arrears")
def arrears_command(call: Call, house: HouseText) -> int:
    check_house_text(house)
    with opened(call, houses=True) as session:
        path = the_house(session, house)
        owed = household.arrears(session.desk, session.operator, path.id)
    call.out.document_or(
        lambda: {"house": house_document(path), **arrears_document(owed)},
        lambda: _arrears_lines(call, path, owed),
    )
    return 0


@command("house payments")
def payments_command(
    call: Call,
    house: HouseText,
    limit: Annotated[str | None, option("--limit", metavar="N")] = None,
) -> int:
    check_house_text(house)
    most = 20 if limit is None else number_between(limit, 1, MOST_PAYMENTS, field="limit")
    with opened(call, houses=True) as session:
        path = the_house(session, house)
        bills = household.payments(session.desk, session.operator, path.id, limit=most)
    call.out.document_or(
        lambda: {"house": house_document(path), "payments": [_bill(bill) for bill in bills]},
        lambda: _payment_lines(call, path, bills),
    )
    return 0


@command("house reviews")
def reviews_command(call: Call) -> int:
    with opened(call, houses=True) as session:
        found = resident_form.applications(session.desk, session.operator)
    words = call.words
    rows = [(each.id, each.state.value, each.action, each.address) for each in found]
    names = ("id", "state", "action", "address")
    if call.out.json:
        call.out.document([dict(zip(names, row, strict=True)) for row in rows])
    elif not rows:
        call.out.say(words.text("cli.no_reviews"))
    else:
        call.out.table(
            [words.text(f"cli.head_{name}") for name in names],
            ((row[0], words.text(f"cli.review_{row[1]}"), *row[2:]) for row in rows),
        )
    return 0


def warn_of_arrears(session: Session, text: str | None) -> Document:
    """What a house owes, said on stderr before a card is issued; whatever goes wrong is said too.

    Nothing here keeps anybody from their card. What is added to the operation's document.
    """
    if text is None:
        return {}
    call = session.call
    try:
        path = the_house(session, text)
        owed = household.arrears(session.desk, session.operator, path.id)
    except StationError as error:
        what = call.words.sentence(error)
        call.out.note(call.words.text("cli.arrears_unknown", what=what), style="yellow")
        return {"arrears": None}
    if owed:
        call.out.note(_owes(call, path, owed), style="yellow")
    return {"arrears": {"house": path.full_name, **arrears_document(owed)}}


def arrears_document(owed: Arrears) -> Document:
    """Amounts in yuan, as text: no fraction is ever rounded."""
    return {"total": str(owed.total), "orders": [_order(order) for order in owed.orders]}


def _order(order: Order) -> Document:
    return {
        "id": order.id,
        "number": order.number,
        "title": order.title,
        "amount": str(order.amount),
        "payee": order.payee or None,
        "remark": order.remark or None,
    }


def _bill(bill: Bill) -> Document:
    return {
        "id": bill.id,
        "total": str(bill.total),
        "paid_at": format_time(bill.paid_at),
        "orders": [_order(order) for order in bill.orders],
    }


def _fetched_at(session: Session) -> str | None:
    """When the oldest level was fetched (site-local)."""
    at = house_tree.kept_since(session.desk)
    return documents.site_time(at, session.station.clock) if at is not None else None


def _tree_lines(call: Call, found: list[HousePath], at: str | None) -> None:
    for community, streets in groupby(found, key=lambda path: path.community):
        call.out.say(community.name, style="bold")
        for building, stairs in groupby(streets, key=lambda path: path.building):
            call.out.say(f"  {building.name}")
            for (unit, floor), homes in groupby(stairs, key=lambda path: (path.unit, path.floor)):
                names = " ".join(path.house.name for path in homes)
                call.out.say(f"    {unit.name} {floor.name}: {names}")
    call.out.say(call.words.text("cli.houses_known", count=len(found), at=at or ""))


def _table(call: Call, found: Iterable[HousePath], at: str | None) -> None:
    rows = [(f"id:{path.id}", path.full_name, path.house.kind) for path in found]
    if not rows:
        call.out.say(call.words.text("cli.no_house_fits", at=at or ""))
        return
    heads = [call.words.text(f"cli.head_{name}") for name in ("id", "house", "kind")]
    call.out.table(heads, rows)


def _show_lines(call: Call, path: HousePath, owed: Arrears, masked: str) -> None:
    words = call.words
    call.out.say(f"{path.full_name} (id:{path.id})", style="bold")
    if path.house.kind:
        call.out.say(f"  {path.house.kind}")
    said = words.text("cli.owner_masked", owner=masked) if masked else words.text("cli.ownerless")
    call.out.say(f"  {said}")
    _arrears_lines(call, path, owed)


def _arrears_lines(call: Call, path: HousePath, owed: Arrears) -> None:
    if not owed:
        call.out.say(call.words.text("cli.owes_nothing", house=path.full_name), style="green")
        return
    call.out.say(_owes(call, path, owed), style="yellow")
    for order in owed.orders:
        remark = f" ({order.remark})" if order.remark else ""
        call.out.say(f"  {order.amount:>10}  {order.title}{remark}")


def _owes(call: Call, path: HousePath, owed: Arrears) -> str:
    facts = {"house": path.full_name, "total": owed.total, "count": len(owed.orders)}
    return call.words.text("cli.owes", **facts)


def _payment_lines(call: Call, path: HousePath, bills: list[Bill]) -> None:
    if not bills:
        call.out.say(call.words.text("cli.paid_nothing", house=path.full_name))
        return
    heads = [call.words.text(f"cli.head_{name}") for name in ("time", "amount", "title")]
    call.out.table(
        heads,
        (
            (format_time(bill.paid_at), bill.total, ", ".join(each.title for each in bill.orders))
            for bill in bills
        ),
    )
