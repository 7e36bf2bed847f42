"""Logs: nothing secret and nothing personal, whatever is logged; bounded; never in the way."""

import ast
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from station import logs
from station.domain.card import Authorisation
from station.domain.person import Person
from station.errors import StationError
from station.vendors.door_lock import DoorLock
from station.vendors.shankai import Shankai, ShankaiGate
from station.vendors.shankai.wire import CardMode
from tests.vendors.servers import Line, RawServer, Seen, hang_up, http, says

NAME, MOBILE, IDENTITY = "张三", "13800000001", "110101199003070003"
ROOM = "775032240849920"


@pytest.fixture(autouse=True)
def _no_secret_known_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests' clients have made secrets known, some of them ordinary words."""
    monkeypatch.setattr(logs, "_known_secrets", set())


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    logs.setup(tmp_path, traffic=True)
    yield tmp_path
    logs.close()


def written(home: Path) -> str:
    return "".join(
        path.read_text(encoding="utf-8") for path in sorted((home / "logs").glob("station.log*"))
    )


SECRETS = {
    "appid": "APPID-5a1d",
    "appsecret": "APPSECRET-5ec2",
    "app_id": "CLOUDAPP-77",
    "secret": "CLOUDSECRET-88",
    "token": "TOKEN-abcdef0123",
    "password": "PASSWORD-web",
    "contact": "0755-7654321",
    "name": NAME,
    "mobile": MOBILE,
}


class Chatterbox:
    """A vendor that repeats everything it was told, in its sentence and in unknown fields."""

    def __init__(self) -> None:
        self.code: object = 1
        self.errcode: object = 0

    def __call__(self, line: Line, seen: Seen) -> None:
        told = f"{seen.query} {seen.body.decode()} {seen.path} {MOBILE} {IDENTITY}"
        reply = {
            "code": self.code,
            "errcode": self.errcode,
            "msg": told,
            "errmsg": told,
            "data": {
                "access_token": SECRETS["token"],
                "expires_in": 7200,
                "org_id": "ORG-open",
                "card_no": "0x1A3D5B79",
                "card_id": "03F56240",
                "rm_id": ROOM,
                "valid": "2026-07-23 14:20:00",
                "unvalid": "2026-07-24 12:00:00",
                "name": NAME,
                "mobile": MOBILE,
                "remark": f"{NAME} {MOBILE} {IDENTITY}",
                "muid": "0356241",
                "extra": [{"pwd": "123456789"}, SECRETS["appsecret"], int(MOBILE)],
            },
        }
        says(reply)(line, seen)


def every_call(door: DoorLock, cloud: Shankai) -> None:
    """All calls, whatever comes of them."""
    gate, person = ShankaiGate(cloud, "ORG-open"), Person(NAME, MOBILE)
    stay = Authorisation(ROOM, datetime(2026, 7, 23, 14, 20), datetime(2026, 7, 24, 12))
    contact = SECRETS["contact"]
    for call in (
        door.rooms,
        door.read,
        lambda: door.write(stay),
        lambda: door.clear(card_id="03F56240"),
        lambda: cloud.create_organization("桃花园小区", CardMode.IC, contact=contact),
        lambda: cloud.get_organization("桃花园小区"),
        lambda: cloud.update_organization("ORG-open", "桃花园小区", CardMode.IC, contact=contact),
        lambda: gate.set_card(person, "04A1B2C3"),
        lambda: gate.get_card(person),
        lambda: gate.remove_user(MOBILE),
        lambda: cloud.set_admin_user("ORG-open", "login", SECRETS["password"]),
        lambda: cloud.del_organization("ORG-open"),
    ):
        try:
            call()
        except StationError as error:
            logs.get("test").exception("%s failed", error)


def test_no_secret_and_nobodys_name_in_the_log_of_all_traffic(home: Path) -> None:
    vendor = Chatterbox()
    told = "\r\nX-Told: " + "; ".join(quote(secret) for secret in SECRETS.values())
    bad_header = http(b"{}", headers=f"no colon {SECRETS['token']}{told}\r\n".lstrip())
    with RawServer(vendor) as server:
        for body in ("form", "json"):
            door = DoorLock(
                server.url,
                SECRETS["appid"],
                SECRETS["appsecret"],
                body=body,
                read_timeout_s=2,
            )
            cloud = Shankai(
                f"{server.url}/1.0",
                SECRETS["app_id"],
                SECRETS["secret"],
                read_timeout_s=2,
                backoff_s=0.01,
            )
            with closing(door), closing(cloud):
                for code, errcode in [(1, 0), (7, 4004), ("x", "x")]:
                    vendor.code, vendor.errcode = code, errcode
                    server.behave = vendor
                    every_call(door, cloud)
                for behave in (
                    hang_up,
                    lambda line, _: line.send(bad_header),
                    lambda line, seen: line.send(http(seen.body)),
                    says(f"<html>{NAME} {MOBILE}</html>".encode()),
                ):
                    server.behave = behave
                    every_call(door, cloud)
    text = written(home)
    assert "MarkRoomCard" in text
    assert "set_card_no" in text
    assert ROOM in text, "a room's id is no identity number"
    assert "0x04A1B2C3" in text, "card numbers are kept"
    assert "Traceback" in text
    for kind, secret in {**SECRETS, "identity": IDENTITY, "muid": "0356241"}.items():
        assert secret not in text, kind
        assert quote(secret) not in text, kind
        assert ascii(secret)[1:-1] not in text, kind
    assert "123456789" not in text


def test_the_terminal_is_quiet_and_redacted(tmp_path: Path) -> None:
    """With no set-up at all, and with the strangest reply, nothing leaks to stderr either."""
    program = f"""
import socket, threading
from station.vendors.shankai import Shankai
from station.vendors.shankai.wire import CardMode
from station.errors import StationError
server = socket.create_server(("127.0.0.1", 0))
def serve():
    replies = [b'{{"errcode":0,"data":{{"access_token":"TOKEN-abc"}}}}', b'{{"errcode":5}}']
    for reply in replies:
        line, _ = server.accept()
        line.recv(65536)
        line.sendall(b"HTTP/1.1 200 OK\\r\\nodd header\\r\\nConnection: close\\r\\n\\r\\n" + reply)
        line.close()
threading.Thread(target=serve, daemon=True).start()
api = Shankai("http://127.0.0.1:%d" % server.getsockname()[1], "app", "{SECRETS["secret"]}")
try:
    api.create_organization("x", CardMode.IC)
except StationError as error:
    print(error.code)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    assert done.stdout.startswith(("shankai_refused", "service_", "reply_", "outcome_"))


def test_tracebacks_arguments_and_stacks_are_redacted(home: Path) -> None:
    log = logs.get("test")
    try:
        try:
            raise ValueError(f"GET /x?access_token=abc123 for {MOBILE}")
        except ValueError as error:
            raise RuntimeError({"appsecret": "S88"}) from error
    except RuntimeError:
        log.exception("call for %s failed", MOBILE)
    log.warning("stack of %(mobile)s", {"mobile": MOBILE}, stack_info=True)
    log.warning("wrong %s %s", MOBILE)
    text = written(home)
    assert text.count("Traceback") == 2
    assert "ValueError" in text
    assert "Stack (most recent call last)" in text
    for secret in (MOBILE, "abc123", "S88"):
        assert secret not in text


def test_a_line_cannot_be_forged(home: Path) -> None:
    logs.get("test").info("vendor says %s", "ok\n2026-01-01 INFO station done\x1b[31m\r\ud800")
    lines = written(home).splitlines()
    assert len(lines) == 1
    assert "\\n2026-01-01" in lines[0]
    assert "\\x1b[31m" in lines[0]


def test_size_and_count_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert logs.MAX_BYTES * (logs.KEPT_FILES + 1) <= 12 * 1024 * 1024
    monkeypatch.setattr(logs, "MAX_BYTES", 4000)
    logs.setup(tmp_path)
    for number in range(500):
        logs.get("test").info("line %s of many", number)
    logs.close()
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == logs.KEPT_FILES + 1
    assert all(path.stat().st_size <= 4000 for path in files)


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    logs.setup(tmp_path)
    try:
        logs.get("test").error("still here")
    finally:
        logs.close()


@pytest.mark.linux("/dev/full")
def test_a_full_disk_is_silent(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / logs.LOG_FILE).symlink_to("/dev/full")
    logs.setup(tmp_path)
    try:
        logs.get("test").error("into nothing")
    finally:
        with suppress(OSError):
            logs.close()
    assert capsys.readouterr().err == ""


def test_a_rotation_that_fails_goes_on_in_the_same_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a second program's open file forbids the renaming."""
    (handler,) = (h for h in logging.getLogger(logs.ROOT).handlers if hasattr(h, "doRollover"))

    def refuse(source: str, target: str) -> None:
        raise PermissionError

    monkeypatch.setattr(handler, "rotate", refuse)
    monkeypatch.setattr(handler, "maxBytes", 200)
    for number in range(20):
        logs.get("test").info("line %s", number)
    assert "line 19" in written(home)


def test_traffic_is_only_logged_when_asked_for(tmp_path: Path) -> None:
    for traffic in (False, True):
        home = tmp_path / str(traffic)
        logs.setup(home, traffic=traffic)
        logs.get("vendors.x").log(logs.TRAFFIC, "a call")
        logs.get("vendors.x").info("started")
        logs.close()
        assert ("TRAFFIC" in written(home)) is traffic
        assert "started" in written(home)


def test_stderr_shows_what_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    logs.setup(None, stderr=logging.WARNING)
    try:
        logs.get("test").info("quiet")
        logs.get("test").warning("call %s", MOBILE)
    finally:
        logs.close()
    assert capsys.readouterr().err == "WARNING station.test: call ***\n"


def test_setting_up_again_does_not_double_lines(tmp_path: Path) -> None:
    for _ in range(3):
        logs.setup(tmp_path)
    logs.get("test").info("once")
    logs.close()
    assert written(tmp_path).count("once") == 1


def test_only_the_standard_library_is_imported() -> None:
    tree = ast.parse(Path(logs.__file__).read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {getattr(node, "module", None) or node.names[0].name for node in top}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
