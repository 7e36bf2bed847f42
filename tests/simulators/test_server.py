"""The server on its socket: loopback only, restart on one port, keep-alive, calls side by side."""

import errno
import http.client
import json
import socket
from collections.abc import Callable
from datetime import datetime
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.calls import Call
from station.simulators.door_lock import DoorLockSim
from station.simulators.door_lock.sim import APPID, APPSECRET
from station.simulators.hardware import Room
from station.simulators.server import SimServer
from station.simulators.shankai import ShankaiSim
from station.simulators.world import World

if TYPE_CHECKING:
    from tests.simulators.conftest import DoorHttp, ShankaiHttp

DEADLINE = 20.0
APP = {"appid": APPID, "appsecret": APPSECRET}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "localhost"])
def test_only_loopback_addresses_are_served(door: DoorLockSim, host: str) -> None:
    with pytest.raises(ValueError):
        SimServer(door, host=host)


def test_stop_and_start_keep_port_and_cards(door: DoorLockSim, door_http: "DoorHttp") -> None:
    server, port = door_http.server, door_http.server.port
    card = door.world.put(door.world.new_card())
    for _ in range(5):
        assert door_http.mark("775032240849920", "2022-07-23 14:20:00", "2022-07-24 12:00:00")
        server.stop()
        assert not server.running
        with pytest.raises(ConnectionRefusedError):
            door_http.call("GetRoomList")
        server.start()
        assert server.port == port
    assert door_http.read()["data"]["card_id"] == card.card_id


def test_starting_and_stopping_twice_is_harmless(door: DoorLockSim) -> None:
    server = SimServer(door)
    server.stop()
    with server:
        server.start()
        assert server.running
    server.stop()


def test_a_port_in_use_is_an_oserror(door: DoorLockSim) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = SimServer(door, taken.getsockname()[1])
        with pytest.raises(OSError) as raised:
            server.start()
        assert raised.value.errno == errno.EADDRINUSE
        assert not server.running


def test_ipv6_loopback(door: DoorLockSim) -> None:
    try:
        server = SimServer(door, host="::1")
        server.start()
    except OSError:
        with pytest.raises(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
        return
    with server:
        assert server.url == f"http://[::1]:{server.port}"
        connection = http.client.HTTPConnection("::1", server.port, timeout=DEADLINE)
        connection.request("POST", "/Api/GetRoomList", json.dumps(APP), JSON)
        assert connection.getresponse().read()
        connection.close()


def test_one_connection_carries_many_calls(door_http: "DoorHttp") -> None:
    connection = http.client.HTTPConnection("127.0.0.1", door_http.server.port, timeout=DEADLINE)
    connection.connect()
    port = connection.sock.getsockname()[1]
    for _ in range(20):
        connection.request("POST", "/Api/GetRoomList", json.dumps(APP), JSON)
        response = connection.getresponse()
        assert response.headers["Connection"] == "keep-alive"
        assert json.loads(response.read())["code"] == 1
        assert connection.sock.getsockname()[1] == port
    connection.close()


def test_an_idle_connection_does_not_block_stop(door_http: "DoorHttp") -> None:
    with socket.create_connection(("127.0.0.1", door_http.server.port), DEADLINE) as idle:
        idle.sendall(b"POST /Api/GetRoomList HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        door_http.server.stop()
        assert not door_http.server.running


def test_a_reply_goes_out_in_one_piece_without_nagle(door_http: "DoorHttp") -> None:
    with socket.create_connection(("127.0.0.1", door_http.server.port), DEADLINE) as client:
        body = json.dumps(APP).encode()
        head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(b"POST /Api/GetRoomList HTTP/1.1\r\n" + head.encode() + body)
        first = client.recv(65536)
    assert first.endswith(b"]}")


def test_chunked_bodies_and_expect_continue(door_http: "DoorHttp") -> None:
    connection = http.client.HTTPConnection("127.0.0.1", door_http.server.port, timeout=DEADLINE)
    chunks = iter([json.dumps(APP).encode()[:20], json.dumps(APP).encode()[20:]])
    connection.request("POST", "/Api/GetRoomList", chunks, JSON, encode_chunked=True)
    assert json.loads(connection.getresponse().read())["code"] == 1
    connection.close()
    with socket.create_connection(("127.0.0.1", door_http.server.port), DEADLINE) as client:
        body = json.dumps(APP).encode()
        head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        client.sendall(
            f"POST /Api/GetRoomList HTTP/1.1\r\n{head}Expect: 100-continue\r\n\r\n".encode()
        )
        assert client.recv(65536).startswith(b"HTTP/1.1 100")
        client.sendall(body)
        assert client.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("length", ["-1", "abc", "99999999999"])
def test_a_length_that_cannot_be_is_refused(door_http: "DoorHttp", length: str) -> None:
    with socket.create_connection(("127.0.0.1", door_http.server.port), DEADLINE) as client:
        head = f"POST /Api/GetRoomList HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"
        client.sendall(head.encode())
        assert client.recv(65536).startswith(b"HTTP/1.1 413")
        assert client.recv(65536) == b""


def test_calls_are_served_side_by_side(door: DoorLockSim, door_http: "DoorHttp") -> None:
    meeting = Barrier(4, timeout=DEADLINE)
    door.before_call = lambda _call: (meeting.wait(), None)[1]
    codes: list[int] = []
    threads = [
        Thread(target=lambda: codes.append(door_http.call("GetRoomList").value["code"]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert codes == [1, 1, 1, 1]


def test_writes_side_by_side_leave_one_whole_memory(
    door: DoorLockSim, world: World, door_http: "DoorHttp"
) -> None:
    card = world.put(world.new_card())
    rooms = list(world.rooms)
    seen: list[Any] = []

    def write(index: int) -> Callable[[], None]:
        def work() -> None:
            for second in range(10):
                stamp = f"2022-07-23 14:{index:02d}:{second:02d}"
                end = f"2022-07-24 12:{index:02d}:{second:02d}"
                assert door_http.mark(rooms[index], stamp, end)["code"] == 1
                seen.append(door_http.read()["data"])

        return work

    threads = [Thread(target=write(index)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert len(seen) == 30
    for data in seen:
        minute_second = data["valid"][-5:]
        assert data["unvalid"].endswith(minute_second)
        assert data["rm_id"] == rooms[int(minute_second[:2])]
    assert card.memory is not None
    assert len(door.calls.all("MarkRoomCard")) == 30


class Probe(dict[str, Room]):
    """Rooms that note, whenever they are asked for one, whether the world was locked."""

    def __init__(self, world: World) -> None:
        super().__init__(world.rooms)
        self.world = world
        self.locked: list[bool] = []

    def __contains__(self, key: object) -> bool:
        def try_it() -> None:
            free = self.world.lock.acquire(blocking=False)
            if free:
                self.world.lock.release()
            self.locked.append(not free)

        other = Thread(target=try_it)
        other.start()
        other.join(DEADLINE)
        return super().__contains__(key)


def test_a_whole_call_is_one_step_under_the_worlds_lock(
    world: World, door_http: "DoorHttp"
) -> None:
    world.put(world.new_card())
    probe = world.rooms = Probe(world)
    assert door_http.mark("775032240849920", "2022-07-23 14:20:00", "2022-07-24 12:00:00")["data"]
    assert probe.locked == [True]


def test_users_side_by_side_get_numbers_of_their_own(
    shankai: ShankaiSim, shankai_http: "ShankaiHttp"
) -> None:
    org_id = shankai.cloud.add_organization("小区", ic_mode=False).org_id
    shankai_http.get_token()
    numbers: list[int] = []

    def work(mobile: str) -> None:
        value = shankai_http.call("get_card_no", org_id=org_id, mobile=mobile)
        numbers.append(value["data"]["card_no"])

    threads = [Thread(target=work, args=(f"1380000000{index}",)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert sorted(numbers) == list(range(123456, 123464))


def test_the_date_is_the_simulators_own(shankai: ShankaiSim, shankai_http: "ShankaiHttp") -> None:
    shankai.clock.set(datetime(2020, 2, 29, 12))
    reply = shankai_http.send("GET", "/1.0/get_access_token")
    assert "2020" in reply.headers["Date"]


def test_hooks_see_a_call_before_and_after_its_effect(
    door: DoorLockSim, world: World, door_http: "DoorHttp"
) -> None:
    card = world.put(world.new_card())
    memories: list[bool] = []
    door.before_call = lambda _call: memories.append(card.memory is not None)
    door.after_effect = lambda _call: memories.append(card.memory is not None)
    door_http.mark("775032240849920", "2022-07-23 14:20:00", "2022-07-24 12:00:00")
    assert memories == [False, True]


def fail(_call: Call) -> None:
    raise RuntimeError("a hook that fails")


def test_nothing_is_printed(
    door: DoorLockSim, door_http: "DoorHttp", capfd: pytest.CaptureFixture[str]
) -> None:
    door_http.call("GetRoomList")
    door_http.call("Nonsense")
    door.before_call = fail
    with pytest.raises(http.client.RemoteDisconnected):
        door_http.call("GetRoomList")
    assert capfd.readouterr() == ("", "")
