"""The Kexin client: what is sent and signed, how replies are read, and what is never sent."""

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from station.domain.kexin import KexinLock, LockState, TimeSync
from station.errors import Code, InputInvalid, OutcomeUnknown, StationError, Unreachable
from tests.vendors.kexin_calls import (
    ID_NUMBER,
    KEXIN_CALLS,
    LOCK,
    MAC,
    NAME,
    OF_LOCK,
    OF_STATE,
    OF_SYNC,
    PICTURE,
    SEQ,
    SINCE,
    USER,
    KexinCall,
    cloud,
)
from tests.vendors.servers import Line, RawServer, Seen, says

BOUND = datetime(2016, 9, 8, 7, 20, 3, 222_925, UTC)
KNOWN = KexinLock(
    lock_id=LOCK,
    mac=MAC,
    corp_id=0,
    device_version="ver",
    is_initialised=True,
    is_bound=True,
    state=0,
    initialised_at=datetime(2016, 9, 26, 7, 23, 35, 570_062, UTC),
    bound_at=BOUND,
    updated_at=BOUND,
)


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    assert info.value.__cause__ is None
    return info.value


def answered(data: object, call: KexinCall) -> object:
    reply = {"code": 200, "desc": "OK", "data": data}
    with RawServer(says(reply)) as server, cloud(server.url) as kexin:
        return call.make(kexin)


def the(path: str) -> KexinCall:
    return next(call for call in KEXIN_CALLS if call.path == path)


def test_every_call_of_the_paper_as_its_examples_have_it() -> None:
    def answer(line: Line, seen: Seen) -> None:
        data = the(seen.path.removeprefix("/third/")).data
        says({"code": 200, "desc": "OK", "data": data})(line, seen)

    with RawServer(answer) as server, cloud(server.url) as kexin:
        given = [call.make(kexin) for call in KEXIN_CALLS]
        sent = [(seen.method, seen.path) for seen in server.seen]
        kinds = {seen.headers["content-type"] for seen in server.seen}
        fields = [json.loads(seen.body) for seen in server.seen]
    sync = TimeSync(SEQ, 785165551, 189439575)
    state = LockState(LOCK, online=False, abnormal=False, low_voltage=False)
    passwords = "145332"
    assert given == [
        *(KNOWN, KNOWN, None, None, state),
        *(passwords, sync, None, passwords, None, None),
    ]
    assert sent == [("POST", f"/third/{call.path}") for call in KEXIN_CALLS]
    assert kinds == {"application/json; charset=utf-8"}
    for each in fields:
        assert each.pop("app_id") == "app_kexin"
        signed = {*each, "app_id"} - {"sign", "img_code"}
        assert each.pop("sign") == "-".join(sorted(signed))
    assert b64decode(fields[3].pop("img_code")) == PICTURE
    lock = {"lock_id": LOCK}
    assert fields == [
        lock,
        {"mac": MAC},
        {**lock, "attach": ""},
        {**lock, "name": NAME, "id_num": ID_NUMBER},
        lock,
        {**lock, "effective_at": 1478585100, "expire": 300},
        lock,
        {**lock, "seq": SEQ, "state": 1},
        {**lock, "uid": USER, "effective_at": 1478585100, "expire": 300},
        {**lock, "uid": USER},
        {**lock, "password": "234541"},
    ]


def test_a_failed_synchronisation_is_reported_as_such() -> None:
    with RawServer(says({"code": 200, "desc": "OK", "data": None})) as server:
        with cloud(server.url) as kexin:
            kexin.time_sync_result(LOCK, SEQ, False)
        assert server.seen[0].fields["state"] == 2


def test_a_moment_of_any_zone_is_the_same_moment() -> None:
    with RawServer(says({"code": 200, "data": {"password": "0" * 6}})) as server:
        with cloud(server.url) as kexin:
            beijing = SINCE.astimezone(timezone(timedelta(hours=8)))
            assert kexin.password(LOCK, beijing) == "000000"
        assert server.seen[0].fields["effective_at"] == 1478585100


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        ({"lock_id": str(LOCK), "corp_id": "0", "state": "0"}, {}),
        ({"mac": "72-00-03-16-7D-F0"}, {}),
        ({"is_init": 1, "is_bind": "true", "is_del": "0"}, {}),
        ({"is_bind": None}, {"is_bound": False}),
        ({"is_del": True}, {"is_deleted": True}),
        ({"master": None}, {}),
        ({"master": "?"}, {}),
        ({"name": " 101\n ", "descr": None}, {"name": "101"}),
        ({"name": ["x"], "device_ver": {}}, {"device_version": ""}),
        ({"corp_id": "x", "state": None}, {"corp_id": None, "state": None}),
        ({"bind_at": "0001-01-01T00:00:00Z"}, {"bound_at": None}),
        ({"bind_at": "2016-02-30T00:00:00Z"}, {"bound_at": None}),
        ({"bind_at": "2016-09-08T15:20:03+99:00"}, {"bound_at": None}),
        ({"bind_at": "2016-09-08 15:20:03"}, {"bound_at": None}),
        ({"bind_at": 1473319203}, {"bound_at": None}),
        ({"bind_at": "2016-09-08T05:20:03.222925-02:00"}, {}),
        ({"bind_at": "2016-09-08T07:20:03.2Z"}, {"bound_at": BOUND.replace(microsecond=200_000)}),
        ({"more": [1]}, {}),
    ],
)
def test_a_lock_is_read_leniently(fields: dict[str, object], changes: dict[str, object]) -> None:
    found = answered({**OF_LOCK, **fields}, the("lock/get"))
    assert found == replace(KNOWN, **changes)  # type: ignore[arg-type]


def test_a_locks_owner_goes_no_further() -> None:
    assert "xiao ming" not in repr(answered(OF_LOCK, the("lock/get")))


ODD: list[object] = [None, "", "x", -1, 2**32, 0.5, True, [], {}]
UNREADABLE: list[object] = [None, [], "x", *[{"password": odd} for odd in (None, 145332, "")]]


@pytest.mark.parametrize(
    ("path", "data", "field"),
    [
        *[("lock/get", {**OF_LOCK, "lock_id": odd}, "lock_id") for odd in ODD],
        *[("lock/get", {**OF_LOCK, "mac": odd}, "mac") for odd in [*ODD, "72:00:03:16:7d"]],
        ("lock/get", {**OF_LOCK, "is_bind": "perhaps"}, "is_bind"),
        ("lock/get", {**OF_LOCK, "lock_id": LOCK + 1}, "lock_id"),
        ("lock/by_mac/get", {**OF_LOCK, "mac": "72:00:03:16:7d:f1"}, "mac"),
        *[("lock/state/get", {**OF_STATE, "online": odd}, "online") for odd in ODD[2:6]],
        *[("lock/state/get", {**OF_STATE, "is_abnormal": odd}, "is_abnormal") for odd in ODD[:3]],
        *[("lock/state/get", {**OF_STATE, "low_voltage": odd}, "low_voltage") for odd in ODD[3:6]],
        ("lock/state/get", {**OF_STATE, "lock_id": LOCK + 1}, "lock_id"),
        *[("lock/time_sync/seq/get", {**OF_SYNC, "seq": odd}, "seq") for odd in ODD],
        *[("lock/time_sync/seq/get", {**OF_SYNC, "key1": odd}, "key1") for odd in ODD],
        *[("lock/time_sync/seq/get", {**OF_SYNC, "key2": odd}, "key2") for odd in ODD],
        *[
            ("lock/pwd/get", {"password": odd}, "password")
            for odd in [*ODD, 145332, "12", "14533x"]
        ],
        *[(call.path, None, "") for call in KEXIN_CALLS if call.data and not call.writes],
        *[(call.path, [call.data], "") for call in KEXIN_CALLS if call.data and not call.writes],
    ],
)
def test_what_the_desk_relies_on_must_be_there(path: str, data: object, field: str) -> None:
    error = caught(lambda: answered(data, the(path)))
    assert type(error) is Unreachable
    assert error.code is Code.REPLY_SHAPE
    assert error.context["call"] == path
    assert str(error.context["field"]).startswith(field)


@pytest.mark.parametrize("data", UNREADABLE)
def test_a_password_that_was_written_and_cannot_be_read_is_unknown(data: object) -> None:
    error = caught(lambda: answered(data, the("v2/lock/pwd/get")))
    assert type(error) is OutcomeUnknown
    assert error.code is Code.LOCK_OUTCOME_UNKNOWN
    assert error.context["cause"] == "reply_shape"


@pytest.mark.parametrize("call", [each for each in KEXIN_CALLS if each.data is None])
@pytest.mark.parametrize("data", [None, {}, [], "x", 5, {"lock_id": None}])
def test_what_needs_no_data_is_done_whatever_it_says(call: KexinCall, data: object) -> None:
    assert answered(data, call) is None


def test_what_is_against_a_rule_is_not_sent() -> None:
    naive, large = datetime(2016, 11, 8, 14, 5), b"\xff\xd8" + bytes(3 << 20)
    with RawServer(says({"code": 200, "data": None})) as server, cloud(server.url) as kexin:
        calls: list[tuple[Callable[[], object], Code]] = [
            (lambda: kexin.lock(0), Code.FIELD_OUT_OF_RANGE),
            (lambda: kexin.lock(2**32), Code.FIELD_OUT_OF_RANGE),
            (lambda: kexin.lock_by_mac("72:00"), Code.MAC_MALFORMED),
            (lambda: kexin.open(-1), Code.FIELD_OUT_OF_RANGE),
            (lambda: kexin.state(True), Code.FIELD_OUT_OF_RANGE),
            (lambda: kexin.open_by_face(LOCK, "", ID_NUMBER, PICTURE), Code.FIELD_EMPTY),
            (
                lambda: kexin.open_by_face(LOCK, "a\u202eb", ID_NUMBER, PICTURE),
                Code.FIELD_CHARACTERS,
            ),
            (lambda: kexin.open_by_face(LOCK, NAME, "1101", PICTURE), Code.ID_NUMBER_MALFORMED),
            (lambda: kexin.open_by_face(LOCK, NAME, ID_NUMBER, b"GIF"), Code.PICTURE_MALFORMED),
            (lambda: kexin.open_by_face(LOCK, NAME, ID_NUMBER, large), Code.PICTURE_TOO_LARGE),
            (lambda: kexin.password(LOCK, naive), Code.TIME_MALFORMED),
            (lambda: kexin.time_sync_result(LOCK, 0, True), Code.FIELD_OUT_OF_RANGE),
            (lambda: kexin.put_password(LOCK, 0, SINCE, 300), Code.FIELD_OUT_OF_RANGE),
            (lambda: kexin.put_password(LOCK, USER, SINCE, 0), Code.FIELD_OUT_OF_RANGE),
            (lambda: kexin.put_password(LOCK, USER, naive, 300), Code.TIME_MALFORMED),
            (lambda: kexin.delete_password(LOCK, 2**40), Code.FIELD_OUT_OF_RANGE),
            (lambda: kexin.open_with_password(LOCK, "23 454"), Code.PASSCODE_MALFORMED),
            (lambda: kexin.open_with_password(LOCK, ""), Code.PASSCODE_MALFORMED),
        ]
        for make, code in calls:
            error = caught(make)
            assert type(error) is InputInvalid
            assert error.code is code
        assert server.seen == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://locks.example", Code.URL_NOT_HTTPS),
        ("", Code.URL_MALFORMED),
        ("https://u:p@locks.example", Code.URL_MALFORMED),
    ],
)
def test_only_verified_addresses(url: str, code: Code) -> None:
    def opened() -> None:
        with cloud(url):
            pass

    assert caught(opened).code is code
