"""Unresolved (待确认): what a killed program or a lost answer left open, settled by looking."""

from datetime import timedelta

from station.domain.card import CardContent, CardState
from station.domain.event import Payload
from station.domain.operation import CARD_KINDS, Kind, OperationRow, State
from station.domain.operator import Operator, Permission
from station.domain.person import parse_reason
from station.errors import Code, InputInvalid, Refused, StationError
from station.ports import HistoryFilter
from station.workflows import settling
from station.workflows.desk import NOBODY, Desk
from station.workflows.doubt import set_aside_effects, unknown_effects
from station.workflows.looking import look
from station.workflows.records import Record
from station.workflows.settling import Intended, intended

_GROUP_IS_DEAD_AFTER = timedelta(minutes=10)


def adopt_interrupted(desk: Desk) -> list[str]:
    """Mark what was under way when a program ended as `unknown`; returns those operations.

    Only while nobody holds the encoder: an operation of a live program is left alone.
    """
    groups = HistoryFilter(kind=Kind.GROUP, state=State.INTENT)
    under_way = [row for row in desk.journal.unresolved() if row.state is State.INTENT]
    under_way += desk.journal.history(groups)
    if not under_way or desk.encoder is None:
        return []
    try:
        with desk.encoder.exclusive():
            return [row.operation for row in under_way if _adopt(desk, row.operation)]
    except Refused as error:
        if error.code is Code.ENCODER_BUSY:
            return []
        raise


def _adopt(desk: Desk, operation: str) -> bool:
    row = desk.journal.operation(operation)  # once more: it may have ended before the lock was ours
    if row is None or row.state is not State.INTENT or row.desk != desk.journal.desk:
        return False
    room = desk.room_by_id(row.room_id) if row.room_id else None
    record = Record(desk, NOBODY, row.kind, operation, room=room)
    error = StationError(Code.INTERRUPTED)
    if row.kind not in CARD_KINDS:
        return _adopt_group(desk, row, record, error)
    intent = intended(desk, operation)
    effects: dict[str, object] = {"card_id": intent.card_id, "uid": intent.uid}
    if intent.stay is not None:
        effects |= unknown_effects(desk, intent.stay, operation, intent.card_id, intent.uid)
    record.failure(State.UNKNOWN, error, **effects)
    return True


def _adopt_group(desk: Desk, row: OperationRow, record: Record, error: StationError) -> bool:
    """A group is only a list: its rooms have operations of their own."""
    last = max(
        [row.started_at, *(child.started_at for child in desk.journal.children(row.operation))]
    )
    if row.kind is Kind.GROUP and desk.clock.utc() - last < _GROUP_IS_DEAD_AFTER:
        return False  # perhaps the operator is fetching the next card
    record.failure(State.FAILED, error)
    return True


def unresolved(desk: Desk) -> list[OperationRow]:
    """What is open and asks for a card, oldest first."""
    adopt_interrupted(desk)
    return _open(desk)


def _open(desk: Desk) -> list[OperationRow]:
    return [
        row
        for row in desk.journal.unresolved()
        if row.state is State.UNKNOWN and row.kind in CARD_KINDS
    ]


def resolve(desk: Desk, operator: Operator, operation: str = "") -> list[OperationRow]:
    """Look at the card on the encoder and settle what it settles; returns what was settled.

    Raises `Refused` NOT_UNRESOLVED, WHICH_OPERATION (several are open and the card fits none) and
    WRONG_CARD (another card than the one that was being written), `Unreachable`, ENCODER_BUSY.
    """
    operator.require(Permission.SETTLE)
    adopt_interrupted(desk)
    with desk.need_encoder().exclusive():
        settled = _resolve(desk, operator, operation)
    rows = (desk.journal.operation(name) for name in settled)
    return [row for row in rows if row is not None]


def _resolve(desk: Desk, operator: Operator, operation: str) -> tuple[str, ...]:
    open_rows = _open(desk)
    if operation and operation not in {row.operation for row in open_rows}:
        raise Refused(Code.NOT_UNRESOLVED, operation=operation)
    if not open_rows:
        return ()
    content = look(desk)
    settled: tuple[str, ...] = ()
    if content is not None:
        settled = settling.settle_found(desk, operator, content)
    if not settled or (operation and operation not in settled):
        row = _the_one(open_rows, operation, settled)
        _settle_by_look(desk, operator, row, content)
        settled = (*settled, row.operation)
    return settled


def _the_one(rows: list[OperationRow], operation: str, settled: tuple[str, ...]) -> OperationRow:
    left = [row for row in rows if row.operation not in settled]
    named = [row for row in left if row.operation == operation] if operation else left
    if len(named) != 1:
        names = ", ".join(row.operation for row in left[:10])
        raise Refused(Code.WHICH_OPERATION, operations=names)
    return named[0]


def _settle_by_look(
    desk: Desk, operator: Operator, row: OperationRow, content: CardContent | None
) -> None:
    intent = intended(desk, row.operation)
    if content is None:
        if not _may_be_the_blank_card(desk, row.kind, intent):
            raise Refused(Code.WRONG_CARD, room=row.room_name, card_id="-")
        verdict = State.DONE if row.kind is Kind.RECYCLE else State.FAILED
    else:
        judged = settling.judge(desk, row, intent, content)
        if judged is None and not _may_be_the_card(desk, row.kind, intent, content):
            raise Refused(Code.WRONG_CARD, room=row.room_name, card_id=content.card_id)
        verdict = judged or State.FAILED
    settling.settle(desk, operator, row, intent, verdict, content)


def _may_be_the_blank_card(desk: Desk, kind: Kind, intent: Intended) -> bool:
    """Whether a card that cannot be read may be the one that the operation was about.

    Only the reader can tell: where it saw a card then, it must see the same one now. A card that
    could be read before a write and not after it is neither written nor as it was.
    """
    if intent.uid and desk.uid_now() != intent.uid:
        return False
    return kind is Kind.RECYCLE or intent.before is None or not intent.before.card_id


def _may_be_the_card(desk: Desk, kind: Kind, intent: Intended, content: CardContent) -> bool:
    """Whether a card with other content could be the one that the operation was about.

    One that the journal counts among somebody's cards is another card, unless this very operation
    was to change it (the card of an extended stay, or of the stay that a move closes).
    """
    if intent.card_id or settling.another_uid(desk, intent):
        return False
    if intent.before is None and intent.uid and intent.uid == desk.uid_now():
        return True  # nothing was sent before the desk looked, and this card lay there
    expected = set(intent.closes)
    if kind is Kind.EXTEND and intent.stay is not None:
        expected.add(intent.stay.id)
    return not any(
        row.state is CardState.OUT and row.stay_id not in expected
        for row in desk.journal.stays_of_card(content.card_id)
    )


def set_aside(desk: Desk, operator: Operator, operation: str, reason: str) -> OperationRow:
    """Leave an unresolved operation as it is, with a reason; its card stays listed as possible."""
    operator.require(Permission.SETTLE)
    why = parse_reason(reason)
    adopt_interrupted(desk)
    row = desk.journal.operation(operation)
    if row is None:
        raise InputInvalid(Code.OPERATION_UNKNOWN, field="operation", value=operation[:40])
    if row.state is not State.UNKNOWN:
        raise Refused(Code.NOT_UNRESOLVED, operation=operation)
    room = desk.room_by_id(row.room_id) if row.room_id else None
    record = Record(desk, operator, row.kind, operation, room=room)
    record.outcome(Payload(state=State.SET_ASIDE, reason=why, **set_aside_effects(desk, row)))
    after = desk.journal.operation(operation)
    return after if after is not None else row
