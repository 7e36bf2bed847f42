"""The cloud rows of the fault table: real sockets; only what may be sent again is sent again."""

from collections.abc import Callable
from contextlib import closing

import pytest

from station.domain.gate import FINAL_CODES, is_final
from station.domain.person import Person
from station.errors import (
    Code,
    InputInvalid,
    OutcomeUnknown,
    Refused,
    StationError,
    Unreachable,
    VendorRefused,
)
from station.vendors.shankai import Shankai, ShankaiGate
from station.vendors.shankai.wire import CardMode
from tests.vendors.misbehaviour import PAGE, ROWS, Row
from tests.vendors.servers import Behaviour, Line, RawServer, Seen, says

ORG = "oDF3iY9ffA-hqb2vVvbr7qxf6A0Q"
MOBILE = "13800000001"
TOKEN = {"errcode": 0, "errmsg": "ok", "data": {"access_token": "TOK", "expires_in": 7200}}
DONE = {"errcode": 0, "errmsg": "ok", "data": {"org_id": ORG, "card_no": "0x1A3D5B79"}}


def with_token(behave: Behaviour) -> Behaviour:
    """A cloud that hands out tokens well and does the rest its own way."""

    def both(line: Line, seen: Seen) -> None:
        (says(TOKEN) if seen.call == "get_access_token" else behave)(line, seen)

    return both


def answers(*replies: object) -> Behaviour:
    """These answers in turn, the last one for ever; a Behaviour among them behaves."""
    left = list(replies)

    def behave(line: Line, seen: Seen) -> None:
        reply = left.pop(0) if len(left) > 1 else left[0]
        (reply if callable(reply) else says(reply))(line, seen)

    return with_token(behave)


def client(url: str, **more: object) -> Shankai:
    settings: dict[str, object] = {
        "connect_timeout_s": 0.5,
        "read_timeout_s": 0.4,
        "deadline_s": 0.6,
        "backoff_s": 0.01,
        **more,
    }
    return Shankai(f"{url}/1.0", "demo-app", "demo-secret", **settings)  # type: ignore[arg-type]


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    assert info.value.__cause__ is None
    return info.value


AGAIN = {Code.SERVICE_DROPPED, Code.SERVICE_HTTP_STATUS}


# set_card_no needs none of the data: errcode 0 is the outcome.
REPEATABLE = [row for row in ROWS if not row.name.startswith("data is")]


@pytest.mark.parametrize("row", REPEATABLE, ids=lambda row: row.name)
def test_a_repeatable_call_is_unreachable_and_tried_again_where_it_helps(row: Row) -> None:
    with RawServer(with_token(row.behave)) as server, closing(client(server.url)) as cloud:
        gate = ShankaiGate(cloud, ORG)
        error = caught(lambda: gate.set_card(Person("张三", MOBILE), "04A1B2C3"))
        assert type(error) is Unreachable
        assert error.code is row.code
        status = error.context.get("status", 500)
        assert isinstance(status, int)
        again = row.code in AGAIN and status >= 500
        assert server.count("set_card_no") == (3 if again else 1)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_call_that_may_not_be_repeated_goes_once(row: Row) -> None:
    with RawServer(with_token(row.behave)) as server, closing(client(server.url)) as cloud:
        error = caught(lambda: cloud.create_organization("桃花园小区", CardMode.IC))
        if row.nothing_done:
            assert type(error) is Unreachable
            assert error.code is row.code
        else:
            assert type(error) is OutcomeUnknown
            assert error.context["cause"] == row.code.value
        assert server.count("create_organization") == 1


@pytest.mark.parametrize("call", ["get_card", "remove_user"])
def test_calls_whose_second_answer_differs_are_left_to_the_outbox(call: str) -> None:
    """Asked again, get_card_no says "not new" and del_user "no such user"."""

    def hang_up(line: Line, seen: Seen) -> None:
        raise OSError

    with RawServer(with_token(hang_up)) as server, closing(client(server.url)) as cloud:
        gate = ShankaiGate(cloud, ORG)
        calls = {
            "get_card": lambda: gate.get_card(Person("张三", MOBILE)),
            "remove_user": lambda: gate.remove_user(MOBILE),
        }
        assert caught(calls[call]).code is Code.SERVICE_DROPPED
        assert server.count("get_card_no") + server.count("del_user") == 1


@pytest.mark.parametrize(
    "portal",
    [
        says(PAGE, headers="Content-Type: text/html\r\n"),
        says(b"\xef\xbb\xbf \r\n" + PAGE),
        says(b"", status="302 Found", headers="Location: https://portal.example/login\r\n"),
        says(PAGE, status="511 Network Authentication Required"),
    ],
    ids=["page", "page behind a BOM", "redirect", "511"],
)
def test_a_captive_portal_is_named(portal: Behaviour) -> None:
    with RawServer(portal) as server, closing(client(server.url)) as cloud:
        error = caught(lambda: cloud.set_card_no(ORG, MOBILE, "张三", "04A1B2C3"))
        assert error.code is Code.CAPTIVE_PORTAL
        assert server.count("set_card_no") == 0
    with RawServer(with_token(portal)) as server, closing(client(server.url)) as cloud:
        assert caught(lambda: cloud.get_organization("x")).code is Code.CAPTIVE_PORTAL


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("Retry-After: 7\r\n", 7), ("Retry-After: 999999999999\r\n", 86_400), ("", None)]
    + [(f"Retry-After: {odd}\r\n", None) for odd in ("soon", "-5", "1.5", "٣")]
    + [("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 0)],
)
def test_a_busy_cloud_says_when(status: str, header: str, seconds: int | None) -> None:
    busy = says({"errcode": 0}, status=status, headers=header)
    with RawServer(with_token(busy)) as server, closing(client(server.url)) as cloud:
        error = caught(lambda: cloud.set_card_no(ORG, MOBILE, "张三", "04A1B2C3"))
        assert type(error) is Unreachable
        assert error.code is Code.SERVICE_BUSY
        assert error.context.get("retry_after_s") == seconds
        assert server.count("set_card_no") == 1


@pytest.mark.parametrize(
    ("errcode", "code"),
    [
        (-1, Code.SHANKAI_SYSTEM),
        (1001, Code.SHANKAI_ALREADY_REGISTERED),
        (10001, Code.SHANKAI_ALREADY_REGISTERED),
        (4001, Code.SHANKAI_CREDENTIALS),
        (4002, Code.SHANKAI_TOKEN_EXPIRED),
        (4004, Code.SHANKAI_NO_USER),
        (4005, Code.SHANKAI_NO_COMMUNITY),
        (4006, Code.SHANKAI_BAD_NUMBER),
        (4007, Code.SHANKAI_ID_CARD_MODE),
        (4008, Code.SHANKAI_ACCOUNT_EXISTS),
        (4009, Code.SHANKAI_DOOR_ADDED),
        (4010, Code.SHANKAI_NO_DOOR),
        (4011, Code.SHANKAI_NO_PERMISSION),
        (4003, Code.SHANKAI_REFUSED),
        (99, Code.SHANKAI_REFUSED),
    ],
)
@pytest.mark.parametrize("as_text", [False, True])
def test_every_code_of_the_table(errcode: int, code: Code, as_text: bool) -> None:
    reply = {"errcode": str(errcode) if as_text else errcode, "errmsg": "不行"}
    with RawServer(answers(reply)) as server, closing(client(server.url)) as cloud:
        error = caught(lambda: cloud.create_organization("桃花园小区", CardMode.IC))
        assert type(error) is VendorRefused
        assert error.code is code
        assert error.context["vendor_code"] == str(errcode)
        assert error.context["vendor_msg"] == "不行"
        assert error.context["call"] == "create_organization"
        assert server.count("create_organization") == (2 if errcode == 4002 else 1)


def test_what_no_retry_mends() -> None:
    final = {code for code in Code if is_final(VendorRefused(code))}
    assert final == FINAL_CODES
    for code in (4004, 4005, 4006, 4007, 4011):
        name = {
            4004: Code.SHANKAI_NO_USER,
            4005: Code.SHANKAI_NO_COMMUNITY,
            4006: Code.SHANKAI_BAD_NUMBER,
            4007: Code.SHANKAI_ID_CARD_MODE,
            4011: Code.SHANKAI_NO_PERMISSION,
        }[code]
        assert is_final(VendorRefused(name))
    assert is_final(InputInvalid(Code.FIELD_EMPTY, field="name"))
    for passing in (
        InputInvalid(Code.SECRET_MISSING),
        Unreachable(Code.SERVICE_DNS),
        VendorRefused(Code.SHANKAI_SYSTEM),
        VendorRefused(Code.SHANKAI_TOKEN_EXPIRED),
        VendorRefused(Code.SHANKAI_REFUSED),
        OutcomeUnknown(cause="x"),
        Refused(Code.NOT_LOGGED_IN),
    ):
        assert not is_final(passing)


def test_a_repeatable_call_gets_through_at_the_second_try() -> None:
    def hang_up(line: Line, seen: Seen) -> None:
        raise OSError

    for first in (hang_up, {"errcode": -1, "errmsg": "系统异常"}, says(b"", status="502 Bad")):
        with RawServer(answers(first, DONE)) as server, closing(client(server.url)) as cloud:
            assert cloud.get_organization("桃花园小区") == ORG
            assert server.count("get_organization") == 2
            assert server.count("get_access_token") == 1


def test_a_name_that_the_cloud_repeats_is_not_in_the_error() -> None:
    reply = {"errcode": 4004, "errmsg": "用户张三(13800000001)不存在, token TOK"}
    with RawServer(answers(reply)) as server, closing(client(server.url)) as cloud:
        error = caught(lambda: cloud.set_card_no(ORG, MOBILE, "张三", "04A1B2C3"))
        assert error.context["vendor_msg"] == "用户***(***)不存在, token ***"
