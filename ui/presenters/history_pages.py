"""Pages of the history by key: a window of a few pages that moves over any number of operations.

All of this runs on the journal's lane and asks one page at a time. A page is named by the number
that all of its operations lie below; what happens meanwhile above the first page never moves it.
"""

from dataclasses import dataclass, replace
from typing import Final

from station.domain.operation import OperationRow
from station.domain.operator import Operator
from station.ports import HistoryFilter
from station.workflows.desk import Desk
from station.workflows.history import history

PAGE: Final = 100
WINDOW: Final = 10
"""Pages held at once: memory stays flat however far somebody scrolls."""
COUNTED: Final = 1000
"""Operations are counted no further than this, and one."""


@dataclass(frozen=True, slots=True)
class Page:
    """Operations below `key`, newest first, and the key of the page behind it (None: no more)."""

    key: int
    rows: tuple[OperationRow, ...]
    behind: int | None


def first_page(desk: Desk, operator: Operator, wanted: HistoryFilter) -> Page:
    """The newest operations. Raises `Refused` NOT_ALLOWED."""
    rows = history(desk, operator, replace(wanted, after=None, limit=PAGE))
    return _page(rows[0].number + 1 if rows else 0, rows)


def page_at(desk: Desk, operator: Operator, wanted: HistoryFilter, key: int) -> Page:
    """The page below a key."""
    return _page(key, history(desk, operator, replace(wanted, after=key, limit=PAGE)))


def page_between(
    desk: Desk, operator: Operator, wanted: HistoryFilter, key: int, behind: int | None
) -> Page:
    """A page seen before, once more: what now lies between its key and that of the next one."""
    limit = PAGE if behind is None else 2 * PAGE
    rows = history(desk, operator, replace(wanted, after=key, limit=limit))
    if behind is None:
        return _page(key, rows)
    return Page(key, tuple(row for row in rows if row.number >= behind), behind)


def _page(key: int, rows: list[OperationRow]) -> Page:
    behind = rows[-1].number if len(rows) == PAGE else None
    return Page(key, tuple(rows), behind)


def newer(desk: Desk, operator: Operator, wanted: HistoryFilter, key: int) -> int:
    """How many operations have come in above the first page; counted up to a page."""
    rows = history(desk, operator, replace(wanted, after=None, limit=PAGE))
    return sum(1 for row in rows if row.number >= key)


def as_they_are(
    desk: Desk, operator: Operator, wanted: HistoryFilter, pages: list[Page]
) -> list[OperationRow]:
    """The operations of these pages as they are now; those that no longer match included."""
    found: list[OperationRow] = []
    for page in pages:
        again = page_between(desk, operator, wanted, page.key, page.behind).rows
        found += again
        gone = {row.number for row in page.rows} - {row.number for row in again}
        for row in page.rows:
            if row.number in gone:
                now = desk.journal.operation(row.operation)
                found += [now] if now is not None else []
    return found
