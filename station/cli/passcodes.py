"""Passcodes: offline, online, Kexin's; stopped by their digits, slot or record; shown once more."""

from datetime import datetime
from typing import Annotated

from station.cli.asking import secret_line
from station.cli.consent import consent_of, with_refusals
from station.cli.declare import Call, Guest, Mobile, Reason, RoomText, argument, command, option
from station.cli.given import of_credential, tell
from station.cli.parsing import check_room_text, exactly_one
from station.cli.residents import masked
from station.cli.session import opened
from station.domain.credential import CredentialKind, parse_passcode, parse_slot
from station.domain.lock import MADE_LENGTH, check_passcode
from station.domain.person import Person, clean_text, parse_mobile, parse_name
from station.domain.stay import format_time, parse_time
from station.errors import Code, InputInvalid
from station.workflows.credentials import Wanted, put
from station.workflows.desk import Consent, Desk
from station.workflows.stop_credential import show_code, stop, stop_code, stop_slot

MAX_ID = 64

UntilText = Annotated[str, option("--until", metavar="TIME")]
CodeText = Annotated[str | None, argument("[CODE]")]
CodeStdin = Annotated[bool, option("--code-stdin")]
SlotText = Annotated[str, argument("SLOT")]
BeginStay = Annotated[bool, option("--begin-stay")]


@command("passcode offline")
def offline_command(
    call: Call,
    room: RoomText,
    until: UntilText,
    guest: Guest = None,
    mobile: Mobile = None,
    begin_stay: BeginStay = False,
    reason: Reason = None,
) -> int:
    kind, end = CredentialKind.OFFLINE_PASSCODE, parse_time(until, field="until")
    consent = consent_of(yes=False, reason=reason)
    return _give(call, room, kind, end, person_of(guest, mobile), consent, begin_stay=begin_stay)


@command("passcode online")
def online_command(
    call: Call,
    room: RoomText,
    until: UntilText,
    code: CodeText = None,
    guest: Guest = None,
    mobile: Mobile = None,
    begin_stay: BeginStay = False,
    code_stdin: CodeStdin = False,
    reason: Reason = None,
) -> int:
    kind, end = CredentialKind.ONLINE_PASSCODE, parse_time(until, field="until")
    consent = consent_of(yes=False, reason=reason)
    chosen = ""
    if code is not None or code_stdin:
        chosen = parse_passcode(_digits(call, code, code_stdin))
    person = person_of(guest, mobile)
    return _give(call, room, kind, end, person, consent, code=chosen, begin_stay=begin_stay)


@command("passcode kexin")
def kexin_command(
    call: Call,
    room: RoomText,
    until: UntilText,
    guest: Guest = None,
    mobile: Mobile = None,
    begin_stay: BeginStay = False,
    reason: Reason = None,
) -> int:
    kind, end = CredentialKind.KEXIN_PASSWORD, parse_time(until, field="until")
    consent = consent_of(yes=False, reason=reason)
    return _give(call, room, kind, end, person_of(guest, mobile), consent, begin_stay=begin_stay)


@command("passcode temporary")
def temporary_command(
    call: Call, room: RoomText, guest: Guest = None, mobile: Mobile = None
) -> int:
    kind = CredentialKind.KEXIN_TEMPORARY
    return _give(call, room, kind, None, person_of(guest, mobile), Consent())


@command("passcode stop")
def stop_command(
    call: Call,
    room: RoomText,
    code: CodeText = None,
    code_stdin: CodeStdin = False,
    credential: Annotated[str | None, option("--id", metavar="ID")] = None,
) -> int:
    check_room_text(room)
    exactly_one(code=code, code_stdin=code_stdin or None, credential=credential)
    named = "" if credential is None else credential_id(credential)
    digits = ""
    if credential is None:
        digits = check_passcode(_digits(call, code, code_stdin), length=MADE_LENGTH)
    with opened(call, encoder=True) as session:
        desk, operator = session.desk, session.operator
        found = desk.room(room)
        if named:
            _check_room(desk, named, found.id)
            result = stop(desk, operator, named)
        else:
            result = stop_code(desk, operator, found, digits)
    return tell(call, result)


@command("passcode stop-online")
def stop_online_command(call: Call, room: RoomText, slot: SlotText, reason: Reason = None) -> int:
    return stop_slot_of(call, room, CredentialKind.ONLINE_PASSCODE, slot, reason)


@command("passcode show")
def show_command(call: Call, credential: Annotated[str, argument("ID")]) -> int:
    named = credential_id(credential)
    with opened(call) as session:
        desk = session.desk
        code = show_code(desk, session.operator, named)
        found = desk.journal.credential(named)
        assert found is not None  # noqa: S101 - its code was just shown
        room, guest = desk.room_by_id(found.room_id), masked(session, found.holder)
    facts = {"room": room.name, "until": format_time(found.expires_at)}
    call.out.document_or(
        lambda: {
            "room": {"id": room.id, "name": room.name},
            "credential": of_credential(found, guest),
            "passcode": code,
        },
        lambda: call.out.say(
            f"{call.words.word('credential', found.kind)}  {facts['room']}  {facts['until']}\n"
            f"    {code}"
        ),
    )
    return 0


def stop_slot_of(call: Call, room: str, kind: CredentialKind, slot: str, reason: str | None) -> int:
    """Stop what sits in a slot; one that this desk did not fill needs a supervisor's reason."""
    check_room_text(room)
    number = parse_slot(slot)
    consent = consent_of(yes=False, reason=reason)
    with opened(call, encoder=True) as session:
        desk = session.desk
        found = desk.room(room)
        result = with_refusals(
            session,
            consent,
            lambda agreed: stop_slot(desk, session.operator, found, kind, number, agreed),
        )
    return tell(call, result)


def person_of(guest: str | None, mobile: str | None) -> Person:
    """Whom a credential is for. Raises `InputInvalid`."""
    return Person(
        "" if guest is None else parse_name(guest, field="guest"),
        "" if mobile is None else parse_mobile(mobile),
    )


def credential_id(text: str) -> str:
    """A credential's own number, as `opens` lists it. Raises `InputInvalid`."""
    return clean_text(text, field="credential", limit=MAX_ID)


def _give(
    call: Call,
    room: str,
    kind: CredentialKind,
    end: datetime | None,
    person: Person,
    consent: Consent,
    *,
    code: str = "",
    begin_stay: bool = False,
) -> int:
    check_room_text(room)
    with opened(call, encoder=True) as session:
        desk = session.desk
        found = desk.room(room)
        result = with_refusals(
            session,
            consent,
            lambda agreed: put(
                desk,
                session.operator,
                Wanted(
                    found,
                    kind,
                    end,
                    person,
                    code=code,
                    begin_stay=begin_stay,
                    consent=agreed,
                ),
            ),
        )
        guest = masked(session, result.credential.holder) if result.credential else ""
    return tell(call, result, guest)


def _digits(call: Call, code: str | None, code_stdin: bool) -> str:
    """The digits that were typed, or those on stdin: an argument stays in the shell's history."""
    exactly_one(code=code, code_stdin=code_stdin or None)
    return (
        secret_line(call, "passcode", "--code-stdin", piped=True) if code is None else code.strip()
    )


def _check_room(desk: Desk, credential: str, room_id: str) -> None:
    found = desk.journal.credential(credential)
    if found is None or found.room_id != room_id:
        raise InputInvalid(Code.CREDENTIAL_UNKNOWN, field="credential")
