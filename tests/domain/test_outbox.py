"""What may wait for a vendor, for whom it is, and what no retry mends."""

import pytest

from station.domain.credential import CredentialKind
from station.domain.outbox import (
    REFUSALS,
    REFUSALS_BEFORE_STOP,
    SERVICE_OF,
    STOP_OF,
    Call,
    Service,
    is_final,
)
from station.errors import Code, InputInvalid, StationError, Unreachable, VendorRefused

AT_LOCKS = [call for call in Call if SERVICE_OF[call] is not Service.GATE]
KEXIN = [call for call in Call if SERVICE_OF[call] is Service.NETWORK_LOCKS]
LAST = REFUSALS_BEFORE_STOP


def test_every_call_is_for_somebody_and_every_revocable_kind_has_its_stop() -> None:
    assert set(SERVICE_OF) == set(Call)
    assert set(STOP_OF) == set(CredentialKind) - {CredentialKind.KEXIN_TEMPORARY}


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize("code", [Code.SERVICE_TIMEOUT, Code.SERVICE_DNS, Code.KEXIN_SIGNER_FAILED])
def test_what_was_not_heard_waits_however_often(call: Call, code: Code) -> None:
    assert not is_final(call, Unreachable(code), 1000)


@pytest.mark.parametrize("call", AT_LOCKS)
def test_a_refusal_that_explains_nothing_is_tried_five_times(call: Call) -> None:
    refused = VendorRefused(Code.KEXIN_REFUSED if call in KEXIN else Code.GATEWAY_REFUSED)
    assert [is_final(call, refused, number) for number in (1, LAST - 1, LAST)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("call", KEXIN)
def test_a_networked_lock_that_is_offline_is_waited_for(call: Call) -> None:
    assert not is_final(call, VendorRefused(Code.KEXIN_LOCK_OFFLINE), 1000)
    assert is_final(call, VendorRefused(Code.KEXIN_LOCK_MISSING), 1)


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize(
    ("error", "final"),
    [
        (InputInvalid(Code.CREDENTIAL_UNKNOWN), True),
        (InputInvalid(Code.FIELD_OUT_OF_RANGE), True),
        (InputInvalid(Code.PART_NOT_SET_UP), False),
        (InputInvalid(Code.SECRET_MISSING), False),
    ],
)
def test_what_is_wrong_stays_wrong_and_what_is_not_set_up_yet_may_be(
    call: Call, error: StationError, final: bool
) -> None:
    assert is_final(call, error, 1) is final


@pytest.mark.parametrize("call", KEXIN)
def test_a_signer_may_still_come(call: Call) -> None:
    assert not is_final(call, InputInvalid(Code.KEXIN_SIGNER_MISSING), 1)


def test_a_refusal_worth_another_try_is_known_by_its_code_alone() -> None:
    assert Code.GATEWAY_REFUSED in REFUSALS
    assert Code.KEXIN_LOCK_OFFLINE in REFUSALS
    assert not [code for code in REFUSALS if code.value.startswith("service_")]
