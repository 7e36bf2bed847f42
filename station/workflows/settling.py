"""What a look at a card says about an operation whose outcome nobody saw.

An intent holds everything that would be true had it been done. A card that carries exactly what the
intent meant to write says `done`; the same card carrying anything else says `not written`. A card
that cannot be told to be the same one settles nothing by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from station.domain.card import CardContent, CardState, differing_fields
from station.domain.event import CardFacts, ContentFacts, Payload, StayFacts
from station.domain.operation import CARD_KINDS, Kind, OperationRow, State
from station.domain.operator import Operator
from station.domain.stay import format_time
from station.errors import Code, StationError
from station.workflows.desk import Desk
from station.workflows.records import Record, card_facts_of, changed, taken_back


@dataclass(frozen=True, slots=True)
class Intended:
    """What an operation meant to make true."""

    stay: StayFacts | None
    closes: tuple[str, ...]
    cards: tuple[CardFacts, ...]
    operation: str
    card_id: str = ""
    """A recycle: the card to be cleared. A write: the card that lay there, where readable."""
    uid: str = ""
    before: ContentFacts | None = None
    """What lay on the encoder before the write; None where nobody had looked yet."""


def intended(desk: Desk, operation: str) -> Intended:
    """Read an operation's newest intent and what was seen on the encoder before the write."""
    stay: StayFacts | None = None
    closes: tuple[str, ...] = ()
    cards: tuple[CardFacts, ...] = ()
    card_id, uid = "", ""
    before: ContentFacts | None = None
    for event in desk.journal.events(operation):
        payload = event.payload
        if payload.state is State.INTENT:
            stay, closes, cards = payload.stay, payload.closes, payload.cards
            card_id = payload.card_id or card_id
            uid = payload.uid or uid
        elif payload.before is not None:
            before = payload.before
            card_id = payload.before.card_id or card_id
            uid = payload.uid or uid
        elif payload.state is State.STEP and payload.card_id:
            card_id = payload.card_id
    return Intended(stay, closes, cards, operation, card_id, uid, before)


def done_effects(desk: Desk, intent: Intended, card_id: str, uid: str) -> dict[str, Any]:
    """Fields of the outcome's payload once the card is known to carry the intended stay."""
    stay = intent.stay
    if stay is None:  # a recycle
        cards, closes = taken_back(desk, card_id) if card_id else (intent.cards, intent.closes)
        return {"cards": cards, "closes": closes, "card_id": card_id, "uid": uid}
    drops = _doubtful(desk, stay, intent.operation)
    old_cards, old_stays = taken_back(desk, card_id, keep=stay.id)
    old_cards = tuple(card for card in old_cards if (card.stay_id, card.key) not in drops)
    rewritten = {(card.stay_id, card.key) for card in old_cards} | {(stay.id, card_id)}
    others = tuple(
        card
        for card in _as_they_are(desk, intent.cards)
        if (card.stay_id, card.key) not in rewritten
    )
    closes = intent.closes + old_stays + _succession(desk, stay)
    known = desk.journal.stay(stay.id)
    card = card_facts_of(stay, CardState.OUT, card_id, uid)
    if known is not None:  # settled late: the stay may have been extended meanwhile
        end = max(stay.expires_at, format_time(known.expires_at))
        stay = msgspec.structs.replace(stay, expires_at=end)
    return {
        "stay": stay,
        "closes": tuple(dict.fromkeys(closes)),
        "drops": drops,
        "cards": (*others, *old_cards, card),
        "card_id": card_id,
        "uid": uid,
    }


def _as_they_are(desk: Desk, cards: tuple[CardFacts, ...]) -> Iterator[CardFacts]:
    """Cards that an intent wanted changed, settled late: those still outside, with today's end."""
    for card in cards:
        for row in desk.journal.cards(card.stay_id):
            if row.key == card.key and row.state is CardState.OUT:
                yield changed(row, card.state)


def _succession(desk: Desk, stay: StayFacts) -> tuple[str, ...]:
    """The newest start has the room: what is older and still open is over, this stay perhaps."""
    others = [one for one in desk.journal.stays(stay.room_id) if not one.closed]
    start = stay.authorisation().authorised_at
    over = tuple(one.id for one in others if one.id != stay.id and one.authorised_at < start)
    return (*over, stay.id) if any(one.authorised_at > start for one in others) else over


def stand_in(stay: StayFacts) -> StayFacts:
    """What a doubtful card hangs on while nobody knows whether its new stay ever began."""
    return msgspec.structs.replace(stay, id=f"{stay.id}?")


def _doubtful(desk: Desk, stay: StayFacts, operation: str) -> tuple[tuple[str, str], ...]:
    """(stay id, key) of the card that was listed while this operation was in doubt."""
    key = f"?{operation}"
    places = (stay.id, stand_in(stay).id)
    return tuple(
        (place, key) for place in places for row in desk.journal.cards(place) if row.key == key
    )


def settle_found(
    desk: Desk, operator: Operator, content: CardContent, *, but: str = ""
) -> tuple[str, ...]:
    """Settle every unresolved operation that this card's content leaves no doubt about.

    The newest first: what a card holds is what was written on it last.
    """
    settled = []
    for row in reversed(desk.journal.unresolved()):
        if row.operation == but or row.kind not in CARD_KINDS or row.state is not State.UNKNOWN:
            continue
        intent = intended(desk, row.operation)
        verdict = judge(desk, row, intent, content)
        if verdict is not None:
            settle(desk, operator, row, intent, verdict, content)
            settled.append(row.operation)
    return tuple(settled)


def judge(desk: Desk, row: OperationRow, intent: Intended, content: CardContent) -> State | None:
    """DONE, FAILED (not written), or None where the card may be another one."""
    if another_uid(desk, intent):
        return None
    same_card = bool(intent.card_id) and intent.card_id == content.card_id
    if row.kind is Kind.RECYCLE:
        return State.FAILED if same_card else None
    assert intent.stay is not None  # noqa: S101 - every other card operation has one
    if intent.card_id and not same_card:
        return None
    if differing_fields(content, intent.stay.authorisation(), None):
        return State.FAILED if same_card else None
    if same_card and _held_before(intent):
        return State.FAILED  # a rule was about to refuse it: the card holds that already
    if not same_card and _counted_already(desk, intent.stay, content):
        return None
    return State.DONE


def another_uid(desk: Desk, intent: Intended) -> bool:
    """Whether the reader sees another card than it saw when the operation looked."""
    uid = desk.uid_now()
    return bool(uid and intent.uid) and uid != intent.uid


def _held_before(intent: Intended) -> bool:
    """Whether the card held what was to be written already when the desk looked."""
    before, stay = intent.before, intent.stay
    return (
        before is not None
        and stay is not None
        and (before.room_id, before.authorised_at, before.expires_at)
        == (stay.room_id, stay.authorised_at, stay.expires_at)
    )


def _counted_already(desk: Desk, stay: StayFacts, content: CardContent) -> bool:
    """Whether the card is one that the stay has counted with this very end: a copy's elder."""
    return any(
        row.card_id == content.card_id
        and row.state is CardState.OUT
        and row.expires_at == content.expires_at
        for row in desk.journal.cards(stay.id)
    )


def settle(
    desk: Desk,
    operator: Operator,
    row: OperationRow,
    intent: Intended,
    verdict: State,
    content: CardContent | None,
) -> None:
    """Write down what became of an unresolved operation."""
    room = desk.room_by_id(row.room_id) if row.room_id else None
    record = Record(desk, operator, row.kind, row.operation, room=room)
    if verdict is State.DONE:
        card_id = content.card_id if content else intent.card_id
        effects = done_effects(desk, intent, card_id, intent.uid)
        record.outcome(Payload(state=State.DONE, **effects))
        return
    drops = _doubtful(desk, intent.stay, row.operation) if intent.stay else ()
    error = StationError(Code.NOT_WRITTEN)
    record.failure(State.FAILED, error, drops=drops, card_id=intent.card_id)
