"""Every card accounted for: the doors and the cards outside against what the journal says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from station.domain.card import CardState
from station.domain.room import Room
from station.workflows.desk import Desk
from station.workflows.opening import Certainty, openers
from station.workflows.records import OUTSIDE
from tests.shift.hands import Hands, Steps


@dataclass(slots=True)
class Answer:
    """What a lane found; `done` once it came."""

    wrong: list[str]
    done: bool = False


def check_doors(hands: Hands, rooms: list[Room]) -> Steps[list[str]]:
    """What opens these doors and the journal does not know of, or the other way round.

    A card whose write is in doubt may be any: as many unknown ones are allowed as there are doubts.
    """
    opening: dict[str, list[str]] = yield from hands.outside("openers", [room.id for room in rooms])
    desk = hands.context.desk
    return (yield from _on_lane(hands, lambda: _doors(desk, rooms, opening)))


def check_cards(hands: Hands) -> Steps[list[str]]:
    """Every card outside holds what the journal says of it. Nothing may be in doubt."""
    cards: list[tuple[str, list[str] | None]] = yield from hands.outside("cards")
    desk = hands.context.desk
    return (yield from _on_lane(hands, lambda: _cards(desk, cards)))


def _on_lane(hands: Hands, work: Any) -> Steps[list[str]]:
    answer = Answer([])

    def came(wrong: list[str]) -> None:
        answer.wrong, answer.done = wrong, True

    def failed(error: Exception) -> None:
        came([repr(error)])

    hands.context.lanes.journal.submit(work, came, failed)
    yield lambda: answer.done
    return answer.wrong


def _doors(desk: Desk, rooms: list[Room], opening: dict[str, list[str]]) -> list[str]:
    wrong = []
    for room in rooms:
        said = openers(desk, room)
        known = {opener.card.card_id for opener in said}
        doubts = sum(opener.certainty is Certainty.PERHAPS for opener in said)
        unknown = set(opening[room.id]) - known
        if len(unknown) > doubts:
            wrong.append(f"{room.name}: opened by {sorted(unknown)}, not in the journal")
        sure = {opener.card.card_id for opener in said if opener.certainty is Certainty.OPENS}
        shut = sure - set(opening[room.id])
        if shut:
            wrong.append(f"{room.name}: not opened by {sorted(shut)}, the journal says it is")
    return wrong


def _cards(desk: Desk, cards: list[tuple[str, list[str] | None]]) -> list[str]:
    wrong = []
    for card_id, on in cards:
        said, doubt = [], False
        for row in desk.journal.stays_of_card(card_id):
            stay = desk.journal.stay(row.stay_id)
            doubt = doubt or row.state in {CardState.POSSIBLE, CardState.WRONG}
            if row.state in OUTSIDE and stay is not None:
                said.append([stay.room_id, _iso(stay.authorised_at), _iso(row.expires_at)])
        if not doubt and said != ([on] if on else []):
            wrong.append(f"{card_id} holds {on}, the journal says {said}")
    return wrong


def _iso(moment: datetime) -> str:
    return moment.isoformat()
