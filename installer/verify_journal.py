#!/usr/bin/env python3
"""Verify an exported journal, or a journal's database, with nothing but Python 3.9 or newer.

核对导出的日志或日志数据库。只需要 Python 3.9 或更新的版本。

    python verify_journal.py journal.jsonl
    python verify_journal.py journal.db --head HASH

Every event carries the SHA-256 of its own bytes and of the event before it. If one was changed,
removed, added or moved, the chain breaks there. --head HASH also tells whether the chain holds
the head printed on a shift handover sheet (anywhere in it: the sheet may be an old one).

Exit status 0: whole. 1: not whole, or the head was not found. 2: the file cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Event = dict[str, Any]
Links = dict[str, tuple[int, str]]
FIRST = "0" * 64
FIELDS = {"desk", "kind", "operation", "operator", "payload", "prev_hash", "sequence", "time"}


class ChainError(Exception):
    """An event that does not fit."""


def canonical(event: Event) -> bytes:
    """An event's bytes as they were hashed."""
    text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def without_doubles(pairs: list[tuple[str, Any]]) -> Event:
    """A JSON object, unless it names a field twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ChainError("a field is given twice")
    return found


def parse(data: bytes) -> Event:
    """An event out of bytes."""
    try:
        event = json.loads(data.decode("utf-8"), object_pairs_hook=without_doubles)
    except (UnicodeDecodeError, ValueError) as error:
        raise ChainError("not readable") from error
    if not isinstance(event, dict):
        raise ChainError("not an event")
    return event


def require(fits: bool, why: str) -> None:
    """Raise ChainError unless it fits."""
    if not fits:
        raise ChainError(why)


def checked_line(line: bytes) -> tuple[Event, str]:
    """(event, its hash) of one line of an export."""
    event = parse(line.rstrip(b"\r\n"))
    stated = event.pop("hash", None)
    digest = hashlib.sha256(canonical(event)).hexdigest()
    require(stated == digest, "its hash is not that of its bytes")
    return event, digest


def checked_row(row: tuple[Any, ...]) -> tuple[Event, str]:
    """(event, its hash) of one row of a database; the columns must say what the event says."""
    *columns, stored, stated = row
    event = parse(bytes(stored))
    digest = hashlib.sha256(stored).hexdigest()
    require(bytes(stated).hex() == digest, "its hash is not that of its bytes")
    names = ("desk", "sequence", "time", "operator", "operation", "kind")
    payload = event.get("payload")
    state = payload.get("state") if isinstance(payload, dict) else None
    said = [*(event.get(name) for name in names), state]
    require(columns == said, "its columns do not say what the event says")
    return event, digest


def check_link(event: Event, digest: str, links: Links) -> None:
    """Follow the event's desk one step. Raises ChainError."""
    require(set(event) == FIELDS, "its fields are not those of an event")
    desk = event["desk"]
    require(isinstance(desk, str), "its desk is not a name")
    sequence, previous = links.get(desk, (0, FIRST))
    require(event["sequence"] == sequence + 1, "its number does not follow the one before")
    require(event["prev_hash"] == previous, "it does not continue the event before")
    links[desk] = (sequence + 1, digest)


def follow(
    records: Iterable[Any],
    check: Callable[[Any], tuple[Event, str]],
    heads: Links | None = None,
    wanted_head: str = "",
) -> tuple[int, Links, bool]:
    """(number of events, {desk: (number, head)}, was the wanted head met). Raises ChainError."""
    links: Links = {}
    count, met = 0, not wanted_head
    for record in records:
        count += 1
        try:
            event, digest = check(record)
            check_link(event, digest, links)
        except ChainError as error:
            raise ChainError(f"event {count}: {error}") from error
        met = met or digest == wanted_head
    if heads is not None and heads != links:
        raise ChainError(f"event {count + 1}: missing at the end")
    return count, links, met


def verify_lines(path: Path, wanted_head: str) -> tuple[int, Links, bool]:
    """Verify an export."""
    with path.open("rb") as file:
        return follow(file, checked_line, wanted_head=wanted_head)


def verify_database(path: Path, wanted_head: str) -> tuple[int, Links, bool]:
    """Verify a database, up to the heads that it keeps."""
    connection = sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "SELECT desk, sequence, time, operator, operation, kind, state, canonical, hash"
            " FROM events ORDER BY id"
        )
        kept = connection.execute("SELECT desk, sequence, hash FROM heads").fetchall()
        heads = {desk: (sequence, bytes(head).hex()) for desk, sequence, head in kept}
        return follow(rows, checked_row, heads, wanted_head)
    finally:
        connection.close()


def main(arguments: list[str] | None = None) -> int:
    """The command; its exit status."""
    # Chinese into a file on a Windows that speaks another language: `?`, and no end in the middle.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(description="Verify a Card Station journal. 核对日志。")
    parser.add_argument("file", type=Path, help="an export (.jsonl) or a database (.db)")
    parser.add_argument("--head", default="", help="the hash on a handover sheet / 交班单上的哈希")
    options = parser.parse_args(arguments)
    wanted = options.head.strip().lower()
    try:
        with options.file.open("rb") as file:
            is_database = file.read(15) == b"SQLite format 3"
        verify = verify_database if is_database else verify_lines
        count, links, met = verify(options.file, wanted)
    except ChainError as error:
        print(f"NOT WHOLE / 不完整: {error}")
        return 1
    except (OSError, sqlite3.Error) as error:
        print(f"CANNOT BE READ / 无法读取: {error}")
        return 2
    for desk, (number, head) in sorted(links.items()):
        print(f"{desk}: {number} events, head {head}")
    if not met:
        print(f"HEAD NOT FOUND / 未找到该哈希: {wanted}")
        return 1
    print(f"WHOLE / 完整: {count} events")
    return 0


if __name__ == "__main__":
    sys.exit(main())
