"""The stand-alone verifier, run as a supervisor runs it: another process, nothing but Python."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station.journal import open_journal, verify_file
from station.journal.export import export_events
from tests.journal.rig import KEY, fill, opened, tamper

SCRIPT = Path(__file__).parents[2] / "installer" / "verify_journal.py"
Lines = list[bytes]


def verifier(*arguments: object) -> tuple[int, str]:
    # -I and -S: no path and no package of ours, only the standard library.
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",  # it speaks as the computer does, which need not be UTF-8
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verifier")
    with opened(folder) as store:
        fill(store, 10)
        with open_journal(folder / "journal.db", desk="desk-2", key=KEY) as other:
            fill(other, 5, first=100)
        fill(store, 5, first=200)
        export_events(store, folder / "out.jsonl")
    return folder / "out.jsonl"


def test_a_whole_export_and_a_whole_database(exported: Path) -> None:
    head = json.loads(exported.read_bytes().splitlines()[-1])["hash"]
    for file in (exported, exported.parent / "journal.db"):
        status, said = verifier(file)
        assert status == 0
        assert f"desk-1: 30 events, head {head}" in said
        assert "desk-2: 10 events" in said
        assert "40 events" in said.splitlines()[-1]


def test_a_head_from_a_handover_sheet(exported: Path) -> None:
    older = json.loads(exported.read_bytes().splitlines()[7])["hash"]
    assert verifier(exported, "--head", older.upper())[0] == 0
    assert verifier(exported.parent / "journal.db", "--head", older)[0] == 0
    status, said = verifier(exported, "--head", "ab" * 32)
    assert status == 1
    assert "HEAD NOT FOUND" in said


def changed(line: bytes, rehash: bool = False, **values: Any) -> bytes:
    event = json.loads(line)
    event.update(values)
    if rehash:
        event.pop("hash")
        data = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        event["hash"] = hashlib.sha256(data.encode()).hexdigest()
    return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


TAMPERINGS: dict[str, tuple[Callable[[Lines], Lines], int]] = {
    "changed": (lambda x: [*x[:4], changed(x[4], operator="x"), *x[5:]], 5),
    "changed and hashed anew": (lambda x: [*x[:4], changed(x[4], True, operator="x"), *x[5:]], 6),
    "removed": (lambda x: x[:4] + x[5:], 5),
    "first removed": (lambda x: x[1:], 1),
    "doubled": (lambda x: [*x[:5], *x[4:]], 6),
    "two swapped": (lambda x: [*x[:4], x[5], x[4], *x[6:]], 5),
    "a field more": (lambda x: [*x[:4], changed(x[4], True, more=1), *x[5:]], 5),
    "no JSON": (lambda x: [*x[:4], b"{", *x[5:]], 5),
    "no event": (lambda x: [*x[:4], b"[]", *x[5:]], 5),
    "an empty line": (lambda x: [*x[:4], b"", *x[4:]], 5),
    "no UTF-8": (lambda x: [*x[:4], b"\xff", *x[4:]], 5),
    "a field twice": (
        lambda x: [*x[:4], x[4].replace(b'{"desk"', b'{"desk":"x","desk"'), *x[5:]],
        5,
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named_by_its_place(exported: Path, tmp_path: Path, name: str) -> None:
    tampering, first_bad = TAMPERINGS[name]
    lines = exported.read_bytes().splitlines()
    file = tmp_path / "out.jsonl"
    file.write_bytes(b"\n".join(tampering(lines)) + b"\n")
    status, said = verifier(file)
    assert status == 1
    assert f"event {first_bad}:" in said
    result = verify_file(file)
    assert (result.ok, result.first_bad) == (False, first_bad)


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE events SET state = 'failed' WHERE id = 4", 4),
        ("UPDATE events SET time = 'x' WHERE id = 4", 4),
        ("DELETE FROM events WHERE id = 4", 4),
        ("DELETE FROM events WHERE id = (SELECT max(id) FROM events)", 6),
    ],
)
def test_a_tampered_database(tmp_path: Path, statement: str, first_bad: int) -> None:
    with opened(tmp_path) as store:
        fill(store, 3)
    path = tmp_path / "journal.db"
    tamper(path, statement)
    status, said = verifier(path)
    assert status == 1
    assert f"event {first_bad}:" in said


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert verifier(tmp_path / "none.jsonl")[0] == 2
    broken = tmp_path / "journal.db"
    broken.write_bytes(b"SQLite format 3\x00" + bytes(5000))
    assert verifier(broken)[0] == 2


def test_the_script_needs_nothing_of_ours() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert "import station" not in text
    assert "from station" not in text
