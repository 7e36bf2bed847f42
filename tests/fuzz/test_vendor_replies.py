"""Replies of every kind of nonsense: a checked value or an error of ours, and never a second write.

More than 20,000 replies go through everything below HTTP (decoding, envelope, checks, faults,
repeats), each to several calls; some hundreds more go through a real socket.
"""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.card import Authorisation, CardContent
from station.domain.room import Room
from station.errors import Code, OutcomeUnknown, StationError, Unreachable, VendorRefused
from station.ports import GateCard
from station.vendors._http import Api, Endpoint
from station.vendors.door_lock import DoorLock
from station.vendors.shankai import Shankai
from station.vendors.shankai.calls import Token
from station.vendors.shankai.wire import CardMode
from tests.fuzz.odd_replies import CORPUS, SCRAPS, distorted, mutated
from tests.vendors.servers import Line, RawServer, Seen, http

STAY = Authorisation("775032240849920", datetime(2026, 7, 23, 14, 20), datetime(2026, 7, 24, 12))
ORG, MOBILE = "ORG", "13800000001"


@dataclass(frozen=True)
class Case:
    """A call, whether it writes, and how a sane value of it looks."""

    name: str
    call: Callable[[DoorLock, Shankai], object]
    sane: Callable[[Any], bool]
    writes: bool = False
    success: str = "code"


def _text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= 128


def _card(value: object) -> bool:
    return (
        isinstance(value, CardContent)
        and value.card_id.isalnum()
        and value.room_id.isdigit()
        and all(2000 <= at.year < 2100 for at in (value.authorised_at, value.expires_at))
    )


def _rooms(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(room, Room) and room.id.isdigit() and _text(room.name) for room in value
    )


def _gate_card(value: object) -> bool:
    return isinstance(value, GateCard) and int(value.card_no, 16) > 0 and len(value.card_no) >= 8


def _token(value: object) -> bool:
    return isinstance(value, Token) and value.value.isascii() and value.life_s > 0


def _nothing(value: object) -> bool:
    return value is None


CASES = (
    Case("GetRoomList", lambda door, _: door.rooms(), _rooms),
    Case("ReadCard", lambda door, _: door.read(), _card),
    Case("MarkRoomCard", lambda door, _: door.write(STAY), lambda v: v == "" or v.isalnum(), True),
    Case("ClearRoomCard", lambda door, _: door.clear(card_id="03F56240"), _nothing, True),
    Case("get_access_token", lambda _, api: api.get_access_token(), _token, success="errcode"),
    Case(
        "create_organization",
        lambda _, api: api.create_organization("x", CardMode.IC),
        _text,
        writes=True,
        success="errcode",
    ),
    Case("get_organization", lambda _, api: api.get_organization("x"), _text, success="errcode"),
    Case("get_card_no", lambda _, api: api.get_card_no(ORG, MOBILE), _gate_card, success="errcode"),
    Case(
        "set_card_no",
        lambda _, api: api.set_card_no(ORG, MOBILE, "张三", "04A1B2C3"),
        _nothing,
        success="errcode",
    ),
    Case(
        "set_admin_user",
        lambda _, api: api.set_admin_user(ORG, "a", "b"),
        _nothing,
        writes=True,
        success="errcode",
    ),
)
GOOD_TOKEN = b'{"errcode":0,"data":{"access_token":"T","expires_in":7200}}'


class Wire:
    """Stands where the socket is: hands each call the reply under test, and counts."""

    def __init__(self) -> None:
        self.reply = b""
        self.about = ""
        self.sent = 0

    def exchange(self, _: Api, endpoint: Endpoint[Any], request: object) -> tuple[int, bytes]:
        if endpoint.call != self.about:
            return 200, GOOD_TOKEN
        self.sent += 1
        return 200, self.reply


@contextmanager
def below_http() -> Iterator[Callable[[bytes, Case], None]]:
    """Feed replies to the real clients from the decoding on."""
    wire = Wire()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Api, "_exchange", lambda *parts: wire.exchange(*parts))
        door = DoorLock("http://127.0.0.1:1", body="form")
        api = Shankai("http://127.0.0.1:1", backoff_s=0)

        def feed(reply: bytes, case: Case) -> None:
            wire.reply, wire.about, wire.sent = reply, case.name, 0
            outcome = outcome_of(case, door, api)
            check(reply, case, outcome, sent=wire.sent - renewed(case, outcome))

        yield feed


def renewed(case: Case, outcome: object) -> bool:
    """Whether the call went out a second time because its token was refused."""
    token_refused = getattr(outcome, "code", None) is Code.SHANKAI_TOKEN_EXPIRED
    return token_refused and case.name != "get_access_token"


def outcome_of(case: Case, door: DoorLock, api: Shankai) -> object:
    try:
        return case.call(door, api)
    except StationError as error:
        return error


def check(reply: bytes, case: Case, outcome: object, *, sent: int) -> None:
    """What holds for each reply and each call."""
    assert sent == 1 if case.writes else 1 <= sent <= 3, (case.name, reply[:200])
    if isinstance(outcome, StationError):
        assert outcome.code in Code
        assert outcome.code is not Code.INTERNAL, (case.name, reply[:200], outcome)
        assert outcome.__cause__ is None
        kinds = (VendorRefused, OutcomeUnknown) if case.writes else (VendorRefused, Unreachable)
        assert type(outcome) in kinds
        assert len(str(outcome)) < 1500
        return
    assert case.sane(outcome), (case.name, reply[:200], outcome)
    code = _independent_code(reply, case.success)
    assert code is None or code == (1 if case.success == "code" else 0)


def _independent_code(reply: bytes, name: str) -> float | None:
    """The reply's code as the standard library reads it, where it can."""
    try:
        return float(str(json.loads(reply)[name]).strip())
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def test_the_corpus() -> None:
    with below_http() as feed:
        for reply in CORPUS:
            for case in CASES:
                feed(reply, case)


@pytest.mark.parametrize("seed", range(4))
def test_broken_replies(seed: int) -> None:
    """4 × 6,000 replies, each to three calls: half broken as text, half odd in their values."""
    rng = random.Random(seed)
    with below_http() as feed:
        for number in range(6000):
            reply = mutated(rng) if number % 2 else distorted(rng)
            for case in rng.sample(CASES, 3):
                feed(reply, case)


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["03F56240", "775032240849920", "2026-07-23 14:20:00", "0x1A3D5B79", "true", "1", "0"]
    )
)
FIELDS = st.sampled_from(
    [
        "card_id",
        "rm_id",
        "rm_name",
        "valid",
        "unvalid",
        "org_id",
        "card_no",
        "is_new",
        "access_token",
        "expires_in",
    ]
)
DATA = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=8,
)
ENVELOPES = st.fixed_dictionaries(
    {},
    optional={
        "code": st.sampled_from([1, "1", 0, 1.0, True, None, -1]) | LEAVES,
        "errcode": st.sampled_from([0, "0", 4002, "4004", -1, None, False]) | LEAVES,
        "msg": LEAVES,
        "errmsg": LEAVES,
        "data": DATA,
    },
)


@settings(max_examples=1500)
@given(ENVELOPES, st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-8-sig"]))
def test_envelopes_with_anything_inside(reply: dict[str, object], encoding: str) -> None:
    content = json.dumps(reply, ensure_ascii=False).encode(encoding, "replace")
    with below_http() as feed:
        for case in CASES:
            feed(content, case)


@settings(max_examples=500)
@given(st.binary(max_size=200))
def test_bytes(reply: bytes) -> None:
    with below_http() as feed:
        for case in CASES:
            feed(reply, case)


class Mouth:
    """Sends what it is given, and hangs up."""

    def __init__(self) -> None:
        self.reply = b""

    def __call__(self, line: Line, seen: Seen) -> None:
        token = seen.call == "get_access_token"
        line.send(http(GOOD_TOKEN, headers="Connection: close\r\n") if token else self.reply)
        raise OSError


def raw_reply(rng: random.Random) -> bytes:
    """A reply as it stands on the wire, its head perhaps broken too."""
    body = rng.choice([mutated, distorted])(rng)
    whole = rng.choice(
        [
            http(body),
            http(body, length=rng.randint(0, 3000)),
            http(body, status=f"{rng.choice([200, 200, 206, 304, 401, 418, 500, 999])} X"),
            b"HTTP/1.1 200 OK\r\n\r\n" + body,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + body,
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body,
            body,
        ]
    )
    if rng.random() < 0.5:
        broken = bytearray(whole)
        at = rng.randrange(min(60, len(broken) + 1))
        broken[at : at + rng.randint(0, 3)] = rng.choice(SCRAPS)
        return bytes(broken)
    return whole


def test_replies_through_a_real_socket() -> None:
    rng, mouth = random.Random(7), Mouth()
    writes = [case for case in CASES if case.writes]
    reads = [case for case in CASES if not case.writes and case.name != "get_access_token"]
    with RawServer(mouth) as server:
        door = DoorLock(server.url, body="json", read_timeout_s=5)
        api = Shankai(server.url, read_timeout_s=5, backoff_s=0)
        for _ in range(300):
            mouth.reply = raw_reply(rng)
            for case in (rng.choice(writes), rng.choice(reads)):
                server.seen.clear()
                outcome = outcome_of(case, door, api)
                shown = (case.name, mouth.reply[:200], outcome)
                sent = server.count(case.name) - renewed(case, outcome)
                assert sent <= (1 if case.writes else 3), shown
                if isinstance(outcome, StationError):
                    assert outcome.code is not Code.INTERNAL, shown
                    assert outcome.__cause__ is None
                else:
                    assert case.sane(outcome), shown
        door.close()
        api.close()
