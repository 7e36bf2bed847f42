"""Locks reached from afar: what one says of itself, and what may be sent to it.

The checks are those of the vendors' papers (door lock 2-6, Kexin). Passcodes, pictures and
fingerprint templates are secrets: no error names one.
"""

import struct
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from station.domain.credential import PASSCODE_LENGTH, SLOTS
from station.errors import Code, InputInvalid

LOW_BATTERY: Final = 20
"""Percent; a lock below it is named."""
MADE_LENGTH: Final = (4, 16)
"""Digits of a passcode that a platform makes; the papers only show 6 and 7."""
MAX_PICTURE: Final = 2 * 1024 * 1024
MAX_PIXELS: Final = 10_000
MAX_TEMPLATE: Final = 4096

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_NO_FRAME: Final = frozenset({0xC4, 0xC8, 0xCC})
"""JPEG markers between C0 and CF that start no frame: tables, and a reserved one."""
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers without a length."""
_ENDS: Final = frozenset({0xD8, 0xD9, 0xDA})


@dataclass(frozen=True, slots=True)
class LockReading:
    """What a lock's answer says: battery percent (0-100) and when (UTC), None where it does not."""

    battery: int | None = None
    read_at: datetime | None = None

    @property
    def is_low(self) -> bool:
        """Whether the battery wants changing."""
        return self.battery is not None and self.battery < LOW_BATTERY


class PictureKind(StrEnum):
    """The pictures that locks take."""

    JPG = "jpg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture's first bytes say. Sizes in pixels."""

    kind: PictureKind
    width: int
    height: int


def check_passcode(
    code: str, *, field: str = "passcode", length: tuple[int, int] = PASSCODE_LENGTH
) -> str:
    """ASCII digits, 6-10 of them unless `length` says otherwise (door lock 3.1).

    Raises `InputInvalid` PASSCODE_MALFORMED. Whether a code is easily guessed is asked elsewhere:
    one that is in a lock already must be stoppable whatever it is.
    """
    low, high = length
    if not low <= len(code) <= high or not code.isascii() or not code.isdigit():
        raise InputInvalid(Code.PASSCODE_MALFORMED, field=field, low=low, high=high)
    return code


def check_slot(slot: int) -> int:
    """A slot of a lock, 1-49 (door lock 5.1, 6.1). Raises `InputInvalid` FIELD_OUT_OF_RANGE."""
    low, high = SLOTS
    if isinstance(slot, bool) or not isinstance(slot, int) or not low <= slot <= high:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field="slot", low=low, high=high)
    return slot


def check_picture(picture: bytes) -> Picture:
    """A JPG or PNG whose header tells its size (door lock 5.1).

    Raises `InputInvalid` PICTURE_MALFORMED, PICTURE_TOO_LARGE (2 MiB, 10,000 pixels a side).
    """
    if len(picture) > MAX_PICTURE:
        raise _too_large()
    found = _png(picture) or _jpg(picture)
    if found is None or not found.width or not found.height:
        raise InputInvalid(Code.PICTURE_MALFORMED, field="picture")
    if max(found.width, found.height) > MAX_PIXELS:
        raise _too_large()
    return found


def check_template(template: bytes) -> bytes:
    """A fingerprint template, 1-4096 bytes. Raises `InputInvalid` TEMPLATE_MALFORMED."""
    if not 1 <= len(template) <= MAX_TEMPLATE:
        raise InputInvalid(Code.TEMPLATE_MALFORMED, field="template", low=1, high=MAX_TEMPLATE)
    return template


def _too_large() -> InputInvalid:
    return InputInvalid(
        Code.PICTURE_TOO_LARGE, field="picture", limit=MAX_PICTURE // 1024, pixels=MAX_PIXELS
    )


def _png(picture: bytes) -> Picture | None:
    if not picture.startswith(_PNG) or len(picture) < 33 or picture[12:16] != b"IHDR":
        return None
    length, width, height = struct.unpack(">I4xII", picture[8:24])
    return Picture(PictureKind.PNG, width, height) if length == 13 else None


def _jpg(picture: bytes) -> Picture | None:
    """Walks over the segments to the frame header; each step goes forward, so it ends."""
    if not picture.startswith(b"\xff\xd8\xff"):
        return None
    place = 2
    while place + 4 <= len(picture) and picture[place] == 0xFF:
        marker = picture[place + 1]
        if marker == 0xFF or marker in _BARE:
            place += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", picture, place + 2)
        if marker in _ENDS or length < 2:
            return None
        if marker in range(0xC0, 0xD0) and marker not in _NO_FRAME:
            if length < 8 or place + 9 > len(picture):
                return None
            height, width = struct.unpack_from(">HH", picture, place + 5)
            return Picture(PictureKind.JPG, width, height)
        place += 2 + length
    return None
