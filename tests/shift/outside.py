"""Everything outside the program, in a process of its own: vendors' servers, cards, doors, faults.

`Outside` starts it and asks it things, one JSON line each way; so nothing of the simulators counts
as the program's memory, thread or open file.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

ZONE: Final = "Asia/Shanghai"
ROOT: Final = Path(__file__).parents[2]
SERVERS: Final = ("door_lock", "shankai", "property")


class Hall:
    """The child's side: each public method is a request, its arguments and answer are JSON."""

    def __init__(self, rooms: int) -> None:
        from station.simulators.door_lock import DoorLockSim
        from station.simulators.property import PropertySim
        from station.simulators.property.sim import BASE_PATH as HOUSES
        from station.simulators.sample import sample_rooms
        from station.simulators.server import SimServer
        from station.simulators.shankai import ShankaiSim
        from station.simulators.shankai.sim import BASE_PATH as GATES
        from station.simulators.shankai.switches import CardNoForm, Switches
        from station.simulators.world import World

        self._world = world = World(sample_rooms(rooms))
        self._lock = DoorLockSim(world)
        self._cloud = ShankaiSim(Switches(card_no=CardNoForm.HEX))
        self._estate = PropertySim(clock=world.clock)
        self._org = self._cloud.add_sample()
        self._ends = ExitStack()
        self._servers: dict[str, Any] = {
            "door_lock": SimServer(self._lock),
            "shankai": SimServer(self._cloud),
            "property": SimServer(self._estate),
        }
        for server in self._servers.values():
            self._ends.enter_context(server)
        self._paths = {"shankai": GATES, "property": HOUSES}

    def close(self) -> None:
        self._ends.close()

    # what there is to know

    def facts(self) -> dict[str, str]:
        """What the desk's settings and secrets are made of."""
        urls = {
            name: server.url + self._paths.get(name, "") for name, server in self._servers.items()
        }
        return {
            **urls,
            "appid": self._lock.appid,
            "appsecret": self._lock.appsecret,
            "app_id": self._cloud.app_id,
            "secret": self._cloud.secret,
            "org_id": self._org,
            "token": self._estate.give_token(),
        }

    def openers(self, rooms: list[str]) -> dict[str, list[str]]:
        """The cards that would open these rooms now, by the room's id."""
        return {room: [card.card_id for card in self._world.opening_cards(room)] for room in rooms}

    def cards(self) -> list[tuple[str, list[str] | None]]:
        """Every card, and what stands on it: room id, start and end (ISO, site-local)."""
        return [(card.card_id, self._on(card)) for card in self._world.cards()]

    # hands

    def put(self, card: str = "") -> dict[str, str]:
        """Lay a card (a new one) on the encoder, in place of what lies there."""
        laid = self._world.put(card or self._world.new_card(), swap=True)
        return {"card": laid.card_id, "uid": laid.uid}

    def lift(self) -> tuple[str, list[str] | None] | None:
        """Take the card away; its number and what stands on it."""
        card = self._world.lift()
        return None if card is None else (card.card_id, self._on(card))

    def present(self, card: str, room: str) -> bool:
        """A guest holds a card to a door."""
        return self._world.present(card, room).opened

    def advance(self, seconds: float) -> None:
        """Time goes by."""
        self._world.clock.advance(seconds)
        self._cloud.clock.advance(seconds)

    # faults

    def inject(self, fault: str, path: str | None, options: dict[str, Any]) -> None:
        """The door-lock service is in trouble."""
        self._lock.inject(fault, path, **options)

    def calm(self) -> None:
        """It is in trouble no more."""
        self._lock.faults.clear()
        self._lock.faults.release()

    def away(self, server: str) -> None:
        """A service goes down."""
        self._servers[server].stop()

    def back(self, server: str) -> None:
        """It comes back."""
        self._servers[server].start()

    @staticmethod
    def _on(card: Any) -> list[str] | None:
        memory = card.memory
        if memory is None:
            return None
        return [memory.rm_id, memory.abkp.isoformat(), memory.unvalid.isoformat()]


class Outside:
    """The program's side of it. Thread-safe; every call waits for its answer."""

    def __init__(self, rooms: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.shift.outside", str(rooms)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "TZ": ZONE},  # the locks go by the site's time, as the desk does
        )
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def ask(self, what: str, *given: object) -> Any:
        """Do one thing outside. Raises RuntimeError with what went wrong there."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._turn:
            self._process.stdin.write(json.dumps([what, *given]) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the simulators have ended")
        well, answer = json.loads(line)
        if not well:
            raise RuntimeError(f"{what}: {answer}")
        return answer


def main(rooms: int) -> None:
    """Answer one line after another until there are no more."""
    hall = Hall(rooms)
    for line in sys.stdin:
        what, *given = json.loads(line)
        try:
            answer = [True, getattr(hall, what)(*given)]
        except Exception as error:
            answer = [False, repr(error)]
        print(json.dumps(answer), flush=True)
    hall.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
