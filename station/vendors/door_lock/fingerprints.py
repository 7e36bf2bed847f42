"""Fingerprints: GatewayUploadFinger, GatewayStopFinger (door lock 6.1, 6.2)."""

from typing import Final

from station.domain.lock import check_template
from station.errors import Code
from station.vendors._http import Endpoint
from station.vendors.door_lock.reading import reading


def template_field(template: bytes) -> str:
    """A template as it is sent, `ab-cd-ef`. Raises `InputInvalid` TEMPLATE_MALFORMED."""
    return check_template(template).hex("-")


GATEWAY_UPLOAD_FINGER: Final = Endpoint(
    "GatewayUploadFinger",
    "/Api/GatewayUploadFinger",
    reading,
    refusal=Code.GATEWAY_REFUSED,
    unknown=Code.LOCK_OUTCOME_UNKNOWN,
)
GATEWAY_STOP_FINGER: Final = Endpoint(
    "GatewayStopFinger",
    "/Api/GatewayStopFinger",
    reading,
    idempotent=True,
    attempts=1,
    refusal=Code.GATEWAY_REFUSED,
)
