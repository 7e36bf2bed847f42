"""The lock table (门锁对照表): which networked lock (Kexin) belongs to which room, read from a CSV.

Columns `room` and `lock_id`, optionally `mac`, in any order; Chinese headings are understood too.
The whole file is checked before a line of it counts.
"""

import codecs
import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import msgspec

from station.domain.event import Payload
from station.domain.kexin import parse_lock_id, parse_mac
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Permission
from station.domain.room import Room, find_room
from station.errors import Code, InputInvalid, StationError
from station.workflows.desk import Desk, new_operation_id
from station.workflows.records import Record

KEY: Final = "kexin:lock:"
_HEADINGS: Final = {
    "room": "room",
    "房间": "room",
    "房号": "room",
    "lock_id": "lock_id",
    "lock": "lock_id",
    "锁号": "lock_id",
    "锁id": "lock_id",
    "mac": "mac",
}
_SEPARATORS: Final = (",", ";", "\t", "，", "；")
_LONGEST: Final = 200
_ZIP: Final = b"PK\x03\x04"


class LockEntry(msgspec.Struct, frozen=True):
    """One line: a room's networked lock. `mac` lower-case with colons, or empty."""

    room_id: str
    room_name: str
    lock_id: int
    mac: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that cannot be used, counted from 1 with the heading."""

    line: int
    error: StationError


@dataclass(frozen=True, slots=True)
class LockTable:
    """What a file says."""

    entries: tuple[LockEntry, ...]
    rejected: tuple[Rejected, ...]


def lock_of(desk: Desk, room: Room) -> int:
    """The number of the room's networked lock. Raises `InputInvalid` LOCK_NOT_MAPPED."""
    found = lock_id_of(desk, room)
    if not found:
        raise InputInvalid(Code.LOCK_NOT_MAPPED, field="room", room=room.name)
    return int(found)


def lock_id_of(desk: Desk, room: Room) -> str:
    """The same as a credential keeps it; empty for a room without a networked lock."""
    for kept in desk.journal.kept(KEY + room.id):
        if kept.key == KEY + room.id:
            return str(msgspec.json.decode(kept.value, type=LockEntry).lock_id)
    return ""


def has_lock(desk: Desk, room: Room) -> bool:
    """Whether the table names a networked lock for the room."""
    return bool(lock_id_of(desk, room))


def entries(desk: Desk) -> list[LockEntry]:
    """The table as it stands."""
    return [msgspec.json.decode(kept.value, type=LockEntry) for kept in desk.journal.kept(KEY)]


def check(desk: Desk, text: str) -> LockTable:
    """Read a file without keeping it: what could be used, and each line that could not.

    Raises `InputInvalid` FIELD_EMPTY for a file without the two columns.
    """
    found: list[LockEntry] = []
    rejected: list[Rejected] = []
    rooms: set[str] = set()
    locks: set[int] = set()
    known = desk.journal.rooms()
    for line, row in _rows(text):
        try:
            entry = _entry(known, row)
            if entry.room_id in rooms or entry.lock_id in locks:
                raise InputInvalid(
                    Code.FIELD_REPEATED, field="lock", value=f"{entry.room_name} {entry.lock_id}"
                )
        except StationError as error:
            rejected.append(Rejected(line, error))
            continue
        rooms.add(entry.room_id)
        locks.add(entry.lock_id)
        found.append(entry)
    return LockTable(tuple(found), tuple(rejected))


def import_table(desk: Desk, operator: Operator, text: str) -> LockTable:
    """Replace the table by the file's, all of it or, where a line is wrong, nothing of it."""
    operator.require(Permission.LOCKS)
    table = check(desk, text)
    if table.rejected or not table.entries:
        return table
    record = Record(desk, operator, Kind.LOCKS_IMPORT, new_operation_id(desk.clock.local()))
    record.intent(data={"locks": len(table.entries)})
    lines = {KEY + entry.room_id: msgspec.json.encode(entry) for entry in table.entries}
    desk.journal.replace_kept(KEY, lines, desk.clock.utc())
    record.outcome(Payload(state=State.DONE, data={"locks": len(table.entries)}))
    return table


def text_of(data: bytes) -> str:
    """A file's bytes as text: UTF-8, UTF-16 (Excel's "Unicode text") or GBK (Excel's own CSV).

    Raises `InputInvalid` FILE_UNREADABLE.
    """
    if data.startswith(_ZIP):  # a workbook
        raise InputInvalid(Code.FILE_UNREADABLE, field="file", why="xlsx")
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    raise InputInvalid(Code.FILE_UNREADABLE, field="file", why="encoding")


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines under the heading, by column; whatever separates them is what Excel may use."""
    lines = text.lstrip("\ufeff").splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    separator = ""
    if lines and lines[first].strip().lower().startswith("sep="):  # a word to Excel alone
        separator, first = lines[first].strip()[4:5], first + 1
    heading, mark = _heading(lines[first] if first < len(lines) else "", separator)
    for number, line in enumerate(lines[first + 1 :], first + 2):
        cells = [_plain(cell) for cell in _cells(line, mark)]
        if any(cells):
            pairs = zip(heading, cells, strict=False)
            yield number, {name: cell for name, cell in pairs if name}


def _heading(line: str, separator: str) -> tuple[list[str], str]:
    """The columns, and what separates them. Raises `InputInvalid`."""
    for mark in [separator] if separator else _SEPARATORS:
        names = [_HEADINGS.get(_plain(cell).lower(), "") for cell in _cells(line, mark)]
        if {"room", "lock_id"} <= set(names):
            for name in set(names) - {""}:
                if names.count(name) > 1:
                    raise InputInvalid(Code.FIELD_REPEATED, field="lock", value=name)
            return names, mark
    raise InputInvalid(Code.FIELD_EMPTY, field="lock")


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:  # longer than any cell may be
        return [line[:_LONGEST]]


def _plain(cell: str) -> str:
    """A cell without what Excel needs to keep `0301` a text: `="0301"`, `'0301`."""
    wanted = cell.strip()
    if wanted.startswith('="') and wanted.endswith('"'):
        wanted = wanted[2:-1].strip()
    return wanted.removeprefix("'")


def _entry(known: list[Room], row: dict[str, str]) -> LockEntry:
    room = find_room(known, row.get("room", ""), field="room")
    mac = row.get("mac", "")
    number = parse_lock_id(row.get("lock_id", ""))
    return LockEntry(room.id, room.name, number, parse_mac(mac) if mac else "")
