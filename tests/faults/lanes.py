"""Two places side by side, each with a program and servers of its own, so that two cores work."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from tests.faults.agreement import check_after_the_end
from tests.faults.place import Place, place
from tests.faults.program import Ran, Warm
from tests.faults.work import WORK, Beginnings, hands_off

LANES = 2
Item = TypeVar("Item")


class Lanes:
    """Places that stand at the same beginnings."""

    def __init__(self, places: list[Place], beginnings: Beginnings) -> None:
        self.places, self.beginnings = places, beginnings
        self._whole: dict[str, Ran] = {}

    def whole(self, name: str) -> Ran:
        """The work done to its end, once; everything is in agreement then, nothing in doubt."""
        if name not in self._whole:
            lane, work = self.places[0], WORK[name]
            before = self.beginnings.begin(lane, work)
            ran = lane.station(*work.argv, stdin=work.lines)
            hands_off(lane)
            assert ran.returncode == 0, ran
            assert len(lane.writes()) == work.writes
            assert check_after_the_end(lane, before) == []
            self._whole[name] = ran
        return self._whole[name]

    def boundaries(self, name: str) -> tuple[str, ...]:
        """What the work goes through when nobody ends it."""
        return self.whole(name).boundaries

    def each(self, items: Iterable[Item], work: Callable[[Place, Item], None]) -> list[str]:
        """Do the work for every item, in whichever place is free; what went wrong, in words."""
        free: SimpleQueue[Place] = SimpleQueue()
        for made in self.places:
            free.put(made)

        def one(item: Item) -> str:
            made = free.get()
            try:
                work(made, item)
            except AssertionError as error:
                return f"{item}: {error}"
            finally:
                free.put(made)
            return ""

        with ThreadPoolExecutor(len(self.places)) as pool:
            return [words for words in pool.map(one, items) if words]


@contextmanager
def lanes(folder: Path) -> Iterator[Lanes]:
    """Places with a program each, and the beginnings of all work, made in the first of them."""
    with ExitStack() as stack:
        places = [
            stack.enter_context(place(folder / f"lane-{number}", stack.enter_context(Warm())))
            for number in range(LANES)
        ]
        beginnings = Beginnings()
        beginnings.make(places[0])
        yield Lanes(places, beginnings)
