"""Every fault on the wire, against each kind of simulator, and whether the effect happened."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.door_lock import DoorLockSim
from station.simulators.faults import Fault
from station.simulators.kexin import KexinSim
from station.simulators.kexin.demo_signer import sign
from station.simulators.server import SimServer
from station.simulators.shankai import ShankaiSim
from station.simulators.world import World

if TYPE_CHECKING:
    from tests.simulators.conftest import DoorHttp, HttpReply, KexinHttp, ShankaiHttp

ROOM, MOBILE = "775032240849920", "13800000001"
LOCK = 1000001
ABKP, END = "2022-07-23 14:20:00", "2022-07-24 12:00:00"
DEADLINE = 20.0

InThread = Callable[[Callable[[], object]], Thread]


@dataclass
class Bench:
    """One simulator with a call that writes, and the question whether it did."""

    sim: DoorLockSim | ShankaiSim | KexinSim
    server: SimServer[Any]
    write: Callable[[], "HttpReply"]
    written: Callable[[], bool]
    status: str
    success: int
    path: str


@pytest.fixture
def door_bench(door: DoorLockSim, world: World, door_http: "DoorHttp") -> Bench:
    card = world.put(world.new_card("03F56240"))

    def write() -> "HttpReply":
        return door_http.call("MarkRoomCard", rm_id=ROOM, abkp=ABKP, unValid=END)

    server = door_http.server
    path = "/Api/MarkRoomCard"
    return Bench(door, server, write, lambda: card.memory is not None, "code", 1, path)


@pytest.fixture
def shankai_bench(shankai: ShankaiSim, shankai_http: "ShankaiHttp") -> Bench:
    org_id = shankai.add_sample()
    shankai_http.get_token()

    def write() -> "HttpReply":
        path = f"/1.0/set_card_no?access_token={shankai_http.token}"
        fields = {"org_id": org_id, "mobile": MOBILE, "name": "张三", "card_no": "0x01"}
        return shankai_http.json("POST", path, fields)

    def written() -> bool:
        return shankai.cloud.card_of(org_id, MOBILE) is not None

    server, path = shankai_http.server, "/1.0/set_card_no"
    return Bench(shankai, server, write, written, "errcode", 0, path)


@pytest.fixture
def kexin_bench(kexin: KexinSim, kexin_http: "KexinHttp") -> Bench:
    lock = kexin.cloud.locks[LOCK]

    def write() -> "HttpReply":
        return kexin_http.post("lock/open", lock_id=LOCK, attach="")

    server, path = kexin_http.server, "/third/lock/open"
    return Bench(kexin, server, write, lambda: lock.opened > 0, "code", 200, path)


@pytest.fixture(params=["door_bench", "shankai_bench", "kexin_bench"])
def bench(request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.getfixturevalue(request.param)
    return found


def test_refuse(bench: Bench) -> None:
    bench.sim.inject(Fault.REFUSE)
    value = bench.write().value
    assert value[bench.status] not in (bench.success, str(bench.success))
    assert not bench.written()
    assert bench.write().value[bench.status] == bench.success
    assert bench.written()


def test_refuse_with_a_code_of_ones_own(bench: Bench) -> None:
    bench.sim.inject(Fault.REFUSE, code=4711)
    assert bench.write().value[bench.status] == 4711
    assert not bench.written()


def test_refuse_with_a_documented_code_has_its_words(
    shankai_bench: Bench, door_bench: Bench
) -> None:
    shankai_bench.sim.inject(Fault.REFUSE, code=4008)
    assert shankai_bench.write().value["errmsg"] == "帐号已存在"
    door_bench.sim.inject(Fault.REFUSE, code=21)
    assert door_bench.write().value["msg"] == "网关忙,请稍后再试"


@pytest.mark.parametrize(("fault", "effect"), [("hang", False), ("hang_after_effect", True)])
def test_hang_until_released(bench: Bench, in_thread: InThread, fault: str, effect: bool) -> None:
    bench.sim.inject(fault)
    ended: list[type[Exception]] = []

    def call() -> None:
        try:
            bench.write()
        except http.client.RemoteDisconnected as error:
            ended.append(type(error))

    thread = in_thread(call)
    assert bench.sim.faults.wait_hanging(1, DEADLINE)
    assert bench.written() is effect
    assert thread.is_alive()
    assert bench.write().status == 200, "others are served meanwhile"
    bench.sim.faults.release()
    thread.join(DEADLINE)
    assert ended == [http.client.RemoteDisconnected]
    assert bench.sim.faults.hanging == 0


def test_hanging_calls_do_not_block_stop(bench: Bench, in_thread: InThread) -> None:
    bench.sim.inject("hang", times=3)

    def call() -> None:
        with pytest.raises((http.client.HTTPException, OSError)):
            bench.write()

    threads = [in_thread(call) for _ in range(3)]
    assert bench.sim.faults.wait_hanging(3, DEADLINE)
    bench.server.stop()
    for thread in threads:
        thread.join(DEADLINE)
        assert not thread.is_alive()
    assert not bench.written()


def test_late_answers_after_the_effect(bench: Bench) -> None:
    bench.sim.inject("late", delay=0.2)
    assert bench.write().value[bench.status] == bench.success
    assert bench.written()


@pytest.mark.parametrize(
    ("fault", "at_once"), [("late", True), ("late_effect", False), ("late_without_effect", False)]
)
def test_a_late_answer_that_never_comes_because_the_service_stopped(
    bench: Bench, in_thread: InThread, fault: str, at_once: bool
) -> None:
    bench.sim.inject(fault, delay=3600)
    done = Event()
    bench.sim.after_effect = lambda _call: done.set()

    def call() -> None:
        with pytest.raises((http.client.HTTPException, OSError)):
            bench.write()

    before = bench.sim.calls.count
    in_thread(call)
    assert bench.sim.calls.wait(before + 1, DEADLINE)
    if at_once:
        assert done.wait(DEADLINE)
    bench.server.stop()
    assert bench.written() is at_once


def test_late_without_effect_is_refused_in_the_end(bench: Bench) -> None:
    bench.sim.inject("late_without_effect", delay=0.01)
    assert bench.write().value[bench.status] != bench.success
    assert not bench.written()


def test_late_effect_comes_even_when_nobody_listens_any_more(bench: Bench) -> None:
    bench.sim.inject("late_effect", delay=0.3)
    done, before = Event(), bench.sim.calls.count
    bench.sim.after_effect = lambda _call: done.set()
    connection = http.client.HTTPConnection("127.0.0.1", bench.server.port, timeout=DEADLINE)
    body, headers, query = _call_of(bench)
    connection.request("POST", bench.path + query, body, headers)
    assert bench.sim.calls.wait(before + 1, DEADLINE)
    connection.close()
    assert done.wait(DEADLINE)
    assert bench.written()


def _call_of(bench: Bench) -> tuple[bytes, dict[str, str], str]:
    if isinstance(bench.sim, DoorLockSim):
        fields = bench.sim.facts() | {"rm_id": ROOM, "abkp": ABKP, "unValid": END}
        return json.dumps(fields).encode(), {"Content-Type": "application/json"}, ""
    if isinstance(bench.sim, KexinSim):
        opening: dict[str, object] = {"app_id": "app_kexin", "lock_id": LOCK, "attach": ""}
        signed = opening | {"sign": sign(opening)}
        return json.dumps(signed).encode(), {"Content-Type": "application/json"}, ""
    facts = bench.sim.facts()
    values = {"org_id": facts["org_id"], "mobile": MOBILE, "name": "张三", "card_no": "0x01"}
    token = bench.sim.cloud.new_token(7200, only=False)
    body = json.dumps(values).encode()
    return body, {"Content-Type": "application/json"}, f"?access_token={token}"


@pytest.mark.parametrize(("fault", "effect"), [("drop_before", False), ("drop_after", True)])
def test_drop(bench: Bench, fault: str, effect: bool) -> None:
    bench.sim.inject(fault)
    with pytest.raises(http.client.RemoteDisconnected):
        bench.write()
    assert bench.written() is effect


def test_half_body(bench: Bench) -> None:
    bench.sim.inject("half_body")
    with pytest.raises(http.client.IncompleteRead) as caught:
        bench.write()
    assert caught.value.partial
    assert caught.value.expected
    assert bench.written()


@pytest.mark.parametrize("fault", ["cut_json", "not_json"])
def test_no_json(bench: Bench, fault: str) -> None:
    bench.sim.inject(fault)
    reply = bench.write()
    assert reply.status == 200
    assert reply.raw
    with pytest.raises(ValueError):
        json.loads(reply.raw)
    assert bench.written()


def test_wrong_shape(bench: Bench) -> None:
    bench.sim.inject("wrong_shape")
    assert isinstance(bench.write().value, list)
    assert bench.written()
    bench.sim.inject("wrong_shape", body='{"code": {}}')
    assert bench.write().value == {"code": {}}


def test_http_500(bench: Bench) -> None:
    bench.sim.inject("http_500")
    reply = bench.write()
    assert reply.status == 500
    assert b"<html>" in reply.raw
    assert not bench.written()
    bench.sim.inject("http_500", effect=True)
    assert bench.write().status == 500
    assert bench.written()


def test_redirect(bench: Bench) -> None:
    bench.sim.inject("redirect_302")
    reply = bench.write()
    assert reply.status == 302
    assert reply.headers["Location"] == "/portal/login"
    assert not bench.written()


def test_code_as_string(bench: Bench) -> None:
    bench.sim.inject("code_string")
    assert bench.write().value[bench.status] == str(bench.success)
    assert bench.written()


def test_data_null(bench: Bench) -> None:
    bench.sim.inject("data_null")
    value = bench.write().value
    assert value["data"] is None
    assert value[bench.status] == bench.success
    assert bench.written()


def test_gbk(door_http: "DoorHttp", door: DoorLockSim, world: World) -> None:
    world.put(world.new_card())
    door.inject("gbk")
    reply = door_http.call("MarkRoomCard", rm_id=ROOM, abkp=ABKP, unValid=END)
    assert "charset" not in reply.headers["Content-Type"]
    with pytest.raises(UnicodeDecodeError):
        reply.raw.decode()
    assert json.loads(reply.raw.decode("gbk"))["msg"] == "操作成功"


def test_gbk_in_the_cloud(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    shankai_http.get_token()
    shankai.inject("gbk")
    path = f"/1.0/get_organization?access_token={shankai_http.token}"
    reply = shankai_http.json("POST", path, {})
    assert json.loads(reply.raw.decode("gbk"))["errmsg"] == "单位不存在"


def test_huge_body(bench: Bench) -> None:
    bench.sim.inject("huge_body", size=3_000_001)
    reply = bench.write()
    assert len(reply.raw) > 3_000_001
    assert reply.value[bench.status] == bench.success
    assert bench.written()


def test_a_huge_body_is_100_mb_and_can_be_left_unread(bench: Bench) -> None:
    bench.sim.inject("huge_body")
    body, headers, query = _call_of(bench)
    connection = http.client.HTTPConnection("127.0.0.1", bench.server.port, timeout=DEADLINE)
    connection.request("POST", bench.path + query, body, headers)
    response = connection.getresponse()
    assert int(response.headers["Content-Length"]) > 100_000_000
    assert response.read(10) == b" " * 10
    bench.server.stop()
    response.close()
    connection.close()


def test_captive_portal(bench: Bench) -> None:
    bench.sim.inject("captive_portal")
    reply = bench.write()
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/html")
    assert b"<form" in reply.raw
    assert not bench.written()


@pytest.mark.parametrize(("fault", "status"), [("http_429", 429), ("http_503", 503)])
def test_too_busy(bench: Bench, fault: str, status: int) -> None:
    bench.sim.inject(fault, retry_after=7)
    reply = bench.write()
    assert reply.status == status
    assert reply.headers["Retry-After"] == "7"
    assert not bench.written()


def test_slow(bench: Bench) -> None:
    bench.sim.inject("slow", delay=0.001)
    assert bench.write().value[bench.status] == bench.success
    assert bench.written()


def test_a_slow_answer_ends_when_the_service_stops(bench: Bench) -> None:
    bench.sim.inject("slow", delay=3600)
    body, headers, query = _call_of(bench)
    connection = http.client.HTTPConnection("127.0.0.1", bench.server.port, timeout=DEADLINE)
    connection.request("POST", bench.path + query, body, headers)
    response = connection.getresponse()
    bench.server.stop()
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    connection.close()


def test_expired_token_mid_flight(shankai_bench: Bench, shankai_http: "ShankaiHttp") -> None:
    shankai_bench.sim.inject("expired_token")
    assert shankai_http.get_token()["errcode"] == 0, "the token call itself takes none"
    assert shankai_bench.write().value["errcode"] == 4002
    assert not shankai_bench.written()
    assert shankai_bench.write().value["errcode"] == 4002, "the old token stays dead"
    shankai_http.get_token()
    assert shankai_bench.write().value["errcode"] == 0
