"""Rooms and cards: GetRoomList, MarkRoomCard, ClearRoomCard, ReadCard (door lock 1.1, 2.1-2.3)."""

from typing import Any, Final

import msgspec

from station.domain.card import CardContent, parse_card_id
from station.domain.room import MAX_NAME, Room
from station.errors import Code, InputInvalid
from station.vendors import _reply
from station.vendors._http import MIB, Endpoint
from station.vendors._reply import Loose, ShapeError
from station.vendors.door_lock import wire


class _Room(msgspec.Struct, frozen=True):
    rm_id: Loose = None
    rm_name: Loose = None


class _Written(msgspec.Struct, frozen=True):
    card_id: Loose = None


class _Content(msgspec.Struct, frozen=True):
    card_id: Loose = None
    rm_id: Loose = None
    valid: Loose = None
    unvalid: Loose = None


def rooms(data: Any) -> list[Room]:
    """The table says one object, the example shows a list: both are read. Order kept, each id once.

    `data` null is refused rather than taken for an empty house.
    """
    found = _reply.convert([data] if isinstance(data, dict) else data, list[_Room])
    known: dict[str, Room] = {}
    for item in found:
        number = wire.room_id(item.rm_id)
        raw = "" if item.rm_name is None else str(item.rm_name)
        name = "".join(char if char.isprintable() else " " for char in raw).strip()[:MAX_NAME]
        known.setdefault(number, Room(number, name or number))
    return list(known.values())


def card_id(value: Loose) -> str:
    """The platform's number of a card, upper case. Raises `ShapeError`."""
    try:
        return parse_card_id(_reply.text(value, "card_id"))
    except InputInvalid:
        raise ShapeError("card_id") from None


def written(data: Any) -> str:
    """The card id of a card just written; empty where the platform names none.

    With `code` 1 the card *is* written: the read-back tells its number.
    """
    found = _reply.convert(data if data not in (None, "", []) else {}, _Written)
    return "" if found.card_id in (None, "") else card_id(found.card_id)


def cleared(data: Any) -> None:
    """ClearRoomCard's data repeats what was sent; `code` 1 is all that counts."""


def content(data: Any) -> CardContent:
    """What lies on the encoder. `valid` is the stay's `abkp`; without it the desk cannot go on."""
    found = _reply.convert(data, _Content)
    return CardContent(
        card_id=card_id(found.card_id),
        room_id=wire.room_id(found.rm_id),
        authorised_at=_reply.time(found.valid, "valid"),
        expires_at=_reply.time(found.unvalid, "unvalid"),
    )


GET_ROOM_LIST: Final = Endpoint(
    "GetRoomList", "/Api/GetRoomList", rooms, idempotent=True, max_bytes=8 * MIB
)
READ_CARD: Final = Endpoint(
    "ReadCard", "/Api/ReadCard", content, idempotent=True, refusal=Code.CARD_UNREADABLE
)
MARK_ROOM_CARD: Final = Endpoint("MarkRoomCard", "/Api/MarkRoomCard", written)
CLEAR_ROOM_CARD: Final = Endpoint("ClearRoomCard", "/Api/ClearRoomCard", cleared)
