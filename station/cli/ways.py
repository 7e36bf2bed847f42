"""What still opens a door (`opens`), and check-out in one go (`checkout`)."""

from typing import Annotated

from station.cli import documents
from station.cli.declare import Call, Gate, RoomText, command, option
from station.cli.documents import Document
from station.cli.output import status_of
from station.cli.parsing import check_room_text
from station.cli.residents import masked
from station.cli.results import MARKS
from station.cli.session import Session, opened
from station.domain.operation import Kind, State
from station.domain.stay import format_time
from station.workflows.check_out import CheckedOut, Leaving, Line, LineOf, check_out
from station.workflows.ways_in import WayIn, ways_in

WELL = frozenset({State.DONE, State.WAITING})


@command("opens")
def opens_command(call: Call, room: RoomText) -> int:
    check_room_text(room)
    with opened(call) as session:
        found = session.desk.room(room)
        ways = [(way, _document(session, way)) for way in ways_in(session.desk, found)]
    if call.out.json:
        call.out.document({"room": documents.room(found), "opens": [shown for _, shown in ways]})
        return 0
    if not ways:
        call.out.say(call.words.text("cli.nothing_opens", room=found.name))
        return 0
    _table(call, ways)
    return 0


@command("checkout")
def checkout_command(
    call: Call,
    room: RoomText,
    no_card: Annotated[bool, option("--no-card")] = False,
    gate: Gate = False,
) -> int:
    check_room_text(room)
    with opened(call, encoder=True, gate=gate) as session:
        found = session.desk.room(room)
        wanted = Leaving(found, card=not no_card, gate=gate)
        result = check_out(session.desk, session.operator, wanted)
        left = [(way, _document(session, way)) for way in result.left]
    call.out.document_or(
        lambda: _checked_out(call, result, left), lambda: _lines(call, result, left)
    )
    return _status(result)


def _status(result: CheckedOut) -> int:
    """The gravest line's."""
    failed = [line for line in result.lines if line.state not in WELL]
    return max((status_of(line.error) for line in failed), default=0)


def _document(session: Session, way: WayIn) -> Document:
    card, credential = way.card, way.credential
    stay = session.desk.journal.stay(card.stay_id) if card else None
    start = stay.authorised_at if stay else credential.authorised_at if credential else None
    state = card.state.value if card else credential.state.value if credential else None
    return {
        "kind": way.kind,
        "card_id": (card.card_id or None) if card else None,
        "uid": (card.uid or None) if card else None,
        "credential": credential.id if credential else None,
        "slot": (credential.slot or None) if credential else None,
        "state": state,
        "guest": masked(session, way.holder) or None,
        "authorised_at": format_time(start) if start else None,
        "until": format_time(way.until),
        "certainty": way.certainty.value,
        "revoking": way.revoking.value,
    }


def _table(call: Call, ways: list[tuple[WayIn, Document]]) -> None:
    words = call.words
    heads = ("credential", "card", "guest", "until", "certainty", "revoking")
    call.out.table(
        [words.text(f"cli.head_{name}") for name in heads],
        (
            (
                kind_word(call, way.kind),
                _which(call, way),
                shown["guest"],
                shown["until"],
                words.text(f"cli.certainty_{way.certainty.value}"),
                words.text(f"cli.revoking_{way.revoking.value}"),
            )
            for way, shown in ways
        ),
    )


def kind_word(call: Call, kind: str) -> str:
    """`card`, a credential's kind, or a check-out's part."""
    if kind in tuple(LineOf):
        return call.words.text(f"cli.line_{kind}")
    return call.words.word("credential", kind)


def _which(call: Call, way: WayIn) -> str:
    """A card's number; a credential's slot and its own number, by which it is stopped."""
    if way.credential is None:
        number = way.card.card_id if way.card else ""
        return number or call.words.text("cli.unknown_card")
    slot = way.credential.slot
    return f"{way.credential.id} [{slot}]" if slot else way.credential.id


def _checked_out(call: Call, result: CheckedOut, left: list[tuple[WayIn, Document]]) -> Document:
    worst = next(
        (line.error for line in result.lines if line.error and line.state not in WELL), None
    )
    return {
        "operation": result.operation,
        "kind": Kind.CHECK_OUT.value,
        "state": documents.state_word(result.state),
        "error": worst.code.value if worst else None,
        "message": call.words.sentence(worst) if worst else _said(call, result),
        "room": documents.room(result.room),
        "lines": [_line(call, line) for line in result.lines],
        "left": [shown for _, shown in left],
    }


def _line(call: Call, line: Line) -> Document:
    error = line.error
    return {
        "of": str(line.of),
        "state": documents.state_word(line.state),
        "operation": line.operation or None,
        "credential": line.credential.id if line.credential else None,
        "cards": line.cards,
        "error": error.code.value if error else None,
        "message": call.words.sentence(error) if error else None,
        "vendor": documents.vendor(error),
    }


def _said(call: Call, result: CheckedOut) -> str:
    return call.words.text("cli.said_check_out", room=result.room.name)


def _lines(call: Call, result: CheckedOut, left: list[tuple[WayIn, Document]]) -> None:
    words = call.words
    for line in result.lines:
        mark, style = MARKS.get(line.state, ("✘", "red"))
        waits = line.state is State.WAITING
        how = words.text("cli.line_waits") if waits else words.word("state", line.state)
        text = f"{mark} {kind_word(call, str(line.of))}: {how}"
        if line.cards:
            text += f" ({words.text('cli.line_cards', cards=line.cards)})"
        call.out.say(text, style=style)
        if line.error is not None and not waits:
            call.out.explain(line.error)
    call.out.say(_said(call, result), style="bold")
    if left:
        call.out.say(words.text("cli.still_opens"), style="yellow")
        _table(call, left)
