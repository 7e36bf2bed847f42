"""Faces: GatewayUploadFace, GatewayStopFace (door lock 5.1, 5.2)."""

from base64 import b64encode
from typing import Final

from station.domain.lock import check_picture
from station.errors import Code
from station.vendors._http import Endpoint
from station.vendors.door_lock.reading import reading


def picture_field(picture: bytes) -> str:
    """A picture as it is sent. Raises `InputInvalid` PICTURE_MALFORMED, PICTURE_TOO_LARGE."""
    check_picture(picture)
    return b64encode(picture).decode()


GATEWAY_UPLOAD_FACE: Final = Endpoint(
    "GatewayUploadFace",
    "/Api/GatewayUploadFace",
    reading,
    refusal=Code.GATEWAY_REFUSED,
    unknown=Code.LOCK_OUTCOME_UNKNOWN,
)
GATEWAY_STOP_FACE: Final = Endpoint(
    "GatewayStopFace",
    "/Api/GatewayStopFace",
    reading,
    idempotent=True,
    attempts=1,
    refusal=Code.GATEWAY_REFUSED,
)
