"""Kexin in trouble: its table of statuses, in the body and as HTTP's own, and a faulty line."""

from collections.abc import Callable

import pytest

from station.domain.kexin import STATUS_CODES
from station.errors import Code, OutcomeUnknown, StationError, Unreachable, VendorRefused
from tests.vendors.kexin_calls import ID_NUMBER, KEXIN_CALLS, NAME, KexinCall, cloud
from tests.vendors.lock_calls import everything_logged
from tests.vendors.misbehaviour import PAGE, ROWS, Row
from tests.vendors.servers import Line, RawServer, Seen, closed_port, says

by_path = pytest.mark.parametrize("call", KEXIN_CALLS, ids=lambda call: call.path)
OPEN = next(call for call in KEXIN_CALLS if call.path == "lock/open")
STATE = next(call for call in KEXIN_CALLS if call.path == "lock/state/get")


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    assert info.value.__cause__ is None
    return info.value


def met(reply: object, call: KexinCall, status: str = "200 OK") -> tuple[StationError, int]:
    """The error that an answer makes of a call, and how often it was sent."""
    with RawServer(says(reply, status=status)) as server, cloud(server.url) as kexin:
        error = caught(lambda: call.make(kexin))
        return error, len(server.seen)


@pytest.mark.parametrize("status", STATUS_CODES)
@pytest.mark.parametrize("on_the_line", [False, True], ids=["in the body", "on HTTP's line too"])
def test_every_status_of_the_table(status: int, on_the_line: bool) -> None:
    reply = {"code": status, "desc": "可信说不", "data": None}
    for call in (OPEN, STATE):
        error, times = met(reply, call, f"{status} Odd" if on_the_line else "200 OK")
        assert type(error) is VendorRefused
        assert error.code is STATUS_CODES[status]
        assert error.context["vendor_code"] == str(status)
        assert error.context["vendor_msg"] == "可信说不"
        assert error.context["call"] == call.path
        assert times == 1


@by_path
@pytest.mark.parametrize("code", [350, "360", 404, 313, 0, -1, 9999])
def test_every_call_may_be_refused(call: KexinCall, code: object) -> None:
    error, times = met({"code": code, "desc": "x"}, call)
    assert type(error) is VendorRefused
    assert error.code is STATUS_CODES.get(int(str(code)), Code.KEXIN_REFUSED)
    assert times == 1


UNCLEAR = [
    *[
        (code, Code.SERVICE_HTTP_STATUS)
        for code in (100, 101, 301, 302, 307, 408, 500, 502, 504, 511)
    ],
    (503, Code.SERVICE_BUSY),
    *[(code, Code.REPLY_SHAPE) for code in (201, 202, 204, 206)],
]


@pytest.mark.parametrize(("code", "cause"), UNCLEAR)
def test_a_status_that_says_nothing_clear_leaves_a_write_unknown(code: int, cause: Code) -> None:
    """The cloud in trouble may have opened the door all the same."""
    error, times = met({"code": code, "desc": "x", "data": None}, OPEN)
    assert type(error) is OutcomeUnknown
    assert error.code is Code.LOCK_OUTCOME_UNKNOWN
    assert error.context["cause"] == cause.value
    assert times == 1
    error, times = met({"code": code, "desc": "x", "data": None}, STATE)
    assert type(error) is Unreachable
    assert error.code is cause
    assert times == (3 if cause is Code.SERVICE_HTTP_STATUS and code >= 500 else 1)


def test_too_many_requests_are_answered_before_anything_is_done() -> None:
    for status in ("200 OK", "429 Too Many Requests"):
        for call in (OPEN, STATE):
            error, times = met({"code": 429, "desc": "x"}, call, status)
            assert type(error) is Unreachable
            assert (error.code, error.context["status"]) == (Code.SERVICE_BUSY, 429)
            assert times == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("500 Internal Server Error", {"code": 200, "desc": "OK", "data": None}),
        ("500 Internal Server Error", {"code": 500, "desc": "x"}),
        ("500 Internal Server Error", {"code": 77, "desc": "x"}),
        ("502 Bad Gateway", {"message": "x"}),
        ("502 Bad Gateway", []),
        ("502 Bad Gateway", b"<html>"),
        ("502 Bad Gateway", b""),
        ("504 Gateway Timeout", b'{"code": 350'),
    ],
)
def test_a_status_line_counts_where_the_body_names_no_reason(status: str, body: object) -> None:
    error, _ = met(body, OPEN, status)
    assert type(error) is OutcomeUnknown
    assert error.context["cause"] == "service_http_status"
    assert error.context["status"] == int(status[:3])


def test_a_portal_is_a_portal() -> None:
    for reply, status in ((PAGE, "200 OK"), (PAGE, "511 Network Authentication Required")):
        error, _ = met(reply, STATE, status)
        assert error.code is Code.CAPTIVE_PORTAL


# Rows about the envelope speak the other vendors' `code` 1 or `errcode` 0, so they come as Kexin's.
WIRE_ROWS = [row for row in ROWS if not row.name.startswith("data is")]
SOME_FAULTS = {"never answers", "drops", "half a body", "cut JSON", "a list", "http 404 Not Found"}
FAULTS = [
    pytest.param(row, call, id=f"{call.path}, {row.name}")
    for row in WIRE_ROWS
    for call in KEXIN_CALLS
    if call in (OPEN, STATE) or row.name in SOME_FAULTS
]
AGAIN = {Code.SERVICE_DROPPED, Code.SERVICE_HTTP_STATUS}


@pytest.mark.parametrize(("row", "call"), FAULTS)
def test_a_faulty_line(row: Row, call: KexinCall) -> None:
    with RawServer(row.behave) as server, cloud(server.url) as kexin:
        error = caught(lambda: call.make(kexin))
        if call.writes and not row.nothing_done:
            assert type(error) is OutcomeUnknown
            assert error.code is Code.LOCK_OUTCOME_UNKNOWN
            assert error.context["cause"] == row.code.value
        else:
            assert type(error) is Unreachable
            assert error.code is row.code
        status = error.context.get("status", 500)
        again = call.again and row.code in AGAIN and isinstance(status, int) and status >= 500
        assert len(server.seen) == (3 if again else 1)


@by_path
def test_a_cloud_that_is_not_there(call: KexinCall) -> None:
    with cloud(f"http://127.0.0.1:{closed_port()}") as kexin:
        error = caught(lambda: call.make(kexin))
        assert type(error) is Unreachable
        assert error.code is Code.SERVICE_NOT_RUNNING


def test_a_reading_that_breaks_off_twice_comes_the_third_time() -> None:
    def behave(line: Line, seen: Seen) -> None:
        if len(server.seen) < 3:
            line.reset()
        says({"code": 200, "desc": "OK", "data": STATE.data})(line, seen)

    with RawServer(behave) as server, cloud(server.url) as kexin:
        assert STATE.make(kexin) is not None
        assert len(server.seen) == 3


SECRETS = ("145332", "234541", "785165551", "189439575", ID_NUMBER, NAME, "iVBORw0KGgo")


@by_path
@pytest.mark.parametrize("code", [200, 350])
def test_no_log_and_no_error_tells_a_secret(call: KexinCall, code: int) -> None:
    """Neither what is sent or answered, nor a sentence that repeats it; nor the lock's owner."""
    sent = {"lock/open/face": f"{NAME} {ID_NUMBER}", "v2/lock/open": "234541"}.get(call.path, "")
    said = f"app_kexin sign-ature {sent} {'145332' if call.data == {'password': '145332'} else ''}"
    reply = {"code": code, "desc": said, "data": call.data}
    with (
        everything_logged() as lines,
        RawServer(says(reply)) as server,
        cloud(server.url, lambda fields: "sign-ature") as kexin,
    ):
        try:
            call.make(kexin)
        except VendorRefused as refused:
            lines.append(str(refused))
    logged = "\n".join(lines)
    assert logged.count(call.path) >= 2
    for secret in (*SECRETS, "app_kexin", "sign-ature", "xiao ming", "13800000003"):
        assert secret not in logged
