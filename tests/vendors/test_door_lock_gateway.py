"""The door lock's calls beyond cards: what is sent, read and refused, and what no log tells."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from station.domain.lock import LockReading
from station.errors import (
    Code,
    InputInvalid,
    OutcomeUnknown,
    StationError,
    Unreachable,
    VendorRefused,
)
from station.vendors.door_lock import DoorLock, DoorLockGateway
from tests.vendors.lock_calls import (
    CODE,
    END,
    GATEWAY_CALLS,
    PICTURE,
    ROOM,
    START,
    TEMPLATE,
    GatewayCall,
    everything_logged,
    gateway,
)
from tests.vendors.misbehaviour import ROWS, Row
from tests.vendors.servers import Line, RawServer, Seen, closed_port, http, says

if TYPE_CHECKING:
    from station.ports import Gateway

SECRETS = {"appid": "demo-app", "appsecret": "demo-appsecret"}
DATA = {"ce": 89, "d2": 1702979380980}
EXAMPLE = {"code": 1, "msg": "操作成功", "data": DATA}
READING = LockReading(89, datetime(2023, 12, 19, 9, 49, 40, 980_000, UTC))
MADE = (
    '{\r\n  "code": 1,\r\n  "msg": "操作成功",\r\n  "data": {\r\n    "muid": "0356241",\r\n  }\r\n}'
).encode()
GIVES_READING = [
    call for call in GATEWAY_CALLS if call.name not in ("MakeOffline", "GatewayStopOffline")
]
by_name = pytest.mark.parametrize("call", GATEWAY_CALLS, ids=lambda call: call.name)


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    assert info.value.__cause__ is None, "a library's exception must not hang on it"
    return info.value


def test_it_is_a_gateway() -> None:
    gate: Gateway = DoorLockGateway(DoorLock())
    assert gate is not None


@pytest.mark.parametrize("body", ["form", "json"])
def test_what_is_sent(body: str) -> None:
    def answer(line: Line, seen: Seen) -> None:
        line.send(http(MADE)) if seen.call == "MakeOffline" else says(EXAMPLE)(line, seen)

    with RawServer(answer) as server, gateway(server.url, body=body) as gate:
        given = [call.make(gate) for call in GATEWAY_CALLS]
        sent = [(seen.method, seen.path) for seen in server.seen]
        fields = [
            {name: str(value) for name, value in seen.fields.items() if name not in SECRETS}
            for seen in server.seen
        ]
        assert all(SECRETS.items() <= seen.fields.items() for seen in server.seen)
    assert given == ["0356241", None, *[READING] * 7]
    assert sent == [("POST", f"/Api/{call.name}") for call in GATEWAY_CALLS]
    base64 = "iVBORw0KGgo"
    assert fields[5].pop("base64").startswith(base64)
    times = {"abkp": "2022-07-23 14:20:00", "unValid": "2022-07-24 12:00:00"}
    end = {"unValid": times["unValid"]}
    assert fields == [
        {"rm_id": ROOM, **end},
        {"rm_id": ROOM, "muid": "0356241", **end},
        {"rm_id": ROOM, "m1": "1", "pwd": "123456789", **end},
        {"rm_id": ROOM, "m1": "1"},
        {"rm_id": ROOM},
        {"rm_id": ROOM, "m1": "1", **times},
        {"rm_id": ROOM, "m1": "1"},
        {"rm_id": ROOM, "m1": "1", "hexs": "ab-cd-ef-ee-ff", **times},
        {"rm_id": ROOM, "m1": "1"},
    ]


def test_a_large_picture_arrives_whole() -> None:
    large = PICTURE + b"\0" * (2 * 1024 * 1024 - len(PICTURE))
    with RawServer(says(EXAMPLE)) as server:
        for body in ("form", "json"):
            with gateway(server.url, body=body, gateway_timeout_s=20, deadline_s=40) as gate:
                assert gate.put_face(ROOM, 49, large, START, END) == READING
        assert [b64decode(seen.fields["base64"]) == large for seen in server.seen] == [
            True,
            True,
        ]


ODD_DATA: list[object] = [None, "", "x", 7, [], [7], {}, {"ce": None, "d2": None}, True]
ODD_BATTERIES: list[object] = [-1, 101, 10**30, "", "x", "89%", 0.5, True, [], {}, None]
ODD_MOMENTS: list[object] = [0, -5, 1702979380, 10**18, 10**40, "now", 0.5, False, [1], None]


@pytest.mark.parametrize("call", GIVES_READING, ids=lambda call: call.name)
def test_what_is_done_is_done_whatever_its_data_says(call: GatewayCall) -> None:
    replies: list[tuple[object, LockReading]] = [
        *[(data, LockReading()) for data in ODD_DATA],
        *[
            ({"ce": ce, "d2": 1702979380980}, LockReading(None, READING.read_at))
            for ce in ODD_BATTERIES
        ],
        *[({"ce": 89, "d2": d2}, LockReading(89)) for d2 in ODD_MOMENTS],
        ({"ce": "89", "d2": "1702979380980"}, READING),
        ({"ce": 89.0, "d2": 1702979380980.0}, READING),
        ({"ce": 0, "d2": 1702979380980, "more": [1]}, LockReading(0, READING.read_at)),
        ({"ce": 100}, LockReading(100)),
    ]
    left = list(replies)

    def answer(line: Line, seen: Seen) -> None:
        says({"code": 1, "data": left.pop(0)[0]})(line, seen)

    with RawServer(answer) as server, gateway(server.url) as gate:
        for data, reading in replies:
            assert call.make(gate) == reading, data


@pytest.mark.parametrize("data", [*ODD_DATA, {"muid": "0356241"}])
def test_stopping_a_made_passcode_needs_no_data(data: object) -> None:
    with RawServer(says({"code": "1", "data": data})) as server, gateway(server.url) as gate:
        gate.stop_offline(ROOM, "0356241", END)
        assert server.count("GatewayStopOffline") == 1


@pytest.mark.parametrize("muid", ["0356241", " 0356241 ", "0000", "1234567890123456"])
def test_a_made_passcode_keeps_its_zeros(muid: str) -> None:
    reply = {"code": 1, "data": {"muid": muid, "more": 1}}
    with RawServer(says(reply)) as server, gateway(server.url) as gate:
        assert gate.make_offline(ROOM, END) == muid.strip()


ODD_PASSCODES: list[object] = [None, "", "12", "1" * 17, "12a4", "１２３４", 356241, 1.5, [], {}]


@pytest.mark.parametrize("data", [*ODD_DATA, *[{"muid": muid} for muid in ODD_PASSCODES]])
def test_no_usable_passcode_is_no_passcode(data: object) -> None:
    """As a number it would have lost its leading zeros: 0356241 is not 356241."""
    with RawServer(says({"code": 1, "data": data})) as server, gateway(server.url) as gate:
        error = caught(lambda: gate.make_offline(ROOM, END))
        assert type(error) is Unreachable
        assert error.code is Code.REPLY_SHAPE
        assert server.count("MakeOffline") == 1


def test_what_is_against_a_rule_is_not_sent() -> None:
    aware, old = datetime.now(UTC), datetime(1999, 1, 1)
    with RawServer(says(EXAMPLE)) as server, gateway(server.url) as gate:
        calls: list[tuple[Callable[[], object], Code]] = [
            (lambda: gate.make_offline("1-101", END), Code.ROOM_UNKNOWN),
            (lambda: gate.make_offline(ROOM, aware), Code.TIME_MALFORMED),
            (lambda: gate.make_offline(ROOM, END + timedelta(microseconds=5)), Code.TIME_MALFORMED),
            (lambda: gate.stop_offline(ROOM, "123", END), Code.PASSCODE_MALFORMED),
            (lambda: gate.stop_offline(ROOM, "0356241&m1=1", END), Code.PASSCODE_MALFORMED),
            (lambda: gate.stop_offline(ROOM, "0356241", old), Code.TIME_MALFORMED),
            (lambda: gate.put_online(ROOM, 0, CODE, END), Code.FIELD_OUT_OF_RANGE),
            (lambda: gate.put_online(ROOM, 50, CODE, END), Code.FIELD_OUT_OF_RANGE),
            (lambda: gate.put_online(ROOM, 1, "12345", END), Code.PASSCODE_MALFORMED),
            (lambda: gate.put_online(ROOM, 1, "12345678901", END), Code.PASSCODE_MALFORMED),
            (lambda: gate.put_online(ROOM, 1, "１２３４５６", END), Code.PASSCODE_MALFORMED),
            (lambda: gate.stop_online("", 1), Code.ROOM_UNKNOWN),
            (lambda: gate.stop_online(ROOM, 50), Code.FIELD_OUT_OF_RANGE),
            (lambda: gate.open("*"), Code.ROOM_UNKNOWN),
            (lambda: gate.put_face(ROOM, 50, PICTURE, START, END), Code.FIELD_OUT_OF_RANGE),
            (lambda: gate.put_face(ROOM, 1, b"GIF89a", START, END), Code.PICTURE_MALFORMED),
            (lambda: gate.put_face(ROOM, 1, bytes(3 << 20), START, END), Code.PICTURE_TOO_LARGE),
            (lambda: gate.put_face(ROOM, 1, PICTURE, aware, END), Code.TIME_MALFORMED),
            (lambda: gate.stop_face(ROOM, 0), Code.FIELD_OUT_OF_RANGE),
            (lambda: gate.put_fingerprint(ROOM, 1, b"", START, END), Code.TEMPLATE_MALFORMED),
            (lambda: gate.put_fingerprint(ROOM, 1, TEMPLATE, START, aware), Code.TIME_MALFORMED),
            (lambda: gate.stop_fingerprint(ROOM, -1), Code.FIELD_OUT_OF_RANGE),
        ]
        for make, code in calls:
            error = caught(make)
            assert type(error) is InputInvalid
            assert error.code is code
        assert server.seen == []


@by_name
@pytest.mark.parametrize("code", [0, -1, 2, "-3", 500])
def test_a_no_is_the_platforms_and_nothing_was_changed(call: GatewayCall, code: object) -> None:
    reply = {"code": code, "msg": "网关不在线", "data": None}
    with RawServer(says(reply)) as server, gateway(server.url) as gate:
        error = caught(lambda: call.make(gate))
        assert type(error) is VendorRefused
        assert error.code is Code.GATEWAY_REFUSED
        assert error.context["call"] == call.name
        assert error.context["vendor_code"] == str(code)
        assert error.context["vendor_msg"] == "网关不在线"
        assert len(server.seen) == 1


EVERY_FAULT = {"MakeOffline", "GatewayOpen", "GatewayStopOnline"}
SOME_FAULTS = {"never answers", "drops", "half a body", "cut JSON", "a list", "http 404 Not Found"}
# With code 1 it is done, whatever the data; only a passcode must be read out of it.
FAULTS = [
    pytest.param(row, call, id=f"{call.name}, {row.name}")
    for row in ROWS
    for call in GATEWAY_CALLS
    if call.name in EVERY_FAULT or row.name in SOME_FAULTS
    if call.name == "MakeOffline" or not row.name.startswith("data is")
]


@pytest.mark.parametrize(("row", "call"), FAULTS)
def test_a_faulty_answer_is_never_followed_by_a_second_call(row: Row, call: GatewayCall) -> None:
    with RawServer(row.behave) as server, gateway(server.url) as gate:
        error = caught(lambda: call.make(gate))
        if call.writes and not row.nothing_done:
            assert type(error) is OutcomeUnknown
            assert error.code is Code.LOCK_OUTCOME_UNKNOWN
            assert error.context["cause"] == row.code.value
        else:
            assert type(error) is Unreachable
            assert error.code is row.code
        assert error.context["call"] == call.name
        assert len(server.seen) == 1


@by_name
def test_a_service_that_is_not_there(call: GatewayCall) -> None:
    with gateway(f"http://127.0.0.1:{closed_port()}") as gate:
        error = caught(lambda: call.make(gate))
        assert type(error) is Unreachable
        assert error.code is Code.SERVICE_NOT_RUNNING


def test_radio_has_a_patience_of_its_own() -> None:
    """A made passcode is computed at once; the others go on to a lock."""

    def slow(line: Line, seen: Seen) -> None:
        line.closing.wait(0.6)
        says({"code": 1, "data": {"muid": "0356241", **DATA}})(line, seen)

    patience = {"read_timeout_s": 0.2, "gateway_timeout_s": 20, "deadline_s": 30}
    with RawServer(slow) as server, gateway(server.url, **patience) as gate:
        for call in GATEWAY_CALLS[1:]:
            assert call.make(gate) in (READING, None)
        assert caught(lambda: gate.make_offline(ROOM, END)).code is Code.SERVICE_TIMEOUT


KNOWN = {
    "GatewayStopOffline": "0356241",
    "GatewayUploadOnline": CODE,
    "GatewayUploadFace": b64encode(PICTURE).decode(),
    "GatewayUploadFinger": "ab-cd-ef-ee-ff",
}
"""What a call sends and no log may tell."""


@by_name
@pytest.mark.parametrize("code", [1, 7])
def test_no_log_and_no_error_tells_a_secret(call: GatewayCall, code: int) -> None:
    """Neither asked nor answered, nor when the platform's own sentence repeats it."""
    known = KNOWN.get(call.name, "")
    data = {"muid": "0987654", "pwd": CODE, "base64": "aGVsbG8=", **DATA}
    reply = {"code": code, "msg": f"密码 0987654 {known} demo-appsecret", "data": data}
    with (
        everything_logged() as lines,
        RawServer(says(reply)) as server,
        gateway(server.url) as gate,
    ):
        try:
            call.make(gate)
        except VendorRefused as refused:
            lines.append(str(refused))
    logged = "\n".join(lines)
    assert logged.count(call.name) >= 2
    for secret in ("0987654", "aGVsbG8=", CODE, "demo-appsecret", known or CODE):
        assert secret not in logged
