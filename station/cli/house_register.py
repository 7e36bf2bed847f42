"""Registering a resident: the form from a file, photo and identity card as pictures; nothing kept.

A number that the security database knows can be taken over instead, with a code to its phone.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar

from station.cli.biometrics import Agreed, read_small
from station.cli.declare import Call, MobileText, argument, command, option
from station.cli.house_owner import Codes, CodeStdin, check_can_answer
from station.cli.houses import HouseText, check_house_text, house_document, the_house
from station.cli.parsing import path_of
from station.cli.session import Session, opened
from station.domain.house import HouseNature, HousePath, HouseStatus, HouseUse
from station.domain.household import (
    BindingChoice,
    FacePhoto,
    HouseRole,
    IdentityCard,
    ResidentForm,
    ResidentType,
)
from station.domain.lock import check_picture
from station.domain.person import clean_text, mask_mobile, parse_mobile
from station.errors import Code, InputInvalid
from station.workflows import resident_form
from station.workflows.resident_form import NewResident

MAX_FORM: Final = 64 * 1024
TEXTS: Final = (
    *("name", "mobile", "id_number", "sex", "nation", "address", "politics", "job", "company"),
)
FLAGS: Final = ("veteran", "low_income", "petitioned")
CHOICES: Final[Mapping[str, type[StrEnum]]] = {
    "role": HouseRole,
    "status": HouseStatus,
    "use": HouseUse,
    "nature": HouseNature,
    "resident_type": ResidentType,
}
KEYS: Final = (*TEXTS, *FLAGS, *CHOICES, "birth", "choice")
_Choice = TypeVar("_Choice", bound=StrEnum)


@command("house register")
def register_command(
    call: Call,
    house: HouseText,
    file: Annotated[str, argument("FILE|-")],
    photo: Annotated[str, option("--photo", metavar="FILE")],
    id_card: Annotated[str | None, option("--id-card", metavar="FILE")] = None,
    agreed: Agreed = False,
) -> int:
    check_house_text(house)
    typed = _read(file)
    _check_keys(typed)
    if not agreed:
        raise InputInvalid(Code.CONSENT_NEEDED, field="agreed")
    face = _picture(photo)
    card = None if id_card is None else _picture(id_card)
    if card is None:
        resident_form.checked(form_of(typed))
    with opened(call, houses=True) as session:
        path = the_house(session, house)
        operation = _submitted(session, path, typed, face, card)
    said = call.words.text("cli.registered", house=path.full_name)
    call.out.document_or(
        lambda: {"operation": operation, "state": "done", "house": house_document(path)},
        lambda: call.out.say(f"✔ {said}", style="green"),
    )
    return 0


@command("house adopt")
def adopt_command(
    call: Call,
    mobile: MobileText,
    community: Annotated[str | None, option("--community", metavar="ID")] = None,
    code_stdin: CodeStdin = False,
) -> int:
    number = parse_mobile(mobile)
    check_can_answer(code_stdin=code_stdin)
    codes = Codes(call, code_stdin)
    with opened(call, houses=True) as session:
        desk, operator = session.desk, session.operator
        where = community or desk.site.community_id
        where = clean_text(where, field="community", limit=32)
        sent = resident_form.send_code(desk, operator, number)
        codes.say_sent(mask_mobile(number), sent)
        code = codes.next()
        if not code:
            raise InputInvalid(Code.COMMAND_CANCELLED)
        found = resident_form.adopt(desk, operator, sent, code, where)
    call.out.document_or(
        lambda: {"binding": found.value},
        lambda: call.out.say(call.words.text(f"cli.adopted_{found.value}")),
    )
    return 0


def form_of(typed: Mapping[str, Any]) -> ResidentForm:
    """The form as it was typed; what is missing is empty. Raises `InputInvalid` with the field."""
    texts = {name: _text(typed, name) for name in TEXTS}
    return ResidentForm(
        **texts,
        photo=FacePhoto(""),
        house_id="",
        veteran=_flag(typed, "veteran"),
        low_income=_flag(typed, "low_income"),
        petitioned=_flag(typed, "petitioned"),
        birth=_birth(typed.get("birth")),
        role=_choice(typed, "role", HouseRole),
        status=_choice(typed, "status", HouseStatus),
        use=_choice(typed, "use", HouseUse),
        nature=_choice(typed, "nature", HouseNature),
        resident_type=_choice(typed, "resident_type", ResidentType),
        choice=_binding_choice(typed.get("choice")),
    )


def filled(form: ResidentForm, card: IdentityCard) -> ResidentForm:
    """What the form leaves open, from the identity card; what was typed stays."""
    return replace(
        form,
        name=form.name or card.name,
        id_number=form.id_number or card.number,
        sex=form.sex or card.gender,
        nation=form.nation or card.nation,
        address=form.address or card.address,
        birth=form.birth or card.birthday,
    )


def _submitted(
    session: Session, path: HousePath, typed: Mapping[str, Any], face: bytes, card: bytes | None
) -> str:
    desk, operator = session.desk, session.operator
    form = form_of(typed)
    if card is not None:
        form = filled(form, resident_form.read_identity_card(desk, operator, card))
    return resident_form.submit(desk, operator, NewResident(path, form, face, agreed=True))


def _read(name: str) -> dict[str, Any]:
    """The form's file, TOML or JSON; `-` is stdin, which leaves nothing on the disk.

    Raises `InputInvalid` FILE_UNREADABLE; nothing of its content is in the error.
    """
    if name == "-":
        raw = sys.stdin.buffer.read(MAX_FORM + 1)
    else:
        path = path_of(name)
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_FORM + 1)
        except OSError as error:
            raise _unreadable(name, error.strerror or "?") from error
    if len(raw) > MAX_FORM:
        raise _unreadable(name, "too_large")
    try:
        text = raw.decode("utf-8-sig")
        found = json.loads(text) if text.lstrip().startswith("{") else _toml(text)
    except (ValueError, RecursionError):
        raise _unreadable(name, "not_text") from None
    if not isinstance(found, dict):
        raise _unreadable(name, "not_text")
    return found


def _toml(text: str) -> object:
    import tomllib

    return tomllib.loads(text)


def _unreadable(name: str, why: str) -> InputInvalid:
    return InputInvalid(Code.FILE_UNREADABLE, path=name, why=why)


def _check_keys(typed: Mapping[str, Any]) -> None:
    for key in typed:
        if key not in KEYS:
            raise InputInvalid(
                Code.FIELD_CHOICE, field="form", value=str(key)[:40], choices=", ".join(KEYS)
            )


def _picture(name: str) -> bytes:
    picture = read_small(name)
    check_picture(picture)
    return picture


def _text(typed: Mapping[str, Any], name: str) -> str:
    value = typed.get(name, "")
    if not isinstance(value, str):
        raise InputInvalid(Code.FIELD_CHARACTERS, field=name)
    return value.strip()


def _flag(typed: Mapping[str, Any], name: str) -> bool:
    value = typed.get(name, False)
    if not isinstance(value, bool):
        raise InputInvalid(Code.FIELD_CHOICE, field=name, value="", choices="true, false")
    return value


def _birth(value: object) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InputInvalid(Code.TIME_MALFORMED, field="birth") from None


def _choice(typed: Mapping[str, Any], name: str, kind: type[_Choice]) -> _Choice | None:
    value = typed.get(name)
    if value in (None, ""):
        return None
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(kind)
        raise InputInvalid(
            Code.FIELD_CHOICE, field=name, value=str(value)[:16], choices=choices
        ) from None


def _binding_choice(value: object) -> BindingChoice | None:
    names = {each.name.lower(): each for each in BindingChoice}
    if value in (None, ""):
        return None
    found = names.get(str(value))
    if found is None:
        raise InputInvalid(
            Code.FIELD_CHOICE, field="choice", value=str(value)[:16], choices=", ".join(names)
        )
    return found
