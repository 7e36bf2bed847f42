"""A simulator in the foreground, as a real process: it starts, answers, stops when told."""

import errno
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from station.errors import Code, InputInvalid
from station.simulators.kexin.demo_signer import sign
from station.simulators.serve import serve
from tests.systems import OWN_CONSOLE, REQUESTS, ask_to_end

PROJECT = Path(__file__).parents[2]
DEADLINE = 30
SCRIPT = """
import json, sys
from pathlib import Path
from station.simulators.kexin.demo_signer import sign
from station.simulators.serve import serve
which, faults, state = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
def tell(event):
    print(json.dumps([event.kind, event.facts]), flush=True)
serve(which, port=0, faults=faults, state=Path(state) if state else None, rooms=2, tell=tell)
"""

Start = Callable[..., "Served"]


class Served:
    """A simulator's process and what it told."""

    def __init__(self, which: str, faults: list[str], state: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", SCRIPT, which, json.dumps(faults), state],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            creationflags=OWN_CONSOLE,
        )
        kind, self.facts = self.line()
        assert kind == "listening"

    def line(self) -> Any:
        assert self.process.stdout is not None
        text = self.process.stdout.readline()
        if not text:
            assert self.process.stderr is not None
            raise AssertionError(self.process.stderr.read())
        return json.loads(text)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
        address = urlsplit(self.facts["url"])
        connection = HTTPConnection(str(address.hostname), address.port or 0, timeout=DEADLINE)
        try:
            body, headers = json.dumps(fields), {"Content-Type": "application/json"}
            connection.request("POST", address.path + path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def stop(self, number: int) -> tuple[int, str, str]:
        ask_to_end(self.process, number)
        out, err = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, out, err


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Served] = []

    def run(which: str, faults: tuple[str, ...] = (), state: str = "") -> Served:
        served = Served(which, list(faults), state)
        started.append(served)
        return served

    yield run
    for served in started:
        if served.process.poll() is None:
            served.process.kill()
        served.process.communicate(timeout=DEADLINE)


@pytest.mark.parametrize("number", REQUESTS)
def test_it_tells_its_address_and_stops_cleanly(start: Start, number: int) -> None:
    served = start("door-lock")
    facts = served.facts
    assert facts["control"] == facts["url"] + "/_sim/"
    app = {"appid": facts["appid"], "appsecret": facts["appsecret"]}
    status, body = served.post("/Api/GetRoomList", app)
    assert status == 200
    assert len(json.loads(body)["data"]) == 2
    kind, call = served.line()
    assert kind == "call"
    assert call["name"] == "GetRoomList"
    marked = app | {
        "rm_id": "775032240849920",
        "abkp": "2022-07-23 14:20:00",
        "unValid": "2022-07-24 12:00:00",
    }
    assert json.loads(served.post("/Api/MarkRoomCard", marked)[1])["code"] == 1
    code, out, err = served.stop(number)
    assert (code, err) == (0, "")
    assert json.loads(out.splitlines()[-1]) == ["stopped", {"calls": "2"}]


def test_faults_stay_for_every_call_and_a_hanging_one_does_not_keep_it(start: Start) -> None:
    served = start("shankai", ("hang",))
    assert served.facts["url"].endswith("/1.0")
    assert served.facts["org_id"] == "oDF3iY9ffA-hqb2vVvbr7qxf6A0Q"
    address = urlsplit(served.facts["url"])
    with socket.create_connection((str(address.hostname), address.port or 0), DEADLINE) as client:
        client.sendall(b"GET /1.0/get_access_token HTTP/1.1\r\n\r\n")
        assert served.line() == [
            "call",
            {
                "name": "get_access_token",
                "method": "GET",
                "path": "/1.0/get_access_token",
                "fault": "hang",
            },
        ]
        code, _out, err = served.stop(signal.SIGTERM)
        assert (code, err) == (0, "")
        assert client.recv(1) == b""


def test_kexin_serves_its_sample_and_takes_the_demonstrations_signature(start: Start) -> None:
    served = start("kexin")
    assert served.facts["signer"] == "station.simulators.kexin.demo_signer"
    fields: dict[str, str] = {"app_id": served.facts["app_id"], "mac": "72:00:03:16:7d:f0"}
    for signature, code in ((sign(fields), 200), ("0", 401)):
        status, body = served.post("/third/lock/by_mac/get", fields | {"sign": signature})
        assert (status, json.loads(body)["code"]) == (200, code)
    assert served.post("/_sim/doors/1-102/password", {"code": "123456"})[0] == 200
    assert served.post("/_sim/doors/1-103/password", {"code": "123456"})[0] == 404
    assert served.stop(signal.SIGTERM)[0] == 0


def test_cards_outlive_a_kill(start: Start, tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    served = start("door-lock", state=state)
    assert served.facts["state"] == "new"
    app = {name: served.facts[name] for name in ("appid", "appsecret")}
    fields = {"abkp": "2022-07-23 14:20:00", "unValid": "2022-07-24 12:00:00"}
    served.post("/Api/MarkRoomCard", app | fields | {"rm_id": "775032240849920"})
    written = json.loads(served.post("/Api/ReadCard", app)[1])
    assert written["code"] == 1
    served.process.kill()
    again = start("door-lock", state=state)
    assert again.facts["state"] == "restored"
    assert json.loads(again.post("/Api/ReadCard", app)[1]) == written


@pytest.mark.parametrize(
    ("which", "faults", "field"),
    [
        ("nonsense", (), "which"),
        ("door-lock", ("nonsense",), "fault"),
        ("door-lock", ("expired_token",), "fault"),
    ],
)
def test_wrong_names_are_input_errors(which: str, faults: tuple[str, ...], field: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        serve(which, port=0, faults=faults)
    assert caught.value.code is Code.FIELD_CHOICE
    assert caught.value.context["field"] == field


def test_a_taken_port_is_an_oserror_and_signals_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError) as raised:
        serve("door-lock", port=taken.getsockname()[1])
    assert raised.value.errno == errno.EADDRINUSE
    assert signal.getsignal(signal.SIGTERM) is before
