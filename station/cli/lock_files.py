"""The lock table: which networked lock belongs to which room, read from a CSV and shown."""

from collections.abc import Iterator
from typing import Annotated

from station.cli import documents
from station.cli.declare import Call, argument, command, option
from station.cli.documents import Document
from station.cli.output import status_of
from station.cli.parsing import path_of
from station.cli.session import Session, opened
from station.domain.operator import Permission
from station.errors import Code, InputInvalid, StationError
from station.workflows import lock_gaps, lock_table
from station.workflows.lock_table import LockEntry, LockTable
from station.workflows.network_locks import check_mac

MAX_FILE = 4 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
"""Spreadsheets on Chinese Windows save CSV in the second."""


@command("lock table")
def table_command(call: Call) -> int:
    with opened(call) as session:
        entries = lock_table.entries(session.desk)
        gaps = lock_gaps.gaps(session.desk)
    if call.out.json:
        call.out.document(
            {
                "locks": [_entry(entry) for entry in entries],
                "rooms_without_lock": [documents.room(room) for room in gaps.rooms],
                "locks_without_room": [_entry(entry) for entry in gaps.locks],
            }
        )
        return 0
    words = call.words
    if not entries:
        call.out.say(words.text("cli.no_lock_table"))
        return 0
    call.out.table(
        [words.text(f"cli.head_{name}") for name in ("room", "lock_id", "mac")],
        ((entry.room_name, entry.lock_id, entry.mac) for entry in entries),
    )
    if gaps.rooms:
        rooms = [room.name for room in gaps.rooms]
        call.out.note(words.text("cli.rooms_without_lock", rooms=rooms), style="yellow")
    if gaps.locks:
        locks = [f"{entry.room_name} {entry.lock_id}" for entry in gaps.locks]
        call.out.note(words.text("cli.locks_without_room", locks=locks), style="yellow")
    return 0


@command("lock import")
def import_command(
    call: Call,
    file: Annotated[str, argument("FILE")],
    check: Annotated[bool, option("--check")] = False,
    dry_run: Annotated[bool, option("--dry-run")] = False,
) -> int:
    text = _read(file)
    with opened(call, encoder=check) as session:
        desk, operator = session.desk, session.operator
        operator.require(Permission.LOCKS)
        table = lock_table.check(desk, text)
        differing: list[tuple[LockEntry, StationError]] = []
        if check and not table.rejected:
            differing = list(_compared(session, table))
        well = bool(table.entries) and not table.rejected and not differing
        if well and not dry_run:
            lock_table.import_table(desk, operator, text)
    imported = well and not dry_run
    call.out.document_or(
        lambda: _document(call, table, differing, imported=imported),
        lambda: _lines(call, table, differing, imported=imported),
    )
    errors = [each.error for each in table.rejected] + [error for _, error in differing]
    if not table.entries and not errors:
        return InputInvalid.exit_status
    return max((status_of(error) for error in errors), default=0)


def _compared(session: Session, table: LockTable) -> Iterator[tuple[LockEntry, StationError]]:
    """Each line that the cloud knows otherwise. Raises what says nothing of one line alone."""
    with session.call.out.bar(session.call.words.text("cli.checking_locks")) as step:
        for done, entry in enumerate(table.entries, start=1):
            try:
                check_mac(session.desk, session.operator, entry)
            except StationError as error:
                if error.exit_status not in {3, 4}:
                    raise
                yield entry, error
            step(done, len(table.entries))


def _read(name: str) -> str:
    """The file's text. Raises `InputInvalid` FILE_UNREADABLE."""
    path = path_of(name)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE + 1)
    except OSError as error:
        why = error.strerror or "?"
        raise InputInvalid(Code.FILE_UNREADABLE, path=str(path), why=why) from error
    if len(raw) > MAX_FILE:
        raise InputInvalid(Code.FILE_UNREADABLE, path=str(path), why="too_large")
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputInvalid(Code.FILE_UNREADABLE, path=str(path), why="not_text")


def _entry(entry: LockEntry) -> Document:
    return {
        "room": {"id": entry.room_id, "name": entry.room_name},
        "lock_id": entry.lock_id,
        "mac": entry.mac or None,
    }


def _document(
    call: Call,
    table: LockTable,
    differing: list[tuple[LockEntry, StationError]],
    *,
    imported: bool,
) -> Document:
    def said(error: StationError) -> Document:
        return {"error": error.code.value, "message": call.words.sentence(error)}

    return {
        "imported": imported,
        "locks": len(table.entries),
        "rejected": [{"line": each.line, **said(each.error)} for each in table.rejected],
        "differing": [{**_entry(entry), **said(error)} for entry, error in differing],
    }


def _lines(
    call: Call,
    table: LockTable,
    differing: list[tuple[LockEntry, StationError]],
    *,
    imported: bool,
) -> None:
    words = call.words
    for each in table.rejected:
        sentence = words.sentence(each.error)
        call.out.note(words.text("cli.table_line", line=each.line, what=sentence), style="red")
    for entry, error in differing:
        call.out.note(f"{entry.room_name}: {words.sentence(error)}", style="red")
    count = len(table.entries)
    if imported:
        call.out.say(words.text("cli.table_imported", count=count), style="green")
    elif table.rejected or differing or not count:
        call.out.note(words.text("cli.table_not_imported"), style="red")
    else:
        call.out.say(words.text("cli.table_fits", count=count))
