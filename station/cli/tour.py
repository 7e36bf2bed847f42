"""The scripted tour: a day at a desk on simulators, each step asserted, nothing real but its files.

Leaves the desk's home, the history as three files and the exported journal in a folder.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from secrets import token_hex

from station.cli.declare import Call
from station.cli.tour_cards import CARD_STEPS
from station.cli.tour_desk import DeskTour, TourError
from station.cli.tour_houses import HOUSE_STEPS
from station.cli.tour_locks import LOCK_STEPS
from station.cli.tour_papers import PAPER_STEPS
from station.cli.tour_residents import RESIDENT_STEPS
from station.compose.demo import simulated
from station.domain.operator import Operator, Role
from station.errors import StationError
from station.home import Home
from station.workflows import operators

Step = tuple[str, Callable[[DeskTour], str]]
STEPS: tuple[Step, ...] = (
    *CARD_STEPS,
    *RESIDENT_STEPS,
    *HOUSE_STEPS,
    *LOCK_STEPS,
    *PAPER_STEPS,
)
WAIT_S = 1.0
"""How long the simulated desk waits for an answer that will not come."""


@dataclass(slots=True)
class Course:
    """How the tour went, step by step."""

    call: Call
    done: list[dict[str, object]] = field(default_factory=list)

    def note(self, name: str, detail: str, *, well: bool) -> None:
        words = self.call.words
        self.done.append({"step": name, "ok": well, "detail": detail})
        mark, style = ("✔", "green") if well else ("✘", "red")
        self.call.out.say(f"{len(self.done):2}. {words.text(f'tour.{name}')}", style="bold")
        self.call.out.say(f"    {mark} {detail}", style=style)

    @property
    def well(self) -> bool:
        return all(step["ok"] for step in self.done)


def _unused_home(folder: Path) -> Home:
    """`home`, or `home-2` …: no journal is ever written over, not even a demo's."""
    names = chain(("home",), (f"home-{number}" for number in count(2)))
    return next(Home(folder / name) for name in names if not (folder / name).exists())


def run(call: Call, folder: Path) -> bool:
    """Every step in order until one does not come out as said; whether all did."""
    words = call.words
    call.out.say(words.text("tour.banner"), style="bold yellow")
    course = Course(call)
    home = _unused_home(folder)
    site = words.text("tour.site")
    with simulated(home, language=words.language, site=site, read_timeout_s=WAIT_S) as simulation:
        operator = operators.add(
            simulation.station.desk,
            None,
            words.text("tour.operator", number=token_hex(2)),
            Role.SUPERVISOR,
            token_hex(8),
        )
        tour = DeskTour(simulation, Operator(operator.name, operator.role), words, folder)
        for name, step in STEPS:
            try:
                course.note(name, step(tour), well=True)
            except TourError as error:
                course.note(name, words.text("tour.not_as_said", what=str(error)), well=False)
            except StationError as error:
                course.note(name, words.sentence(error), well=False)
            if not course.well:
                break
    call.out.document_or(
        lambda: {"ok": course.well, "folder": str(folder), "steps": course.done},
        lambda: call.out.say(
            words.text("tour.all_well" if course.well else "tour.stopped", folder=folder),
            style="green" if course.well else "red",
        ),
    )
    return course.well
