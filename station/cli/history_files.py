"""The history as a file: CSV, Excel or JSON lines, row by row, whole or not at all."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from station.catalogue import Catalogue
from station.cli.documents import operation_row
from station.compose import care
from station.compose.clock import SystemClock
from station.compose.export import WIDTHS, cell
from station.domain.operation import OperationRow
from station.errors import Code, InputInvalid
from station.ports import Progress

TELL_EVERY = 500
Guest = Callable[[str], str]


def write(
    form: str,
    path: Path,
    rows: Iterable[OperationRow],
    words: Catalogue,
    clock: SystemClock,
    guest: Guest,
    *,
    force: bool,
    progress: Progress,
) -> int:
    """Write `csv`, `xlsx` or `jsonl`; the number of rows. `guest` masks the person of a reference.

    Raises `InputInvalid` FILE_EXISTS, FILE_UNWRITABLE; a file that was there before stays then, as
    it does when the operator cancels.
    """
    if form == "jsonl":
        return _jsonl(path, rows, clock, guest, progress)
    columns = [
        care.Column(words.text(f"cli.head_{name}"), cell(name, words, clock, guest), width)
        for name, width in WIDTHS.items()
    ]
    return care.export_table(form, rows, columns, path, overwrite=force, progress=progress)


def _jsonl(
    path: Path, rows: Iterable[OperationRow], clock: SystemClock, guest: Guest, progress: Progress
) -> int:
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        try:
            with part.open("w", encoding="utf-8") as file:
                for count, row in enumerate(rows, start=1):
                    document = operation_row(row, clock, guest(row.person))
                    file.write(json.dumps(document, ensure_ascii=False) + "\n")
                    if count % TELL_EVERY == 0:
                        progress(count, 0)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputInvalid(
            Code.FILE_UNWRITABLE, path=str(path), why=error.strerror or "?"
        ) from error
    return count
