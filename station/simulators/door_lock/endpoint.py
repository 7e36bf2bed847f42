"""The shape of the door-lock call table: each call is a path and one small function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from station.simulators.door_lock.fields import Fields
from station.simulators.door_lock.switches import Switches
from station.simulators.world import World


class Platform(Protocol):
    """What a call's function works on."""

    world: World
    switches: Switches

    def shown_rm_id(self, rm_id: str) -> str | int:
        """A room's id in the type that the switch asks for."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call.

    `handle` runs under the world's lock with app and body already checked, does the effect and
    returns the reply's `data`; it raises CallRefusedError for a code other than 1. `radio`: the
    call goes over a lock's gateway.
    """

    path: str
    handle: Callable[[Platform, Fields], object]
    msg: str = "操作成功"
    radio: bool = False
