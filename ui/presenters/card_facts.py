"""What the panel asks the encoder and the journal; called on lanes, never on the UI thread."""

from datetime import datetime

from station.domain.card import CardContent
from station.domain.rack import room_state
from station.domain.room import Room
from station.domain.stay import current_stay
from station.errors import Code, Refused, StationError
from station.ports import CardRow, ReaderState, RoomRow
from station.workflows.desk import Desk
from station.workflows.looking import is_miswritten, look, stay_of
from station.workflows.read import Standing, standing_of
from station.workflows.records import OUTSIDE
from ui.presenters.card_state import Lying, RoomFacts, Seen


def glance(desk: Desk) -> Seen | None:
    """What lies on the encoder, for the screen only: nothing is journalled.

    None while another program uses the encoder: what was known stays shown.
    """
    try:
        with desk.need_encoder().exclusive():
            content = look(desk)
    except Refused as error:
        if error.code is Code.ENCODER_BUSY:
            return None
        return Seen(Lying.UNREACHABLE, error=error)
    except StationError as error:
        return Seen(Lying.UNREACHABLE, error=error)
    return seen_of(desk, content)


def seen_of(desk: Desk, content: CardContent | None) -> Seen:
    """The card's content and what the desk knows of it."""
    uid = desk.uid_now()
    if content is None:
        return Seen(_without_content(desk), uid=uid)
    stay = stay_of(desk, content)
    standing = standing_of(desk, content)
    unsure = standing in {Standing.EARLIER, Standing.FOREIGN}
    return Seen(
        Lying.CARD,
        content,
        standing,
        desk.room_by_id(content.room_id),
        masked(desk, stay.holder if stay else None),
        uid,
        wrong=is_miswritten(desk, content),
        in_doubt=unsure and _unresolved(desk, content.room_id) > 0,
    )


def _unresolved(desk: Desk, room_id: str) -> int:
    return sum(row.room_id == room_id for row in desk.journal.unresolved())


def _without_content(desk: Desk) -> Lying:
    if desk.reader is None:
        return Lying.BLANK_OR_NOTHING
    state = desk.reader.view().state
    if state is ReaderState.EMPTY:
        return Lying.NOTHING
    lies = {ReaderState.CARD, ReaderState.CARD_SEEN, ReaderState.CARD_RANDOM}
    return Lying.BLANK if state in lies else Lying.BLANK_OR_NOTHING


def masked(desk: Desk, holder: str | None) -> str:
    """A guest as shown: `张* 138****0001`; empty where nobody is known."""
    return desk.journal.person(holder).masked if holder else ""


def facts_of_row(row: RoomRow, now: datetime) -> RoomFacts:
    """What the rack knows of a room (`now` site-local), until the journal was asked for more."""
    by_stay = room_state(row.stay, cards_out=row.cards_out, unresolved=0, now=now)
    return RoomFacts(row.room, by_stay, row.stay, row.cards_out, row.unresolved)


def room_facts(desk: Desk, room: Room) -> RoomFacts:
    """Everything about a room that the panel shows."""
    stay = current_stay(desk.journal.stays(room.id))
    cards: tuple[CardRow, ...] = tuple(desk.journal.cards(stay.id)) if stay else ()
    out = sum(card.state in OUTSIDE for card in cards)
    unresolved = _unresolved(desk, room.id)
    by_stay = room_state(stay, cards_out=out, unresolved=0, now=desk.clock.local())
    guest = masked(desk, stay.holder if stay else None)
    now = desk.clock.local()
    live = (each for each in desk.journal.credentials(room.id) if each.may_open(now))
    others = tuple(each.kind.value for each in live)
    return RoomFacts(room, by_stay, stay, out, unresolved, cards, guest, others, complete=True)
