"""What the journal says of cards while an outcome is in doubt, and once somebody leaves it so.

An unknown write may have changed its card or not, so the card may open two doors: the one it opened
before and the new one. Doubtful cards hang on the key `?` + operation, so that settling drops
exactly them; a stay that nobody lives in yet gets a closed stand-in for its doubtful card.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from station.domain.card import CardContent, CardState
from station.domain.event import CardFacts, StayFacts
from station.domain.operation import Kind, OperationRow
from station.domain.stay import format_time
from station.ports import CardRow
from station.workflows.desk import Desk
from station.workflows.records import OUTSIDE, card_facts_of, changed, taken_back
from station.workflows.settling import Intended, intended, stand_in


def doubts(desk: Desk) -> list[Intended]:
    """What every operation without an outcome meant to do."""
    return [intended(desk, row.operation) for row in desk.journal.unresolved()]


def concerns(doubt: Intended, row: CardRow) -> bool:
    """Whether the doubtful write may have changed this very card."""
    same_uid = bool(row.uid) and doubt.uid == row.uid
    return same_uid or (bool(row.card_id) and doubt.card_id == row.card_id)


def latest_end(doubt: Intended, row: CardRow) -> datetime:
    """The later of the card's end and the one that the doubtful write would have given it."""
    if doubt.stay is None or doubt.stay.id != row.stay_id:
        return row.expires_at
    return max(row.expires_at, doubt.stay.authorisation().expires_at)


def unknown_effects(
    desk: Desk, stay: StayFacts, operation: str, card_id: str, uid: str
) -> dict[str, Any]:
    """Fields of an `unknown` outcome: the card that may exist.

    A card that the stay counts already is not listed twice (extending); `openers` sees the doubt.
    """
    if _counted(desk, stay, card_id):
        return {}
    return _card_of(desk, stay, operation, CardState.POSSIBLE, f"?{operation}", card_id, uid)


def mismatch_effects(
    desk: Desk, intent: Intended, after: CardContent | None, card_id: str, uid: str
) -> dict[str, Any]:
    """Fields of a `mismatch` outcome: the card that exists, and is not as it was meant to be.

    Where the read-back shows the same card, it tells what the card carries now; of another card
    that was swapped in nothing is learnt, and the written one may be anything.
    """
    stay, same = intent.stay, after is not None and after.card_id == card_id
    assert stay is not None  # noqa: S101 - every write has one
    carries = after is not None and (after.room_id, format_time(after.authorised_at)) == (
        stay.room_id,
        stay.authorised_at,
    )
    if after is not None and same and carries:
        stay = msgspec.structs.replace(stay, expires_at=format_time(after.expires_at))
    effects: dict[str, Any] = {}
    if carries or not same or not _counted(desk, stay, card_id):
        key = card_id or f"?{intent.operation}"
        effects = _card_of(desk, stay, intent.operation, CardState.WRONG, key, card_id, uid)
    others, closes = _other_stays(desk, after if same else None, card_id)
    named = {(card.stay_id, card.key) for card in effects.get("cards", ())}
    others = tuple(card for card in others if (card.stay_id, card.key) not in named)
    return effects | {
        "cards": (*effects.get("cards", ()), *others),
        "closes": (*effects.get("closes", ()), *closes),
    }


def set_aside_effects(desk: Desk, row: OperationRow) -> dict[str, Any]:
    """Fields of a `set_aside` outcome: what its card may open stays listed as possible."""
    doubt = intended(desk, row.operation)
    return {"cards": tuple(_possible(desk, doubt, row.kind))}


def now_possible(desk: Desk, card_id: str) -> tuple[CardFacts, ...]:
    """A card that may have been changed unseen: each of its stays is only possible."""
    rows = desk.journal.stays_of_card(card_id) if card_id else []
    outside = [row for row in rows if row.state in OUTSIDE and row.key == card_id]
    return tuple(changed(row, CardState.POSSIBLE) for row in outside)


def _possible(desk: Desk, doubt: Intended, kind: Kind) -> Iterator[CardFacts]:
    for card in desk.journal.stays_of_card(doubt.card_id) if doubt.card_id else ():
        if card.state not in OUTSIDE or card.key.startswith("?"):
            continue
        facts = changed(card, CardState.POSSIBLE)
        if kind is not Kind.RECYCLE:
            end = format_time(latest_end(doubt, card))
            facts = msgspec.structs.replace(facts, expires_at=end)
        yield facts


def _counted(desk: Desk, stay: StayFacts, card_id: str) -> bool:
    return any(
        row.card_id == card_id and row.key == card_id and row.state in OUTSIDE
        for row in desk.journal.cards(stay.id)
    )


def _card_of(
    desk: Desk,
    stay: StayFacts,
    operation: str,
    state: CardState,
    key: str,
    card_id: str,
    uid: str,
) -> dict[str, Any]:
    if desk.journal.stay(stay.id) is not None:
        facts = msgspec.structs.replace(
            card_facts_of(stay, state, card_id, uid, operation), key=key
        )
        return {"cards": (facts,)}
    place = stand_in(stay)
    facts = msgspec.structs.replace(card_facts_of(place, state, card_id, uid, operation), key=key)
    return {"stay": place, "closes": (place.id,), "cards": (facts,)}


def _other_stays(
    desk: Desk, carried: CardContent | None, card_id: str
) -> tuple[tuple[CardFacts, ...], tuple[str, ...]]:
    """The card's other stays: over where it was seen to carry something else, else possible."""
    rows = desk.journal.stays_of_card(card_id) if card_id else []
    if carried is None:
        return now_possible(desk, card_id), ()
    keep = ""
    for row in rows:
        stay = desk.journal.stay(row.stay_id)
        if stay and (stay.room_id, stay.authorised_at) == (
            carried.room_id,
            carried.authorised_at,
        ):
            keep = stay.id
    cards, closes = taken_back(desk, card_id, keep=keep)
    return tuple(card for card in cards if card.stay_id != keep), closes
