"""One shift from log-in to the last look: what is done, in which order, and what is noted of it."""

import csv
import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from station.domain.room import Room
from tests.shift import accounts
from tests.shift.around import Around
from tests.shift.clerk import Clerk
from tests.shift.desk import SUPERVISOR, SUPERVISOR_PIN
from tests.shift.hands import ENTER, Hands, Steps
from tests.shift.meters import Loop, Sample, Standing, sample, standing
from tests.shift.trouble import Trouble

if TYPE_CHECKING:
    from station.compose import Station

SHIFT_S: Final = 8 * 3600.0
TROUBLED: Final = 0.08
"""The share of operations that something goes wrong in."""
MOST_AT_ONCE: Final = 8
SAMPLES: Final = 200
SAMPLED_ROOMS: Final = 6
WEIGHTS: Final = {
    "issue": 26,
    "check_out": 14,
    "extend": 10,
    "recycle": 9,
    "read": 7,
    "copy": 6,
    "move": 5,
    "replace": 4,
    "bind": 4,
    "look_up": 3,
    "passcode": 4,
    "filter": 3,
    "lock": 0.4,
    "page": 2,
    "language": 1,
    "look": 1,
    "help": 0.5,
    "push": 0.5,
    "export": 0.4,
}


@dataclass(slots=True)
class Record:
    """All that was noted; `verdict` judges it. `began` and `ended` are the desk's local time."""

    operations: int = 0
    seconds: float = 0.0
    began: datetime | None = None
    ended: datetime | None = None
    samples: list[Sample] = field(default_factory=list)
    before: Standing | None = None
    after: Standing | None = None
    loop: Loop | None = None
    outcomes: Counter[str] = field(default_factory=Counter)
    troubles: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    gaps: dict[str, float] = field(default_factory=dict)
    """The largest gap (s) when not painting, by operation."""
    rooms_checked: int = 0
    unresolved: int = 0


class Shift:
    """The steps of it, as one generator."""

    def __init__(
        self, hands: Hands, operations: int, folder: Path, memory: Path, record: Record
    ) -> None:
        """`folder` takes exports, `memory` becomes the table of memory over time (CSV)."""
        self._memory = memory
        self._hands, self._count, self._record = hands, operations, record
        self._chance = hands.chance
        clerk, around = Clerk(hands), Around(hands, folder)
        self._around = around
        self._trouble = Trouble(hands, TROUBLED)
        self._every = max(operations // SAMPLES, 10)
        self._work: dict[str, Callable[[], Steps[str]]] = {
            name: getattr(around if hasattr(around, name) else clerk, name) for name in WEIGHTS
        }

    def steps(self) -> Steps[None]:
        """Everything, from the first key to the last look."""
        record, hands = self._record, self._hands
        record.loop = loop = Loop(hands.window)
        yield from self._log_in()
        record.began = hands.context.desk.clock.local()
        self._note(record.began)
        begun = monotonic()
        yield from self._warm_up()
        record.before = standing()
        loop.start()
        for number in range(record.operations, self._count):
            record.operations = number + 1
            yield from self._trouble.comes()
            name = self._next()
            yield from self._one(name)
            yield from self._trouble.goes()
            if hands.main.status.state.unresolved:
                yield from self._one("settle", self._around.settle)
            yield from hands.time_goes_by(SHIFT_S / self._count)
            record.gaps[name] = max(loop.fold(), record.gaps.get(name, 0.0))
            if record.operations % self._every == 0:
                yield from self._look()
        record.seconds = monotonic() - begun
        loop.pause()
        yield from self._last_look()

    def _log_in(self) -> Steps[None]:
        hands = self._hands
        form = hands.window._login._form
        yield lambda: form.operator.findText(SUPERVISOR.name) >= 0 and not form.pin.isReadOnly()
        form.operator.setCurrentText(SUPERVISOR.name)
        yield from hands.type(form.pin, SUPERVISOR_PIN)
        hands.press(ENTER, at=form.pin)
        yield lambda: hands.window.currentWidget() is hands.main
        rooms = yield from hands.rooms()
        yield lambda: rooms.presenter.state.loaded and rooms.presenter.everybody_known

    def _warm_up(self) -> Steps[None]:
        """Each kind of work once: what is made when it is first wanted is there then."""
        for name in WEIGHTS:
            yield from self._one(name)
            self._record.operations += 1
        context = self._hands.context
        context.lanes.journal.submit(partial(_all_connections, context.station))
        yield from self._around.go_home()

    def _next(self) -> str:
        [name] = self._chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        return name

    def _one(self, name: str, work: Callable[[], Steps[str]] | None = None) -> Steps[None]:
        try:
            ended = yield from (work or self._work[name])()
        except BaseException as error:
            error.add_note(f"operation {self._record.operations}: {name}")
            raise
        self._record.outcomes[f"{name}: {ended}"] += 1

    def _look(self) -> Steps[None]:
        """A sample, always of the same pages; and what opens some doors against the journal."""
        record, hands = self._record, self._hands
        at_home = hands.is_supervisor
        if at_home:  # a clerk, who has fewer pages, is left where they are
            yield from self._around.go_home()
        yield hands.calm
        loop = record.loop
        assert loop is not None
        loop.pause()
        if at_home:
            self._note(hands.context.desk.clock.local())
        yield from self._doors(SAMPLED_ROOMS)
        loop.start()

    def _note(self, now: datetime) -> None:
        """One more line of memory over time, written at once for whoever looks on."""
        found = sample(self._record.operations, f"{now:%H:%M:%S}")
        first = not self._record.samples
        self._record.samples.append(found)
        with self._memory.open("w" if first else "a", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            if first:
                rows.writerow(Sample.__dataclass_fields__)
            rows.writerow([getattr(found, name) for name in Sample.__dataclass_fields__])

    def _doors(self, most: int) -> Steps[None]:
        rooms = yield from self._all_rooms()
        some = self._chance.sample(rooms, min(most, len(rooms)))
        self._record.rooms_checked += len(some)
        found = yield from accounts.check_doors(self._hands, some)
        self._record.wrong += [f"operation {self._record.operations}: {one}" for one in found]

    def _all_rooms(self) -> Steps[list[Room]]:
        page = yield from self._hands.rooms()
        return [tile.row.room for tile in page.presenter.state.tiles]

    def _last_look(self) -> Steps[None]:
        """All is well again, nothing waits, everybody is at rest: what is left?"""
        record, hands, around = self._record, self._hands, self._around
        yield from self._trouble.ends()
        yield from around.go_home()
        yield from self._one("push", around.push)
        yield from self._one("settle", around.settle)
        yield from around.go_home()
        record.unresolved = hands.main.status.state.unresolved
        yield from self._doors(10_000)
        record.wrong += yield from accounts.check_cards(hands)
        yield from around.go_home()
        record.after = standing()
        record.ended = hands.context.desk.clock.local()
        record.troubles = self._trouble.met
        self._note(record.ended)


def _all_connections(station: "Station | None") -> None:
    """SQLite keeps as many files open as ever read at once, and that is a matter of chance."""
    assert station is not None
    with ExitStack() as readers:
        for _ in range(MOST_AT_ONCE):
            readers.enter_context(station.store.database.reading())


def duration(record: Record) -> timedelta:
    """How long the shift was by the desk's clock."""
    assert record.began is not None
    assert record.ended is not None
    return record.ended - record.began


def chance_of(seed: int) -> random.Random:
    """The same shift for the same seed, as far as time-outs let it."""
    return random.Random(seed)
