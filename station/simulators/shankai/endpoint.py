"""The shape of the Shankai call table: each call is a name and one small function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from station.simulators.shankai.cloud import Cloud
from station.simulators.shankai.fields import Fields
from station.simulators.shankai.switches import Switches


class Service(Protocol):
    """What a call's function works on."""

    cloud: Cloud
    switches: Switches
    app_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call below the base path.

    `handle` runs under the cloud's lock with the token already checked, and returns the reply's
    `data` (None: the reply has none); it raises CallRefusedError for an errcode other than 0.
    """

    name: str
    handle: Callable[[Service, Fields], dict[str, object] | None]
    method: str = "POST"
    needs_token: bool = True
