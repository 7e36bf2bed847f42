"""The shape of the Kexin call table: each call is a path and one small function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from station.simulators.kexin.cloud import Cloud
from station.simulators.kexin.fields import Fields
from station.simulators.kexin.switches import Switches


class Service(Protocol):
    """What a call's function works on."""

    cloud: Cloud
    switches: Switches


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call.

    `handle` runs under the cloud's lock with app and signature already checked, and returns the
    reply's `data`; it raises CallRefusedError for a code other than 200. `desc` is the example's.
    """

    path: str
    handle: Callable[[Service, Fields], object]
    desc: str = "OK"
