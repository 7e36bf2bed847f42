"""Faces and fingerprints: sent to a lock and stopped there. Nothing of either is kept."""

import re
from typing import Annotated

from station.cli.declare import Call, Guest, Mobile, Reason, RoomText, argument, command, option
from station.cli.given import tell
from station.cli.parsing import check_room_text, path_of
from station.cli.passcodes import SlotText, UntilText, person_of, stop_slot_of
from station.cli.residents import masked
from station.cli.session import opened
from station.domain.credential import CredentialKind
from station.domain.lock import MAX_PICTURE
from station.domain.stay import parse_time
from station.errors import Code, InputInvalid
from station.workflows.credentials import Wanted, put

FileText = Annotated[str, argument("FILE")]
Agreed = Annotated[bool, option("--agreed")]
_HEX = re.compile(rb"\s*[0-9A-Fa-f]{2}(-[0-9A-Fa-f]{2})*\s*")


@command("face add")
def add_face_command(
    call: Call,
    room: RoomText,
    file: FileText,
    until: UntilText,
    guest: Guest = None,
    mobile: Mobile = None,
    agreed: Agreed = False,
) -> int:
    return _add(call, room, CredentialKind.FACE, file, until, guest, mobile, agreed=agreed)


@command("face stop")
def stop_face_command(call: Call, room: RoomText, slot: SlotText, reason: Reason = None) -> int:
    return stop_slot_of(call, room, CredentialKind.FACE, slot, reason)


@command("finger add")
def add_finger_command(
    call: Call,
    room: RoomText,
    file: FileText,
    until: UntilText,
    guest: Guest = None,
    mobile: Mobile = None,
    agreed: Agreed = False,
) -> int:
    return _add(call, room, CredentialKind.FINGERPRINT, file, until, guest, mobile, agreed=agreed)


@command("finger stop")
def stop_finger_command(call: Call, room: RoomText, slot: SlotText, reason: Reason = None) -> int:
    return stop_slot_of(call, room, CredentialKind.FINGERPRINT, slot, reason)


def read_small(text: str) -> bytes:
    """A file's bytes, one more than a picture may have at most: a larger one is refused as such.

    Raises `InputInvalid` FILE_UNREADABLE.
    """
    path = path_of(text)
    try:
        with path.open("rb") as file:
            return file.read(MAX_PICTURE + 1)
    except OSError as error:
        why = error.strerror or "?"
        raise InputInvalid(Code.FILE_UNREADABLE, path=str(path), why=why) from error


def _add(
    call: Call,
    room: str,
    kind: CredentialKind,
    file: str,
    until: str,
    guest: str | None,
    mobile: str | None,
    *,
    agreed: bool,
) -> int:
    check_room_text(room)
    end, person = parse_time(until, field="until"), person_of(guest, mobile)
    picture = read_small(file)
    if kind is CredentialKind.FINGERPRINT:
        picture = _template(picture)
    with opened(call, encoder=True) as session:
        desk = session.desk
        wanted = Wanted(desk.room(room), kind, end, person, picture=picture, agreed=agreed)
        result = put(desk, session.operator, wanted)
        who = masked(session, result.credential.holder) if result.credential else ""
    return tell(call, result, who)


def _template(raw: bytes) -> bytes:
    """A fingerprint's bytes: scanners leave them as they are, or as text like `ab-cd-ef`."""
    return bytes.fromhex(raw.decode().strip().replace("-", "")) if _HEX.fullmatch(raw) else raw
