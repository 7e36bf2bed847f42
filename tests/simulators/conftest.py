"""Simulators on real sockets, and a plain HTTP client that knows nothing of our own ones."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from station.simulators.door_lock import DoorLockSim
from station.simulators.door_lock.sim import APPID, APPSECRET
from station.simulators.kexin import KexinSim
from station.simulators.kexin.demo_signer import sign
from station.simulators.kexin.sample import sample_locks
from station.simulators.property import PropertySim
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
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str = "",
        token: str = "",
    ) -> HttpReply:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=DEADLINE)
        try:
            headers = {"Content-Type": content_type} if content_type else {}
            if token:
                headers["Authorization"] = f"Bearer {token}"
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


class PropertyHttp(Http):
    """The property document's calls, as JSON unless said otherwise, with the token in `token`."""

    token = ""

    def call(self, name: str, method: str = "POST", /, **fields: object) -> Any:
        body = json.dumps(fields).encode()
        return self.raw(name, body, "application/json", method)

    def form(self, name: str, method: str = "POST", /, **fields: object) -> Any:
        return self.raw(name, urlencode(fields).encode(), FORM, method)

    def raw(self, name: str, body: bytes, content_type: str, method: str = "POST") -> Any:
        reply = self.send(method, f"/api/v1/{name}", body, content_type, self.token)
        assert reply.status == 200, reply.raw.decode()
        return reply.value

    def upload(self, content: bytes, **fields: object) -> Any:
        """2.3.1 as the mini-program's wx.uploadFile sends it."""
        parts = [
            f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = '--X\r\nContent-Disposition: form-data; name="file"; filename="face.png"\r\n'
        parts.append(head.encode() + b"Content-Type: image/png\r\n\r\n" + content)
        body = b"".join(parts) + b"\r\n--X--\r\n"
        return self.raw("people/photo", body, "multipart/form-data; boundary=X")

    def code(self, phone: str, kind: str) -> dict[str, str]:
        """Ask for an SMS code and read it off the phone: the fields for the next call."""
        key = self.call("verificationCodes/phone", phone=phone, type=kind)["key"]
        figures = self.control("GET", f"/sms?phone={phone}")[-1]["code"]
        return {"verification_key": key, "verification_code": figures}


class KexinHttp(Http):
    """The Kexin document's calls, with its app and the demonstration's signature."""

    def post(self, path: str, /, **fields: object) -> HttpReply:
        values = {"app_id": "app_kexin"} | fields
        return self.json("POST", f"/third/{path}", {"sign": sign(values)} | values)

    def call(self, path: str, /, **fields: object) -> Any:
        return self.post(path, **fields).value


def _server_threads() -> set[threading.Thread]:
    return {
        thread
        for thread in threading.enumerate()
        if thread.name.startswith(("door-lock-", "shankai-", "kexin-", "property-"))
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
def estate_sim() -> PropertySim:
    sim = PropertySim()
    sim.clock.set(datetime(2024, 1, 24, 12))
    return sim


@pytest.fixture
def estate_http(estate_sim: PropertySim) -> Iterator[PropertyHttp]:
    with SimServer(estate_sim) as server:
        http = PropertyHttp(server)
        http.token = estate_sim.give_token()
        yield http


@pytest.fixture
def kexin() -> KexinSim:
    return KexinSim(locks=sample_locks(3))


@pytest.fixture
def kexin_http(kexin: KexinSim) -> Iterator[KexinHttp]:
    with SimServer(kexin) as server:
        yield KexinHttp(server)


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
