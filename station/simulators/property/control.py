"""The property simulator's insides under `/_sim/…`: SMS codes, tokens, arrears, reviews, WeChat."""

import re
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from flask import Blueprint, request

from station.simulators.base import json_object
from station.simulators.clock import TIME_FORMAT
from station.simulators.control import answering, control_blueprint, text_field
from station.simulators.property import access, money
from station.simulators.property.model import ROLES, Identity, SmsCode
from station.simulators.property.sample import DEMO_PHONE

if TYPE_CHECKING:
    from station.simulators.property.sim import PropertySim

_AMOUNT = re.compile(r"([0-9]{1,7})(?:\.([0-9]{2}))?")


def property_control(sim: "PropertySim") -> Blueprint:
    """All control routes of the property simulator."""
    routes = control_blueprint(sim)
    _add_tokens(routes, sim)
    _add_codes(routes, sim)
    _add_houses(routes, sim)
    _add_company(routes, sim)
    return routes


def _add_tokens(routes: Blueprint, sim: "PropertySim") -> None:
    estate = sim.estate

    @routes.post("/tokens")
    @answering
    def _give() -> object:
        with estate.lock:
            value = sim.give_token(str(json_object(request).get("phone") or DEMO_PHONE))
            token = estate.records.tokens[value]
            return {
                "access_token": value,
                "expires_in": sim.switches.expires_in,
                "renewable_until": token.renewable_until.strftime(TIME_FORMAT),
            }

    @routes.post("/tokens/expire")
    @answering
    def _expire() -> object:
        sim.expire_tokens()
        return {}

    @routes.delete("/tokens")
    @answering
    def _lose() -> object:
        sim.lose_tokens()
        return {}


def _add_codes(routes: Blueprint, sim: "PropertySim") -> None:
    estate = sim.estate

    @routes.get("/sms")
    @answering
    def _sms() -> object:
        return [_shown_code(each) for each in sim.sms(request.args.get("phone"))]

    @routes.post("/wechat")
    @answering
    def _open_program() -> object:
        values = json_object(request)
        openid = values.get("openid")
        visit = access.open_program(
            estate, text_field(values, "phone"), None if openid is None else str(openid)
        )
        return asdict(visit)

    @routes.put("/idcard")
    @answering
    def _identity() -> object:
        values = json_object(request)
        known = {field.name for field in fields(Identity)}
        if not values.keys() <= known:
            raise ValueError(f"known are {', '.join(sorted(known))}")
        with estate.lock:
            texts = {name: str(value) for name, value in values.items()}
            estate.records.identity = Identity(**texts)
            estate.changed()
            return asdict(estate.records.identity)

    @routes.get("/photos")
    @answering
    def _photos() -> object:
        with estate.lock:
            return [asdict(each) for each in estate.records.photos]


def _add_houses(routes: Blueprint, sim: "PropertySim") -> None:
    estate = sim.estate

    @routes.get("/houses")
    @answering
    def _houses() -> object:
        wanted = request.args.get("name", "")
        with estate.lock:
            names = {each: estate.house_name(each) for each in estate.records.houses}
        return [_house(sim, house_id) for house_id, name in names.items() if wanted in name]

    @routes.get("/houses/<house>")
    @answering
    def _one_house(house: str) -> object:
        return _house(sim, int(house))

    @routes.put("/houses/<house>/arrears")
    @answering
    def _set_arrears(house: str) -> object:
        values = json_object(request)
        amounts = values.get("amounts")
        if not isinstance(amounts, list):
            raise ValueError("amounts expected")
        title = str(values.get("title") or "物业费")
        money.set_arrears(estate, int(house), [_cents(each) for each in amounts], title)
        return _house(sim, int(house))

    @routes.post("/houses/<house>/members")
    @answering
    def _bind(house: str) -> object:
        values = json_object(request)
        role = text_field(values, "role")
        if role not in ROLES:
            raise ValueError("a role of the foreword expected")
        name, phone = text_field(values, "name"), text_field(values, "phone")
        return asdict(estate.bind(int(house), name, phone, role))


def _add_company(routes: Blueprint, sim: "PropertySim") -> None:
    estate = sim.estate

    @routes.get("/reviews")
    @answering
    def _reviews() -> object:
        with estate.lock:
            return [asdict(each) for each in estate.records.reviews.values()]

    @routes.post("/reviews/<review>")
    @answering
    def _decide(review: str) -> object:
        values = json_object(request)
        accept = values.get("accept")
        if not isinstance(accept, bool):
            raise ValueError("accept expected")
        reason = str(values.get("reason") or "")
        return asdict(estate.decide(int(review), accept=accept, reason=reason))

    @routes.post("/payments")
    @answering
    def _settle() -> object:
        ids = json_object(request).get("ids")
        if not isinstance(ids, list) or not all(type(each) is int for each in ids):
            raise ValueError("ids of orders expected")
        bill = money.settle(estate, ids)
        return asdict(bill) | {"paid_at": bill.paid_at.strftime(TIME_FORMAT)}


def _shown_code(code: SmsCode) -> dict[str, object]:
    times = {
        "sent_at": code.sent_at.strftime(TIME_FORMAT),
        "ends_at": code.ends_at.strftime(TIME_FORMAT),
    }
    return asdict(code) | times


def _house(sim: "PropertySim", house_id: int) -> dict[str, object]:
    estate = sim.estate
    with estate.lock:
        return {
            "id": house_id,
            "name": estate.house_name(house_id),
            "members": [asdict(each) for each in estate.members(house_id)],
            "arrears": money.yuan(money.arrears(estate, house_id)),
        }


def _cents(value: object) -> int:
    found = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('an amount like "120.00" expected')
    return int(found[1]) * 100 + int(found[2] or 0)
