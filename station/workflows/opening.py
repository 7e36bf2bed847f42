"""What still opens a door: a room's cards in somebody's hand, and how sure that is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from station.domain.card import CardState
from station.domain.room import Room
from station.domain.stay import Stay, format_time
from station.ports import CardRow
from station.workflows.desk import Desk
from station.workflows.doubt import concerns, doubts, latest_end
from station.workflows.records import OUTSIDE
from station.workflows.result import Risk


class Certainty(StrEnum):
    """A lock keeps the newest start it has seen, so the desk cannot always know."""

    OPENS = "opens"
    UNTIL_NEWER_USED = "until_newer_used"
    """Until a card with a newer start is first used at the lock."""
    PERHAPS = "perhaps"
    """Its write has an unknown outcome, or it read back wrong."""


@dataclass(frozen=True, slots=True)
class Opener:
    """One card that opens a room, until `until` (site-local)."""

    card: CardRow
    stay: Stay
    until: datetime
    certainty: Certainty


def openers(desk: Desk, room: Room) -> list[Opener]:
    """Every card that may open the room now, the newest start first.

    The newest start counts even when no card of it is left: the lock may have seen one.
    """
    now = desk.clock.local()
    newest = max((stay.authorised_at for stay in desk.journal.stays(room.id)), default=None)
    open_doubts = doubts(desk)
    found = []
    for row in desk.journal.live_cards(room.id):
        stay = desk.journal.stay(row.stay_id)
        about = [doubt for doubt in open_doubts if concerns(doubt, row)]
        until = max((latest_end(doubt, row) for doubt in about), default=row.expires_at)
        if stay is not None and until >= now:  # a card opens in the second of its end, too
            certainty = Certainty.PERHAPS if about else _certainty(row, stay, newest)
            found.append(Opener(row, stay, until, certainty))
    return sorted(found, key=lambda opener: opener.stay.authorised_at, reverse=True)


def _certainty(row: CardRow, stay: Stay, newest: datetime | None) -> Certainty:
    if row.state in {CardState.POSSIBLE, CardState.WRONG}:
        return Certainty.PERHAPS
    if newest is not None and stay.authorised_at < newest:
        return Certainty.UNTIL_NEWER_USED
    return Certainty.OPENS


def risk_of(desk: Desk, room: Room, old: Stay) -> Risk | None:
    """What a stay that is over leaves behind: cards not presented, and until when they open."""
    now = desk.clock.local()
    left = [
        card
        for card in desk.journal.cards(old.id)
        if card.state in OUTSIDE and card.expires_at > now
    ]
    if not left:
        return None
    return Risk(room, len(left), format_time(max(card.expires_at for card in left)))
