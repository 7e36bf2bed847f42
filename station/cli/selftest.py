"""`station --selftest`: tries every part of this installation, away from the desk's own data.

For the packaged program above all: what was left out of the package, or does not work on this
computer, is found here and not in front of a guest. One line a part; `--report` keeps them as JSON.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from station.cli.declare import Call
from station.cli.parsing import path_of
from station.files import write_atomically
from station.version import VERSION

WRONG: Final = 1
TIDY_TRIES: Final = 20
TIDY_WAIT_S: Final = 0.25
"""Windows keeps a file for a moment after it was closed, while a virus scanner looks at it."""


class NotWell(Exception):
    """A part does not do what it is there for; the text says what."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How one part is. `value` is what was found, `why` what is wrong; `seconds` it took."""

    name: str
    ok: bool
    value: str
    why: str
    seconds: float


def run(call: Call, report: str | None) -> int:
    """Every check, whatever the others said; 0 when all are well, else 1."""
    target = None if report is None else path_of(report, field="report").absolute()
    begun, started = time.perf_counter(), datetime.now(UTC)
    found: list[Checked] = []
    for one in _every():
        found.append(one)
        _say(call, one)
    well = all(one.ok for one in found)
    call.out.say(
        call.words.text("cli.selftest_well" if well else "cli.selftest_not_well"),
        style="green" if well else "red",
    )
    if target is not None:
        document = {
            "ok": well,
            "version": VERSION,
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - begun, 3),
            "checks": [asdict(one) for one in found],
        }
        import json

        text = json.dumps(document, ensure_ascii=False, indent=1)
        write_atomically(target, text.encode() + b"\n")
    return 0 if well else WRONG


def _every() -> Iterator[Checked]:
    """In the order in which a failure explains the next one."""
    folder = Path(tempfile.mkdtemp(prefix="card-station-selftest-"))
    try:
        yield from _of_parts(folder)
    finally:
        tidied = _checked("tidy", lambda: _tidy(folder))
    yield tidied


def _of_parts(folder: Path) -> Iterator[Checked]:
    from station.cli import selftest_parts as parts
    from station.cli.selftest_desk import Trial
    from station.cli.selftest_pages import pages

    yield _checked("versions", parts.versions)
    yield _checked("modules", parts.modules)
    yield _checked("libraries", parts.libraries)
    yield _checked("words", parts.words)
    yield _checked("sounds", parts.sounds)
    yield _checked("keyring", parts.keyring)
    yield _checked("trust", parts.trust)
    yield _checked("readers", parts.readers)
    with closing(Trial(folder)) as desk:
        yield _checked("journal", desk.open)
        yield _checked("cards", desk.cards)
        yield _checked("chain", desk.chain)
        yield _checked("export", desk.export)
    yield _checked("pages", lambda: pages(folder))


def _checked(name: str, check: Callable[[], str]) -> Checked:
    begun = time.perf_counter()
    value = why = ""
    try:
        value = check()
    except NotWell as met:
        why = str(met)
    except (Exception, SystemExit) as met:  # a part may fail in any way, and the others are tried
        why = f"{type(met).__name__}: {met}"
    return Checked(name, not why, value, why, round(time.perf_counter() - begun, 3))


def _tidy(folder: Path) -> str:
    for _ in range(TIDY_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return "-"
        time.sleep(TIDY_WAIT_S)
    raise NotWell(f"{folder}")


def _say(call: Call, one: Checked) -> None:
    # In words: a Windows pipe has no ticks, and turns both into the same `?`.
    key, style = ("selftest_ok", "green") if one.ok else ("selftest_wrong", "red")
    said, name = call.words.text(f"cli.{key}"), call.words.text(f"cli.selftest_{one.name}")
    call.out.say(f"{said}  {name}: {one.value or one.why} ({one.seconds:.1f} s)", style=style)
