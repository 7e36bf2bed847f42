"""The door-lock rows of the fault table: real sockets, and never a second write."""

import gc
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from station.domain.card import Authorisation
from station.errors import Code, OutcomeUnknown, StationError, Unreachable, VendorRefused
from station.vendors.door_lock import DoorLock
from tests.journal.waiting import until
from tests.vendors.misbehaviour import ROWS, Row
from tests.vendors.servers import RawServer, closed_port, full_backlog, hang_up, says

STAY = Authorisation("775032240849920", datetime(2026, 7, 23, 14, 20), datetime(2026, 7, 24, 12))
CARD = {
    "card_id": "03F56240",
    "rm_id": "775032240849920",
    "valid": "2026-07-23 14:20:00",
    "unvalid": "2026-07-24 12:00:00",
}


def client(url: str, **more: object) -> DoorLock:
    settings: dict[str, object] = {
        "body": "form",
        "connect_timeout_s": 0.5,
        "read_timeout_s": 0.4,
        "deadline_s": 0.6,
        **more,
    }
    return DoorLock(url, "demo-app", "demo-appsecret", **settings)  # type: ignore[arg-type]


Write = Callable[[DoorLock], object]
WRITES: list[tuple[str, Write]] = [
    ("MarkRoomCard", lambda lock: lock.write(STAY)),
    ("ClearRoomCard", lambda lock: lock.clear(card_id="03F56240")),
]


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    assert info.value.__cause__ is None, "a library's exception must not hang on it"
    return info.value


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_read_that_fails_is_unreachable_with_the_cause(row: Row) -> None:
    with RawServer(row.behave) as server, closing(client(server.url)) as lock:
        error = caught(lock.read)
        assert type(error) is Unreachable
        assert error.code is row.code
        assert error.context["service"] == "door_lock"
        assert error.context["call"] == "ReadCard"
        assert server.count("ReadCard") == (2 if row.code is Code.SERVICE_DROPPED else 1)


SLOW = {Code.SERVICE_TIMEOUT, Code.REPLY_TOO_LARGE}
"""Where the server has not looked yet whether anybody still listens."""


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.code not in SLOW], ids=lambda row: row.name
)
def test_a_reply_that_is_not_good_leaves_no_connection_open(row: Row) -> None:
    """Also while somebody holds the error, and without the garbage collector."""
    gc.disable()
    try:
        with RawServer(row.behave) as server:
            with closing(client(server.url)) as lock:
                error = caught(lock.read)
            until(lambda: server.open == 0)
            assert error is not None
    finally:
        gc.enable()


# Nothing of ClearRoomCard's data is needed: its code is the outcome.
WRITE_ROWS = [
    pytest.param(row, call, write, id=f"{call}, {row.name}")
    for row in ROWS
    for call, write in WRITES
    if call == "MarkRoomCard" or not row.name.startswith("data is")
]


@pytest.mark.parametrize(("row", "call", "write"), WRITE_ROWS)
def test_a_write_is_sent_once_and_its_outcome_is_unknown(row: Row, call: str, write: Write) -> None:
    with RawServer(row.behave) as server, closing(client(server.url)) as lock:
        error = caught(lambda: write(lock))
        if row.nothing_done:
            assert type(error) is Unreachable
            assert error.code is row.code
        else:
            assert type(error) is OutcomeUnknown
            assert error.context["cause"] == row.code.value
        assert error.context["call"] == call
        assert server.count(call) == 1
        assert len(server.seen) == 1


def test_clear_is_done_whatever_its_data_says() -> None:
    for data in (None, "x", [7], {"card_id": 5}):
        with (
            RawServer(says({"code": 1, "data": data})) as server,
            closing(client(server.url)) as lock,
        ):
            lock.clear(card_id="03F56240")
            assert server.count("ClearRoomCard") == 1


@pytest.fixture(params=["refused", "no answer to the connection", "no such host"])
def never_sent(request: pytest.FixtureRequest) -> Iterator[tuple[str, Code]]:
    """Addresses at which nothing can be sent, and the code for each."""
    if request.param == "refused":
        yield f"http://127.0.0.1:{closed_port()}", Code.SERVICE_NOT_RUNNING
    elif request.param == "no such host":
        yield "https://door-lock.invalid", Code.SERVICE_DNS
    else:
        with full_backlog() as url:
            yield url, Code.SERVICE_TIMEOUT


def test_a_write_that_was_never_sent_is_unreachable(never_sent: tuple[str, Code]) -> None:
    url, code = never_sent
    with closing(client(url)) as lock:
        for call in (lock.read, lambda: lock.write(STAY), lambda: lock.clear(card_id="03F56240")):
            error = caught(call)
            assert type(error) is Unreachable
            assert error.code is code


@pytest.mark.parametrize("code", [0, -1, 2, "0", "500"])
def test_a_no_of_the_vendor_is_refused_with_its_words(code: object) -> None:
    reply = {"code": code, "msg": "发卡器忙\n请稍后", "data": None}
    with RawServer(says(reply)) as server, closing(client(server.url)) as lock:
        read, written = caught(lock.read), caught(lambda: lock.write(STAY))
        rooms = caught(lock.rooms)
        assert [type(error) for error in (read, written, rooms)] == [VendorRefused] * 3
        assert read.code is Code.CARD_UNREADABLE
        assert written.code is rooms.code is Code.DOOR_LOCK_REFUSED
        assert written.context["vendor_code"] == str(code)
        assert written.context["vendor_msg"] == "发卡器忙 请稍后"
        assert server.count("MarkRoomCard") == 1


def test_gbk_is_read() -> None:
    body = '{"code": 0, "msg": "卡片不可用"}'.encode("gbk")
    with RawServer(says(body)) as server, closing(client(server.url)) as lock:
        assert caught(lambda: lock.write(STAY)).context["vendor_msg"] == "卡片不可用"


def test_a_vendor_that_repeats_secrets_does_not_get_them_into_an_error() -> None:
    reply = {"code": 5, "msg": "appsecret demo-appsecret wrong, call 13800000001"}
    with RawServer(says(reply)) as server, closing(client(server.url)) as lock:
        shown = str(caught(lambda: lock.write(STAY)))
        assert "demo-appsecret" not in shown
        assert "13800000001" not in shown


def test_a_service_that_closes_each_connection_costs_no_write() -> None:
    """A stale kept connection would make every other write unknown for nothing."""

    def answer_and_close(line: object, seen: object) -> None:
        says({"code": 1, "data": CARD})(line, seen)  # type: ignore[arg-type]
        hang_up(line, seen)  # type: ignore[arg-type]

    with RawServer(answer_and_close) as server, closing(client(server.url)) as lock:
        for _ in range(40):
            assert lock.read().card_id == "03F56240"
            assert lock.write(STAY) == "03F56240"
        assert server.count("MarkRoomCard") == 40


def test_writes_use_a_fresh_connection_and_reads_keep_theirs() -> None:
    with RawServer(says({"code": 1, "data": CARD})) as server, closing(client(server.url)) as lock:
        lock.read()
        lock.read()
        assert server.connections == 1
        lock.write(STAY)
        lock.write(STAY)
        assert server.connections == 3


def test_a_redirect_is_not_followed() -> None:
    with RawServer(says({"code": 1, "data": CARD})) as elsewhere:
        away = says(b"", status="302 Found", headers=f"Location: {elsewhere.url}/Api/ReadCard\r\n")
        with RawServer(away) as server, closing(client(server.url)) as lock:
            assert caught(lock.read).code is Code.SERVICE_HTTP_STATUS
            assert caught(lambda: lock.write(STAY)).context["status"] == 302
        assert elsewhere.seen == []


def test_loopback_is_reached_past_any_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(says({"code": 1, "data": CARD})) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
        monkeypatch.delenv("no_proxy", raising=False)
        with closing(client(server.url)) as lock:
            assert lock.read().card_id == "03F56240"


def test_cookies_are_not_kept() -> None:
    behave = says({"code": 1, "data": CARD}, headers="Set-Cookie: session=abc\r\n")
    with RawServer(behave) as server, closing(client(server.url)) as lock:
        for _ in range(2):
            lock.read()
        assert all("cookie" not in seen.headers for seen in server.seen)


def test_the_room_list_may_be_large_and_others_not(tmp_path: Path) -> None:
    names = [
        {"rm_id": str(775032240849920 + n), "rm_name": f"{n}-" + "x" * 90} for n in range(10_000)
    ]
    with RawServer(says({"code": 1, "data": names})) as server, closing(client(server.url)) as lock:
        rooms = lock.rooms()
        assert len(rooms) == 10_000
        assert all(int(a.id) < int(b.id) for a, b in pairwise(rooms))
        assert caught(lock.read).code is Code.REPLY_TOO_LARGE
