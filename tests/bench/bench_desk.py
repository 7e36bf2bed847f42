"""What the desk adds to an issue over the vendor's own time, and what the command line imports.

`python -m tests.bench.bench_desk [--rounds N]`
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from station.domain.card import Authorisation, CardContent
from station.domain.operation import State
from station.domain.room import Room
from station.domain.stay import format_time
from station.errors import Code, VendorRefused
from station.simulators.door_lock.sim import APPID, APPSECRET
from station.workflows.issue import NewStay, issue
from tests.bench.table import Line, interleaved, ms, p50_p95, show
from tests.desk_rig import WANG, DeskRig, desk_rig

if TYPE_CHECKING:
    from collections.abc import Callable

IMPORT_ROUNDS = 15


class InstantEncoder:
    """An encoder that takes no time: what is left is the desk's own."""

    def __init__(self) -> None:
        self.content: CardContent | None = None

    def rooms(self) -> list[Room]:
        return []

    def read(self) -> CardContent:
        if self.content is None:
            raise VendorRefused(Code.CARD_UNREADABLE, call="ReadCard")
        return self.content

    def write(self, authorisation: Authorisation) -> str:
        self.content = CardContent(
            "03F56240",
            authorisation.room_id,
            authorisation.authorised_at,
            authorisation.expires_at,
        )
        return "03F56240"

    def clear(self, *, card_id: str = "", room_id: str = "") -> None:
        self.content = None

    def exclusive(self) -> nullcontext[None]:
        return nullcontext()


class TwoCommits:
    """The floor: a 4 KiB write and fsync, twice."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "floor", os.O_CREAT | os.O_RDWR)
        self._block = os.urandom(4096)

    def __call__(self) -> None:
        for _ in range(2):
            os.write(self._file, self._block)
            os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


class BareVendor:
    """The vendor's own time: the three calls of an issue, by the bare HTTP client."""

    def __init__(self, rig: DeskRig) -> None:
        self._rig = rig
        self._address = urllib.parse.urlsplit(rig.lock_server.url).netloc
        self._room = rig.room("1-102").id
        self._secrets = {"appid": APPID, "appsecret": APPSECRET}
        self._kept = http.client.HTTPConnection(self._address)

    def __call__(self) -> None:
        now = self._rig.clock.local()
        self._call(self._kept, "ReadCard", {})
        fresh = http.client.HTTPConnection(self._address)  # a write takes a fresh connection
        mark = {
            "rm_id": self._room,
            "abkp": format_time(now),
            "unValid": format_time(now + timedelta(days=1)),
        }
        self._call(fresh, "MarkRoomCard", mark)
        fresh.close()
        self._call(self._kept, "ReadCard", {})

    def _call(self, via: http.client.HTTPConnection, name: str, fields: dict[str, str]) -> None:
        body = urllib.parse.urlencode({**self._secrets, **fields})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        via.request("POST", f"/Api/{name}", body, kind)
        json.loads(via.getresponse().read())

    def close(self) -> None:
        self._kept.close()


def _bench_issue(folder: Path, rounds: int) -> list[Line]:
    with desk_rig(folder) as rig:
        instant = InstantEncoder()
        quick = replace(rig.desk, encoder=instant, reader=None)

        def desk_alone() -> None:
            instant.content = None
            rig.tick(86400 * 2)
            wanted = NewStay(rig.room("1-101"), rig.tomorrow())
            assert issue(quick, WANG, wanted).state is State.DONE

        def desk_and_vendor() -> None:
            rig.tick(86400 * 2)
            rig.put(card)
            wanted = NewStay(rig.room("1-103"), rig.tomorrow())
            assert issue(rig.desk, WANG, wanted).state is State.DONE

        card = rig.put()
        floor, vendor = TwoCommits(folder), BareVendor(rig)
        works: dict[str, Callable[[], object]] = {
            "floor": floor,
            "alone": desk_alone,
            "vendor": vendor,
            "whole": desk_and_vendor,
        }
        for work in works.values():
            work()
        samples = interleaved(works, rounds)
        floor.close()
        vendor.close()
    floor50, floor95 = p50_p95(samples["floor"])
    alone50, alone95 = p50_p95(samples["alone"])
    added = [w - v for w, v in zip(samples["whole"], samples["vendor"], strict=True)]
    added50, added95 = p50_p95(added)
    vendor50, vendor95 = p50_p95(samples["vendor"])
    goal = "p95 ≤ 4 × floor, ≤ 5 ms"
    return [
        Line("two bare 4 KiB write + fsync, p50 / p95", f"{ms(floor50)} / {ms(floor95)}"),
        Line("the vendor's three calls, bare, p50 / p95", f"{ms(vendor50)} / {ms(vendor95)}"),
        Line("issue, encoder without time, p50", ms(alone50), "floor p50", alone50 / floor50),
        Line("issue, encoder without time, p95", ms(alone95), "floor p95", alone95 / floor95, goal),
        Line("issue over HTTP less vendor, p50", ms(added50), "floor p50", added50 / floor50),
        Line("issue over HTTP less vendor, p95", ms(added95), "floor p95", added95 / floor95, goal),
    ]


def _bench_import() -> list[Line]:
    programs = {
        "bare": "pass",
        "cli": "import station.cli.app",
        "help": "from station.cli import main\ntry:\n main(['--help'])\nexcept SystemExit: pass",
    }
    works = {name: partial(_python, text) for name, text in programs.items()}
    for work in works.values():
        work()
    samples = {name: p50_p95(taken)[0] for name, taken in interleaved(works, IMPORT_ROUNDS).items()}
    return [
        Line("bare interpreter, p50", ms(samples["bare"])),
        Line(
            "import of the command line, p50",
            ms(samples["cli"]),
            "bare interpreter",
            samples["cli"] / samples["bare"],
        ),
        Line("station --help, p50", ms(samples["help"]), "bare", samples["help"] / samples["bare"]),
    ]


def _python(text: str) -> None:
    subprocess.run([sys.executable, "-c", text], check=True, stdout=subprocess.DEVNULL)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        show("What the desk adds to an issue", _bench_issue(Path(folder), args.rounds))
    show("Starting the command line", _bench_import())


if __name__ == "__main__":
    main()
