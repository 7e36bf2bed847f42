"""One simulator in the foreground, for integrators without hardware: until SIGINT or SIGTERM."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import FrameType

from station.errors import Code, InputInvalid
from station.simulators.base import CONTROL, Simulator
from station.simulators.calls import Call
from station.simulators.door_lock import DoorLockSim
from station.simulators.faults import Fault
from station.simulators.kexin import KexinSim
from station.simulators.kexin.sample import sample_locks
from station.simulators.property import PropertySim
from station.simulators.sample import sample_rooms
from station.simulators.server import SimServer
from station.simulators.shankai import ShankaiSim
from station.simulators.world import World

KINDS = ("door-lock", "shankai", "kexin", "property")
DEFAULT_PORTS = {"door-lock": 19952, "shankai": 18081, "kexin": 18082, "property": 18083}


class ServeEventKind(StrEnum):
    """What there is to tell."""

    LISTENING = "listening"
    CALL = "call"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ServeEvent:
    """One line for the terminal, as facts.

    listening: url (with the vendor's base path), control, state ("new", "restored" or ""), and
    the credentials. call: name, method, path, fault. stopped: calls.
    """

    kind: ServeEventKind
    facts: dict[str, str] = field(default_factory=dict)


def serve(
    which: str,
    *,
    port: int | None = None,
    faults: Sequence[str] = (),
    state: Path | None = None,
    rooms: int | None = None,
    tell: Callable[[ServeEvent], None] = lambda _event: None,
) -> None:
    """Run a simulator until SIGINT or SIGTERM; call it from the main thread.

    `port` None is that of `DEFAULT_PORTS` (the door lock's is the vendor's own), 0 any free one.
    `faults` stay for every call. `state` restores and keeps the state in a file. `rooms` is how
    many sample rooms a new door-lock world has, or a new Kexin cloud has locks on. `tell` is
    called in any thread, one at a time.

    Raises InputInvalid for an unknown `which` or fault or an unusable state file, OSError when
    the port is taken.
    """
    found = make_simulator(which, rooms)
    restored = False if state is None else found.keep_state(state)
    _add_samples(found)
    _inject_all(found, faults)
    speaking = threading.Lock()

    def say(kind: ServeEventKind, facts: dict[str, str]) -> None:
        with speaking:
            tell(ServeEvent(kind, facts))

    found.before_call = lambda call: say(ServeEventKind.CALL, _call_facts(call))
    stop = threading.Event()
    server = SimServer(found, DEFAULT_PORTS[which] if port is None else port)
    with _signals(stop), server:
        facts = found.facts()
        said = {
            "url": server.url + facts.pop("base_path", ""),
            "control": f"{server.url}{CONTROL}/",
            "state": "" if state is None else "restored" if restored else "new",
        }
        say(ServeEventKind.LISTENING, said | facts)
        while not stop.wait(0.5):
            pass  # Windows delivers Ctrl+C only between waits
    say(ServeEventKind.STOPPED, {"calls": str(found.calls.count)})


def make_simulator(which: str, rooms: int | None = None) -> Simulator:
    """The simulator of that name (`KINDS`). Raises InputInvalid."""
    if which == "door-lock":
        return DoorLockSim(World(sample_rooms(rooms)))
    if which == "shankai":
        return ShankaiSim()
    if which == "kexin":
        return KexinSim(locks=sample_locks(rooms))
    if which == "property":
        return PropertySim()
    raise InputInvalid(Code.FIELD_CHOICE, field="which", value=which, choices=", ".join(KINDS))


def _add_samples(found: Simulator) -> None:
    """Something to work with where there is nothing yet."""
    if isinstance(found, ShankaiSim) and not found.cloud.organizations:
        found.add_sample()
    if isinstance(found, KexinSim) and not found.cloud.people:
        found.add_sample()
    if isinstance(found, DoorLockSim) and not found.world.cards():
        cards = [found.world.new_card() for _ in range(5)]
        found.world.put(cards[0])


def _inject_all(found: Simulator, faults: Sequence[str]) -> None:
    for name in faults:
        try:
            found.inject(Fault(name), times=None)
        except ValueError as error:
            choices = ", ".join(sorted(found.faults.supported))
            raise InputInvalid(
                Code.FIELD_CHOICE, field="fault", value=name, choices=choices
            ) from error


def _call_facts(call: Call) -> dict[str, str]:
    return {
        "name": call.name,
        "method": call.method,
        "path": call.path,
        "fault": call.fault or "",
    }


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM set `stop`, and put back what was there before."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
