"""A desk on simulated vendors, for the demo: real servers on loopback, nothing else is real."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from station import settings as parts
from station.compose import Station, build
from station.home import Home
from station.reader.simulated import SimulatedReader
from station.secrets import KEY_BYTES, SecretName, Secrets
from station.simulators.door_lock import DoorLockSim
from station.simulators.server import SimServer
from station.simulators.shankai import ShankaiSim
from station.simulators.shankai.sim import BASE_PATH
from station.simulators.world import World

if TYPE_CHECKING:
    from station.ports import Watcher


@dataclass(frozen=True, slots=True)
class Simulation:
    """A desk on simulated vendors: nothing of it is real but its journal."""

    station: Station
    world: World
    reader: SimulatedReader
    door_lock: SimServer[DoorLockSim]
    shankai: SimServer[ShankaiSim]


@contextmanager
def simulated(
    home: Home,
    *,
    language: str = "zh_CN",
    site: str = "",
    read_timeout_s: float = 2.0,
    watch: "Watcher | None" = None,
) -> Iterator[Simulation]:
    """A desk in `home` on simulators that listen on loopback while this is entered.

    The card on the simulated encoder lies on the simulated reader too. The home's settings are
    written, so that its journal can be looked at afterwards; no keyring is touched.
    """
    home.create()
    _own_key(home)
    world, reader, cloud = World(), SimulatedReader(), ShankaiSim()
    org_id = cloud.add_sample()
    stop = world.listen(lambda card: reader.put(card.uid) if card else reader.lift())
    sim = DoorLockSim(world)
    with SimServer(sim) as door_lock, SimServer(cloud) as shankai:
        chosen = parts.Settings(
            desk=parts.Desk(id="demo-1", site=site, language=_language(language)),
            door_lock=parts.DoorLock(
                url=door_lock.url, appid=sim.appid, read_timeout_s=read_timeout_s
            ),
            shankai=parts.Shankai(url=shankai.url + BASE_PATH, app_id=cloud.app_id, org_id=org_id),
            reader=parts.Reader(),
        )
        parts.save(chosen, home.settings)
        secrets = Secrets(
            home,
            {
                SecretName.DOOR_LOCK_APPSECRET.variable: sim.appsecret,
                SecretName.SHANKAI_SECRET.variable: cloud.secret,
            },
        )
        with build(
            home, settings=chosen, secrets=secrets, watch=watch, with_gate=True, reader=reader
        ) as station:
            yield Simulation(station, world, reader, door_lock, shankai)
    stop()


def _language(language: str) -> Literal["zh_CN", "en"]:
    return "en" if language == "en" else "zh_CN"


def _own_key(home: Home) -> None:
    import secrets as randomness

    from station.files import write_atomically

    write_atomically(
        home.journal_key, randomness.token_hex(KEY_BYTES).encode() + b"\n", replace=False
    )
