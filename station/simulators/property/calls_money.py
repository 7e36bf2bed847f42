"""Chapter 4 of the property document: orders, bills, payment."""

import re
import secrets

from station.simulators.clock import TIME_FORMAT
from station.simulators.property import access, money
from station.simulators.property.endpoint import NUMBER, Asked, Endpoint, Service
from station.simulators.property.model import Bill, Order
from station.simulators.property.pages import one_page
from station.simulators.property.sentences import Answer, refused, wrong_field
from station.simulators.property.switches import AmountForm, ExtraForm, PaidForm

_IDS = re.compile(r"[0-9]{1,18}(A[0-9]{1,18})*")
_APP_ID = "wx0000000000000000"  # nobody's


def orders(service: Service, asked: Asked) -> Answer:
    """4.1.1: with `house_id` that house's, else the user's."""
    paid, title = asked.fields.flag("paied"), asked.fields.optional("title")
    rows = [
        _order(service, each)
        | {
            "paied": _paid(service, each),
            "remark": each.remark,
            "extra": _extra(service, each),
            "manager": each.manager,
        }
        for each in _visible(service, asked)
        if paid in (None, each.paid) and title in (None, each.title)
    ]
    return Answer("获取订单列表成功", "获取订单列表成功", one_page(service, asked, rows))


def bills(service: Service, asked: Asked) -> Answer:
    """4.1.2: `paied` picks bills by their orders' state: 0 closed, 1 in progress (its table)."""
    running, title = asked.fields.flag("paied"), asked.fields.optional("title")
    seen = {each.id: each for each in _visible(service, asked)}
    rows = []
    for bill in sorted(service.estate.records.bills.values(), key=lambda each: -each.id):
        mine = [seen[each] for each in bill.order_ids if each in seen]
        if any(running in (None, not each.closed) and title in (None, each.title) for each in mine):
            rows.append(_bill(service, bill, mine))
    body = one_page(service, asked, rows, of_bills=True)
    return Answer("成功获取账单列表", "成功获取账单列表Payments234", body)


def payment(service: Service, asked: Asked) -> Answer:
    """4.2.1: what the mini-program hands to WeChat; paid is nothing until WeChat says so."""
    estate, user = service.estate, asked.user
    text = asked.fields.optional("ids") or ""
    if not _IDS.fullmatch(text):
        raise wrong_field("ids")
    if not access.has_session(estate, user):
        raise refused("请在微信小程序中支付", "没有查找到该用户的openid和session_key")
    for order_id in map(int, text.split("A")):
        order = estate.records.orders.get(order_id)
        if order is None or not _may_pay(service, asked, order):
            raise refused("订单不存在", f"没有查找到订单{order_id}")
        if order.paid or order.closed:
            raise refused("订单已支付或已关闭", f"订单{order_id}不能支付")
    data = {
        "appId": _APP_ID,
        "timeStamp": str(int(estate.clock.now().timestamp())),
        "nonceStr": secrets.token_urlsafe(12),
        "package": f"prepay_id=wx{estate.clock.now():%d%H%M%S}{secrets.token_hex(14)}",
        "signType": "MD5",
        "paySign": secrets.token_hex(16).upper(),
    }
    return Answer("成功获取缴费信息", "成功获取缴费信息", {"data": data})


def _visible(service: Service, asked: Asked) -> list[Order]:
    house_id = asked.fields.optional_id("house_id")
    own_only = service.switches.own_houses_only
    return money.visible(service.estate, asked.user, house_id, own_only=own_only)


def _may_pay(service: Service, asked: Asked, order: Order) -> bool:
    own_only = service.switches.own_houses_only
    seen = money.visible(service.estate, asked.user, order.house_id, own_only=own_only)
    return order in seen


def _order(service: Service, order: Order) -> dict[str, object]:
    row: dict[str, object] = {
        "id": order.id,
        "number": order.number,
        "title": order.title,
        "amount": _amount(service, order.cents, "元"),
        "status": "已关闭" if order.closed else "进行中",
    }
    if order.house_id is not None:  # what a person owes names no house
        row["house"] = service.estate.house_name(order.house_id)
    return row


def _bill(service: Service, bill: Bill, mine: list[Order]) -> dict[str, object]:
    orders = service.estate.records.orders
    return {
        "id": bill.id,
        "total_amount": _amount(service, sum(orders[each].cents for each in bill.order_ids), ""),
        "paid_at": bill.paid_at.strftime(TIME_FORMAT),
        "payment_number": bill.payment_number,
        "payment_shop_number": bill.shop_number,
        "orders": [_order(service, each) for each in mine],
    }


def _amount(service: Service, cents: int, unit: str) -> object:
    text = money.yuan(cents)
    if service.switches.amount is AmountForm.NUMBER:
        return float(text)
    return text if service.switches.amount is AmountForm.STRING else text + unit


def _paid(service: Service, order: Order) -> object:
    if service.switches.paid is PaidForm.BOOLEAN:
        return order.paid
    return "已付款" if order.paid else "未付款"


def _extra(service: Service, order: Order) -> object:
    if order.extra is None or service.switches.extra is ExtraForm.OBJECT:
        return order.extra
    return "{" + ",".join(f"'{key}':'{value}'" for key, value in order.extra.items()) + "}"


_OPTIONAL = frozenset({"remark", "extra", "house"})

MONEY_CALLS = (
    Endpoint("4.1.1", "orders/list", orders, code=NUMBER, expired=NUMBER, optional=_OPTIONAL),
    Endpoint("4.1.2", "payments/list", bills, code=NUMBER, expired=NUMBER, optional=_OPTIONAL),
    Endpoint("4.2.1", "weapp/payment", payment, code=NUMBER, expired=NUMBER),
)
