"""A desk on simulated vendors, for the demo: real servers on loopback, nothing else is real."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from station import settings as parts
from station.compose import Station, build
from station.compose.clock import SystemClock
from station.errors import Code, InputInvalid
from station.home import Home
from station.reader.simulated import SimulatedReader
from station.secrets import KEY_BYTES, SecretName, Secrets
from station.simulators.door_lock import DoorLockSim
from station.simulators.kexin import KexinSim
from station.simulators.property import PropertySim
from station.simulators.property.sim import BASE_PATH as PROPERTY_PATH
from station.simulators.server import SimServer
from station.simulators.shankai import ShankaiSim
from station.simulators.shankai.sim import BASE_PATH
from station.simulators.shankai.switches import CardNoForm, Switches
from station.simulators.world import World
from station.workflows import lock_table
from station.workflows.lock_table import LockEntry

if TYPE_CHECKING:
    from station.ports import Watcher
    from station.simulators.hardware import SimCard


DESK_ID: Final = "demo-1"
WORLD_FILE: Final = "demo-world.json"
NETWORK_LOCKS_FILE: Final = "demo-kexin.json"
ESTATE_FILE: Final = "demo-property.json"
SIGNER: Final = "station.simulators.kexin.demo_signer:sign"
NETWORKED: Final = "2-"
"""The doors of the second building have networked locks, the others the platform's."""


class DemoClock(SystemClock):
    """The computer's clock until the demo moves it on (`ahead`, seconds)."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0

    def utc(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


class DemoSecrets(Secrets):
    """Secrets in memory: what is renewed meanwhile is kept there too, never in a keyring."""

    def __init__(self, home: Home, given: dict[str, str]) -> None:
        super().__init__(home, given)
        self._given = given

    def put(self, name: SecretName, value: str) -> None:
        self._given[name.variable] = value

    def with_values(self, given: Mapping[SecretName, str]) -> Secrets:
        return super().with_values(given) if any(given.values()) else self


@dataclass(slots=True)
class Simulation:
    """A desk on simulated vendors: nothing of it is real but its journal."""

    station: Station
    world: World
    reader: SimulatedReader
    door_lock: SimServer[DoorLockSim]
    shankai: SimServer[ShankaiSim]
    kexin: SimServer[KexinSim]
    property: SimServer[PropertySim]
    clock: DemoClock
    secrets: Secrets

    def reopen(self, watch: "Watcher") -> Station:
        """The desk again, after it was closed for new settings; the cards lie where they lay.

        Raises what `build` raises.
        """
        reader = SimulatedReader()
        station = build(
            self.station.home,
            secrets=self.secrets,
            clock=self.clock,
            watch=watch,
            with_gate=True,
            reader=reader,
        )
        self.station, self.reader = station, reader
        self.show_card(self.world.encoder.card)
        return station

    def show_card(self, card: "SimCard | None") -> None:
        """What lies on the encoder lies on the reader too."""
        if card is None:
            self.reader.lift()
        else:
            self.reader.put(card.uid)


@contextmanager
def simulated(
    home: Home,
    *,
    language: str = "zh_CN",
    site: str = "",
    read_timeout_s: float = 2.0,
    watch: "Watcher | None" = None,
    keep_world: bool = False,
) -> Iterator[Simulation]:
    """A desk in `home` on simulators that listen on loopback while this is entered.

    The card on the simulated encoder lies on the simulated reader too. The home's settings are
    written, so that its journal can be looked at afterwards; no keyring is touched. `keep_world`
    finds the cards and locks of the last time again. Raises `InputInvalid` FILE_EXISTS for the
    home of a real desk.
    """
    _check_not_real(home)
    home.create()
    _own_key(home)
    world, reader, clock = World(), SimulatedReader(), DemoClock()
    # As the settings below say it; a decimal number has no place for the longer UIDs.
    cloud = ShankaiSim(Switches(card_no=CardNoForm.HEX))
    org_id = cloud.add_sample()
    sim = DoorLockSim(world)
    locks = KexinSim(clock=world.clock)
    locks.add_sample()
    estate = PropertySim(clock=world.clock)
    if keep_world and sim.keep_state(home.path(WORLD_FILE)):
        clock.ahead = (world.clock.now() - datetime.now()).total_seconds()
    if keep_world:
        shown = world.clock.dump()
        locks.keep_state(home.path(NETWORK_LOCKS_FILE))
        estate.keep_state(home.path(ESTATE_FILE))
        world.clock.load(shown)  # theirs are of when something last happened to them
    with (
        SimServer(sim) as door_lock,
        SimServer(cloud) as shankai,
        SimServer(locks) as kexin,
        SimServer(estate) as property_,
    ):
        chosen = parts.Settings(
            desk=parts.Desk(
                id=DESK_ID,
                site=site,
                language=_language(language),
                faces=True,
                fingerprints=True,
            ),
            door_lock=parts.DoorLock(
                url=door_lock.url, appid=sim.appid, read_timeout_s=read_timeout_s
            ),
            shankai=parts.Shankai(url=shankai.url + BASE_PATH, app_id=cloud.app_id, org_id=org_id),
            kexin=parts.Kexin(
                url=kexin.url, app_id=locks.app_id, signer=SIGNER, read_timeout_s=read_timeout_s
            ),
            property=parts.Property(
                url=property_.url + PROPERTY_PATH, read_timeout_s=read_timeout_s
            ),
            reader=parts.Reader(),
        )
        parts.save(chosen, home.settings)
        secrets = DemoSecrets(
            home,
            {
                SecretName.DOOR_LOCK_APPSECRET.variable: sim.appsecret,
                SecretName.SHANKAI_SECRET.variable: cloud.secret,
                SecretName.PROPERTY_TOKEN.variable: estate.give_token(),
            },
        )
        with build(
            home,
            settings=chosen,
            secrets=secrets,
            clock=clock,
            watch=watch,
            with_gate=True,
            reader=reader,
        ) as station:
            _map_locks(station, world, locks)
            made = Simulation(
                station, world, reader, door_lock, shankai, kexin, property_, clock, secrets
            )
            stop = world.listen(made.show_card)
            try:
                yield made
            finally:
                stop()
                made.station.close()


def _check_not_real(home: Home) -> None:
    """The demo writes settings of its own: never over those of a desk that works."""
    if home.settings.exists() and parts.load(home.settings).desk.id != DESK_ID:
        raise InputInvalid(Code.FILE_EXISTS, path=str(home.settings))


def _map_locks(station: Station, world: World, locks: KexinSim) -> None:
    """The lock table of a first start, for rooms that the desk has not fetched yet."""
    if lock_table.entries(station.desk):
        return
    ids = {room.rm_name: room.rm_id for room in world.rooms.values()}
    for lock in locks.cloud.locks.values():
        if lock.name.startswith(NETWORKED) and lock.name in ids:
            entry = LockEntry(ids[lock.name], lock.name, lock.lock_id, lock.mac)
            key = lock_table.KEY + entry.room_id
            station.desk.journal.keep(key, msgspec.json.encode(entry), station.clock.utc())


def _language(language: str) -> Literal["zh_CN", "en"]:
    return "en" if language == "en" else "zh_CN"


def _own_key(home: Home) -> None:
    import secrets as randomness

    from station.files import write_atomically

    write_atomically(
        home.journal_key, randomness.token_hex(KEY_BYTES).encode() + b"\n", replace=False
    )
