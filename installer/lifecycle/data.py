"""A desk's work with the installed program: a real journal, made by the older version.

The simulated door-lock service is the installed program's own (`station.exe simulate`), with a card
on its encoder.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from installer.lifecycle.life import USUAL, Life, kill
from installer.windows.wine import Ran
from station.simulators.door_lock.sim import APPID, APPSECRET

VERIFIER: Final = Path(__file__).parents[1] / "verify_journal.py"
BOSS: Final = "李主管"
ROOM: Final = "1-101"
SECRETS: Final = {
    "STATION_DOOR_LOCK_APPSECRET": APPSECRET,
    "STATION_JOURNAL_KEY": "11" * 32,
    "STATION_OPERATOR_PIN": "2468",
    "STATION_OPERATOR": BOSS,
}


class Desk:
    """The desk of this life."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.port = _free_port()
        self.before: Mapping[str, Any] = {}
        self.history: list[Any] = []

    def settings(self) -> str:
        """Its station.toml, after `[desk]`."""
        url = f"http://127.0.0.1:{self.port}"
        return f'id = "desk-1"\n[door_lock]\nurl = "{url}"\nappid = "{APPID}"\n'

    def work(self) -> None:
        """The first supervisor, the rooms, a card for a guest; the journal as it is then."""
        life = self.life
        with self.encoder():
            ran = self.station("operators", "add", BOSS, "--role", "supervisor")
            life.check("the older version makes a supervisor", ran.ok, ran.output)
            ran = self.station("rooms", "--refresh")
            life.check("and fetches the rooms", ran.ok and ROOM in ran.output, ran.output)
            guest = ("--guest", "张三", "--mobile", "13800000001", "--yes")
            ran = self.station("issue", ROOM, "--nights", "2", *guest)
            done = ran.ok and _document(ran).get("state") == "done"
            life.check("and issues a card", done, ran.output)
        self.before, self.history = self._journal()
        life.check("its journal verifies", self.before.get("ok") is True, self.before)
        kinds = [row["kind"] for row in self.history]
        life.check("its history tells of the card", "issue" in kinds, kinds)

    def checked_after_upgrade(self) -> None:
        """What the older version wrote, read by the newer; and the newer goes on with it."""
        life = self.life
        after, history = self._journal()
        events = int(self.before.get("events", 0))
        life.check("journal of the older version verifies", after.get("ok") is True, after)
        life.check("no event is missing", 0 < events <= int(after.get("events", 0)), after)
        life.check("its history is still there", _same(self.history, history), history)
        self._verified_apart(str(self.before.get("head", "")))
        with self.encoder():
            ran = self.station("issue", "1-102", "--nights", "1", "--yes")
            done = ran.ok and _document(ran).get("state") == "done"
            life.check("the newer version issues a card", done, ran.output)
        ran = self.station("journal", "verify")
        life.check("and its journal verifies", _document(ran).get("ok") is True, ran.output)

    def station(self, *words: str) -> Ran:
        """A command of the installed program, as the supervisor, answered in JSON."""
        program = f"{USUAL}\\station.exe"
        environment = {**SECRETS, "LC_ALL": "C.UTF-8"}
        return self.life.wine.run([program, *words, "--json"], environment=environment)

    @contextmanager
    def encoder(self) -> Iterator[None]:
        """The simulated service, and the card on its encoder."""
        words = ["simulate", "door-lock", "--port", str(self.port), "--json"]
        process = self.life.start([f"{USUAL}\\station.exe", *words])
        try:
            line = process.stdout.readline().decode("utf-8") if process.stdout else ""
            self.life.check("the simulated service listens", '"listening"' in line, line)
            yield
        finally:
            kill(process)

    def _journal(self) -> tuple[Mapping[str, Any], list[Any]]:
        verified = self.station("journal", "verify")
        rows = self.station("history", "--limit", "1000")
        found = _document(rows)
        self.life.check("the history can be read", isinstance(found, list), rows.output)
        return _document(verified), found if isinstance(found, list) else []

    def _verified_apart(self, head: str) -> None:
        """By the stand-alone verifier of this system, from the head that was noted before."""
        file = self.life.data / "journal.db"
        words = [sys.executable, str(VERIFIER), str(file), "--head", head]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        self.life.check(
            "the stand-alone verifier finds the old head in it",
            done.returncode == 0,
            done.stdout + done.stderr,
        )


def _same(before: list[Any], after: list[Any]) -> bool:
    """Whether every row of the earlier history is in the later one as it was."""
    return bool(before) and all(row in after for row in before)


def _document(ran: Ran) -> Any:
    """The JSON document among the lines of an answer."""
    for line in ran.output.splitlines():
        if line.startswith(("{", "[")):
            try:
                return json.loads(line)
            except ValueError:
                continue
    return {}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
