"""The owner's code: sent to a number that nobody sees, tried so often, good for so long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
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
from station.simulators.property.switches import Trouble
from station.workflows import house_tree, household, owner_check
from station.workflows.interrupted import adopt
from tests.desk_rig import LI, WANG, DeskRig, StepClock
from tests.workflows.houses import OWNER, calls, code_of, open_path, prove, sim_of, written_down

MASKED = "138****0001"


def caught(call: object, *args: object, **more: object) -> StationError:
    with pytest.raises(StationError) as info:
        call(*args, **more)  # type: ignore[operator]
    return info.value


def checks(rig: DeskRig) -> list[State]:
    return [row.state for row in rig.journal.history(HistoryFilter(kind=Kind.OWNER_CHECK))]


def test_the_owner_is_masked_until_the_owner_said_yes(housed: DeskRig) -> None:
    house = open_path(housed)
    asked = owner_check.ask(housed.desk, WANG, house)
    assert asked.masked == MASKED
    assert OWNER not in repr(asked)
    assert OWNER not in str(asked.owner)
    assert owner_check.masked_owner(housed.desk, WANG, house) == MASKED
    (sent,) = sim_of(housed).sms(OWNER)
    assert (sent.type, sent.house) == ("yezhu", "晨曦家园1栋1单元1楼101号")
    assert asked.expires_at == housed.clock.local() + timedelta(minutes=30)
    proved = owner_check.prove(housed.desk, WANG, asked, f" {sent.code} ")
    assert (proved.owner.mobile, proved.owner.role) == (OWNER, "业主")
    assert proved.until == housed.clock.local() + owner_check.PROOF_LIFE
    assert OWNER not in repr(proved)
    row = housed.row(asked.operation)
    assert (row.kind, row.state) == (Kind.OWNER_CHECK, State.DONE)
    assert housed.journal.person(row.person).mobile == OWNER


def test_no_number_and_no_code_is_written_down(housed: DeskRig) -> None:
    house = open_path(housed)
    asked = owner_check.ask(housed.desk, WANG, house)
    caught(owner_check.prove, housed.desk, WANG, asked, "0099887")
    code = code_of(housed)
    owner_check.prove(housed.desk, WANG, asked, code)
    kept = written_down(housed)
    for needle in (OWNER, code, asked.key, "0099887"):
        assert needle.encode() not in kept, needle
    assert housed.journal.verify().ok


def test_a_second_code_waits_a_minute_whoever_asks(housed: DeskRig) -> None:
    house = open_path(housed)
    asked = owner_check.ask(housed.desk, WANG, house)
    housed.tick(12)
    for by, before in ((WANG, asked), (WANG, None), (LI, None)):
        error = caught(owner_check.ask, housed.desk, by, house, before=before)
        assert (error.code, error.context["seconds"]) == (Code.CODE_TOO_SOON, 48)
    owner_check.give_up(housed.desk, WANG, asked)
    assert caught(owner_check.ask, housed.desk, LI, house).code is Code.CODE_TOO_SOON
    housed.restart()
    assert caught(owner_check.ask, housed.desk, LI, house).code is Code.CODE_TOO_SOON
    assert len(sim_of(housed).sms(OWNER)) == 1
    housed.tick(48)
    again = owner_check.ask(housed.desk, WANG, house, before=asked)
    assert len(sim_of(housed).sms(OWNER)) == 2
    owner_check.prove(housed.desk, WANG, again, code_of(housed))


def test_a_clock_that_was_put_back_locks_nobody_out(housed: DeskRig) -> None:
    house = open_path(housed)
    owner_check.ask(housed.desk, WANG, house)
    sim_of(housed).estate.records.codes.clear()
    housed.tick(-3600)
    owner_check.ask(housed.desk, WANG, house)
    assert len(sim_of(housed).sms(OWNER)) == 1


def test_a_wrong_code_is_tried_five_times_and_no_more(housed: DeskRig) -> None:
    asked = first = owner_check.ask(housed.desk, WANG, open_path(housed))
    for number in range(owner_check.TRIES):
        error = caught(owner_check.prove, housed.desk, WANG, asked, f"00000{number}")
        assert error.code is Code.PROPERTY_SMS_CODE_WRONG
        asked = owner_check.again(asked)
    right = code_of(housed)
    for tried in (asked, first):
        error = caught(owner_check.prove, housed.desk, WANG, tried, right)
        assert error.code is Code.CODE_EXPIRED, "whoever forgets to count is counted for"
    assert calls(housed, "security/yezhu-code") == owner_check.TRIES
    assert checks(housed) == [State.INTENT]


def test_the_right_code_after_wrong_ones(housed: DeskRig) -> None:
    asked = owner_check.ask(housed.desk, WANG, open_path(housed))
    for _ in range(owner_check.TRIES - 1):
        caught(owner_check.prove, housed.desk, WANG, asked, "000000")
    owner_check.prove(housed.desk, WANG, asked, code_of(housed))
    assert checks(housed) == [State.DONE]


@pytest.mark.parametrize("code", ["", "123", "123456789", "12a456", "１２３４５６", "12 456"])
def test_what_is_no_code_is_not_sent(housed: DeskRig, code: str) -> None:
    asked = owner_check.ask(housed.desk, WANG, open_path(housed))
    error = caught(owner_check.prove, housed.desk, WANG, asked, code)
    assert (type(error), error.code) == (InputInvalid, Code.SMS_CODE_MALFORMED)
    assert calls(housed, "security/yezhu-code") == 0


def test_a_code_ends_after_half_an_hour(housed: DeskRig) -> None:
    asked = owner_check.ask(housed.desk, WANG, open_path(housed))
    housed.tick(30 * 60 + 1)
    error = caught(owner_check.prove, housed.desk, WANG, asked, code_of(housed))
    assert error.code is Code.CODE_EXPIRED
    assert calls(housed, "security/yezhu-code") == 0


def test_a_platform_in_another_time_zone_ends_no_code_early(housed: DeskRig) -> None:
    sim_of(housed).estate.clock = StepClock(housed.clock.local() - timedelta(hours=8))
    sim_of(housed).lose_tokens()
    token = sim_of(housed).give_token()
    housed.desk.need_property().use_token(token)  # type: ignore[attr-defined]
    asked = owner_check.ask(housed.desk, WANG, open_path(housed))
    assert asked.expires_at == housed.clock.local() + owner_check.CODE_LIFE
    owner_check.prove(housed.desk, WANG, asked, code_of(housed))


def test_a_code_is_good_once_and_not_after_it_was_given_up(housed: DeskRig) -> None:
    house = open_path(housed)
    asked = owner_check.ask(housed.desk, WANG, house)
    code = code_of(housed)
    owner_check.prove(housed.desk, WANG, asked, code)
    assert caught(owner_check.prove, housed.desk, WANG, asked, code).code is Code.CODE_EXPIRED
    housed.tick(61)
    other = owner_check.ask(housed.desk, WANG, house)
    owner_check.give_up(housed.desk, WANG, other)
    owner_check.give_up(housed.desk, WANG, other)
    error = caught(owner_check.prove, housed.desk, WANG, other, code_of(housed))
    assert error.code is Code.CODE_EXPIRED
    assert checks(housed) == [State.REFUSED, State.DONE]


def test_a_proof_is_one_operators_and_ends(housed: DeskRig) -> None:
    house = open_path(housed)
    asked = owner_check.ask(housed.desk, WANG, house)
    error = caught(owner_check.prove, housed.desk, LI, asked, code_of(housed))
    assert error.code is Code.OWNER_NOT_PROVED
    proved = owner_check.prove(housed.desk, WANG, asked, code_of(housed))
    assert household.detail(housed.desk, WANG, proved).members
    assert caught(household.detail, housed.desk, LI, proved).code is Code.OWNER_NOT_PROVED
    housed.tick(owner_check.PROOF_LIFE.total_seconds())
    household.detail(housed.desk, WANG, proved)
    housed.tick(1)
    before = calls(housed)
    assert caught(household.detail, housed.desk, WANG, proved).code is Code.OWNER_NOT_PROVED
    assert calls(housed) == before


def test_two_houses_at_once(housed: DeskRig) -> None:
    first, third = open_path(housed), open_path(housed, 0, 0, 0, 0, 2)
    one = owner_check.ask(housed.desk, WANG, first)
    other = owner_check.ask(housed.desk, WANG, third)
    assert one.owner.mobile != other.owner.mobile
    error = caught(owner_check.prove, housed.desk, WANG, one, code_of(housed, other.owner.mobile))
    assert error.code is Code.PROPERTY_SMS_CODE_WRONG, "the code of another house proves nothing"
    proved = owner_check.prove(housed.desk, WANG, other, code_of(housed, other.owner.mobile))
    assert proved.house == third
    assert owner_check.prove(housed.desk, WANG, one, code_of(housed)).house == first
    assert household.detail(housed.desk, WANG, proved).address == third.full_name


def test_a_house_without_an_owner(housed: DeskRig) -> None:
    second = open_path(housed, 0, 0, 0, 0, 1)
    error = caught(owner_check.ask, housed.desk, WANG, second)
    assert (error.code, error.context["house"]) == (Code.NO_OWNER, second.full_name)
    assert owner_check.masked_owner(housed.desk, WANG, second) == ""
    assert checks(housed) == []


def test_a_platform_that_is_away_sends_nothing_and_counts_nothing(housed: DeskRig) -> None:
    house = open_path(housed)
    assert housed.property_server is not None
    housed.property_server.stop()
    assert isinstance(caught(owner_check.ask, housed.desk, WANG, house), Unreachable)
    assert checks(housed) == []
    housed.property_server.start()
    asked = owner_check.ask(housed.desk, WANG, house)
    housed.property_server.stop()
    error = caught(owner_check.prove, housed.desk, WANG, asked, code_of(housed))
    assert isinstance(error, Unreachable)
    assert checks(housed) == [State.INTENT]
    housed.property_server.start()
    owner_check.prove(housed.desk, WANG, asked, code_of(housed))
    assert checks(housed) == [State.DONE]


def test_a_lost_answer_to_the_sending_is_unknown_and_may_be_asked_again(housed: DeskRig) -> None:
    house = open_path(housed)
    sim_of(housed).inject(Fault.DROP_AFTER, "verificationCodes/phone")
    error = caught(owner_check.ask, housed.desk, WANG, house)
    assert (type(error), error.code) == (OutcomeUnknown, Code.PROPERTY_OUTCOME_UNKNOWN)
    assert checks(housed) == [State.UNKNOWN]
    assert len(sim_of(housed).sms(OWNER)) == 1
    assert caught(owner_check.ask, housed.desk, WANG, house).code is Code.CODE_TOO_SOON
    housed.tick(60)
    asked = owner_check.ask(housed.desk, WANG, house)
    owner_check.prove(housed.desk, WANG, asked, code_of(housed))


def test_a_lost_answer_to_the_code_proves_nothing(housed: DeskRig) -> None:
    asked = owner_check.ask(housed.desk, WANG, open_path(housed))
    sim_of(housed).inject(Fault.DROP_AFTER, "security/yezhu-code")
    error = caught(owner_check.prove, housed.desk, WANG, asked, code_of(housed))
    assert isinstance(error, Unreachable)
    assert calls(housed, "security/yezhu-code") == 1, "never tried twice by itself"
    error = caught(owner_check.prove, housed.desk, WANG, asked, code_of(housed))
    assert error.code is Code.PROPERTY_SMS_CODE_WRONG, "it was used up"
    assert checks(housed) == [State.INTENT]


def test_a_refusal_of_the_platform_is_journalled_with_its_words(housed: DeskRig) -> None:
    house = open_path(housed)
    sim_of(housed).inject(Fault.REFUSE, "verificationCodes/phone")
    assert isinstance(caught(owner_check.ask, housed.desk, WANG, house), VendorRefused)
    (row,) = housed.journal.history(HistoryFilter(kind=Kind.OWNER_CHECK))
    assert (row.state, row.vendor_code) == (State.REFUSED, "1")
    owner_check.ask(housed.desk, WANG, house)
    sim_of(housed).switch(trouble=Trouble.SECURITY_DOWN)
    housed.tick(61)
    error = caught(owner_check.ask, housed.desk, WANG, house)
    assert error.code is Code.PROPERTY_SECURITY_DOWN


def test_a_killed_program_leaves_a_check_that_ends_with_its_code(housed: DeskRig) -> None:
    asked = owner_check.ask(housed.desk, WANG, open_path(housed))
    housed.restart()
    housed.tick(20 * 60)
    assert adopt(housed.desk) == [], "somebody may still be reading it out"
    assert checks(housed) == [State.INTENT]
    housed.tick(10 * 60)
    assert adopt(housed.desk) == [asked.operation]
    row = housed.row(asked.operation)
    assert (row.state, row.error) == (State.FAILED, "interrupted")
    assert adopt(housed.desk) == []


def test_only_who_looks_after_houses_may_ask(housed: DeskRig) -> None:
    technician = Operator("陈工", Role.TECHNICIAN)
    house = open_path(housed)
    asked = owner_check.ask(housed.desk, WANG, house)
    before = calls(housed)
    for work in (
        lambda: owner_check.ask(housed.desk, technician, house),
        lambda: owner_check.masked_owner(housed.desk, technician, house),
        lambda: owner_check.prove(housed.desk, technician, asked, "000000"),
    ):
        with pytest.raises(Refused) as refused:
            work()
        assert refused.value.code is Code.NOT_ALLOWED
    assert calls(housed) == before
    desk = replace(housed.desk, property=None)
    assert caught(owner_check.ask, desk, WANG, house).code is Code.PART_NOT_SET_UP


def test_a_token_that_is_lost_says_what_to_do(housed: DeskRig) -> None:
    house = open_path(housed)
    sim_of(housed).lose_tokens()
    error = caught(owner_check.ask, housed.desk, WANG, house)
    assert error.code is Code.PROPERTY_TOKEN_LOST
    assert checks(housed) == []
    level = house_tree.open_level(housed.desk, WANG, refresh=True)
    assert level.nodes, "the communities need no token"


def test_proving_gives_back_the_house_of_the_question(housed: DeskRig) -> None:
    assert prove(housed).house == open_path(housed)
