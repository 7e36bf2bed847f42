"""A resident's first form: checked before anything is sent, photo and form once, nothing kept."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from station import logs
from station.domain.household import FacePhoto, HouseRole, ResidentForm, ReviewState
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.domain.owner import PhoneBinding
from station.domain.person import Person
from station.errors import (
    Code,
    InputInvalid,
    OutcomeUnknown,
    Refused,
    StationError,
    Unreachable,
    VendorRefused,
)
from station.ports import HistoryFilter
from station.simulators.faults import Fault
from station.simulators.pictures import sample_face
from station.simulators.property.switches import Trouble
from station.workflows import resident_form
from station.workflows.interrupted import adopt
from station.workflows.records import Record
from station.workflows.resident_form import NewResident
from tests.desk_rig import WANG, DeskRig
from tests.workflows.houses import calls, code_of, housed_rig, open_path, sim_of, written_down

FACE = sample_face()
MOBILE, NAME, ID_NUMBER, ADDRESS = "13800000002", "李四", "000000199001010000", "某省某市某区甲1号"
PHOTO, FORM = "people/photo", "weapp/yibiaosanshi"


def a_form(**changes: object) -> ResidentForm:
    form = ResidentForm(
        name=NAME,
        mobile=MOBILE,
        id_number=ID_NUMBER,
        photo=FacePhoto(""),
        sex="女",
        nation="汉族",
        address=ADDRESS,
        politics="群众",
        job="教师",
        company="某某小学",
        house_id="",
        birth=date(1990, 1, 1),
        role=HouseRole.TENANT,
    )
    return replace(form, **changes)  # type: ignore[arg-type]


def wanted(rig: DeskRig, **changes: object) -> NewResident:
    new = NewResident(open_path(rig), a_form(), FACE, agreed=True)
    return replace(new, **changes)  # type: ignore[arg-type]


def caught(call: object, *args: object) -> StationError:
    with pytest.raises(StationError) as info:
        call(*args)  # type: ignore[operator]
    return info.value


def states(rig: DeskRig) -> list[State]:
    return [row.state for row in rig.journal.history(HistoryFilter(kind=Kind.RESIDENT_FORM))]


def steps(rig: DeskRig) -> list[str]:
    """The steps that the newest form's operation got behind itself."""
    row = rig.journal.history(HistoryFilter(kind=Kind.RESIDENT_FORM))[0]
    return [event.payload.step for event in rig.journal.events(row.operation) if event.payload.step]


def handed_in(rig: DeskRig) -> list[dict[str, str]]:
    """The forms that wait at the platform beside the sample's own."""
    return [each.form for each in sim_of(rig).estate.records.reviews.values() if each.id > 3]


def test_an_identity_card_is_read_and_not_kept(housed: DeskRig) -> None:
    found = resident_form.read_identity_card(housed.desk, WANG, FACE)
    assert (found.name, found.number, found.birthday) == ("张三", ID_NUMBER, date(1990, 1, 1))
    assert ID_NUMBER not in repr(found)
    assert housed.rows() == []
    sim_of(housed).switch(trouble=Trouble.SCANNER)
    error = caught(resident_form.read_identity_card, housed.desk, WANG, FACE)
    assert error.code is Code.PROPERTY_PICTURE_REFUSED
    for picture in (b"", b"GIF89a"):
        error = caught(resident_form.read_identity_card, housed.desk, WANG, picture)
        assert isinstance(error, InputInvalid)
    assert calls(housed, "idcard/photo") == 2


def test_photo_and_form_are_sent_once_each_and_wait_for_review(housed: DeskRig) -> None:
    operation = resident_form.submit(housed.desk, WANG, wanted(housed))
    (form,) = handed_in(housed)
    (photo,) = sim_of(housed).estate.records.photos
    assert (form["name"], form["phone"], form["photo"]) == (NAME, MOBILE, photo.url)
    assert (form["house_id"], form["role"], form["birth"]) == ("1", "租客", "19900101")
    assert (calls(housed, PHOTO), calls(housed, FORM)) == (1, 1)
    row = housed.row(operation)
    assert (row.kind, row.state) == (Kind.RESIDENT_FORM, State.DONE)
    assert housed.journal.person(row.person) == Person(NAME, MOBILE)


def test_what_was_handed_in_is_listed(housed: DeskRig) -> None:
    before = resident_form.applications(housed.desk, WANG)
    resident_form.submit(housed.desk, WANG, wanted(housed))
    (new,) = [each for each in resident_form.applications(housed.desk, WANG) if each not in before]
    assert (new.state, new.action) == (ReviewState.WAITING, "租客正在申请：租客绑定")


def test_texts_are_tidied(housed: DeskRig) -> None:
    form = a_form(name=" 李四 ", mobile="138-0000-0002", id_number="000000 19900101 001x")
    resident_form.submit(housed.desk, WANG, wanted(housed, form=form))
    (sent,) = handed_in(housed)
    assert (sent["name"], sent["phone"]) == (NAME, MOBILE)
    assert sent["idcard"] == "00000019900101001X"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"agreed": False}, Code.CONSENT_NEEDED),
        ({"photo": b""}, Code.PICTURE_MALFORMED),
        ({"photo": b"%PDF-1.7"}, Code.PICTURE_MALFORMED),
        ({"form": a_form(name="")}, Code.FIELD_EMPTY),
        ({"form": a_form(name="x" * 33)}, Code.FIELD_TOO_LONG),
        ({"form": a_form(mobile="123")}, Code.MOBILE_MALFORMED),
        ({"form": a_form(id_number="")}, Code.ID_NUMBER_MALFORMED),
        ({"form": a_form(id_number="1" * 17)}, Code.ID_NUMBER_MALFORMED),
        ({"form": a_form(sex="")}, Code.FIELD_CHOICE),
        ({"form": a_form(politics="x")}, Code.FIELD_CHOICE),
        ({"form": a_form(nation=" ")}, Code.FIELD_EMPTY),
        ({"form": a_form(address="甲\u202e乙")}, Code.FIELD_CHARACTERS),
        ({"form": a_form(job="")}, Code.FIELD_EMPTY),
        ({"form": a_form(company="x" * 121)}, Code.FIELD_TOO_LONG),
    ],
)
def test_a_form_that_is_not_well_sends_nothing_at_all(
    housed: DeskRig, changes: dict[str, object], code: Code
) -> None:
    new = wanted(housed, **changes)
    before = calls(housed)
    error = caught(resident_form.submit, housed.desk, WANG, new)
    assert (type(error), error.code) == (InputInvalid, code)
    assert ID_NUMBER not in str(error)
    assert calls(housed) == before
    assert housed.rows() == []


def test_only_who_looks_after_houses_hands_forms_in(housed: DeskRig) -> None:
    technician = Operator("陈工", Role.TECHNICIAN)
    new = wanted(housed)
    before = calls(housed)
    assert isinstance(caught(resident_form.submit, housed.desk, technician, new), Refused)
    for work in (
        lambda: resident_form.read_identity_card(housed.desk, technician, FACE),
        lambda: resident_form.send_code(housed.desk, technician, MOBILE),
        lambda: resident_form.applications(housed.desk, technician),
    ):
        assert isinstance(caught(work), Refused)
    assert calls(housed) == before


LOST = [Fault.DROP_AFTER, Fault.HANG_AFTER_EFFECT, Fault.CUT_JSON]


@pytest.mark.parametrize("fault", LOST)
def test_a_photo_without_an_answer_sends_no_form(housed: DeskRig, fault: Fault) -> None:
    sim_of(housed).inject(fault, PHOTO)
    error = caught(resident_form.submit, housed.desk, WANG, wanted(housed))
    sim_of(housed).faults.release()
    assert isinstance(error, OutcomeUnknown)
    assert (states(housed), steps(housed)) == ([State.UNKNOWN], [])
    assert (calls(housed, PHOTO), calls(housed, FORM)) == (1, 0)
    assert handed_in(housed) == []


@pytest.mark.parametrize("fault", LOST)
def test_a_form_without_an_answer_is_unknown_and_the_list_shows_it(
    housed: DeskRig, fault: Fault
) -> None:
    before = resident_form.applications(housed.desk, WANG)
    sim_of(housed).inject(fault, FORM)
    error = caught(resident_form.submit, housed.desk, WANG, wanted(housed))
    sim_of(housed).faults.release()
    assert isinstance(error, OutcomeUnknown)
    assert (states(housed), steps(housed)) == ([State.UNKNOWN], ["push"])
    assert (calls(housed, PHOTO), calls(housed, FORM)) == (1, 1)
    assert len(resident_form.applications(housed.desk, WANG)) == len(before) + 1


def test_refusals_are_journalled_and_nothing_is_handed_in(housed: DeskRig) -> None:
    sim_of(housed).switch(trouble=Trouble.PICTURE_STORE)
    error = caught(resident_form.submit, housed.desk, WANG, wanted(housed))
    assert (type(error), error.code) == (VendorRefused, Code.PROPERTY_PICTURE_REFUSED)
    sim_of(housed).switch(trouble=Trouble.NONE)
    sim_of(housed).inject(Fault.REFUSE, FORM)
    assert isinstance(
        caught(resident_form.submit, housed.desk, WANG, wanted(housed)), VendorRefused
    )
    sim_of(housed).lose_tokens()
    error = caught(resident_form.submit, housed.desk, WANG, wanted(housed))
    assert error.code is Code.PROPERTY_TOKEN_LOST
    new = wanted(housed)
    assert housed.property_server is not None
    housed.property_server.stop()
    assert isinstance(caught(resident_form.submit, housed.desk, WANG, new), Unreachable)
    assert states(housed) == [State.FAILED, State.REFUSED, State.REFUSED, State.REFUSED]
    assert handed_in(housed) == []


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[DeskRig]:
    """A desk that logs all traffic."""
    logs.setup(tmp_path, traffic=True)
    try:
        with housed_rig(tmp_path / "desk") as rig:
            yield rig
    finally:
        logs.close()


def test_nothing_personal_is_left_in_journal_or_log(logged: DeskRig, tmp_path: Path) -> None:
    resident_form.read_identity_card(logged.desk, WANG, FACE)
    resident_form.submit(logged.desk, WANG, wanted(logged))
    sim_of(logged).inject(Fault.DROP_AFTER, FORM)
    caught(resident_form.submit, logged.desk, WANG, wanted(logged))
    sent = resident_form.send_code(logged.desk, WANG, MOBILE)
    code = code_of(logged, MOBILE)
    resident_form.adopt(logged.desk, WANG, sent, code, "10002")
    kept = written_down(logged) + b"".join(
        path.read_bytes() for path in (tmp_path / "logs").rglob("*") if path.is_file()
    )
    assert b"yibiaosanshi" in kept, "the log did log"
    photo = sim_of(logged).estate.records.photos[0]
    needles = (NAME, MOBILE, ID_NUMBER, ADDRESS, "教师", "某某小学", photo.url, code, sent.key)
    for needle in needles:
        assert needle.encode() not in kept, needle
    middle = FACE[20:50]
    for part in (middle, middle.hex().encode(), b64encode(FACE)[20:60]):
        assert len(part) >= 30
        assert part not in kept


def test_a_number_that_the_security_database_knows_is_taken_over(housed: DeskRig) -> None:
    sent = resident_form.send_code(housed.desk, WANG, MOBILE)
    assert sim_of(housed).sms(MOBILE)[-1].type == "verify"
    wrong = caught(resident_form.adopt, housed.desk, WANG, sent, "000000", "10002")
    assert wrong.code is Code.PROPERTY_SMS_CODE_WRONG
    found = resident_form.adopt(housed.desk, WANG, sent, code_of(housed, MOBILE), "10002")
    assert found is PhoneBinding.BOUND_BEFORE
    assert states(housed) == [State.DONE, State.REFUSED]
    error = caught(resident_form.send_code, housed.desk, WANG, "12")
    assert error.code is Code.MOBILE_MALFORMED


def test_a_killed_programs_form_is_unknown(housed: DeskRig) -> None:
    Record(housed.desk, WANG, Kind.RESIDENT_FORM, "killed").intent(data={"house": "1"})
    housed.restart()
    housed.tick(24 * 3600)
    assert adopt(housed.desk) == ["killed"]
    assert states(housed) == [State.UNKNOWN]
