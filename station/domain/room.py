"""Rooms: a lock that the door-lock platform knows, and how an operator's words find one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from station.errors import Code, InputInvalid

_PLACE = re.compile(r"^(?:(?P<building>.+)[-－_ ])?(?P<number>[^-－_ ]*?(?P<digits>\d+)\D?)$")
MAX_NAME = 64


class RoomState(StrEnum):
    """What the rack shows of a room."""

    VACANT = "vacant"
    OCCUPIED = "occupied"
    DUE_OUT = "due_out"
    """The stay ends today."""
    OVERDUE = "overdue"
    """The stay has ended and a card of it is still outside."""
    UNRESOLVED = "unresolved"
    """A write on this room has an unknown outcome."""


@dataclass(frozen=True, slots=True)
class Room:
    """One lock: the platform's id (15-19 digits, a string everywhere) and its name."""

    id: str
    name: str

    @property
    def building(self) -> str:
        """`1` of `1-101`; empty where the name says none."""
        return place_in(self.name)[0]

    @property
    def floor(self) -> str:
        """`12` of `1-1203`, `3` of `301`; empty where the name has no number of three digits."""
        return place_in(self.name)[1]


def place_in(name: str) -> tuple[str, str]:
    """Building and floor out of a room's name, either empty where the name says none."""
    match = _PLACE.match(name.strip())
    if match is None:
        return "", ""
    digits = match["digits"]
    return match["building"] or "", digits[:-2] if len(digits) >= 3 else ""


def find_room(rooms: Iterable[Room], text: str, *, field: str = "room") -> Room:
    """The one room that an id, a name or the end of a name (`101` for `1-101`) means.

    Raises `InputInvalid`: FIELD_EMPTY, ROOM_UNKNOWN, ROOM_AMBIGUOUS (context `rooms`: their names).
    """
    wanted = text.strip()
    if not wanted:
        raise InputInvalid(Code.FIELD_EMPTY, field=field)
    if len(wanted) > MAX_NAME:
        raise InputInvalid(Code.FIELD_TOO_LONG, field=field, limit=MAX_NAME)
    known: Sequence[Room] = list(rooms)
    folded = wanted.casefold()
    for matches in (
        [room for room in known if room.id == wanted],
        [room for room in known if room.name.casefold() == folded],
        [room for room in known if room.name.casefold().endswith(f"-{folded}")],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            names = ", ".join(f"{room.name} ({room.id})" for room in matches[:20])
            raise InputInvalid(Code.ROOM_AMBIGUOUS, field=field, value=wanted, rooms=names)
    raise InputInvalid(Code.ROOM_UNKNOWN, field=field, value=wanted)
