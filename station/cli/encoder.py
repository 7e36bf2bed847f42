"""The card on the encoder: read, recycle, settle what is unresolved."""

from collections.abc import Sequence
from typing import Annotated

from station.cli import documents
from station.cli.declare import Call, Reason, command, option
from station.cli.documents import Document
from station.cli.parsing import at_most_one, check_room_text
from station.cli.residents import masked
from station.cli.results import tell
from station.cli.session import Session, opened
from station.domain.card import parse_card_id
from station.domain.credential import Credential
from station.domain.operation import OperationRow
from station.domain.person import clean_text, parse_reason
from station.domain.stay import format_time
from station.errors import Code, InputInvalid
from station.workflows import recover
from station.workflows.read import read
from station.workflows.recycle import recycle
from station.workflows.ways_in import needing_attention

MAX_OPERATION = 40


@command("read")
def read_command(call: Call) -> int:
    with opened(call, encoder=True) as session:
        reading = read(session.desk, session.operator)
        holder = session.desk.journal.person(reading.holder).masked if reading.holder else ""
    standing = reading.standing.value if reading.standing else None
    if standing and not call.out.json:
        call.out.say(call.words.text(f"cli.standing_{standing}", guest=holder))
    return tell(call, reading.result, standing=standing, guest=holder or None)


@command("recycle")
def recycle_command(
    call: Call,
    card_id: Annotated[str | None, option("--card-id", metavar="HEX")] = None,
    room: Annotated[str | None, option("--room", metavar="ROOM")] = None,
) -> int:
    at_most_one(card_id=card_id, room=room)
    number = "" if card_id is None else parse_card_id(card_id)
    if room is not None:
        check_room_text(room)
    with opened(call, encoder=True) as session:
        desk = session.desk
        found = None if room is None else desk.room(room)
        result = recycle(desk, session.operator, card_id=number, room=found)
    return tell(call, result)


@command("unresolved")
def unresolved_command(
    call: Call,
    resolve: Annotated[bool, option("--resolve")] = False,
    operation: Annotated[str | None, option("--operation", metavar="OPERATION")] = None,
    set_aside: Annotated[str | None, option("--set-aside", metavar="OPERATION")] = None,
    reason: Reason = None,
) -> int:
    if resolve and set_aside is not None:
        raise InputInvalid(Code.FIELDS_EXCLUSIVE, fields="resolve, set_aside")
    if operation is not None and not resolve:
        raise InputInvalid(Code.FIELDS_ONE_NEEDED, fields="resolve")
    named = "" if operation is None else _operation(operation)
    if set_aside is not None:
        wanted, why = _operation(set_aside), parse_reason(reason or "")
        with opened(call, encoder=True) as session:
            row = recover.set_aside(session.desk, session.operator, wanted, why)
            return _rows(session, [row])
    with opened(call, encoder=True, reader=resolve) as session:
        if resolve:
            return _rows(session, recover.resolve(session.desk, session.operator, named))
        doubtful = [_doubtful(session, each) for each in needing_attention(session.desk)]
        return _rows(session, recover.unresolved(session.desk), doubtful)


def _operation(text: str) -> str:
    return clean_text(text, field="operation", limit=MAX_OPERATION)


def _doubtful(session: Session, credential: Credential) -> Document:
    """A credential that may open a door although nobody is sure, or waits for its stop."""
    room = session.desk.room_by_id(credential.room_id)
    return {
        "operation": credential.operation or None,
        "kind": credential.kind.value,
        "state": credential.state.value,
        "room": documents.room(room),
        "credential": credential.id,
        "slot": credential.slot or None,
        "guest": masked(session, credential.holder) or None,
        "authorised_at": format_time(credential.authorised_at),
        "expires_at": format_time(credential.expires_at),
    }


def _rows(session: Session, rows: list[OperationRow], doubtful: Sequence[Document] = ()) -> int:
    call, clock = session.call, session.station.clock
    if call.out.json:
        shown = [documents.operation_row(row, clock) for row in rows]
        call.out.document([*shown, *doubtful])
        return 0
    if not rows and not doubtful:
        call.out.say(call.words.text("cli.nothing_unresolved"))
    if rows:
        _operations(session, rows)
    if doubtful:
        _credentials(call, doubtful)
    return 0


def _operations(session: Session, rows: list[OperationRow]) -> None:
    call, clock, words = session.call, session.station.clock, session.call.words
    call.out.table(
        [words.text(f"cli.head_{name}") for name in ("operation", "time", "kind", "room", "state")],
        (
            (
                row.operation,
                documents.site_time(row.started_at, clock),
                words.word("kind", row.kind),
                row.room_name,
                words.word("state", row.state),
            )
            for row in rows
        ),
    )


def _credentials(call: Call, doubtful: Sequence[Document]) -> None:
    words = call.words
    call.out.say(words.text("cli.doubtful"), style="yellow")
    heads = ("credential", "id", "slot", "room", "until", "state")
    call.out.table(
        [words.text(f"cli.head_{name}") for name in heads],
        (
            (
                words.word("credential", each["kind"]),
                each["credential"],
                each["slot"],
                each["room"]["name"],
                each["expires_at"],
                words.word("credential_state", each["state"]),
            )
            for each in doubtful
        ),
    )
    call.out.say(words.text("cli.doubtful_next"))
