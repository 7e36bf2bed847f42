"""Doing one card of an order: which workflow it is. Called on the encoder's lane."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Final

from station.domain.operation import Kind, OperationRow, State
from station.domain.operator import Operator
from station.domain.room import Room
from station.errors import Code, InputInvalid, Refused
from station.workflows import replace as replacing
from station.workflows.check_out import Leaving, Line, LineOf, check_out
from station.workflows.copy import copy
from station.workflows.desk import NO_CONSENT, Consent, Desk
from station.workflows.extend import extend
from station.workflows.issue import NewStay, issue
from station.workflows.looking import look
from station.workflows.move import move
from station.workflows.read import read
from station.workflows.recycle import recycle
from station.workflows.result import CardResult
from station.workflows.ways_in import WayIn, ways_in
from ui.presenters.card_facts import seen_of
from ui.presenters.card_form import Order
from ui.presenters.card_state import Action, Seen


@dataclass(frozen=True, slots=True)
class Turn:
    """One card of an order: which it is, and what it belongs to."""

    order: Order
    number: int = 1
    parent: str = ""
    consent: Consent = NO_CONSENT


@dataclass(frozen=True, slots=True)
class CardRead:
    """F3: what was read, and what became of operations that this settled."""

    result: CardResult
    seen: Seen
    settled: tuple[OperationRow, ...]


@dataclass(frozen=True, slots=True)
class Leave(CardResult):
    """One card of a check-out: what became of each part, and what still opens the door."""

    lines: tuple[Line, ...] = ()
    remaining: tuple[WayIn, ...] = ()

    @classmethod
    def of(cls, card: CardResult, lines: Iterable[Line], ways: Iterable[WayIn]) -> "Leave":
        """A card's result with the rest."""
        same = {each.name: getattr(card, each.name) for each in fields(CardResult)}
        return cls(**same, lines=tuple(lines), remaining=tuple(ways))


_KINDS: Final = {
    Action.ISSUE: Kind.ISSUE,
    Action.COPY: Kind.COPY,
    Action.EXTEND: Kind.EXTEND,
    Action.MOVE: Kind.MOVE,
    Action.REPLACE: Kind.REPLACE,
    Action.RECYCLE: Kind.RECYCLE,
    Action.CHECK_OUT: Kind.CHECK_OUT,
}


def do(desk: Desk, operator: Operator, turn: Turn) -> CardResult:
    """Do one card. A rule that says no becomes a `refused` result. Raises `JournalUnsafe`."""
    order = turn.order
    try:
        return _WORK[order.action](desk, operator, turn)
    except (Refused, InputInvalid) as error:
        kind = _KINDS[order.action]
        return CardResult("", kind, State.REFUSED, room=order.room, error=error)


def read_card(desk: Desk, operator: Operator) -> CardRead:
    """F3, journalled. Raises `Refused` ENCODER_BUSY, NOT_ALLOWED, `JournalUnsafe`."""
    reading = read(desk, operator)
    rows = (desk.journal.operation(name) for name in reading.result.settled)
    settled = tuple(row for row in rows if row is not None)
    return CardRead(reading.result, seen_of(desk, reading.result.found), settled)


def others_to_reencode(desk: Desk, old_stay: str) -> int:
    """How many further cards a replaced stay has: the lost one is not waited for."""
    return max(replacing.cards_to_reencode(desk, old_stay) - 1, 0)


def _room(order: Order) -> Room:
    if order.room is None:
        raise InputInvalid(Code.FIELD_EMPTY, field="room")
    return order.room


def _issue(desk: Desk, operator: Operator, turn: Turn) -> CardResult:
    order = turn.order
    if turn.number > 1:
        return _copy(desk, operator, turn)
    if order.end is None:
        raise InputInvalid(Code.FIELD_EMPTY, field="until")
    wanted = NewStay(_room(order), order.end, order.guest, turn.consent)
    return issue(desk, operator, wanted)


def _copy(desk: Desk, operator: Operator, turn: Turn) -> CardResult:
    return copy(desk, operator, _room(turn.order), turn.consent, parent=turn.parent)


def _extend(desk: Desk, operator: Operator, turn: Turn) -> CardResult:
    order = turn.order
    if order.end is None:
        raise InputInvalid(Code.FIELD_EMPTY, field="until")
    return extend(desk, operator, _room(order), order.end, turn.consent, parent=turn.parent)


def _move(desk: Desk, operator: Operator, turn: Turn) -> CardResult:
    order = turn.order
    if order.target is None:
        raise InputInvalid(Code.FIELD_EMPTY, field="to_room")
    return move(desk, operator, _room(order), order.target, turn.consent)


def _replace(desk: Desk, operator: Operator, turn: Turn) -> CardResult:
    room = _room(turn.order)
    if turn.number == 1:
        return replacing.replace(desk, operator, room, turn.consent)
    old = turn.order.old_stay
    return replacing.reencode(desk, operator, room, old, turn.consent, parent=turn.parent)


def _recycle(desk: Desk, operator: Operator, turn: Turn) -> CardResult:
    return recycle(desk, operator, card_id=turn.order.card_id)


def _check_out(desk: Desk, operator: Operator, turn: Turn) -> CardResult:
    """The first card closes the stay and stops all else, the others are taken back after it."""
    order, room = turn.order, _room(turn.order)
    card_id = _own_card(desk, room) if order.clear else ""
    if turn.number > 1:
        result = recycle(desk, operator, card_id=card_id, room=room, parent=turn.parent)
        return Leave.of(result, (), ways_in(desk, room))
    done = check_out(desk, operator, Leaving(room, card=order.clear, gate=order.gate))
    card = next((line for line in done.lines if line.of == LineOf.CARD), None)
    made = desk.journal.operation(card.operation) if card and card.operation else None
    result = CardResult(
        done.operation,
        Kind.CHECK_OUT,
        card.state if card is not None and order.clear else State.DONE,
        room,
        card_id=card_id,
        uid=made.uid if made is not None else "",
        error=card.error if card is not None else None,
    )
    return Leave.of(result, done.lines, done.left)


def _own_card(desk: Desk, room: Room) -> str:
    """The card on the encoder, if it is one of this room; never one that cannot be read."""
    with desk.need_encoder().exclusive():
        content = look(desk)
    if content is None:
        raise Refused(Code.CARD_ALREADY_BLANK)
    if content.room_id != room.id:
        raise Refused(Code.WRONG_CARD, room=room.name, card_id=content.card_id)
    return content.card_id


_WORK: Final[dict[Action, Callable[[Desk, Operator, Turn], CardResult]]] = {
    Action.ISSUE: _issue,
    Action.COPY: _copy,
    Action.EXTEND: _extend,
    Action.MOVE: _move,
    Action.REPLACE: _replace,
    Action.RECYCLE: _recycle,
    Action.CHECK_OUT: _check_out,
}
