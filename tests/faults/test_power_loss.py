"""What a power cut cannot take: no card is written before its intent is on the disk.

A real `station` runs under strace. Before the request that writes or clears a card leaves the
process, the intent was written to the journal's WAL and flushed (fsync or fdatasync); and before
the result is shown, so was the outcome.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.place import Place

pytestmark = pytest.mark.linux("strace")
CALLS = "trace=write,pwrite64,writev,sendto,sendmsg,fsync,fdatasync"
WRITING = {"write", "pwrite64", "writev"}
SENDING = {"sendto", "sendmsg", "write", "writev"}
FLUSHING = {"fsync", "fdatasync"}
LONG_ENOUGH = "100000"
ANSWER = '"operation": "'


@dataclass(frozen=True, slots=True)
class Call:
    """One system call: its name, the file it went to, and everything that strace showed of it."""

    name: str
    file: str
    text: str


def system_calls(trace: str) -> list[Call]:
    """The calls in their order; one that was interrupted counts where it ended, if it flushes."""
    found: list[Call] = []
    unfinished: dict[str, str] = {}
    for line in trace.splitlines():
        pid, _, rest = line.partition(" ")
        rest = rest.lstrip()
        resumed = re.match(r"<\.\.\. (\w+) resumed>", rest)
        if resumed:
            if resumed[1] in FLUSHING:
                rest = unfinished.pop(pid) + rest
            else:
                continue  # what is sent or written counts where it began
        elif rest.endswith("<unfinished ...>") and rest.split("(")[0] in FLUSHING:
            unfinished[pid] = rest
            continue
        begun = re.match(r"(\w+)\((\d+)<([^>]*)>", rest)
        if begun:
            found.append(Call(begun[1], begun[3], rest))
    return found


def is_wal(call: Call) -> bool:
    return call.file.endswith("/journal.db-wal")


def first(calls: list[Call], start: int, wanted: object, what: str) -> int:
    for number in range(start, len(calls)):
        if wanted(calls[number]):  # type: ignore[operator]
            return number
    raise AssertionError(f"{what}: never")


def check_durable(calls: list[Call], operation: str, request: str) -> None:
    """Raises AssertionError unless intent, flush, request, outcome, flush, answer come in order."""
    sent = first(
        calls, 0, lambda call: call.name in SENDING and request in call.text, f"{request} sent"
    )
    written = first(
        calls,
        0,
        lambda call: call.name in WRITING and is_wal(call) and operation in call.text,
        "the intent is written",
    )
    assert written < sent, "the request goes before its intent"
    flushed = first(
        calls, written, lambda call: call.name in FLUSHING and is_wal(call), "the WAL is flushed"
    )
    assert calls[flushed].text.endswith("= 0"), calls[flushed]
    assert flushed < sent, "the intent was not on the disk when the request left"
    between = [call for call in calls[written:flushed] if not is_wal(call)]
    assert between == [], "something else happened before the intent was on the disk"
    shown = first(
        calls, sent, lambda call: ANSWER.replace('"', '\\"') in call.text, "the answer is shown"
    )
    outcome = max(
        number
        for number, call in enumerate(calls[:shown])
        if call.name in WRITING and is_wal(call) and operation in call.text
    )
    assert outcome > sent, "no outcome was written before the answer"
    safe = first(
        calls, outcome, lambda call: call.name in FLUSHING and is_wal(call), "the WAL is flushed"
    )
    assert safe < shown, "the outcome was not on the disk when the answer was shown"


def traced(desk: Place, tmp_path: Path, *argv: str, spoil: str = "") -> tuple[list[Call], str]:
    """Run a command under strace; its system calls and its operation."""
    strace = shutil.which("strace")
    assert strace, "strace is missing"
    file = tmp_path / "trace"
    before = [strace, "-f", "-y", "-s", LONG_ENOUGH, "-e", CALLS, "-o", str(file)]
    ran = desk.plain(*argv, "--json", before=before, spoil=spoil)
    assert ran.returncode == 0, ran
    return system_calls(file.read_text(errors="replace")), ran.json()["operation"]


def test_no_card_is_written_before_its_intent_is_on_the_disk(desk: Place, tmp_path: Path) -> None:
    calls, operation = traced(desk, tmp_path, "issue", "1-101", "--nights", "1")
    check_durable(calls, operation, "MarkRoomCard")


def test_no_card_is_cleared_before_its_intent_is_on_the_disk(desk: Place, tmp_path: Path) -> None:
    assert desk.station("issue", "1-101", "--nights", "1").returncode == 0
    calls, operation = traced(desk, tmp_path, "recycle")
    check_durable(calls, operation, "ClearRoomCard")


def test_the_check_finds_a_program_that_does_not_flush(desk: Place, tmp_path: Path) -> None:
    calls, operation = traced(
        desk, tmp_path, "issue", "1-101", "--nights", "1", spoil="lazy_intent"
    )
    with pytest.raises(AssertionError, match=r"on the disk|never"):
        check_durable(calls, operation, "MarkRoomCard")


def test_the_check_finds_a_flush_that_comes_too_late(desk: Place, tmp_path: Path) -> None:
    """The same calls in another order do not pass: the request before the flush, or the answer."""
    calls, operation = traced(desk, tmp_path, "issue", "1-101", "--nights", "1")
    sent = next(n for n, call in enumerate(calls) if "MarkRoomCard" in call.text)
    without = [call for call in calls[:sent] if call.name not in FLUSHING] + calls[sent:]
    with pytest.raises(AssertionError):
        check_durable(without, operation, "MarkRoomCard")
    lazy_end = calls[:sent] + [call for call in calls[sent:] if call.name not in FLUSHING]
    with pytest.raises(AssertionError):
        check_durable(lazy_end, operation, "MarkRoomCard")
