"""A resident's first form (一标三实): identity card read, photo sent, form handed in for review.

Pictures and identity numbers are sent, never kept: the journal holds that it happened, for which
house, and who it was about as a sealed person.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from station.domain.event import Payload
from station.domain.house import HousePath
from station.domain.household import FacePhoto, IdentityCard, ResidentForm, Review
from station.domain.lock import check_picture
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.domain.owner import CodePurpose, PhoneBinding, SentCode
from station.domain.person import Person, clean_text, parse_mobile, parse_name
from station.errors import Code, InputInvalid
from station.workflows.desk import Desk, new_operation_id
from station.workflows.records import Record
from station.workflows.sending import sending

_Answer = TypeVar("_Answer")
SEXES: Final = ("男", "女")
POLITICS: Final = ("群众", "党员")
MAX_TEXT: Final = 120
_ID_NUMBER: Final = re.compile(r"[0-9]{17}[0-9X]")


@dataclass(frozen=True, slots=True)
class NewResident:
    """What is handed in; `form.photo` is filled in here from `photo`."""

    house: HousePath
    form: ResidentForm = field(repr=False)
    photo: bytes = field(repr=False)
    agreed: bool = False


def read_identity_card(desk: Desk, operator: Operator, picture: bytes) -> IdentityCard:
    """What stands on an identity card (property 2.3.2); nothing of it is kept."""
    operator.require(Permission.HOUSES)
    check_picture(picture)
    return desk.need_property().read_identity_card(picture)


def send_code(desk: Desk, operator: Operator, mobile: str) -> SentCode:
    """Have a code sent to a resident's own phone (property 1.1), for `adopt`."""
    operator.require(Permission.HOUSES)
    return desk.need_property().send_code(parse_mobile(mobile), CodePurpose.VERIFY)


def adopt(
    desk: Desk, operator: Operator, sent: SentCode, code: str, community_id: str
) -> PhoneBinding:
    """Take over what the security database knows of a proved number (property 2.2.1), once."""
    operator.require(Permission.HOUSES)
    platform = desk.need_property()
    send = lambda _: platform.bind_phone(sent.key, code.strip(), community_id)  # noqa: E731
    return _journalled(desk, operator, None, {}, send, first=Step.SEND)[1]


def applications(desk: Desk, operator: Operator) -> tuple[Review, ...]:
    """What this desk's account has handed in and what is not passed yet (property 3.1.1)."""
    operator.require(Permission.HOUSES)
    return desk.need_property().bound_houses().reviews


def submit(desk: Desk, operator: Operator, wanted: NewResident) -> str:
    """Send the photo (property 2.3.1), then the form (2.4.1), each once; the operation.

    Raises `InputInvalid` CONSENT_NEEDED, PICTURE_…, FIELD_…, ID_NUMBER_MALFORMED, with nothing
    sent; else as the port. After an unknown outcome `applications` shows whether it arrived; a
    photo alone, without its form, is nobody's application.
    """
    operator.require(Permission.HOUSES)
    if not wanted.agreed:
        raise InputInvalid(Code.CONSENT_NEEDED, field="agreed")
    check_picture(wanted.photo)
    form = checked(wanted.form)
    person = Person(form.name, form.mobile)
    platform = desk.need_property()

    def send(record: Record) -> None:
        photo: FacePhoto = platform.upload_photo(wanted.house, wanted.photo)
        record.step(Step.PUSH)
        record.begin(Step.SEND)
        platform.submit_form(replace(form, photo=photo, house_id=wanted.house.id))

    facts: dict[str, str | int | bool] = {"house": wanted.house.id, "agreed": True}
    return _journalled(desk, operator, person, facts, send, first=Step.PUSH)[0]


def checked(form: ResidentForm) -> ResidentForm:
    """The form with its texts tidied: nothing is sent before all of it is well.

    Raises `InputInvalid` FIELD_…, MOBILE_MALFORMED, ID_NUMBER_MALFORMED with the field.
    """
    number = re.sub(r"[\s-]", "", form.id_number).upper()
    if not _ID_NUMBER.fullmatch(number):
        raise InputInvalid(Code.ID_NUMBER_MALFORMED, field="id_number")
    for name, value, choices in (
        ("sex", form.sex, SEXES),
        ("politics", form.politics, POLITICS),
    ):
        if value not in choices:
            raise InputInvalid(
                Code.FIELD_CHOICE, field=name, value=value[:8], choices="、".join(choices)
            )
    return replace(
        form,
        name=parse_name(form.name),
        mobile=parse_mobile(form.mobile),
        id_number=number,
        nation=clean_text(form.nation, field="nation", limit=MAX_TEXT),
        address=clean_text(form.address, field="address", limit=MAX_TEXT),
        job=clean_text(form.job, field="job", limit=MAX_TEXT),
        company=clean_text(form.company, field="company", limit=MAX_TEXT),
    )


def _journalled(
    desk: Desk,
    operator: Operator,
    person: Person | None,
    facts: dict[str, str | int | bool],
    send: Callable[[Record], _Answer],
    *,
    first: Step,
) -> tuple[str, _Answer]:
    about = desk.journal.remember_person(person) if person else None
    operation = new_operation_id(desk.clock.local())
    record = Record(desk, operator, Kind.RESIDENT_FORM, operation, person=about)
    record.intent(data=facts)
    record.begin(first)
    with sending(record):
        answer = send(record)
    record.outcome(Payload(state=State.DONE))
    return operation, answer
