"""Simulators on real sockets, and a plain HTTP client that knows nothing of our own ones."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from station.simulators.door_lock import DoorLockSim
from station.simulators.door_lock.sim import APPID, APPSECRET
from station.simulators.sample import sample_rooms
from station.simulators.server import SimServer
from station.simulators.shankai import ShankaiSim
from station.simulators.world import World

DEADLINE = 20.0
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class HttpReply:
    """What came back, body read to its end."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def value(self) -> Any:
        return json.loads(self.raw)


class Http:
    """One connection a call, so that no call stumbles over another's dead one."""

    def __init__(self, server: SimServer[Any]) -> None:
        self.server = server

    def send(
        self, method: str, path: str, body: bytes | None = None, content_type: str = ""
    ) -> HttpReply:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=DEADLINE)
        try:
            headers = {"Content-Type": content_type} if content_type else {}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return HttpReply(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def json(self, method: str, path: str, value: object = None) -> HttpReply:
        body = None if value is None else json.dumps(value).encode()
        return self.send(method, path, body, "" if value is None else "application/json")

    def control(self, method: str, path: str, value: object = None) -> Any:
        reply = self.json(method, "/_sim" + path, value)
        assert reply.status == 200, reply.raw.decode()
        return reply.value


class DoorHttp(Http):
    """The door-lock document's calls, with its credentials."""

    def call_json(self, name: str, /, **fields: object) -> HttpReply:
        values = {"appid": APPID, "appsecret": APPSECRET} | fields
        return self.json("POST", f"/Api/{name}", values)

    def call(self, name: str, /, **fields: object) -> HttpReply:
        values = {"appid": APPID, "appsecret": APPSECRET} | fields
        return self.send("POST", f"/Api/{name}", urlencode(values).encode(), FORM)

    def mark(self, room: str, abkp: str, unvalid: str) -> Any:
        return self.call("MarkRoomCard", rm_id=room, abkp=abkp, unValid=unvalid).value

    def read(self) -> Any:
        return self.call("ReadCard").value


class ShankaiHttp(Http):
    """The Shankai document's calls; a token is fetched once and kept in `token`."""

    token = ""

    def get_token(self, app_id: str = "sim-app", secret: str = "sim-secret") -> Any:
        query = urlencode({"app_id": app_id, "secret": secret})
        value = self.send("GET", f"/1.0/get_access_token?{query}").value
        self.token = value.get("data", {}).get("access_token", "")
        return value

    def call(self, name: str, /, **fields: object) -> Any:
        if not self.token:
            self.get_token()
        return self.json("POST", f"/1.0/{name}?access_token={self.token}", fields).value


def _server_threads() -> set[threading.Thread]:
    return {
        thread
        for thread in threading.enumerate()
        if thread.name.startswith(("door-lock-", "shankai-"))
    }


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """No server outlives its test; those of other fixtures, still in use, are not counted."""
    before = _server_threads()
    yield
    assert {thread.name for thread in _server_threads() - before} == set()


@pytest.fixture
def world() -> World:
    return World(sample_rooms(3))


@pytest.fixture
def door(world: World) -> DoorLockSim:
    return DoorLockSim(world)


@pytest.fixture
def door_http(door: DoorLockSim) -> Iterator[DoorHttp]:
    with SimServer(door) as server:
        yield DoorHttp(server)


@pytest.fixture
def shankai() -> ShankaiSim:
    return ShankaiSim()


@pytest.fixture
def shankai_http(shankai: ShankaiSim) -> Iterator[ShankaiHttp]:
    with SimServer(shankai) as server:
        yield ShankaiHttp(server)


@pytest.fixture
def in_thread() -> Iterator[Callable[[Callable[[], object]], threading.Thread]]:
    """Run something beside the test; joined at its end."""
    started: list[threading.Thread] = []

    def run(work: Callable[[], object]) -> threading.Thread:
        thread = threading.Thread(target=work)
        started.append(thread)
        thread.start()
        return thread

    yield run
    for thread in started:
        thread.join(DEADLINE)
        assert not thread.is_alive()
