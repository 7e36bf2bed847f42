"""Rules for what opens a door and is no card: slots, ends to the second, passcodes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.credential import (
    KEXIN,
    PASSCODE_LENGTH,
    SLOTS,
    SLOTTED,
    STARTING,
    Credential,
    CredentialKind,
    CredentialState,
    end_of_its_own,
    free_slot,
    mask_passcode,
    new_passcode,
    parse_passcode,
    parse_slot,
)
from station.errors import Code, InputInvalid, Refused

NOON = datetime(2026, 3, 1, 12)
SECOND = timedelta(seconds=1)
START, END = NOON, NOON + timedelta(days=1)
kinds = pytest.mark.parametrize("kind", CredentialKind)
ACTIVE, POSSIBLE, STOPPING, STOPPED = CredentialState


def one(kind: CredentialKind, state: CredentialState = ACTIVE) -> Credential:
    return Credential("c1", kind, state, "301", START, END, slot=1 if kind in SLOTTED else 0)


@kinds
def test_rule_1_it_may_open_to_the_second_of_its_end(kind: CredentialKind) -> None:
    for state in (ACTIVE, POSSIBLE, STOPPING):
        assert one(kind, state).may_open(END)
        assert not one(kind, state).may_open(END + SECOND)
    assert not one(kind, STOPPED).may_open(NOON)


@kinds
def test_rule_1_it_opens_for_certain_only_while_nothing_speaks_against_it(
    kind: CredentialKind,
) -> None:
    assert one(kind).surely_opens(START)
    assert one(kind).surely_opens(END - SECOND)
    assert one(kind).surely_opens(END) is (kind not in KEXIN), "whether it counts is not said"
    assert not one(kind).surely_opens(END + SECOND)
    assert one(kind).surely_opens(START - SECOND) is (kind not in STARTING)
    for state in (POSSIBLE, STOPPING, STOPPED):
        assert not one(kind, state).surely_opens(NOON)


@kinds
def test_rule_2_a_slot_is_kept_until_the_end_or_a_certain_stop(kind: CredentialKind) -> None:
    kept = kind in SLOTTED
    for state in (ACTIVE, POSSIBLE):
        assert one(kind, state).keeps_slot(END) is kept
        assert not one(kind, state).keeps_slot(END + SECOND)
    assert one(kind, STOPPING).keeps_slot(END + timedelta(days=400)) is kept
    assert not one(kind, STOPPED).keeps_slot(NOON)


@kinds
def test_only_a_temporary_password_cannot_be_taken_back(kind: CredentialKind) -> None:
    assert one(kind).revocable is (kind is not CredentialKind.KEXIN_TEMPORARY)


ONLINE = CredentialKind.ONLINE_PASSCODE


def free(taken: set[int], ended: dict[int, datetime] | None = None) -> int:
    return free_slot(taken, room="301", kind=ONLINE, slots=(1, 4), ended=ended or {})


def test_rule_2_the_lowest_empty_slot_is_taken() -> None:
    assert free(set()) == 1
    assert free({1, 2}) == 3
    assert free({2}) == 1


def test_rule_2_an_ended_ones_slot_is_the_last_to_be_taken() -> None:
    assert free(set(), {1: NOON, 2: NOON}) == 3
    assert free({3, 4}, {1: NOON, 2: NOON - SECOND}) == 2
    assert free({3, 4}, {1: NOON, 2: NOON}) == 1


def test_rule_2_a_full_lock_says_so() -> None:
    with pytest.raises(Refused) as caught:
        free({1, 2, 3, 4})
    assert caught.value.code is Code.SLOTS_FULL
    assert (caught.value.context["low"], caught.value.context["high"]) == (1, 4)


@given(st.sets(st.integers(1, 49)), st.dictionaries(st.integers(1, 49), st.datetimes()))
def test_rule_2_nobodys_slot_is_handed_out_twice(
    taken: set[int], ended: dict[int, datetime]
) -> None:
    try:
        slot = free_slot(taken, room="301", kind=ONLINE, ended=ended)
    except Refused:
        assert taken == set(range(1, 50))
        return
    assert slot not in taken
    assert SLOTS[0] <= slot <= SLOTS[1]
    untouched = set(range(1, 50)) - taken - set(ended)
    assert slot in untouched or not untouched


def test_rule_3_two_computed_passcodes_never_share_an_end() -> None:
    assert end_of_its_own(END, set()) == END
    assert end_of_its_own(END, {END}) == END - SECOND
    assert end_of_its_own(END, {END, END - SECOND}) == END - 2 * SECOND
    assert end_of_its_own(END, {END + SECOND}) == END


@pytest.mark.parametrize("text", ["0", "50", "-1", "1.0", "", " ", "１", "1e1", "9" * 30, "#3"])
def test_a_slot_is_a_number_from_1_to_49(text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_slot(text)
    assert caught.value.context["field"] == "slot"


def test_a_slot_as_typed() -> None:
    assert [parse_slot(text) for text in ("1", " 49 ", 7)] == [1, 49, 7]
    assert parse_slot("900001", slots=(900001, 900049)) == 900001


@pytest.mark.parametrize("code", ["73915", "73915286401", "7391a2", "７３９１５２", "", "739 152"])
def test_rule_4_a_chosen_passcode_has_6_to_10_digits(code: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_passcode(code)
    assert caught.value.code is Code.PASSCODE_MALFORMED
    assert code == "" or code not in str(caught.value)


@pytest.mark.parametrize("code", ["111111", "0000000000", "123456", "654321", "890123", "210987"])
def test_rule_4_a_passcode_that_anybody_guesses_is_refused(code: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_passcode(code)
    assert caught.value.code is Code.PASSCODE_WEAK
    assert code not in str(caught.value)


def test_rule_4_passcodes_as_typed_and_as_made() -> None:
    assert parse_passcode(" 739152 ") == "739152"
    for length in range(PASSCODE_LENGTH[0], PASSCODE_LENGTH[1] + 1):
        code = new_passcode(length)
        assert len(code) == length
        assert parse_passcode(code) == code


@pytest.mark.parametrize(
    ("code", "shown"), [("739152", "****52"), ("12", "**"), ("", ""), ("123", "*23")]
)
def test_a_passcode_is_shown_by_its_last_digits(code: str, shown: str) -> None:
    assert mask_passcode(code) == shown


def test_a_credential_holds_references_alone() -> None:
    named = replace(one(ONLINE), code="35fc5a22", holder="6ef395e5", picture="ab" * 32)
    assert {len(named.code), len(named.holder)} == {8}
