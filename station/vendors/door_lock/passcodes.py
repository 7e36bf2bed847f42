"""Passcodes: MakeOffline, GatewayStopOffline, GatewayUploadOnline, GatewayStopOnline.

Door lock 2.1 and 2.2 of the second chapter 2, and 3.1, 3.2. `muid` is a passcode that the platform
computes and the lock knows by itself; `pwd` is one that is put into slot `m1`.
"""

from typing import Any, Final

import msgspec

from station.domain.lock import MADE_LENGTH, check_passcode
from station.errors import Code, InputInvalid
from station.vendors import _reply
from station.vendors._http import Endpoint
from station.vendors._reply import ShapeError
from station.vendors.door_lock.reading import nothing, reading


class _Made(msgspec.Struct, frozen=True):
    muid: Any = None


def made(data: Any) -> str:
    """The passcode, digit by digit. Raises `ShapeError`.

    A number is refused: its leading zeros would be lost, and the guest would stand at the door.
    """
    value = _reply.convert(data, _Made).muid
    try:
        return check_passcode(value.strip() if isinstance(value, str) else "", length=MADE_LENGTH)
    except InputInvalid:
        raise ShapeError("muid") from None


# Changes nothing at the lock, so a lost answer costs nothing; but each call may make another code.
MAKE_OFFLINE: Final = Endpoint(
    "MakeOffline",
    "/Api/MakeOffline",
    made,
    idempotent=True,
    attempts=1,
    refusal=Code.GATEWAY_REFUSED,
)
# Stopping may be repeated. But the second time may meet a refusal because the first was heard, so
# whoever repeats it must know that it is one: never here.
GATEWAY_STOP_OFFLINE: Final = Endpoint(
    "GatewayStopOffline",
    "/Api/GatewayStopOffline",
    nothing,
    idempotent=True,
    attempts=1,
    refusal=Code.GATEWAY_REFUSED,
)
GATEWAY_UPLOAD_ONLINE: Final = Endpoint(
    "GatewayUploadOnline",
    "/Api/GatewayUploadOnline",
    reading,
    refusal=Code.GATEWAY_REFUSED,
    unknown=Code.LOCK_OUTCOME_UNKNOWN,
)
GATEWAY_STOP_ONLINE: Final = Endpoint(
    "GatewayStopOnline",
    "/Api/GatewayStopOnline",
    reading,
    idempotent=True,
    attempts=1,
    refusal=Code.GATEWAY_REFUSED,
)
