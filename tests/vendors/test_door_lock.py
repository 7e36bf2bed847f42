"""The door-lock client: what it sends and reads, the body found out, one operation at a time."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from station.domain.card import Authorisation, CardContent
from station.domain.room import Room
from station.errors import (
    Code,
    InputInvalid,
    OutcomeUnknown,
    StationError,
    Unreachable,
    VendorRefused,
)
from station.vendors.door_lock import DoorLock
from tests.vendors.servers import Line, RawServer, Seen, closed_port, http, says

if TYPE_CHECKING:
    from station.ports import Encoder

ROOM = "775032240849920"
STAY = Authorisation(ROOM, datetime(2026, 7, 23, 14, 20), datetime(2026, 7, 24, 12))
CARD = {
    "card_id": "03F56240",
    "rm_id": ROOM,
    "valid": "2026-07-23 14:20:00",
    "unvalid": "2026-07-24 12:00:00",
}
CONTENT = CardContent("03F56240", ROOM, STAY.authorised_at, STAY.expires_at)
SECRETS = {"appid": "demo-app", "appsecret": "demo-appsecret"}


def client(url: str, **more: object) -> DoorLock:
    settings: dict[str, object] = {"body": "json", "read_timeout_s": 5, **more}
    return DoorLock(url, "demo-app", "demo-appsecret", **settings)  # type: ignore[arg-type]


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    return info.value


def read(body: bytes | object) -> CardContent:
    with RawServer(says(body)) as server, closing(client(server.url)) as lock:
        return lock.read()


def card(**fields: object) -> dict[str, object]:
    return {"code": 1, "msg": "", "data": {**CARD, **fields}}


def test_it_is_an_encoder() -> None:
    lock: Encoder = DoorLock()
    with lock.exclusive():
        pass


@pytest.mark.parametrize("body", ["form", "json"])
def test_what_is_sent(body: str) -> None:
    with RawServer(says(card())) as server, closing(client(server.url, body=body)) as lock:
        lock.read()
        lock.write(STAY)
        lock.clear(card_id="03f56240")
        lock.clear(room_id=ROOM)
        lock.rooms()
        sent = [(seen.method, seen.path, seen.fields) for seen in server.seen]
        kind = server.seen[1].headers["content-type"].partition(";")[0]
    times = {"abkp": "2026-07-23 14:20:00", "unValid": "2026-07-24 12:00:00"}
    assert sent == [
        ("POST", "/Api/ReadCard", SECRETS),
        ("POST", "/Api/MarkRoomCard", {**SECRETS, "rm_id": ROOM, **times}),
        ("POST", "/Api/ClearRoomCard", {**SECRETS, "card_id": "03F56240"}),
        ("POST", "/Api/ClearRoomCard", {**SECRETS, "rm_id": ROOM}),
        ("POST", "/Api/GetRoomList", SECRETS),
    ]
    assert kind == {"form": "application/x-www-form-urlencoded", "json": "application/json"}[body]


@pytest.mark.parametrize(
    "reply",
    [
        card(),
        {**card(), "code": "1"},
        {**card(), "code": 1.0},
        {**card(), "msg": None},
        {**card(), "msg": {"odd": 1}},
        {**card(), "extra": [1, 2]},
        {"code": 1, "data": CARD},
        card(card_id="03f56240", more="x"),
        card(card_id=" 03F56240 "),
        card(rm_id=int(ROOM)),
        card(valid="2026-7-23 14:20:00", unvalid="2026/07/24 12:00"),
        card(valid="2026-07-23T14:20:00", unvalid="2026-07-24 12:00:00.000"),
        b"\xef\xbb\xbf" + str(card()).replace("'", '"').encode(),
        '{"code":1,"msg":"操作成功","data":{"card_id":"03F56240","rm_id":"775032240849920",'
        '"valid":"2026-07-23 14:20:00","unvalid":"2026-07-24 12:00:00",},}'.encode("gbk"),
    ],
)
def test_a_reply_is_read_leniently(reply: object) -> None:
    assert read(reply) == CONTENT


ODD_CARD_IDS: list[object] = [None, "", " ", "03F5-6240", "卡", "A" * 33, 3.5, [], {}]
ODD_ROOMS: list[object] = [None, "", "x", "1" * 20, -5, 7.75032240849920e14, "٣", True]
ODD_TIMES: list[object] = [
    None,
    "",
    20260723142000,
    "2026-07-23",
    "2026-02-30 00:00:00",
    "2026-07-23 24:00:00",
    "2026-07-23 14:20:61",
    "2026-07-23 14:20:00Z",
    "2026-07-23T14:20:00+08:00",
    "2026-07-23 14:20:00.500",
    "0001-01-01 00:00:00",
    "1970-01-01 08:00:00",
    "9999-12-31 23:59:59",
    "２０２６-07-23 14:20:00",
    "23/07/2026 14:20:00",
]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("card_id", value) for value in ODD_CARD_IDS],
        *[("rm_id", value) for value in ODD_ROOMS],
        *[("valid", value) for value in ODD_TIMES],
        *[("unvalid", value) for value in ODD_TIMES],
    ],
)
def test_a_card_is_checked_strictly(field: str, value: object) -> None:
    error = caught(lambda: read(card(**{field: value})))
    assert type(error) is Unreachable
    assert error.code is Code.REPLY_SHAPE
    assert field in str(error.context["field"])


@pytest.mark.parametrize("field", ["card_id", "rm_id", "valid", "unvalid"])
def test_a_card_without_a_field_is_not_read(field: str) -> None:
    data = {name: value for name, value in CARD.items() if name != field}
    assert caught(lambda: read({"code": 1, "data": data})).context["field"] == field
    assert caught(lambda: read({"code": 1, "data": None})).code is Code.REPLY_SHAPE


@pytest.mark.parametrize("data", [None, {}, "", [], {"card_id": None}, {"card_id": ""}])
def test_a_write_without_a_card_id_is_done_and_nameless(data: object) -> None:
    with RawServer(says({"code": 1, "data": data})) as server, closing(client(server.url)) as lock:
        assert lock.write(STAY) == ""
        assert server.count("MarkRoomCard") == 1


@pytest.mark.parametrize("number", ["03F5-6240", "A" * 33, 3.5, ["03F56240"], {"a": 1}, "卡"])
def test_a_write_with_an_odd_card_id_is_unknown(number: object) -> None:
    reply = {"code": 1, "data": {"card_id": number}}
    with RawServer(says(reply)) as server, closing(client(server.url)) as lock:
        error = caught(lambda: lock.write(STAY))
        assert type(error) is OutcomeUnknown
        assert error.context["cause"] == "reply_shape"
        assert server.count("MarkRoomCard") == 1


@pytest.mark.parametrize(
    ("data", "rooms"),
    [
        ([], []),
        ([{"rm_id": ROOM, "rm_name": "1-101"}], [Room(ROOM, "1-101")]),
        ({"rm_id": ROOM, "rm_name": "1-101"}, [Room(ROOM, "1-101")]),
        ([{"rm_id": int(ROOM), "rm_name": 301}], [Room(ROOM, "301")]),
        ([{"rm_id": ROOM}, {"rm_id": ROOM, "rm_name": "again"}], [Room(ROOM, ROOM)]),
        ([{"rm_id": ROOM, "rm_name": " 1\n01\x1b "}], [Room(ROOM, "1 01")]),
        ([{"rm_id": ROOM, "rm_name": "x" * 99}], [Room(ROOM, "x" * 64)]),
    ],
)
def test_rooms(data: object, rooms: list[Room]) -> None:
    with RawServer(says({"code": 1, "data": data})) as server, closing(client(server.url)) as lock:
        assert lock.rooms() == rooms


@pytest.mark.parametrize("data", [None, "x", 5, [None], [{}], [{"rm_name": "1"}], [[ROOM]]])
def test_room_lists_that_are_none(data: object) -> None:
    """`data` null must not be taken for a house without rooms."""
    with RawServer(says({"code": 1, "data": data})) as server, closing(client(server.url)) as lock:
        assert caught(lock.rooms).code is Code.REPLY_SHAPE


def test_the_documents_own_example_is_read() -> None:
    body = (
        b'{\r\n "code": 1,\r\n "msg": "",\r\n "data": [{"rm_id": "7", "rm_name": "a,]"\r\n },]\r\n}'
    )
    with RawServer(says(body)) as server, closing(client(server.url)) as lock:
        assert lock.rooms() == [Room("7", "a,]")]


def test_what_is_against_a_rule_is_not_sent() -> None:
    def stay(**fields: Any) -> Authorisation:
        good = {
            "room_id": ROOM,
            "authorised_at": STAY.authorised_at,
            "expires_at": STAY.expires_at,
        }
        return Authorisation(**{**good, **fields})

    with RawServer(says(card())) as server, closing(client(server.url)) as lock:
        calls: list[tuple[Callable[[], object], Code]] = [
            (lambda: lock.clear(), Code.FIELDS_ONE_NEEDED),
            (lambda: lock.clear(card_id="03F56240", room_id=ROOM), Code.FIELDS_EXCLUSIVE),
            (lambda: lock.clear(card_id="03F5;DROP"), Code.CARD_ID_MALFORMED),
            (lambda: lock.clear(room_id="1-101"), Code.ROOM_UNKNOWN),
            (lambda: lock.write(stay(room_id="")), Code.ROOM_UNKNOWN),
            (lambda: lock.write(stay(room_id="7750&appid=x")), Code.ROOM_UNKNOWN),
            (lambda: lock.write(stay(authorised_at=datetime(1999, 1, 1))), Code.TIME_MALFORMED),
            (lambda: lock.write(stay(expires_at=datetime.max)), Code.TIME_MALFORMED),
            (lambda: lock.write(stay(authorised_at=datetime.now(UTC))), Code.TIME_MALFORMED),
        ]
        for call, code in calls:
            error = caught(call)
            assert type(error) is InputInvalid
            assert error.code is code
        assert server.seen == []
    assert caught(lambda: client("http://127.0.0.1:1", body="xml")).code is Code.FIELD_CHOICE


# the body


class Choosy:
    """A service that likes one kind of body, and answers the other in one of several ways."""

    def __init__(self, likes: str, otherwise: bytes) -> None:
        self.likes = likes
        self.otherwise = otherwise

    def __call__(self, line: Line, seen: Seen) -> None:
        if self.likes not in seen.headers["content-type"]:
            line.send(self.otherwise)
            return
        is_list = seen.call == "GetRoomList"
        data: object = [{"rm_id": ROOM, "rm_name": "1-101"}] if is_list else CARD
        says({"code": 1, "msg": "", "data": data})(line, seen)


OTHERWISE = {
    "a refusal": http(b'{"code": -3, "msg": "appid error", "data": null}'),
    "415": http(b"Unsupported Media Type", status="415 Unsupported Media Type"),
    "500": http(b"<html>", status="500 Internal Server Error"),
    "no JSON": http(b"error"),
    "odd JSON": http(b'{"message": "error"}'),
}


@pytest.mark.parametrize("likes", ["form", "json"])
@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_the_body_is_found_out_with_a_harmless_call_only(likes: str, otherwise: str) -> None:
    found: list[str] = []
    with RawServer(Choosy(likes, OTHERWISE[otherwise])) as server:
        settings = {"body": "auto", "remember_body": found.append}
        with closing(client(server.url, **settings)) as lock:
            assert lock.write(STAY) == "03F56240"
            assert lock.read() == CONTENT
            lock.clear(card_id="03F56240")
        calls = [seen.call for seen in server.seen]
        probes = ["GetRoomList"] * (1 if likes == "form" else 2)
        assert calls == [*probes, "MarkRoomCard", "ReadCard", "ClearRoomCard"]
        assert found == [likes]
        server.seen.clear()
        with closing(client(server.url, body="auto", known_body=likes)) as lock:
            lock.write(STAY)
        assert [seen.call for seen in server.seen] == ["MarkRoomCard"]


def test_a_new_service_with_the_other_body_is_found_out_by_the_next_room_list() -> None:
    found: list[str] = []
    with RawServer(Choosy("json", OTHERWISE["415"])) as server:
        settings = {"body": "auto", "known_body": "form", "remember_body": found.append}
        with closing(client(server.url, **settings)) as lock:
            error = caught(lambda: lock.write(STAY))
            assert error.code is Code.SERVICE_HTTP_STATUS, "a write never tries the other body"
            assert server.count("MarkRoomCard") == 1
            assert lock.rooms() == [Room(ROOM, "1-101")]
            assert found == ["json"]
            lock.write(STAY)


def test_nothing_is_written_while_the_body_is_not_known() -> None:
    with RawServer(says({"code": 7, "msg": "appsecret"})) as server:
        with closing(client(server.url, body="auto")) as lock:
            error = caught(lambda: lock.write(STAY))
            assert type(error) is VendorRefused
            assert error.context["call"] == "GetRoomList"
        assert [seen.call for seen in server.seen] == ["GetRoomList", "GetRoomList"]


def test_a_service_that_is_not_there_says_nothing_about_the_body() -> None:
    found: list[str] = []
    url = f"http://127.0.0.1:{closed_port()}"
    with closing(client(url, body="auto", remember_body=found.append)) as lock:
        assert caught(lambda: lock.write(STAY)).code is Code.SERVICE_NOT_RUNNING
    assert found == []


def test_a_finding_that_cannot_be_kept_does_not_matter() -> None:
    def full(body: str) -> None:
        raise OSError("disk full")

    with RawServer(Choosy("form", OTHERWISE["415"])) as server:
        lock = client(server.url, body="auto", remember_body=full)
        with closing(lock):
            assert lock.write(STAY) == "03F56240"


def test_a_fixed_body_is_never_changed() -> None:
    with RawServer(Choosy("json", OTHERWISE["415"])) as server:
        with closing(client(server.url, body="form")) as lock:
            assert caught(lock.rooms).code is Code.SERVICE_HTTP_STATUS
        assert server.count("GetRoomList") == 1


# one operation at a time: see also test_encoder_lock.py


def test_exclusive_is_held_and_freed(tmp_path: Path) -> None:
    path = tmp_path / "run" / "encoder.lock"
    one = DoorLock(lock_path=path, busy_wait_s=0.05)
    two = DoorLock(lock_path=path, busy_wait_s=0.05)
    with one.exclusive():
        for other in (one, two):
            with pytest.raises(StationError) as info, other.exclusive():
                pass
            assert info.value.code is Code.ENCODER_BUSY
    with two.exclusive():
        pass
    with pytest.raises(ZeroDivisionError), one.exclusive():
        raise ZeroDivisionError
    with one.exclusive():
        pass


def test_exclusive_waits_for_a_thread_that_is_nearly_done(tmp_path: Path) -> None:
    lock = DoorLock(lock_path=tmp_path / "encoder.lock", busy_wait_s=20)
    held, free, order = threading.Event(), threading.Event(), []

    def first() -> None:
        with lock.exclusive():
            held.set()
            assert free.wait(20)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert held.wait(20)
    threading.Timer(0.05, free.set).start()
    with lock.exclusive():
        order.append("second")
    thread.join(20)
    assert order == ["first", "second"]
