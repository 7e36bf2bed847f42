"""The Kexin locks over HTTP: app and signature, details, opening, faces, state, each refusal."""

import hmac
import json
import subprocess
import sys
from base64 import b64encode
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from station.simulators.kexin import KexinSim
from station.simulators.kexin.demo_signer import sign
from station.simulators.kexin.fields import Status
from station.simulators.kexin.sample import SAMPLE_FACE, SAMPLE_ID_NUM, SAMPLE_PERSON, sample_locks
from station.simulators.pictures import sample_face

if TYPE_CHECKING:
    from tests.simulators.conftest import KexinHttp

PROJECT = Path(__file__).parents[2]
LOCK, MAC = 1000001, "72:00:03:16:7d:f0"
NOW = datetime(2024, 1, 24, 15)
START = int(NOW.timestamp())
DONE = {"code": 200, "desc": "OK", "data": None}
FACE: dict[str, str] = {
    "name": SAMPLE_PERSON,
    "id_num": SAMPLE_ID_NUM,
    "img_code": b64encode(SAMPLE_FACE).decode(),
}
CALLS: dict[str, dict[str, object]] = {
    "lock/get": {},
    "lock/by_mac/get": {"mac": MAC},
    "lock/open": {"attach": ""},
    "lock/open/face": {**FACE},
    "lock/state/get": {},
    "lock/pwd/get": {"effective_at": START, "expire": 300},
    "v2/lock/pwd/get": {"uid": 100001, "effective_at": START, "expire": 300},
    "v2/lock/pwd/del": {"uid": 100001},
    "v2/lock/open": {"password": "234541"},
    "lock/time_sync/seq/get": {},
    "lock/time_sync/result": {"seq": 51459843, "state": 1},
}
NEED_GATEWAY = [
    "lock/open",
    "lock/open/face",
    "v2/lock/pwd/get",
    "v2/lock/pwd/del",
    "v2/lock/open",
]


def fields_of(call: str) -> dict[str, object]:
    lock = {} if call == "lock/by_mac/get" else {"lock_id": LOCK}
    return lock | CALLS[call]


@pytest.fixture(autouse=True)
def now(kexin: KexinSim) -> None:
    kexin.clock.set(NOW)
    kexin.add_sample()


def test_the_documents_calls_are_all_there(kexin: KexinSim) -> None:
    assert {path.removeprefix("/third/") for path in kexin.paths} == CALLS.keys()


def test_sample_locks_are_on_the_sample_rooms() -> None:
    locks = sample_locks()
    assert (locks[0].lock_id, locks[0].name, locks[0].mac) == (LOCK, "1-101", MAC)
    assert (locks[-1].lock_id, locks[-1].name) == (1000096, "3-408")
    assert len({each.mac for each in sample_locks(1000)}) == 1000


# app and signature


def test_the_demonstrations_signature_is_as_documented() -> None:
    fields = {"lock_id": LOCK, "app_id": "app_kexin", "attach": ""}
    text = b"app_id=app_kexin&attach=&lock_id=1000001"
    signature = hmac.new(b"kexin-demonstration", text, "sha256").hexdigest()
    assert sign(fields) == signature
    assert sign(fields | {"sign": "x", "img_code": "y"}) == signature
    assert sign(dict(reversed(fields.items()))) == signature
    assert sign(fields | {"lock_id": LOCK + 1}) != signature
    assert sign(fields, key="another") != signature


def test_the_signer_is_a_command_too() -> None:
    fields = {"app_id": "app_kexin", "lock_id": LOCK, "name": "张三", "img_code": "x"}
    command = [sys.executable, "-W", "error", "-m", "station.simulators.kexin.demo_signer"]

    def run(text: bytes) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            command, input=text, capture_output=True, cwd=PROJECT, timeout=60, check=False
        )

    for ascii_only in (True, False):
        done = run(json.dumps(fields, ensure_ascii=ascii_only).encode())
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().strip() == sign(fields)
    for wrong in (b"", b"[]", b"{", b"\xff"):
        failed = run(wrong)
        assert (failed.returncode, failed.stdout) == (2, b"")
        assert b"JSON object" in failed.stderr


def test_the_signer_needs_no_web_server() -> None:
    code = (
        "import sys; import station.simulators.kexin.demo_signer; "
        "sys.exit('flask' in sys.modules or 'werkzeug' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, timeout=60, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("call", CALLS)
def test_every_call_wants_app_and_signature(
    kexin_http: "KexinHttp", kexin: KexinSim, call: str
) -> None:
    fields = fields_of(call)
    for wrong, code in (
        ({"sign": "0" * 64}, 401),
        ({"sign": ""}, 400),
        ({"app_id": "another"}, 401),
        ({"app_id": ""}, 400),
        ({"app_id": 1}, 400),
    ):
        before = kexin.dump_state()
        value = kexin_http.call(call, **(fields | wrong))
        assert (value["code"], value["data"]) == (code, None), wrong
        assert kexin.dump_state() == before
    kexin.switch(wrong_signature=400)
    assert kexin_http.call(call, **(fields | {"sign": "0"}))["code"] == 400


def test_a_changed_field_breaks_the_signature_and_the_picture_does_not(
    kexin_http: "KexinHttp",
) -> None:
    fields = {"app_id": "app_kexin", "lock_id": LOCK} | FACE
    signed = {"sign": sign(fields)}
    changed = fields | signed | {"lock_id": LOCK + 1}
    assert kexin_http.json("POST", "/third/lock/open/face", changed).value["code"] == 401
    picture = fields | signed | {"img_code": b64encode(sample_face(2)).decode()}
    assert kexin_http.json("POST", "/third/lock/open/face", picture).value["code"] == 358


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b""])
def test_a_body_that_is_no_object_is_a_bad_request(kexin_http: "KexinHttp", body: bytes) -> None:
    value = kexin_http.send("POST", "/third/lock/get", body, "application/json").value
    assert value == {"code": 400, "desc": "请求错误, 检查请求参数", "data": None}


def test_other_methods_are_not_allowed(kexin_http: "KexinHttp") -> None:
    assert kexin_http.send("GET", "/third/lock/get").status == 405


@pytest.mark.parametrize("call", [call for call in CALLS if call != "lock/by_mac/get"])
@pytest.mark.parametrize("lock_id", [None, "", "1000001", 1.5, True, -1, 2**32, []], ids=str)
def test_a_lock_id_is_a_uint32(kexin_http: "KexinHttp", call: str, lock_id: object) -> None:
    value = kexin_http.call(call, **(fields_of(call) | {"lock_id": lock_id}))
    assert value["code"] == 400


@pytest.mark.parametrize("call", CALLS)
def test_every_field_must_be_there(kexin_http: "KexinHttp", call: str) -> None:
    for name in fields_of(call):
        fields = fields_of(call)
        del fields[name]
        assert kexin_http.call(call, **fields)["code"] == 400, name


@pytest.mark.parametrize("call", CALLS)
def test_no_such_lock_or_not_ones_own(kexin_http: "KexinHttp", kexin: KexinSim, call: str) -> None:
    lock = kexin.cloud.locks[LOCK]
    lock.denied = True
    assert kexin_http.call(call, **fields_of(call))["code"] == 354
    lock.is_del = True
    assert kexin_http.call(call, **fields_of(call))["code"] == 350
    gone: dict[str, object] = (
        {"mac": "72:00:03:16:00:00"} if call == "lock/by_mac/get" else {"lock_id": 5}
    )
    value = kexin_http.call(call, **(fields_of(call) | gone))
    assert value == {"code": 350, "desc": "锁不存在", "data": None}


@pytest.mark.parametrize("call", NEED_GATEWAY)
def test_what_needs_the_gateway_needs_it(
    kexin_http: "KexinHttp", kexin: KexinSim, call: str
) -> None:
    lock = kexin.cloud.locks[LOCK]
    lock.online = False
    before = kexin.dump_state()
    assert kexin_http.call(call, **fields_of(call)) == {
        "code": 360,
        "desc": "锁不在线",
        "data": None,
    }
    lock.bound_ap = False
    assert kexin_http.call(call, **fields_of(call))["code"] == 362
    lock.is_bind = False
    assert kexin_http.call(call, **fields_of(call))["code"] == 355
    lock.online = lock.bound_ap = lock.is_bind = True
    lock.online = False
    assert kexin.dump_state() == before


@pytest.mark.parametrize("call", [call for call in CALLS if call not in NEED_GATEWAY])
def test_what_needs_no_gateway_goes_without(
    kexin_http: "KexinHttp", kexin: KexinSim, call: str
) -> None:
    kexin.cloud.new_sync(kexin.cloud.locks[LOCK])
    kexin.cloud.locks[LOCK].online = False
    assert kexin_http.call(call, **fields_of(call))["code"] == 200


# details and state


def test_lock_details_by_id_and_by_mac(kexin_http: "KexinHttp") -> None:
    value = kexin_http.call("lock/get", lock_id=LOCK)
    assert value["code"] == 200
    assert value["desc"] == "OK"
    assert value["data"] == {
        "lock_id": LOCK,
        "mac": MAC,
        "master": {"name": "张三", "tel": "13800000001"},
        "name": "1-101",
        "descr": "",
        "corp_id": 0,
        "device_ver": "ver",
        "firmware_ver": "",
        "is_init": True,
        "is_bind": True,
        "init_at": "2016-09-26T15:23:35.570062558+08:00",
        "bind_at": "2016-09-08T15:20:03.222925+08:00",
        "updated_at": "2016-09-08T15:20:03.222925+08:00",
        "state": 0,
        "is_del": False,
    }
    for mac in (MAC, MAC.upper()):
        assert kexin_http.call("lock/by_mac/get", mac=mac) == value
    for wrong in ("720003167df0", "72:00:03:16:7d", "x", 1):
        assert kexin_http.call("lock/by_mac/get", mac=wrong)["code"] == 400


def test_state(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    lock = kexin.cloud.locks[LOCK]
    fine = {"lock_id": LOCK, "online": True, "is_abnormal": False, "low_voltage": False}
    assert kexin_http.call("lock/state/get", lock_id=LOCK)["data"] == fine
    lock.is_abnormal = lock.low_voltage = True
    lock.online = False
    worn = {"lock_id": LOCK, "online": False, "is_abnormal": True, "low_voltage": True}
    assert kexin_http.call("lock/state/get", lock_id=LOCK) == DONE | {"data": worn}
    kexin.switch(state_offline="refused")
    assert kexin_http.call("lock/state/get", lock_id=LOCK)["code"] == 360


# opening


def test_remote_opening_opens_each_time(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    lock = kexin.cloud.locks[LOCK]
    for count in (1, 2):
        assert kexin_http.call("lock/open", lock_id=LOCK, attach="") == DONE
        assert (lock.opened, lock.opened_at) == (count, NOW.isoformat(sep=" "))
    assert kexin_http.call("lock/open", lock_id=LOCK, attach=1)["code"] == 400
    assert kexin.cloud.locks[LOCK + 1].opened == 0


def test_a_jammed_lock_is_359_as_often_as_said(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    lock = kexin.cloud.locks[LOCK]
    lock.jams = 2
    for call in ("lock/open", "lock/open/face"):
        assert kexin_http.call(call, **fields_of(call))["code"] == 359
    assert lock.opened == 0
    assert kexin_http.call("lock/open", lock_id=LOCK, attach="") == DONE


def test_a_face_opens_for_its_person(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    assert kexin_http.call("lock/open/face", lock_id=LOCK, **FACE) == DONE
    assert kexin.cloud.locks[LOCK].opened == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"id_num": "000000000000000002"}, 310),
        ({"name": "李四"}, 358),
        ({"img_code": b64encode(sample_face(2)).decode()}, 358),
        ({"img_code": "xxxx"}, 400),
        ({"img_code": b64encode(SAMPLE_FACE[:-1]).decode()}, 400),
    ],
    ids=range(5),
)
def test_a_face_that_is_not_the_persons_does_not_open(
    kexin_http: "KexinHttp", kexin: KexinSim, wrong: dict[str, str], code: int
) -> None:
    value = kexin_http.call("lock/open/face", lock_id=LOCK, **(FACE | wrong))
    assert (value["code"], value["data"]) == (code, None)
    assert kexin.cloud.locks[LOCK].opened == 0


def test_too_many_faces_within_a_minute(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    kexin.switch(face_limit=2)
    codes = [
        kexin_http.call("lock/open/face", lock_id=LOCK, **(FACE | {"name": name}))["code"]
        for name in ("李四", "张三", "张三")
    ]
    assert codes == [358, 200, 327]
    kexin.clock.advance(60)
    assert kexin_http.call("lock/open/face", lock_id=LOCK, **FACE) == DONE


def test_no_picture_number_or_password_is_kept_or_listed(
    kexin_http: "KexinHttp", tmp_path: Path, kexin: KexinSim
) -> None:
    kexin.keep_state(tmp_path / "state.json")
    kexin_http.call("lock/open/face", lock_id=LOCK, **FACE)
    kexin_http.call("v2/lock/open", lock_id=LOCK, password="987654")
    listed = json.dumps(kexin_http.control("GET", "/calls"), ensure_ascii=False)
    kept = (tmp_path / "state.json").read_text("utf-8")
    for secret in (SAMPLE_ID_NUM, FACE["img_code"][:40]):
        assert secret not in listed
        assert secret not in kept
    assert "987654" not in listed
    assert SAMPLE_PERSON not in listed


# switches


def test_switch_code_as_string(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    kexin.switch(code="string")
    assert kexin_http.call("lock/get", lock_id=LOCK)["code"] == "200"
    assert kexin_http.call("lock/get", lock_id=5)["code"] == "350"


def test_switch_http_status(kexin_http: "KexinHttp", kexin: KexinSim) -> None:
    kexin.cloud.locks[LOCK].online = False
    assert kexin_http.post("lock/open", lock_id=LOCK, attach="").status == 200
    kexin.switch(http_status="code")
    reply = kexin_http.post("lock/open", lock_id=LOCK, attach="")
    assert (reply.status, reply.value["code"]) == (360, 360)
    assert kexin_http.post("lock/get", lock_id=LOCK).status == 200
    assert kexin_http.post("lock/get", lock_id="x").status == 400


@pytest.mark.parametrize("status", [each for each in Status if 300 <= each < 400])
def test_every_documented_code_can_be_asked_for(
    kexin_http: "KexinHttp", kexin: KexinSim, status: Status
) -> None:
    kexin.inject("refuse", "lock/open", code=status.value)
    value = kexin_http.call("lock/open", lock_id=LOCK, attach="")
    assert value["code"] == status.value
    assert value["desc"]
    assert value["desc"] != "Internal Server Error"
    assert kexin.cloud.locks[LOCK].opened == 0


@pytest.mark.parametrize(
    "changes",
    [{"wrong_signature": 403}, {"wrong_password": 358}, {"face_limit": 0}, {"code": "float"}],
)
def test_switches_refuse_nonsense(kexin: KexinSim, changes: dict[str, object]) -> None:
    before = kexin.switches
    with pytest.raises(ValueError):
        kexin.switch(**changes)
    assert kexin.switches == before
