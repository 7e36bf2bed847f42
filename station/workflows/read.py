"""Read (读卡): what is on the card, whose it is, and what that settles."""

from dataclasses import dataclass
from enum import StrEnum

from station.domain.card import CardContent
from station.domain.event import ContentFacts, Entry, Payload, RoomFacts, VendorFacts
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Permission
from station.domain.stay import current_stay
from station.errors import Unreachable, VendorRefused
from station.workflows import settling
from station.workflows.desk import Desk, new_operation_id
from station.workflows.looking import is_card_of, stay_of
from station.workflows.result import CardResult, state_after, vendor_words


class Standing(StrEnum):
    """What a card is to this desk."""

    CURRENT = "current"
    """A card of the room's current stay, not yet ended."""
    ENDED = "ended"
    """Its end has come."""
    EARLIER = "earlier"
    """Of an earlier stay of the room, and it has not ended."""
    FOREIGN = "foreign"
    """Live, and not written by this desk."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A card that was read. `holder` is a person reference, empty where nobody is known."""

    result: CardResult
    standing: Standing | None = None
    holder: str = ""


def read(desk: Desk, operator: Operator) -> Reading:
    """Read the card on the encoder (door lock 2.3), note it, settle what it settles.

    A blank, unreadable or missing card is `refused` with the vendor's words; the platform cannot
    tell them apart. Raises ENCODER_BUSY, `JournalUnsafe`.
    """
    operator.require(Permission.READ_CARD)
    operation = new_operation_id(desk.clock.local())
    with desk.need_encoder().exclusive():
        try:
            content = desk.need_encoder().read()
        except (VendorRefused, Unreachable) as error:
            state = state_after(error)
            code, msg = vendor_words(error)
            failed = Payload(
                state=state,
                error=error.code.value,
                vendor=VendorFacts(code, msg) if code or msg else None,
                uid=desk.uid_now(),
            )
            desk.journal.append(Entry(Kind.READ, operation, operator.name, failed))
            return Reading(CardResult(operation, Kind.READ, state, uid=failed.uid, error=error))
        uid = desk.uid_now()
        room = desk.room_by_id(content.room_id)
        payload = Payload(
            state=State.DONE,
            room=RoomFacts(room.id, room.name),
            card_id=content.card_id,
            uid=uid,
            found=ContentFacts.of(content),
        )
        desk.journal.append(Entry(Kind.READ, operation, operator.name, payload))
        settled = settling.settle_found(desk, operator, content)
    stay = stay_of(desk, content)
    result = CardResult(
        operation,
        Kind.READ,
        State.DONE,
        room=room,
        stay_id=stay.id if stay else "",
        card_id=content.card_id,
        uid=uid,
        found=content,
        settled=settled,
    )
    holder = stay.holder if stay and stay.holder else ""
    return Reading(result, standing_of(desk, content), holder)


def standing_of(desk: Desk, content: CardContent) -> Standing:
    """What the card is to this desk, by the journal and the clock."""
    if not content.is_live(desk.clock.local()):
        return Standing.ENDED
    current = current_stay(desk.journal.stays(content.room_id))
    if current is not None and is_card_of(content, current):
        return Standing.CURRENT
    return Standing.EARLIER if stay_of(desk, content) is not None else Standing.FOREIGN
