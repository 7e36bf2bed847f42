"""What may wait for a vendor, and for whom: each vendor has a row of its own.

Only calls that may be repeated are here. A vendor that cannot be reached ends its row, so that the
order holds; a lock that refuses holds up what waits for that lock. Other rows go on.
"""

from enum import StrEnum
from typing import Final

from station.domain.credential import CredentialKind
from station.domain.gate import is_final as is_final_for_gate
from station.domain.kexin import PASSING_CODES
from station.domain.kexin import is_final as is_final_for_locks
from station.errors import Code, InputInvalid, StationError, VendorRefused

REFUSALS_BEFORE_STOP: Final = 5
"""A lock's gateway says "busy" with the code that it has for everything: a few tries are fair."""
UNEXPLAINED: Final = frozenset({Code.GATEWAY_REFUSED, Code.DOOR_LOCK_REFUSED, Code.KEXIN_REFUSED})
"""Refusals that do not say whether they pass."""
REFUSALS: Final = UNEXPLAINED | PASSING_CODES
"""What a lock answers that is worth another try; anything else that waits was not heard."""


class Call(StrEnum):
    """A call that waits."""

    SET_CARD = "set_card_no"
    REMOVE_USER = "del_user"
    STOP_OFFLINE = "stop_offline"
    STOP_ONLINE = "stop_online"
    STOP_FACE = "stop_face"
    STOP_FINGERPRINT = "stop_fingerprint"
    DELETE_PASSWORD = "delete_password"  # noqa: S105 - a call, not a secret


class Service(StrEnum):
    """Whom a call is for: the names of `[part]` in the words."""

    GATE = "shankai"
    GATEWAY = "door_lock"
    NETWORK_LOCKS = "kexin"


SERVICE_OF: Final = {
    Call.SET_CARD: Service.GATE,
    Call.REMOVE_USER: Service.GATE,
    Call.STOP_OFFLINE: Service.GATEWAY,
    Call.STOP_ONLINE: Service.GATEWAY,
    Call.STOP_FACE: Service.GATEWAY,
    Call.STOP_FINGERPRINT: Service.GATEWAY,
    Call.DELETE_PASSWORD: Service.NETWORK_LOCKS,
}
STOP_OF: Final = {
    CredentialKind.OFFLINE_PASSCODE: Call.STOP_OFFLINE,
    CredentialKind.ONLINE_PASSCODE: Call.STOP_ONLINE,
    CredentialKind.FACE: Call.STOP_FACE,
    CredentialKind.FINGERPRINT: Call.STOP_FINGERPRINT,
    CredentialKind.KEXIN_PASSWORD: Call.DELETE_PASSWORD,
}


def is_final(call: Call, error: StationError, attempts: int) -> bool:
    """Whether it stops here, to be looked at by somebody; `attempts` includes the one just made."""
    if SERVICE_OF[call] is Service.GATE:
        return is_final_for_gate(error)
    if isinstance(error, InputInvalid):
        return is_final_for_gate(error) and is_final_for_locks(error)
    if SERVICE_OF[call] is Service.NETWORK_LOCKS and is_final_for_locks(error):
        return True
    unexplained = isinstance(error, VendorRefused) and error.code in UNEXPLAINED
    return unexplained and attempts >= REFUSALS_BEFORE_STOP
