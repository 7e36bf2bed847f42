"""Operations as lines of the table: the words of each cell, made away from the UI thread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from station.catalogue import Catalogue
from station.compose.clock import SystemClock
from station.domain.operation import OperationRow
from station.domain.stay import format_time
from station.errors import Code, StationError

COLUMNS: Final = ("time", "kind", "room", "state", "operator", "card", "until", "note")
STATE_COLUMN: Final = COLUMNS.index("state")
_MINUTES: Final = "%Y-%m-%d %H:%M"
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_GAP: Final = " · "


@dataclass(frozen=True, slots=True)
class Line:
    """One operation and its cells, in the order of `COLUMNS`."""

    row: OperationRow
    cells: tuple[str, ...]


def line_of(row: OperationRow, words: Catalogue, clock: SystemClock) -> Line:
    """The cells of one operation."""
    cells = (
        format_time(clock.to_local(row.started_at)),
        capital(words.word("kind", row.kind)),
        row.room_name or row.room_id,
        capital(words.word("state", row.state)),
        row.operator if row.operator != "-" else "",
        row.card_id or row.uid,
        minutes(row.expires_at),
        note(row, words),
    )
    return Line(row, cells)


def capital(word: str) -> str:
    """A word of the catalogue as it stands alone."""
    return word[:1].upper() + word[1:]


def minutes(moment: datetime | None) -> str:
    """A stay's time, which never has seconds that matter to a reader; empty for none."""
    return moment.strftime(_MINUTES) if moment else ""


def note(row: OperationRow, words: Catalogue) -> str:
    """What else is to say: why it went wrong, the vendor's words, the reason somebody gave."""
    parts = []
    if row.error:
        parts.append(words.cause(error_of(row)))
    vendor = row.vendor_msg.strip()
    if vendor and row.error and not any(vendor in part for part in parts):
        parts.append(vendor)
    if row.reason:
        parts.append(row.reason)
    return _GAP.join(parts)


def error_of(row: OperationRow) -> StationError:
    """The error an operation ended with, with what its row knows of the facts."""
    code, _, cause = row.error.partition(":")
    known = code if code in Code._value2member_map_ else Code.INTERNAL.value
    service = "shankai" if row.kind.value.startswith("resident") else "door_lock"
    return StationError(
        Code(known),
        service=service,
        cause=cause.strip(),
        room=row.room_name,
        until=format_time(row.expires_at) if row.expires_at else "",
        card_id=row.card_id,
        uid=row.uid,
        value=row.uid or row.card_id,
        operation=row.operation,
        vendor_code=row.vendor_code,
        vendor_msg=row.vendor_msg,
        detail=code if known != code else "",
    )


def as_table(titles: Sequence[str], lines: Iterable[Line]) -> str:
    """Lines as tab-separated text with titles, for a spreadsheet; no cell becomes a formula."""
    rows = [list(titles), *(list(line.cells) for line in lines)]
    return "\n".join("\t".join(_pasted(cell) for cell in row) for row in rows) + "\n"


def _pasted(cell: str) -> str:
    flat = " ".join(cell.split())
    return f"'{flat}" if flat.startswith(_FORMULA) else flat
