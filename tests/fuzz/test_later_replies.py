"""Nonsense from the calls beyond rooms and cards: gateway, Kexin, property platform.

Each call's own good reply is broken, as text and in its values, at any depth. What comes out is a
checked value or an error of ours; what goes once went once.
"""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from station.errors import Code, OutcomeUnknown, StationError, Unreachable, VendorRefused
from station.vendors._http import Api, Endpoint
from station.vendors.door_lock import DoorLock, DoorLockGateway
from station.vendors.kexin import Kexin
from station.vendors.property import PropertyPlatform
from tests.fuzz.odd_replies import CORPUS, ODD, mutate
from tests.vendors.kexin_calls import KEXIN_CALLS, named_fields
from tests.vendors.lock_calls import GATEWAY_CALLS
from tests.vendors.property_calls import CALLS as PROPERTY_CALLS
from tests.vendors.property_examples import LOGGED_IN, LOST

RENEWAL = "PUT authorizations/current"
OF_LOCK = {"muid": "0356241", "m1": 1, "ce": "85", "d2": 1_658_634_000_000, "rm_id": "7"}
MAX_TEXT = 4096


@dataclass(frozen=True)
class Case:
    """A call, its good reply, and whether a lost answer leaves it unknown."""

    vendor: str
    name: str
    ask: Callable[[Any], object]
    good: dict[str, Any]
    writes: bool

    def __str__(self) -> str:
        return f"{self.vendor} {self.name}"


CASES = (
    *(
        Case(
            "gateway", call.name, call.make, {"code": 1, "msg": "ok", "data": OF_LOCK}, call.writes
        )
        for call in GATEWAY_CALLS
    ),
    *(
        Case(
            "kexin",
            call.path,
            call.make,
            {"code": 200, "message": "ok", "data": call.data},
            call.writes,
        )
        for call in KEXIN_CALLS
    ),
    *(
        Case(
            "property",
            call.name,
            call.ask,
            call.example,
            not (call.reads or call.checks or call.name == RENEWAL),
        )
        for call in PROPERTY_CALLS
    ),
)


class Wire:
    """Stands where the sockets are: hands each call the reply under test, and counts."""

    def __init__(self) -> None:
        self.reply = b""
        self.about = ""
        self.sent = 0
        self.renewals = 0

    def exchange(self, _: Api, endpoint: Endpoint[Any], request: object) -> tuple[int, bytes]:
        if endpoint.call != self.about:
            self.renewals += 1
            token = f"R{self.renewals}-renewed"
            return 200, json.dumps({**LOGGED_IN, "access_token": token}).encode()
        self.sent += 1
        return 200, self.reply


@contextmanager
def below_http() -> Iterator[Callable[[bytes, Case], object]]:
    """Feed replies to the real clients from the decoding on; what came of it, checked."""
    wire = Wire()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Api, "_exchange", lambda *parts: wire.exchange(*parts))
        address = "http://127.0.0.1:1"
        clients: dict[str, Any] = {
            "gateway": DoorLockGateway(DoorLock(address, "app", "secret", body="form")),
            "kexin": Kexin(address, "app", named_fields, backoff_s=0),
        }

        def feed(reply: bytes, case: Case) -> object:
            client = clients.get(case.vendor) or PropertyPlatform(address, "demo", backoff_s=0)
            wire.reply, wire.about = reply, case.name
            wire.sent = wire.renewals = 0
            try:
                outcome = case.ask(client)
            except StationError as error:
                outcome = error
            check(reply, case, outcome, sent=wire.sent, renewals=wire.renewals)
            return outcome

        yield feed


def check(reply: bytes, case: Case, outcome: object, *, sent: int, renewals: int) -> None:
    """What holds for each reply and each call."""
    shown = (str(case), reply[:200], outcome)
    assert renewals <= 1, shown
    # What a token kept from being executed goes again: without one, with one, with the next one.
    assert sent in {1 + renewals, 1 + 2 * renewals} if case.writes else 1 <= sent <= 4, shown
    if isinstance(outcome, StationError):
        assert outcome.code in Code, shown
        assert outcome.code is not Code.INTERNAL, shown
        assert outcome.__cause__ is None, shown
        kinds = (VendorRefused, OutcomeUnknown) if case.writes else (VendorRefused, Unreachable)
        assert type(outcome) in kinds, shown
        assert len(str(outcome)) < 1500, shown
    else:
        assert sane(outcome), shown


def sane(value: object) -> bool:
    """Values of ours all the way down: no raw reply, nothing endless, no control characters."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return len(value) <= MAX_TEXT and value.isprintable()
    if isinstance(value, datetime):
        return 1900 < value.year < 10_000
    if isinstance(value, Decimal):
        return value.is_finite() and value >= 0
    if isinstance(value, list | tuple):
        return all(sane(each) for each in value)
    if is_dataclass(value):
        return all(sane(getattr(value, field.name)) for field in fields(value))
    if hasattr(value, "__struct_fields__"):
        return all(sane(getattr(value, name)) for name in value.__struct_fields__)
    return value is None or isinstance(value, bool | int | date | Enum)


def distorted(rng: random.Random, good: dict[str, Any]) -> bytes:
    """A good reply in which one to three values, at any depth, are odd, missing or doubled."""
    reply = json.loads(json.dumps(good))
    for _ in range(rng.randint(1, 3)):
        inside: Any = reply
        while True:
            deeper = [each for each in _values(inside) if isinstance(each, dict | list) and each]
            if not deeper or rng.random() < 0.3:
                break
            inside = rng.choice(deeper)
        _distort(rng, inside)
    encoding = rng.choice(["utf-8", "utf-8", "gb18030"])
    return json.dumps(reply, ensure_ascii=rng.random() < 0.5).encode(encoding)


def _values(inside: Any) -> list[Any]:
    return list(inside.values()) if isinstance(inside, dict) else list(inside)


def _distort(rng: random.Random, inside: Any) -> None:
    key = rng.choice([*inside, "extra"]) if isinstance(inside, dict) else rng.randrange(len(inside))
    what = rng.randrange(4)
    if what == 0 and isinstance(inside, dict):
        inside.pop(key, None)
    elif what == 1 and isinstance(inside, list):
        inside.extend(deepcopy(inside[:3]) * rng.randint(1, 2))
    else:
        inside[key] = deepcopy(rng.choice(ODD))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_good_reply_is_good(case: Case) -> None:
    with below_http() as feed:
        assert not isinstance(feed(json.dumps(case.good).encode(), case), StationError)


def test_the_corpus() -> None:
    with below_http() as feed:
        for reply in (*CORPUS, json.dumps(LOST).encode()):
            for case in CASES:
                feed(reply, case)


@pytest.mark.parametrize("seed", range(3))
def test_broken_replies(seed: int) -> None:
    """3 × 400 replies of each of 47 calls: half broken as text, half odd in their values."""
    rng = random.Random(seed)
    with below_http() as feed:
        for case in CASES:
            good = json.dumps(case.good, ensure_ascii=False).encode()
            for number in range(400):
                feed(mutate(rng, good) if number % 2 else distorted(rng, case.good), case)


def test_a_reply_about_the_token_repeats_a_call_once() -> None:
    with below_http() as feed:
        for case in CASES:
            if case.vendor == "property" and case.name != RENEWAL:
                outcome = feed(json.dumps(LOST).encode(), case)
                assert isinstance(outcome, VendorRefused), str(case)
                assert outcome.code is Code.PROPERTY_TOKEN_LOST
