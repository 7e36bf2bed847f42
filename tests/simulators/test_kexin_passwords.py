"""Kexin passwords and the lock's own clock over HTTP, and what the simulated door makes of them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from station.simulators.hardware import DoorReason
from station.simulators.kexin import KexinSim
from station.simulators.kexin.lock import KexinLock

if TYPE_CHECKING:
    from tests.simulators.conftest import KexinHttp

LOCK, UID = 1000001, 100001
NOW = datetime(2024, 1, 24, 15)
START = int(NOW.timestamp())
DAY = 86400
DONE = {"code": 200, "desc": "OK", "data": None}


@pytest.fixture(autouse=True)
def lock(kexin: KexinSim) -> KexinLock:
    kexin.clock.set(NOW)
    return kexin.cloud.locks[LOCK]


def computed(kexin_http: "KexinHttp", start: int = START, lock_id: int = LOCK) -> str:
    value = kexin_http.call("lock/pwd/get", lock_id=lock_id, effective_at=start, expire=300)
    assert (value["code"], value["desc"]) == (200, "ok")
    return str(value["data"]["password"])


def written(kexin_http: "KexinHttp", uid: int = UID, start: int = START, expire: int = DAY) -> str:
    value = kexin_http.call(
        "v2/lock/pwd/get", lock_id=LOCK, uid=uid, effective_at=start, expire=expire
    )
    assert (value["code"], value["desc"]) == (200, "ok")
    return str(value["data"]["password"])


def reason(kexin: KexinSim, code: str, lock: str | int = LOCK) -> DoorReason:
    return kexin.cloud.try_password(lock, code).reason


# computed


def test_a_computed_password_lives_five_minutes(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    code = computed(kexin_http, START + 60)
    assert len(code) == 6
    assert code.isdecimal()
    for moment, expected in (
        (59, DoorReason.NOT_YET_VALID),
        (60, DoorReason.OPENED),
        (359, DoorReason.OPENED),
        (360, DoorReason.EXPIRED),
    ):
        kexin.clock.set(NOW + timedelta(seconds=moment))
        assert reason(kexin, code) is expected
    assert reason(kexin, code, LOCK + 1) is DoorReason.UNKNOWN
    assert kexin.cloud.locks[LOCK].opened == 2


def test_computed_passwords_are_the_same_again_and_live_side_by_side(
    kexin_http: "KexinHttp", kexin: KexinSim
) -> None:
    tomorrow, now = computed(kexin_http, START + DAY), computed(kexin_http)
    assert computed(kexin_http) == now
    assert len({now, tomorrow, computed(kexin_http, lock_id=LOCK + 1)}) == 3
    assert reason(kexin, now) is DoorReason.OPENED
    kexin.clock.advance(DAY)
    assert reason(kexin, now) is DoorReason.EXPIRED
    assert reason(kexin, tomorrow) is DoorReason.OPENED


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"expire": 301}, 400),
        ({"expire": 0}, 400),
        ({"expire": "300"}, 400),
        ({"effective_at": str(START)}, 400),
        ({"effective_at": -1}, 400),
        ({"effective_at": 2**32}, 400),
        ({"effective_at": START - 300}, 357),
    ],
    ids=str,
)
def test_a_computed_password_wants_its_five_minutes(
    kexin_http: "KexinHttp", lock: KexinLock, wrong: dict[str, object], code: int
) -> None:
    fields: dict[str, object] = {"lock_id": LOCK, "effective_at": START, "expire": 300}
    assert kexin_http.call("lock/pwd/get", **(fields | wrong))["code"] == code
    assert lock.computed == {}


def test_switch_any_expire(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    kexin.switch(expire_fixed=False)
    value = kexin_http.call("lock/pwd/get", lock_id=LOCK, effective_at=START, expire=DAY)
    kexin.clock.advance(DAY - 1)
    assert reason(kexin, value["data"]["password"]) is DoorReason.OPENED


def test_switch_five_minute_windows(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    kexin.switch(effective_at="window")
    code = computed(kexin_http, START + 299)
    assert START % 300 == 0
    assert reason(kexin, code) is DoorReason.OPENED
    assert computed(kexin_http) == code
    kexin.clock.advance(300)
    assert reason(kexin, code) is DoorReason.EXPIRED


# written


def test_a_written_password_opens_from_start_to_end(
    kexin_http: "KexinHttp", kexin: KexinSim
) -> None:
    code = written(kexin_http, start=START + 10, expire=20)
    for moment, expected in (
        (9, DoorReason.NOT_YET_VALID),
        (10, DoorReason.OPENED),
        (29, DoorReason.OPENED),
        (30, DoorReason.EXPIRED),
    ):
        kexin.clock.set(NOW + timedelta(seconds=moment))
        assert reason(kexin, code, "1-101") is expected
    assert reason(kexin, code, "1-102") is DoorReason.UNKNOWN


def test_a_new_password_of_a_user_replaces_his_last_and_nobody_elses(
    kexin_http: "KexinHttp", kexin: KexinSim
) -> None:
    first, other, second = (written(kexin_http, uid) for uid in (UID, UID + 1, UID))
    assert len({first, other, second}) == 3
    assert reason(kexin, first) is DoorReason.UNKNOWN
    assert kexin.cloud.opening_passwords(LOCK) == sorted([other, second])


def test_a_password_taken_back_opens_no_more(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    code, other = written(kexin_http), written(kexin_http, UID + 1)
    assert kexin_http.call("v2/lock/pwd/del", lock_id=LOCK, uid=UID) == DONE
    assert reason(kexin, code) is DoorReason.UNKNOWN
    assert reason(kexin, other) is DoorReason.OPENED
    again = kexin_http.call("v2/lock/pwd/del", lock_id=LOCK, uid=UID)
    assert again == {"code": 310, "desc": "用户不存在", "data": None}
    kexin.switch(del_unknown_ok=True)
    assert kexin_http.call("v2/lock/pwd/del", lock_id=LOCK, uid=UID) == DONE


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"uid": "1"}, 400),
        ({"uid": 2**32}, 400),
        ({"expire": 0}, 400),
        ({"effective_at": START - DAY}, 357),
    ],
    ids=str,
)
def test_a_written_password_checks_its_fields(
    kexin_http: "KexinHttp", lock: KexinLock, wrong: dict[str, object], code: int
) -> None:
    fields = {"lock_id": LOCK, "uid": UID, "effective_at": START, "expire": DAY} | wrong
    assert kexin_http.call("v2/lock/pwd/get", **fields)["code"] == code
    assert lock.written == {}


# opening by password


def test_opening_by_password(kexin_http: "KexinHttp", kexin: KexinSim, lock: KexinLock) -> None:
    for count, code in enumerate((written(kexin_http), computed(kexin_http)), 1):
        assert kexin_http.call("v2/lock/open", lock_id=LOCK, password=code) == DONE
        assert lock.opened == count
    kexin.clock.advance(DAY)
    value = kexin_http.call("v2/lock/open", lock_id=LOCK, password=code)
    assert value == {"code": 357, "desc": "已经过期", "data": None}
    assert lock.opened == 2


@pytest.mark.parametrize(
    ("password", "code"), [("12345", 326), ("1234567", 326), ("12345a", 326), ("", 400), (1, 400)]
)
def test_a_malformed_password_is_told(
    kexin_http: "KexinHttp", lock: KexinLock, password: object, code: int
) -> None:
    assert kexin_http.call("v2/lock/open", lock_id=LOCK, password=password)["code"] == code
    assert lock.opened == 0


def test_switch_a_wrong_password(kexin_http: "KexinHttp", kexin: KexinSim, lock: KexinLock) -> None:
    wrong = f"{(int(written(kexin_http)) + 1) % 1_000_000:06d}"
    for code in (359, 326, 354):
        kexin.switch(wrong_password=code)
        assert kexin_http.call("v2/lock/open", lock_id=LOCK, password=wrong)["code"] == code
    early = written(kexin_http, start=START + 60)
    assert kexin_http.call("v2/lock/open", lock_id=LOCK, password=early)["code"] == 354
    assert lock.opened == 0


# the lock's own clock


def test_a_password_is_good_by_the_locks_clock_and_synchronising_mends_it(
    kexin_http: "KexinHttp", kexin: KexinSim, lock: KexinLock
) -> None:
    lock.clock_offset_s = -600
    code = computed(kexin_http)
    assert reason(kexin, code) is DoorReason.NOT_YET_VALID
    lock.clock_offset_s = 600
    assert reason(kexin, code) is DoorReason.EXPIRED
    value = kexin_http.call("lock/time_sync/seq/get", lock_id=LOCK)
    assert value["code"] == 200
    assert value["data"].keys() == {"seq", "key1", "key2"}
    assert all(0 <= each < 2**32 for each in value["data"].values())
    assert reason(kexin, code) is DoorReason.EXPIRED, "asking alone sets nothing"
    seq = value["data"]["seq"]
    failed = kexin_http.call("lock/time_sync/result", lock_id=LOCK, seq=seq, state=2)
    assert failed == DONE
    assert lock.clock_offset_s == 600
    for _ in range(2):
        done = kexin_http.call("lock/time_sync/result", lock_id=LOCK, seq=seq, state=1)
        assert done == DONE
        assert reason(kexin, code) is DoorReason.OPENED


def test_switch_only_the_keys_set_the_clock(
    kexin_http: "KexinHttp", kexin: KexinSim, lock: KexinLock
) -> None:
    kexin.switch(clock_set_by="keys")
    lock.clock_offset_s = 600
    old = kexin_http.call("lock/time_sync/seq/get", lock_id=LOCK)["data"]
    new = kexin_http.call("lock/time_sync/seq/get", lock_id=LOCK)["data"]
    kexin_http.call("lock/time_sync/result", lock_id=LOCK, seq=new["seq"], state=1)
    assert lock.clock_offset_s == 600
    for keys, taken in ((old, False), (new, True)):
        sent = {name: keys[name] for name in ("key1", "key2")}
        assert kexin_http.control("POST", "/doors/1-101/time_sync", sent) == {"taken": taken}
        assert lock.clock_offset_s == (0 if taken else 600)
    assert not kexin.cloud.bring_keys(LOCK + 1, new["key1"], new["key2"])


def test_a_result_names_the_newest_sequence(kexin_http: "KexinHttp", lock: KexinLock) -> None:
    def result(seq: object, state: object = 1) -> int:
        value = kexin_http.call("lock/time_sync/result", lock_id=LOCK, seq=seq, state=state)
        return int(value["code"])

    assert result(51459843) == 400, "none was asked for"
    lock.clock_offset_s = 600
    old, new = (
        kexin_http.call("lock/time_sync/seq/get", lock_id=LOCK)["data"]["seq"] for _ in range(2)
    )
    assert new != old
    assert result(old) == 357
    assert result(new + 1) == 400
    for state in (0, 3, "1", None):
        assert result(new, state) == 400
    assert lock.clock_offset_s == 600
    assert result(new) == 200


# the control address


def test_doors_and_locks_over_the_control_address(kexin_http: "KexinHttp") -> None:
    code = written(kexin_http)
    opened = kexin_http.control("POST", "/doors/1-101/password", {"code": code})
    assert opened == {"opened": True, "reason": "opened", "msg": "开门"}
    door = kexin_http.control("GET", f"/doors/{LOCK}")
    assert (door["opened"], door["opened_by"]) == (1, [code])
    changed = kexin_http.control("PATCH", "/locks/1-101", {"online": False, "clock_offset_s": -5})
    assert changed == kexin_http.control("GET", f"/locks/{LOCK}")
    assert (changed["online"], changed["clock_offset_s"]) == (False, -5)
    assert len(kexin_http.control("GET", "/locks")) == 3
    made = {"lock_id": 7, "mac": "72:00:03:16:00:01", "name": "9-901"}
    kexin_http.control("POST", "/locks", made)
    assert kexin_http.call("lock/by_mac/get", mac=made["mac"])["data"]["lock_id"] == 7


def test_people_over_the_control_address(kexin_http: "KexinHttp") -> None:
    person = {"name": "张三", "id_num": "000000000000000003", "sha256": "AB" * 32}
    kexin_http.control("POST", "/people", person)
    assert kexin_http.control("GET", "/people") == [{"name": "张三", "face": "ab" * 32}]


@pytest.mark.parametrize(
    ("method", "path", "value", "status"),
    [
        ("GET", "/locks/5", None, 404),
        ("POST", "/doors/5/password", {"code": "123456"}, 404),
        ("POST", "/doors/1-101/password", {}, 400),
        ("POST", "/doors/1-101/time_sync", {"key1": 1}, 400),
        ("PATCH", "/locks/1-101", {"online": 1}, 400),
        ("PATCH", "/locks/1-101", {"jams": True}, 400),
        ("PATCH", "/locks/1-101", {"lock_id": 1}, 400),
        ("POST", "/locks", {"mac": "72:00:03:16:00:01"}, 400),
        ("POST", "/locks", {"lock_id": LOCK, "mac": "72:00:03:16:00:01"}, 400),
        ("POST", "/locks", {"lock_id": 7, "mac": "72:00:03:16:7d:f0"}, 400),
        ("POST", "/people", {"name": "张三", "id_num": "1"}, 400),
        ("POST", "/people", {"name": "张三", "id_num": "1", "sha256": "x"}, 400),
    ],
)
def test_mistakes_are_told(
    kexin_http: "KexinHttp", kexin: KexinSim, method: str, path: str, value: object, status: int
) -> None:
    before = kexin.dump_state()
    assert kexin_http.json(method, "/_sim" + path, value).status == status
    assert kexin.dump_state() == before
