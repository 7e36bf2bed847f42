"""What the tour's steps share: the simulated desk, its guest, cards by name, and expectations."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from station.catalogue import Catalogue
from station.compose.demo import Simulation
from station.domain.operation import State
from station.domain.operator import Operator
from station.domain.person import Person
from station.domain.room import Room
from station.simulators.hardware import SimCard
from station.workflows.desk import Desk
from station.workflows.owner_check import OwnerProved
from station.workflows.result import CardResult

GUEST = Person("张三", "13800000001")
RESIDENT = Person("李四", "13800000002")
OTHER_RESIDENT = Person("王五", "13800000003")


class TourError(Exception):
    """Something did not come out as the tour said it would."""


@dataclass(slots=True)
class DeskTour:
    """One tour. Cards and passcodes keep their names from step to step."""

    simulation: Simulation
    operator: Operator
    words: Catalogue
    folder: Path
    cards: dict[str, SimCard] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    proved: OwnerProved | None = None
    """The house whose owner said yes."""

    @property
    def desk(self) -> Desk:
        return self.simulation.station.desk

    def room(self, name: str) -> Room:
        return self.desk.room(name)

    def put(self, name: str) -> SimCard:
        """Lay the card of that name on the encoder and the reader; a new one is blank."""
        world = self.simulation.world
        world.lift()
        card = self.cards.get(name)
        if card is None:
            card = self.cards[name] = world.new_card()
        world.put(card)
        return card

    def tomorrow(self, days: int = 1) -> datetime:
        """Check-out time, so many days from today."""
        day = self.desk.clock.local().date() + timedelta(days=days)
        return datetime.combine(day, self.desk.site.stay_rules.checkout_time)

    def door(self, name: str, room: str, *, opens: bool) -> str:
        """Hold a card to a door; what the lock answers must be what was said."""
        answer = self.simulation.world.present(self.cards[name], room)
        if answer.opened is not opens:
            raise TourError(f"{room}: {answer.reason.value}")
        said = self.words.text(f"tour.said_{answer.reason.value}")
        return self.words.text("tour.door", room=room, said=said)

    def expect(self, fact: bool, what: str) -> None:
        """Raise `TourError` unless it is so."""
        if not fact:
            raise TourError(what)

    def expect_state(self, result: CardResult, state: State) -> CardResult:
        """The operation ended in this state."""
        error = result.worst.error
        self.expect(
            result.worst.state is state, f"{result.worst.state.value} {error.code if error else ''}"
        )
        return result

    def say(self, key: str, **facts: object) -> str:
        return self.words.text(f"tour.{key}", **facts)


@dataclass(slots=True)
class TourHands:
    """Brings the cards of these names, one after another, and then stops."""

    tour: DeskTour
    names: list[str]

    def next_card(self, number: int, total: int, made: CardResult | None) -> bool:  # noqa: ARG002
        if not self.names:
            return False
        self.tour.put(self.names.pop(0))
        return True
