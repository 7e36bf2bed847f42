"""What is printed: the filtered list, and the sheet that one shift hands to the next.

Both are rich text for one printer or PDF file. Guests are on neither. The chain's head stands on
the handover sheet, so that even a journal that was written anew is noticed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

from station.compose.worker import Done
from station.domain.stay import format_time
from ui.messages import Words
from ui.presenters.history_lines import Line

ROWS: Final = 200
"""Operations that a printed list has at most: the first of what is filtered."""
_GROUP: Final = 8


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where, when and by whom a paper is printed; times site-local."""

    site: str
    desk: str
    by: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """What a handover sheet is about: from and until (None: open), whose (empty: everybody's)."""

    since: datetime | None
    until: datetime | None
    operator: str


def list_paper(lines: Sequence[Line], titles: Sequence[str], where: Occasion, words: Words) -> str:
    """The first lines of a list, as a table."""
    heads = "".join(f"<th align='left'>{escape(title)}</th>" for title in titles)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line.cells) + "</tr>"
        for line in lines[:ROWS]
    )
    title = escape(words("history.paper_list"))
    count = escape(words("history.paper_rows", rows=min(len(lines), ROWS)))
    table = f"<table width='100%' cellpadding='3' border='1' cellspacing='0'><tr>{heads}</tr>"
    return f"<h2>{title}</h2>{_occasion(where, words)}<p>{count}</p>{table}{rows}</table>"


def handover_paper(found: Done, shift: Shift, where: Occasion, words: Words) -> str:
    """The handover sheet: what was done, what is unresolved, where the chain ends."""
    parts = [
        f"<h2>{escape(words('history.paper_handover'))}</h2>",
        _occasion(where, words),
        _pairs(
            [
                ("shift_operator", shift.operator or words("history.any_operator")),
                ("shift_period", _period(shift, where)),
                ("shift_total", str(found.rows)),
            ],
            words,
        ),
        f"<h3>{escape(words('history.shift_counts'))}</h3>",
        _counts(found, words),
        f"<h3>{escape(words('history.shift_unresolved'))}</h3>",
        _unresolved(found, words),
        f"<h3>{escape(words('history.shift_chain'))}</h3>",
        f"<p>{escape(words('history.shift_events', events=found.events))}</p>",
        f"<p><tt>{_grouped(found.head)}</tt></p>",
        "<br/><br/>",
        _signatures(words),
    ]
    return "".join(parts)


def _occasion(where: Occasion, words: Words) -> str:
    place = " · ".join(part for part in (where.site, where.desk) if part)
    printed = words("history.paper_printed", at=format_time(where.now), by=where.by)
    return f"<p>{escape(place)}<br/>{escape(printed)}</p>"


def _period(shift: Shift, where: Occasion) -> str:
    since = format_time(shift.since) if shift.since else "…"
    return f"{since} → {format_time(shift.until or where.now)}"


def _pairs(pairs: Sequence[tuple[str, str]], words: Words) -> str:
    rows = "".join(
        f"<tr><td>{escape(words(f'history.{key}'))}</td><td><b>{escape(text)}</b></td></tr>"
        for key, text in pairs
    )
    return f"<table cellpadding='3'>{rows}</table>"


def _counts(found: Done, words: Words) -> str:
    if not found.counted:
        return f"<p>{escape(words('history.shift_nothing'))}</p>"
    states = list(dict.fromkeys(one.state for one in found.counted))
    kinds = list(dict.fromkeys(one.kind for one in found.counted))
    counts = {(one.kind, one.state): one.count for one in found.counted}
    heads = "".join(f"<th>{escape(words.word('state', state))}</th>" for state in states)
    rows = "".join(
        f"<tr><td>{escape(words.word('kind', kind))}</td>"
        + "".join(f"<td align='right'>{counts.get((kind, one), '')}</td>" for one in states)
        + "</tr>"
        for kind in kinds
    )
    return (
        f"<table cellpadding='4' border='1' cellspacing='0'><tr><th></th>{heads}</tr>{rows}</table>"
    )


def _unresolved(found: Done, words: Words) -> str:
    if not found.unresolved:
        return f"<p>{escape(words('history.shift_settled'))}</p>"
    items = "".join(f"<li>{escape(name)}</li>" for name in found.unresolved)
    return f"<ul>{items}</ul>"


def _grouped(head: str) -> str:
    """A hash that people compare by eye: in groups."""
    parts = [head[place : place + _GROUP] for place in range(0, len(head), _GROUP)]
    return escape(" ".join(parts))


def _signatures(words: Words) -> str:
    cells = "".join(
        f"<td width='50%'>{escape(words(f'history.{key}'))}: ______________________</td>"
        for key in ("shift_from", "shift_to")
    )
    return f"<table width='100%'><tr>{cells}</tr></table>"
