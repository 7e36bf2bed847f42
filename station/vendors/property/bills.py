"""Orders, bills, and the start of a payment (property 4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec

from station.domain.bill import Bill, Order
from station.domain.owner import Private
from station.errors import Code, InputInvalid, Unreachable
from station.vendors import _reply
from station.vendors._http import Endpoint
from station.vendors._reply import Loose, ShapeError
from station.vendors.property import wire
from station.vendors.property.caller import Caller
from station.vendors.property.wire import words

PER_PAGE: Final = 50
MAX_PAGES: Final = 200


class _Numbered(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Numbered)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; `number` and `last` count from 1."""

    items: tuple[Item, ...]
    number: int
    last: int


@dataclass(frozen=True, slots=True, repr=False)
class PaymentTicket(Private):
    """What the WeChat program needs to let somebody pay (property 4.2.1)."""

    app_id: str
    timestamp: str
    nonce: str
    package: str
    sign_type: str
    signature: str


class _Order(msgspec.Struct, frozen=True):
    id: Loose = None
    number: Any = None
    title: Loose = None
    amount: Loose = None
    paied: Loose | bool = None
    status: Any = None
    manager: Any = None
    house: Any = None
    remark: Any = None
    extra: Any = None


class _Bill(msgspec.Struct, frozen=True):
    id: Loose = None
    total_amount: Loose = None
    paid_at: Loose = None
    payment_number: Any = None
    payment_shop_number: Any = None
    orders: list[_Order] | None = None


class _Pages(msgspec.Struct, frozen=True):
    current_page: Loose = None
    last_page: Loose = None


def _order(found: _Order, *, paid: bool | None = None) -> Order:
    """An order; `paid` stands in where its own word is missing, as in a bill."""
    return Order(
        id=wire.ident(found.id, "id"),
        number=words(found.number),
        title=wire.name(found.title, "title"),
        amount=wire.yuan(found.amount, "amount"),
        paid=_paid(found.paied, paid),
        open=_open(found.status),
        payee=words(found.manager),
        house=words(found.house, 200),
        remark=words(found.remark, 200),
        details=_details(found.extra),
    )


def _details(extra: Any) -> str:
    """The table says JSON, the example shows a text that is none: kept as text either way."""
    if isinstance(extra, (dict, list)):
        extra = msgspec.json.encode(extra).decode()
    return words(extra, 300)


def _paid(value: Loose | bool, otherwise: bool | None) -> bool:
    said = str(value).strip().lower()
    if value in (None, "") and otherwise is not None:
        return otherwise
    if said in ("已付款", "已支付", "1", "true"):
        return True
    if said in ("未付款", "未支付", "0", "false"):
        return False
    raise ShapeError("paied")


def _open(value: object) -> bool:
    said = words(value)
    if said not in ("进行中", "已关闭", "1", "0"):
        raise ShapeError("status")
    return said in ("进行中", "1")


def _bill(found: _Bill) -> Bill:
    return Bill(
        id=wire.ident(found.id, "id"),
        total=wire.yuan(found.total_amount, "total_amount"),
        paid_at=_reply.time(found.paid_at, "paid_at"),
        payment_number=words(found.payment_number),
        shop_number=words(found.payment_shop_number),
        orders=tuple(_order(item, paid=True) for item in found.orders or ()),
    )


def _page(reply: Any, items: Sequence[Item]) -> Page[Item]:
    """Without `pages` a reply is the only page."""
    found = _reply.convert(reply.get("pages") or {}, _Pages)
    number = 1 if found.current_page is None else _reply.integer(found.current_page, "pages")
    last = number if found.last_page is None else _reply.integer(found.last_page, "pages")
    return Page(tuple(items), number, last)


def orders_page(reply: Any) -> Page[Order]:
    """4.1.1. Whether it is paid and open must be clear: the arrears hang on it."""
    return _page(reply, [_order(item) for item in _reply.convert(wire.data(reply), list[_Order])])


def bills_page(reply: Any) -> Page[Bill]:
    """4.1.2."""
    return _page(reply, [_bill(item) for item in _reply.convert(wire.data(reply), list[_Bill])])


def ticket(reply: Any) -> PaymentTicket:
    """All six must be there."""
    found = _reply.convert(wire.data(reply), dict[str, Loose])
    names = ("appId", "timeStamp", "nonceStr", "package", "signType", "paySign")
    return PaymentTicket(*(_reply.text(found.get(name), name, limit=512) for name in names))


ORDERS: Final = wire.endpoint(
    "orders/list", orders_page, idempotent=True, private=True, max_bytes=wire.LIST_BYTES
)
BILLS: Final = wire.endpoint(
    "payments/list", bills_page, idempotent=True, private=True, max_bytes=wire.LIST_BYTES
)
START_PAYMENT: Final = wire.endpoint("weapp/payment", ticket, private=True)


class BillCalls(Caller):
    """Property 4. Lists are followed page by page, each asked for when it is reached."""

    def orders(
        self,
        *,
        paid: bool | None = None,
        title: str = "",
        house_id: str = "",
        per_page: int = PER_PAGE,
        max_pages: int = MAX_PAGES,
    ) -> Iterator[Order]:
        """Property 4.1.1: orders, of all houses unless one is named, each once.

        Raises while it is gone through; `Unreachable` REPLY_TOO_LARGE beyond `max_pages`.
        """
        fields = _filter(paid, title, house_id)
        return self._each(ORDERS, fields, per_page, max_pages)

    def bills(
        self,
        *,
        open_orders: bool | None = None,
        title: str = "",
        house_id: str = "",
        per_page: int = PER_PAGE,
        max_pages: int = MAX_PAGES,
    ) -> Iterator[Bill]:
        """Property 4.1.2: payments made, as `orders`. Here `paied` asks for closed or running."""
        fields = _filter(open_orders, title, house_id)
        return self._each(BILLS, fields, per_page, max_pages)

    def start_payment(self, order_ids: Sequence[str]) -> PaymentTicket:
        """Property 4.2.1, once. Only of use to a WeChat session: the desk takes no payment.

        Raises `InputInvalid` FIELD_EMPTY, FIELD_CHARACTERS.
        """
        if not order_ids:
            raise InputInvalid(Code.FIELD_EMPTY, field="orders")
        # "A" joins the ids, so none may hold one.
        bad = [item for item in order_ids if not (item.isascii() and item.isdigit())]
        if bad:
            raise InputInvalid(Code.FIELD_CHARACTERS, field="orders")
        return self._call(START_PAYMENT, {"ids": "A".join(order_ids)})

    def _each(
        self,
        endpoint: Endpoint[Page[Item]],
        fields: dict[str, str | int],
        per_page: int,
        max_pages: int,
    ) -> Iterator[Item]:
        seen: set[str] = set()
        for page in self._pages(endpoint, fields, per_page, max_pages):
            for item in page.items:
                # What is added meanwhile pushes the last of a page onto the next.
                if item.id not in seen:
                    seen.add(item.id)
                    yield item

    def _pages(
        self,
        endpoint: Endpoint[Page[Item]],
        fields: dict[str, str | int],
        per_page: int,
        max_pages: int,
    ) -> Iterator[Page[Item]]:
        for number in range(1, max_pages + 1):
            page = self._call(endpoint, {**fields, "per_page": per_page, "page": number})
            if page.number != number:
                # A platform that does not turn its pages would repeat the first for ever.
                raise Unreachable(
                    Code.REPLY_SHAPE, service=wire.SERVICE, call=endpoint.call, field="pages"
                )
            yield page
            if number >= page.last or not page.items:
                return
        raise Unreachable(
            Code.REPLY_TOO_LARGE, service=wire.SERVICE, call=endpoint.call, limit=max_pages
        )


def _filter(paid: bool | None, title: str, house_id: str) -> dict[str, str | int]:
    fields: dict[str, str | int] = {}
    if paid is not None:
        fields["paied"] = int(paid)
    if title:
        fields["title"] = title
    if house_id:
        fields["house_id"] = wire.id_field(house_id, "house")
    return fields
