"""The history: one page of it, or all that fits a filter into a file."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

from station.cli import documents
from station.cli.declare import Call, Force, command, option
from station.cli.parsing import at_most_one, check_room_text, choice, new_file, number_between
from station.cli.residents import masked
from station.cli.session import Session, opened
from station.compose.clock import SystemClock
from station.compose.export import SHARES, export_history
from station.domain.operation import Kind, OperationRow, State
from station.domain.person import clean_text
from station.domain.stay import parse_time
from station.errors import Code, InputInvalid
from station.ports import HistoryFilter
from station.workflows.history import history

MOST_ROWS = 1000
MAX_TEXT = 64
LATEST_NUMBER = 10**18


@command("history")
def history_command(
    call: Call,
    since: Annotated[str | None, option("--since", metavar="TIME")] = None,
    until: Annotated[str | None, option("--until", metavar="TIME")] = None,
    room: Annotated[str | None, option("--room", metavar="ROOM")] = None,
    card: Annotated[str | None, option("--card", metavar="HEX")] = None,
    by: Annotated[str | None, option("--operator", metavar="NAME")] = None,
    kind: Annotated[str | None, option("--kind", metavar="KIND")] = None,
    state: Annotated[str | None, option("--state", metavar="STATE")] = None,
    text: Annotated[str | None, option("--text", metavar="TEXT")] = None,
    limit: Annotated[str, option("--limit", metavar="N")] = "100",
    after: Annotated[str | None, option("--after", metavar="NUMBER")] = None,
    csv: Annotated[str | None, option("--csv", metavar="FILE")] = None,
    xlsx: Annotated[str | None, option("--xlsx", metavar="FILE")] = None,
    jsonl: Annotated[str | None, option("--jsonl", metavar="FILE")] = None,
    force: Force = False,
) -> int:
    at_most_one(csv=csv, xlsx=xlsx, jsonl=jsonl)
    files = {"csv": csv, "xlsx": xlsx, "jsonl": jsonl}
    target = next(
        (
            (form, new_file(name, field=form, force=force))
            for form, name in files.items()
            if name is not None
        ),
        None,
    )
    if room is not None:
        check_room_text(room)
    wanted = HistoryFilter(
        card=_line(card, "card"),
        operator=_line(by, "operator"),
        kind=None if kind is None else choice(kind, Kind, field="kind"),
        state=None if state is None else _state(state),
        text=_line(text, "text"),
        limit=number_between(limit, 1, MOST_ROWS, field="limit"),
        after=None if after is None else number_between(after, 1, LATEST_NUMBER, field="after"),
    )
    start = None if since is None else parse_time(since, field="since")
    end = None if until is None else parse_time(until, field="until")
    if start is not None and end is not None and end <= start:
        raise InputInvalid(
            Code.END_BEFORE_START, field="until", value=until or "", start=since or ""
        )
    with opened(call) as session:
        clock = session.station.clock
        # the desk's times of day are the site's; the journal's are UTC
        wanted = _in_utc(wanted, clock, start, end, _room_id(session, room))
        if target is not None:
            return _export(session, wanted, *target, force=force)
        rows = history(session.desk, session.operator, wanted)
        guests = {row.person: masked(session, row.person) for row in rows}
        _tell(call, rows, guests, clock)
    return 0


def _line(text: str | None, field: str) -> str:
    return "" if text is None else clean_text(text, field=field, limit=MAX_TEXT)


def _state(text: str) -> State:
    if text.strip() == documents.QUEUED:
        return State.WAITING
    return choice(text, State, field="state")


def _room_id(session: Session, room: str | None) -> str:
    return "" if room is None else session.desk.room(room).id


def _in_utc(
    wanted: HistoryFilter,
    clock: SystemClock,
    start: datetime | None,
    end: datetime | None,
    room_id: str,
) -> HistoryFilter:
    return replace(
        wanted,
        since=clock.to_utc(start) if start else None,
        until=clock.to_utc(end) if end else None,
        room_id=room_id,
    )


def _tell(call: Call, rows: list[OperationRow], guests: dict[str, str], clock: SystemClock) -> None:
    if call.out.json:
        call.out.document([documents.operation_row(row, clock, guests[row.person]) for row in rows])
        return
    words = call.words
    heads = ("number", "time", "operator", "kind", "state", "room", "card", "guest", "error")
    call.out.table(
        [words.text(f"cli.head_{name}") for name in heads],
        (
            (
                row.number,
                documents.site_time(row.started_at, clock),
                row.operator,
                words.word("kind", row.kind),
                words.word("state", row.state),
                row.room_name,
                row.card_id or row.uid,
                guests[row.person],
                row.vendor_msg or row.error,
            )
            for row in rows
        ),
    )


def _export(session: Session, wanted: HistoryFilter, form: str, path: Path, *, force: bool) -> int:
    call = session.call
    with call.out.bar(call.words.text("cli.exporting")) as step:
        count = export_history(
            session.station,
            session.operator,
            wanted,
            path,
            form,
            call.words,
            overwrite=force,
            progress=lambda _rows, share: step(share, SHARES),
        )
    call.out.document_or(
        lambda: {"file": str(path), "rows": count},
        lambda: call.out.say(call.words.text("cli.exported", rows=count, path=path)),
    )
    return 0
