"""Opening a door from afar: GatewayOpen (door lock 4.1)."""

from typing import Final

from station.errors import Code
from station.vendors._http import Endpoint
from station.vendors.door_lock.reading import reading

GATEWAY_OPEN: Final = Endpoint(
    "GatewayOpen",
    "/Api/GatewayOpen",
    reading,
    refusal=Code.GATEWAY_REFUSED,
    unknown=Code.LOCK_OUTCOME_UNKNOWN,
)
