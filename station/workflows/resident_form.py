"""A resident's first form (一标三实): identity card read, photo sent, form handed in for review.

Pictures and identity numbers are sent, never kept: the journal holds that it happened, for which
house, and who it was about as a sealed person.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from station.domain.event import Payload
from station.domain.house import HousePath
from station.domain.household import FacePhoto, IdentityCard, ResidentForm
from station.domain.lock import check_picture
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.domain.owner import CodePurpose, PhoneBinding, SentCode
from station.domain.person import Person, parse_mobile, parse_name
from station.errors import Code, InputInvalid, OutcomeUnknown, StationError, VendorRefused
from station.workflows.desk import Desk, new_operation_id
from station.workflows.records import Record

_Answer = TypeVar("_Answer")


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
    return _journalled(
        desk, operator, None, {}, lambda: platform.bind_phone(sent.key, code.strip(), community_id)
    )


def submit(desk: Desk, operator: Operator, wanted: NewResident) -> str:
    """Send the photo (property 2.3.1), then the form (2.4.1), each once; the operation.

    Raises `InputInvalid` CONSENT_NEEDED, PICTURE_…, with nothing sent; else as the port. After an
    unknown outcome the list of applications (3.1.1) shows whether it arrived.
    """
    operator.require(Permission.HOUSES)
    if not wanted.agreed:
        raise InputInvalid(Code.CONSENT_NEEDED, field="agreed")
    check_picture(wanted.photo)
    person = Person(parse_name(wanted.form.name), parse_mobile(wanted.form.mobile))
    platform = desk.need_property()

    def send() -> None:
        photo: FacePhoto = platform.upload_photo(wanted.house, wanted.photo)
        platform.submit_form(replace(wanted.form, photo=photo, house_id=wanted.house.id))

    operation = new_operation_id(desk.clock.local())
    facts: dict[str, str | int | bool] = {"house": wanted.house.id, "agreed": True}
    _journalled(desk, operator, person, facts, send, operation=operation)
    return operation


def _journalled(
    desk: Desk,
    operator: Operator,
    person: Person | None,
    facts: dict[str, str | int | bool],
    send: Callable[[], _Answer],
    *,
    operation: str = "",
) -> _Answer:
    about = desk.journal.remember_person(person) if person else None
    name = operation or new_operation_id(desk.clock.local())
    record = Record(desk, operator, Kind.RESIDENT_FORM, name, person=about)
    record.intent(data=facts)
    record.begin(Step.SEND)
    try:
        answer = send()
    except StationError as error:
        state = State.FAILED
        if isinstance(error, OutcomeUnknown):
            state = State.UNKNOWN
        elif isinstance(error, VendorRefused):
            state = State.REFUSED
        record.failure(state, error)
        raise
    record.outcome(Payload(state=State.DONE))
    return answer
