"""The history as a file in the operator's words: .xlsx, .csv or .jsonl, whole or not at all."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache, lru_cache, partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from station.catalogue import Catalogue
from station.compose import Station, care
from station.compose.clock import SystemClock
from station.domain.operation import OperationRow, State
from station.domain.operator import Operator
from station.domain.stay import format_time
from station.errors import Code, InputInvalid, StationError
from station.ports import HistoryFilter, Progress
from station.workflows.desk import Desk
from station.workflows.history import export_rows

FORMS: Final = ("xlsx", "csv", "jsonl")
WIDTHS: Final = {
    "number": 8,
    "started_at": 20,
    "ended_at": 20,
    "operator": 12,
    "desk": 10,
    "kind": 12,
    "state": 10,
    "room": 12,
    "authorised_at": 20,
    "expires_at": 20,
    "card_id": 12,
    "uid": 16,
    "guest": 18,
    "error": 24,
    "vendor_code": 10,
    "vendor_msg": 30,
    "reason": 30,
    "operation": 22,
    "parent": 22,
}
"""The columns of a table and their widths in characters."""
SHARES: Final = 1000
"""What `progress` counts in: thousandths of the way."""
KNOWN_GUESTS: Final = 20_000
"""Looking one up takes 20 µs, a row some 60; so many take 4 MB."""
_EVERY: Final = 500
_QUEUED: Final = "queued"


def never() -> bool:
    """Not cancelled."""
    return False


def export_history(
    station: Station,
    operator: Operator,
    wanted: HistoryFilter,
    path: Path,
    form: str,
    words: Catalogue,
    *,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = never,
) -> int:
    """Write what a filter finds; the number of rows. Guests are masked.

    `progress` gets (rows, thousandths of the way). Raises `Refused` NOT_ALLOWED, `InputInvalid`
    FILE_EXISTS, FILE_UNWRITABLE, COMMAND_CANCELLED (a file that was there before stays then).
    """
    rows = export_rows(station.desk, operator, wanted)
    told = _told(rows, _lowest(station.desk, wanted), progress, cancelled)
    guest = lru_cache(maxsize=KNOWN_GUESTS)(lambda reference: masked(station.desk, reference))
    if form == "jsonl":
        return _jsonl(path, told, station.clock, guest, overwrite=overwrite)
    columns = [
        care.Column(words.text(f"cli.head_{name}"), cell(name, words, station.clock, guest), width)
        for name, width in WIDTHS.items()
    ]
    return care.export_table(form, told, columns, path, overwrite=overwrite)


def masked(desk: Desk, reference: str) -> str:
    """A person as shown; empty once erased. A damaged record costs only the name."""
    try:
        return desk.journal.person(reference).masked if reference else ""
    except StationError:
        return ""


def _lowest(desk: Desk, wanted: HistoryFilter) -> int:
    """The number below which nothing can match: how far the way is, without counting anything."""
    if wanted.since is None:
        return 0
    before = desk.journal.history(HistoryFilter(until=wanted.since, limit=1))
    return before[0].number if before else 0


def _told(
    rows: Iterable[OperationRow],
    lowest: int,
    progress: Progress | None,
    cancelled: Callable[[], bool],
) -> Iterator[OperationRow]:
    """The rows, with progress and cancelling between them. Raises COMMAND_CANCELLED."""
    first = 0
    for count, row in enumerate(rows):
        first = first or row.number
        if count % _EVERY == 0:
            if cancelled():
                raise InputInvalid(Code.COMMAND_CANCELLED)
            if progress is not None:
                way = max(1, first - lowest)
                progress(count, min(SHARES, (first - row.number) * SHARES // way))
        yield row
    if cancelled():
        raise InputInvalid(Code.COMMAND_CANCELLED)


def cell(
    name: str, words: Catalogue, clock: SystemClock, guest: Callable[[str], str]
) -> Callable[[OperationRow], Any]:
    """What one column shows of a row."""
    if name in {"kind", "state"}:
        word = cache(partial(words.word, name))
        value = attrgetter(name)
        return lambda row: word(value(row))
    if name in {"started_at", "ended_at"}:
        moment = attrgetter(name)
        return lambda row: clock.to_local(at) if (at := moment(row)) else None
    if name == "room":
        return lambda row: row.room_name
    if name == "guest":
        return lambda row: guest(row.person)
    return attrgetter(name)


def _jsonl(
    path: Path,
    rows: Iterable[OperationRow],
    clock: SystemClock,
    guest: Callable[[str], str],
    *,
    overwrite: bool,
) -> int:
    if path.exists() and not overwrite:
        raise InputInvalid(Code.FILE_EXISTS, field="file", value=str(path))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    count = 0
    try:
        try:
            with part.open("w", encoding="utf-8") as file:
                for row in rows:
                    line = document(row, clock, guest(row.person))
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                    count += 1
            part.replace(path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise InputInvalid(
            Code.FILE_UNWRITABLE, path=str(path), why=error.strerror or "?"
        ) from error
    return count


def document(row: OperationRow, clock: SystemClock, guest: str) -> dict[str, Any]:
    """One operation as the command line's JSON has it; times site-local, `guest` masked."""

    def local(name: str) -> str | None:
        moment = getattr(row, name)
        return format_time(clock.to_local(moment)) if moment else None

    return {
        "number": row.number,
        "operation": row.operation,
        "parent": row.parent or None,
        "kind": row.kind.value,
        "state": _QUEUED if row.state is State.WAITING else row.state.value,
        "desk": row.desk,
        "operator": row.operator,
        "started_at": local("started_at"),
        "ended_at": local("ended_at"),
        "room": {"id": row.room_id, "name": row.room_name} if row.room_id else None,
        "authorised_at": format_time(row.authorised_at) if row.authorised_at else None,
        "expires_at": format_time(row.expires_at) if row.expires_at else None,
        "card_id": row.card_id or None,
        "uid": row.uid or None,
        "guest": guest or None,
        "error": row.error or None,
        "vendor": {"code": row.vendor_code, "msg": row.vendor_msg}
        if row.vendor_code or row.vendor_msg
        else None,
        "reason": row.reason or None,
    }
