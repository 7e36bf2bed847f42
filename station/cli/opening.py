"""Doors opened from afar: by gateway, by Kexin's cloud, by a password or a face; each asks why."""

from typing import Annotated

from station.cli import documents
from station.cli.asking import secret_line
from station.cli.biometrics import Agreed, FileText, read_small
from station.cli.declare import Call, Reason, RoomText, command, option
from station.cli.given import of_lock, warn_of_battery
from station.cli.output import status_of
from station.cli.parsing import check_room_text
from station.cli.session import opened
from station.domain.kexin import parse_identity_number
from station.domain.lock import MADE_LENGTH, check_passcode, check_picture
from station.domain.operation import Kind, State
from station.domain.outbox import Service
from station.domain.person import parse_name, parse_reason
from station.errors import Code, InputInvalid
from station.workflows.network_locks import Face, open_by_face, open_with_password
from station.workflows.remote import Opened, open_door

_BY = {service.value: service for service in (Service.GATEWAY, Service.NETWORK_LOCKS)}


@command("unlock")
def unlock_command(
    call: Call,
    room: RoomText,
    reason: Reason = None,
    by: Annotated[str | None, option("--by", metavar="door_lock|kexin")] = None,
    password_stdin: Annotated[bool, option("--password-stdin")] = False,
) -> int:
    check_room_text(room)
    why = parse_reason(reason or "")
    service = None if by is None else _service(by)
    if password_stdin and service is Service.GATEWAY:
        raise InputInvalid(Code.FIELDS_EXCLUSIVE, fields="unlock_by, password_stdin")
    code = ""
    if password_stdin:
        line = secret_line(call, "passcode", "--password-stdin", piped=True)
        code = check_passcode(line, length=MADE_LENGTH)
    with opened(call, encoder=True) as session:
        desk, operator = session.desk, session.operator
        found = desk.room(room)
        if code:
            result = open_with_password(desk, operator, found, code, why)
        else:
            result = open_door(desk, operator, found, why, service)
    return _tell(call, result)


@command("lock open-face")
def open_face_command(
    call: Call,
    room: RoomText,
    file: FileText,
    name: Annotated[str, option("--name", metavar="NAME")],
    reason: Reason = None,
    agreed: Agreed = False,
    id_number_stdin: Annotated[bool, option("--id-number-stdin")] = False,
) -> int:
    check_room_text(room)
    why, who = parse_reason(reason or ""), parse_name(name)
    picture = read_small(file)
    check_picture(picture)
    line = secret_line(call, "id_number", "--id-number-stdin", piped=id_number_stdin)
    face = Face(who, parse_identity_number(line), picture)
    with opened(call, encoder=True) as session:
        desk = session.desk
        found = desk.room(room)
        result = open_by_face(desk, session.operator, found, face, why, agreed=agreed)
    return _tell(call, result)


def _service(text: str) -> Service:
    found = _BY.get(text.strip())
    if found is None:
        raise InputInvalid(
            Code.FIELD_CHOICE, field="unlock_by", value=text[:40], choices=", ".join(_BY)
        )
    return found


def _tell(call: Call, result: Opened) -> int:
    words, error = call.words, result.error
    part = words.word("part", result.service)
    said = words.text("cli.said_opened", room=result.room.name, part=part)
    call.out.document_or(
        lambda: {
            "operation": result.operation,
            "kind": Kind.REMOTE_OPEN.value,
            "state": documents.state_word(result.state),
            "error": error.code.value if error else None,
            "message": words.sentence(error) if error else said,
            "vendor": documents.vendor(error),
            "room": documents.room(result.room),
            "service": result.service.value,
            "lock": of_lock(result.said),
        },
        lambda: _lines(call, result, said),
    )
    return 0 if result.state is State.DONE else status_of(error)


def _lines(call: Call, result: Opened, said: str) -> None:
    if result.error is not None:
        call.out.explain(result.error)
        return
    call.out.say(f"✔ {said}", style="green")
    warn_of_battery(call, result.room.name, result.said)
