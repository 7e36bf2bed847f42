"""Rooms and cards: the calls of door lock 1.1 and 2.1-2.3, one small function each."""

from station.simulators.clock import TIME_FORMAT
from station.simulators.door_lock.endpoint import Endpoint, Platform
from station.simulators.door_lock.fields import CallRefusedError, Fields, Refusal
from station.simulators.door_lock.switches import LetterCase
from station.simulators.hardware import CardMemory, SimCard


def get_room_list(platform: Platform, _fields: Fields) -> object:
    """1.1: every room with its id and name."""
    return [
        {"rm_id": platform.shown_rm_id(room.rm_id), "rm_name": room.rm_name}
        for room in platform.world.rooms.values()
    ]


def mark_room_card(platform: Platform, fields: Fields) -> object:
    """2.1: write the card on the encoder for a room."""
    room = fields.text("rm_id")
    memory = CardMemory(room, fields.time("abkp"), fields.time("unValid"))
    if room not in platform.world.rooms:
        raise CallRefusedError(Refusal.ROOM)
    card = _card_on_encoder(platform)
    if not platform.world.write(card, memory):
        raise CallRefusedError(Refusal.WRITE)
    return {"card_id": _shown_number(platform, card)}


def clear_room_card(platform: Platform, fields: Fields) -> object:
    """2.2: clear the card on the encoder, named by its room or its number; given both, by both."""
    room, number = fields.optional("rm_id"), fields.optional("card_id")
    if room is None and number is None:
        raise CallRefusedError(Refusal.ONE_OF_TWO)
    if room is not None and room not in platform.world.rooms:
        raise CallRefusedError(Refusal.ROOM)
    card = _card_on_encoder(platform)
    if number is not None and number.upper() != card.card_id:
        raise CallRefusedError(Refusal.OTHER_CARD)
    memory = card.memory
    if memory is None and not (number is not None and platform.switches.clear_blank_ok):
        raise CallRefusedError(Refusal.BLANK)
    held = None if memory is None else memory.rm_id
    if room is not None and room != held and platform.switches.clear_checks_room:
        raise CallRefusedError(Refusal.OTHER_ROOM)
    if not platform.world.write(card, None):
        raise CallRefusedError(Refusal.WRITE)
    shown = "" if held is None else platform.shown_rm_id(held)
    return {"card_id": _shown_number(platform, card), "rm_id": shown}


def read_card(platform: Platform, _fields: Fields) -> object:
    """2.3: what the card on the encoder holds; a blank card is refused."""
    card = _card_on_encoder(platform)
    memory = card.memory
    if memory is None:
        raise CallRefusedError(Refusal.BLANK)
    data: dict[str, object] = {
        "card_id": _shown_number(platform, card),
        "rm_id": platform.shown_rm_id(memory.rm_id),
    }
    if platform.switches.read_gives_valid:
        data["valid"] = memory.abkp.strftime(TIME_FORMAT)
    return data | {"unvalid": memory.unvalid.strftime(TIME_FORMAT)}


CARD_CALLS = (
    Endpoint("/Api/GetRoomList", get_room_list, msg=""),
    Endpoint("/Api/MarkRoomCard", mark_room_card),
    Endpoint("/Api/ClearRoomCard", clear_room_card),
    Endpoint("/Api/ReadCard", read_card),
)


def _card_on_encoder(platform: Platform) -> SimCard:
    card = platform.world.seen_card()
    if card is None:
        raise CallRefusedError(Refusal.NO_CARD)
    return card


def _shown_number(platform: Platform, card: SimCard) -> str:
    lower = platform.switches.card_id_case is LetterCase.LOWER
    return card.card_id.lower() if lower else card.card_id
