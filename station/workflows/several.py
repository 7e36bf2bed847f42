"""Several cards in a row: cards of one stay, a stay's other cards, the rooms of a group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from station.domain.event import Payload
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Permission
from station.domain.room import Room
from station.errors import Code, InputInvalid, JournalUnsafe, Refused, StationError
from station.workflows.copy import copy
from station.workflows.desk import NO_CONSENT, Consent, Desk, new_operation_id
from station.workflows.extend import extend
from station.workflows.issue import NewStay, issue
from station.workflows.records import Record
from station.workflows.replace import cards_to_reencode, reencode, replace
from station.workflows.result import CardResult

MAX_CARDS = 20
MAX_GROUP = 500


class Hands(Protocol):
    """Whoever puts the next card on the encoder."""

    def next_card(self, number: int, total: int, made: CardResult | None) -> bool:
        """Wait until card `number` of `total` lies there; False when the operator stops.

        `made` is the card that was there before it, None for the first.
        """


def check_count(cards: int) -> int:
    """1-20 cards of one stay. Raises `InputInvalid` FIELD_OUT_OF_RANGE."""
    if not 1 <= cards <= MAX_CARDS:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field="cards", low=1, high=MAX_CARDS)
    return cards


def issue_cards(
    desk: Desk, operator: Operator, wanted: NewStay, cards: int, hands: Hands
) -> CardResult:
    """A new stay with so many cards: the first is issued, the others are copies of it."""
    check_count(cards)
    first = issue(desk, operator, wanted)
    return _followed(
        first,
        cards,
        hands,
        lambda: copy(desk, operator, wanted.room, wanted.consent, parent=first.operation),
    )


def copy_cards(
    desk: Desk,
    operator: Operator,
    room: Room,
    cards: int,
    hands: Hands,
    consent: Consent = NO_CONSENT,
) -> CardResult:
    """So many more cards of the room's current stay."""
    check_count(cards)
    first = copy(desk, operator, room, consent)
    return _followed(
        first, cards, hands, lambda: copy(desk, operator, room, consent, parent=first.operation)
    )


def extend_cards(
    desk: Desk,
    operator: Operator,
    room: Room,
    expires_at: datetime,
    cards: int,
    hands: Hands,
    consent: Consent = NO_CONSENT,
) -> CardResult:
    """A later end on so many cards of the current stay."""
    check_count(cards)
    first = extend(desk, operator, room, expires_at, consent)
    return _followed(
        first,
        cards,
        hands,
        lambda: extend(desk, operator, room, expires_at, consent, parent=first.operation),
    )


def replace_cards(
    desk: Desk,
    operator: Operator,
    room: Room,
    hands: Hands,
    consent: Consent = NO_CONSENT,
) -> CardResult:
    """A lost card replaced, then the stay's other cards as long as `hands` brings them."""
    old_stay = next((stay for stay in desk.journal.stays(room.id) if not stay.closed), None)
    first = replace(desk, operator, room, consent)
    if old_stay is None or first.state is not State.DONE:
        return first
    others = cards_to_reencode(desk, old_stay.id) - 1
    return _followed(
        first,
        1 + max(others, 0),
        hands,
        lambda: reencode(desk, operator, room, old_stay.id, consent, parent=first.operation),
    )


def _followed(
    first: CardResult, cards: int, hands: Hands, make: Callable[[], CardResult]
) -> CardResult:
    """Go on as long as cards come and go well; what failed ends the row, nothing is made twice."""
    made = [first]
    while made[-1].state is State.DONE and len(made) < cards:
        if not hands.next_card(len(made) + 1, cards, made[-1]):
            break
        made.append(make())
    return first.with_children(tuple(made[1:]))


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """How far a group is."""

    done: int
    failed: int
    total: int
    room: Room
    result: CardResult | None


def group(
    desk: Desk,
    operator: Operator,
    rooms: Sequence[Room],
    expires_at: datetime,
    hands: Hands,
    *,
    consent: Consent = NO_CONSENT,
    progress: Callable[[GroupProgress], None] = lambda _: None,
) -> CardResult:
    """A card for each of many rooms, one after another (团队).

    What a rule or the vendor refuses is skipped and stays in the list; a device that cannot be
    reached, an unknown outcome or an unsafe journal ends the row.
    """
    operator.require(Permission.CARDS)
    desk.need_encoder()
    _check_group(rooms)
    record = Record(desk, operator, Kind.GROUP, new_operation_id(desk.clock.local()))
    record.intent(data={"rooms": ", ".join(room.name for room in rooms), "total": len(rooms)})
    made: list[CardResult] = []
    for number, room in enumerate(rooms, start=1):
        if not hands.next_card(number, len(rooms), made[-1] if made else None):
            break
        result = _group_room(desk, operator, NewStay(room, expires_at, consent=consent), record)
        made.append(result)
        done = sum(one.state is State.DONE for one in made)
        progress(GroupProgress(done, len(made) - done, len(rooms), room, result))
        if result.state in {State.UNKNOWN, State.FAILED}:
            break
    return _group_outcome(record, tuple(made), len(rooms))


def _check_group(rooms: Sequence[Room]) -> None:
    if not 1 <= len(rooms) <= MAX_GROUP:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field="rooms", low=1, high=MAX_GROUP)
    if len({room.id for room in rooms}) != len(rooms):
        raise InputInvalid(Code.FIELD_REPEATED, field="rooms")


def _group_room(desk: Desk, operator: Operator, wanted: NewStay, record: Record) -> CardResult:
    try:
        return issue(desk, operator, wanted, parent=record.operation)
    except JournalUnsafe:
        raise
    except (Refused, InputInvalid) as error:
        return CardResult("", Kind.ISSUE, State.REFUSED, room=wanted.room, error=error)


def _group_outcome(record: Record, made: tuple[CardResult, ...], total: int) -> CardResult:
    done = sum(one.state is State.DONE for one in made)
    data: dict[str, str | int | bool] = {"done": done, "made": len(made), "total": total}
    if done == total:
        record.outcome(Payload(state=State.DONE, data=data))
        return CardResult(record.operation, Kind.GROUP, State.DONE, children=made)
    error = StationError(Code.GROUP_INCOMPLETE, done=done, total=total)
    record.failure(State.FAILED, error, data=data)
    return CardResult(record.operation, Kind.GROUP, State.FAILED, error=error, children=made)
