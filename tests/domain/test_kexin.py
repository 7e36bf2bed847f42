"""Kexin's rules: names of locks, identity numbers, its clock, what is worth another try."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from station.domain.kexin import (
    STATUS_CODES,
    UINT32,
    TimeSync,
    check_number,
    is_final,
    parse_identity_number,
    parse_lock_id,
    parse_mac,
    unix_seconds,
)
from station.errors import (
    Code,
    InputInvalid,
    OutcomeUnknown,
    StationError,
    Unreachable,
    VendorRefused,
)

TABLE = [310, 311, 312, 315, *range(320, 329), *range(350, 364)]


def test_every_status_of_the_papers_own_has_a_code_of_its_own() -> None:
    assert {status for status in STATUS_CODES if 310 <= status <= 363} == set(TABLE)
    assert len(set(STATUS_CODES.values())) == len(STATUS_CODES)
    unnamed = {code for code in Code if code.value.startswith("kexin_")} - {
        *STATUS_CODES.values(),
        Code.KEXIN_REFUSED,
        Code.KEXIN_SIGNER_MISSING,
        Code.KEXIN_SIGNER_FAILED,
    }
    assert unnamed == set()


@pytest.mark.parametrize("status", TABLE)
def test_what_passes_is_worth_another_try_and_the_rest_is_final(status: int) -> None:
    final = is_final(VendorRefused(STATUS_CODES[status], vendor_code=str(status)))
    assert final is (status not in {327, 328, 359, 360})


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (Unreachable(Code.SERVICE_BUSY, status=429), False),
        (Unreachable(Code.SERVICE_HTTP_STATUS, status=502), False),
        (Unreachable(Code.SERVICE_TIMEOUT), False),
        (Unreachable(Code.KEXIN_SIGNER_FAILED, why="timed_out"), False),
        (OutcomeUnknown(Code.LOCK_OUTCOME_UNKNOWN), False),
        (VendorRefused(Code.KEXIN_REFUSED, vendor_code="404"), False),
        (VendorRefused(Code.KEXIN_BAD_REQUEST), True),
        (VendorRefused(Code.KEXIN_UNAUTHORISED), True),
        (InputInvalid(Code.KEXIN_SIGNER_MISSING), False),
        (InputInvalid(Code.PART_NOT_SET_UP), False),
        (InputInvalid(Code.PASSCODE_MALFORMED), True),
    ],
)
def test_what_else_is_final(error: StationError, final: bool) -> None:
    assert is_final(error) is final


@pytest.mark.parametrize(
    "text", ["72:00:03:16:7d:f0", "72-00-03-16-7D-F0", "720003167DF0", " 7200.0316.7df0 "]
)
def test_macs_in_every_dress(text: str) -> None:
    assert parse_mac(text) == "72:00:03:16:7d:f0"


@pytest.mark.parametrize(
    "text", ["", "72:00:03:16:7d", "72:00:03:16:7d:f0:11", "7g0003167df0", "锁"]
)
def test_what_is_no_mac(text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_mac(text)
    assert caught.value.code is Code.MAC_MALFORMED


def test_lock_numbers() -> None:
    assert parse_lock_id(" 1000007 ") == 1000007
    assert check_number(UINT32, "user_id") == UINT32
    for text, code in {
        "": Code.FIELD_NOT_A_NUMBER,
        "x": Code.FIELD_NOT_A_NUMBER,
        "-5": Code.FIELD_NOT_A_NUMBER,
        "１": Code.FIELD_NOT_A_NUMBER,
        "0": Code.FIELD_OUT_OF_RANGE,
        str(UINT32 + 1): Code.FIELD_OUT_OF_RANGE,
        "9" * 5000: Code.FIELD_OUT_OF_RANGE,
    }.items():
        with pytest.raises(InputInvalid) as caught:
            parse_lock_id(text)
        assert caught.value.code is code
    for number in (0, -1, UINT32 + 1, True):
        with pytest.raises(InputInvalid) as caught:
            check_number(number, "seconds")
        assert caught.value.context["field"] == "seconds"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("00000000000000001X", "00000000000000001X"),
        (" 000000 00000000 001x", "00000000000000001X"),
        ("000000-00000000-0001", "000000000000000001"),
    ],
)
def test_identity_numbers(text: str, number: str) -> None:
    """Nobody has these: no region, no birthday, only the check digit fits."""
    assert parse_identity_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "000000000000000011", "00000000000000001", "0000000000000000１X", "A0000000000000001X"],
)
def test_what_is_no_identity_number_is_not_quoted(text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_identity_number(text)
    assert caught.value.code is Code.ID_NUMBER_MALFORMED
    assert caught.value.context == {"field": "id_number"}


def test_moments_need_a_zone() -> None:
    beijing = timezone(timedelta(hours=8))
    assert unix_seconds(datetime(2016, 11, 8, 14, 5, tzinfo=beijing), "effective_at") == 1478585100
    assert unix_seconds(datetime(2016, 11, 8, 6, 5, tzinfo=UTC), "effective_at") == 1478585100
    for moment in (
        datetime(2016, 11, 8, 14, 5),
        datetime(1960, 1, 1, tzinfo=UTC),
        datetime(2200, 1, 1, tzinfo=UTC),
    ):
        with pytest.raises(InputInvalid) as caught:
            unix_seconds(moment, "effective_at")
        assert caught.value.code is Code.TIME_MALFORMED


def test_the_keys_of_a_synchronisation_are_not_shown() -> None:
    assert repr(TimeSync(51459843, 785165551, 189439575)) == "TimeSync(seq=51459843)"
