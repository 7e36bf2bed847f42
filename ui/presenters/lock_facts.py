"""What the locks page asks the journal; called on the journal's lane, never on the UI thread."""

from datetime import datetime

from station.compose import Station
from station.domain.event import LockFacts
from station.domain.lock import LOW_BATTERY
from station.domain.operation import Kind
from station.domain.operator import Operator
from station.domain.rack import room_state
from station.domain.room import Room
from station.domain.stay import current_stay, end_after_nights
from station.errors import Code, InputInvalid, StationError
from station.ports import HistoryFilter
from station.workflows import lock_table
from station.workflows.desk import Desk
from station.workflows.history import history
from station.workflows.records import OUTSIDE
from station.workflows.ways_in import WayIn, needing_attention, ways_in
from ui.presenters.lock_state import Doubt, Health, House, RoomView, Way, Weak

REASONS = 6
_LOOKED_AT = 60


def room_view(station: Station, room_id: str) -> RoomView:
    """A room with its lock. Raises `InputInvalid` ROOM_UNKNOWN, `JournalUnsafe`."""
    desk, journal = station.desk, station.desk.journal
    room = next((each for each in journal.rooms() if each.id == room_id), None)
    if room is None:
        raise InputInvalid(Code.ROOM_UNKNOWN, field="room", value=room_id)
    now = desk.clock.local()
    stay = current_stay(journal.stays(room.id))
    cards = journal.cards(stay.id) if stay else []
    out = sum(card.state in OUTSIDE for card in cards)
    facts = journal.lock_facts(room.id, 2 * REASONS)
    checkout = stay.expires_at if stay is not None and stay.expires_at > now else None
    return RoomView(
        room,
        room_state(stay, cards_out=out, unresolved=0, now=now),
        stay,
        who(desk, stay.holder or "") if stay else "",
        tuple(_way(desk, way) for way in ways_in(desk, room)),
        health(station, facts),
        _lock_id(desk, room),
        checkout or end_after_nights(now, 1, desk.site.stay_rules),
    )


def house(station: Station) -> House:
    """What all locks want, doubts with the soonest end first."""
    desk = station.desk
    doubts = sorted(needing_attention(desk), key=lambda each: each.expires_at)
    return House(
        tuple(
            Doubt(
                each.id,
                desk.room_by_id(each.room_id),
                each.kind,
                each.state,
                each.expires_at,
                who(desk, each.holder),
                each.slot,
            )
            for each in doubts
        ),
        tuple(
            Weak(desk.room_by_id(facts.room_id), health(station, [facts]))
            for facts in desk.journal.low_batteries()
        ),
        len(lock_table.entries(desk)),
    )


def recent_reasons(desk: Desk, operator: Operator) -> list[str]:
    """Why doors were opened lately, as far as this operator may see, each once."""
    try:
        rows = history(desk, operator, HistoryFilter(kind=Kind.REMOTE_OPEN, limit=_LOOKED_AT))
    except StationError:
        return []
    return list(dict.fromkeys(row.reason for row in rows if row.reason))[:REASONS]


def health(station: Station, facts: list[LockFacts]) -> Health:
    """The newest that each of them tells; one platform tells percent, the other the rest."""
    if not facts:
        return Health()
    percent = next((each.battery for each in facts if each.battery >= 0), None)
    told = next((each for each in facts if each.battery < 0), None)
    low = percent is not None and percent < LOW_BATTERY
    at = datetime.fromisoformat(facts[0].at)
    return Health(
        percent,
        low or facts[0].low,
        told.online if told else None,
        told.abnormal if told else None,
        station.clock.to_local(at).replace(microsecond=0),
    )


def who(desk: Desk, reference: str) -> str:
    """A person as shown; empty once erased. A damaged record costs only the name."""
    try:
        return desk.journal.person(reference).masked if reference else ""
    except StationError:
        return ""


def _lock_id(desk: Desk, room: Room) -> int | None:
    found = (entry.lock_id for entry in lock_table.entries(desk) if entry.room_id == room.id)
    return next(found, None)


def _way(desk: Desk, way: WayIn) -> Way:
    name = who(desk, way.holder)
    if way.credential is not None:
        made = way.credential
        return Way(
            made.id,
            way.kind,
            way.until,
            way.certainty,
            way.revoking,
            name,
            made.slot,
            has_code=bool(made.code),
        )
    card = way.card
    number = (card.card_id or card.uid) if card is not None else ""
    key = f"{card.stay_id} {card.key}" if card is not None else ""
    return Way(key, way.kind, way.until, way.certainty, way.revoking, name, number=number or "?")
