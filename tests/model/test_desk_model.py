"""Random hotels: two operators, two programs, few rooms and cards, and everything that goes wrong.

After each step the simulated doors open exactly for the cards that the desk says open them (see
`checks`). More by hand: STATION_MODEL_EXAMPLES=5000 pytest tests/model
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from station.domain.operation import Kind, OperationRow, State
from station.domain.operator import Operator
from station.domain.room import Room
from station.errors import StationError
from station.workflows.copy import copy
from station.workflows.desk import NO_CONSENT, Consent, Desk
from station.workflows.extend import extend
from station.workflows.issue import NewStay, issue
from station.workflows.move import move
from station.workflows.read import read
from station.workflows.recover import resolve, set_aside
from station.workflows.recycle import recycle
from station.workflows.replace import reencode, replace
from station.workflows.result import CardResult
from station.workflows.several import group, replace_cards
from tests.desk_rig import GUEST, LI, WANG, desk_rig
from tests.model.checks import Checks, meant, outcome_is_true, the_whole_journal
from tests.model.hotel import Done, Hotel
from tests.model.trouble import NO_TROUBLE, READ_TIMEOUT_S, Trouble, troubles

# Read at import: the test's own environment has no STATION_ variables.
EXAMPLES = int(os.environ.get("STATION_MODEL_EXAMPLES", "90"))
STEPS = 30
ROOMS, CARDS = 3, 5

rooms = st.sampled_from((0, 0, 0, 0, 1, 1, 2))
cards = st.integers(0, CARDS - 1)
cards_or_none = st.one_of(cards, cards, cards, st.none())
programs = st.sampled_from((0, 0, 1))


@dataclass(frozen=True, slots=True)
class Who:
    """An operator and what they agree to."""

    operator: Operator
    consent: Consent = NO_CONSENT


SURE = Who(LI, Consent(overwrite=True, reason="客人坚持"))
who = st.sampled_from(
    (
        Who(WANG),
        Who(WANG, Consent(overwrite=True)),
        Who(WANG, Consent(overwrite=True, reason="客人坚持")),
        Who(LI, Consent(overwrite=True)),
        SURE,
        SURE,
    )
)
days = st.integers(1, 4)
YEAR = 365 * 86400
seconds = st.sampled_from(
    (1, 4, 60, 3600, 12 * 3600, 86400, -1, -4, -7, -3600, -86400, YEAR, -YEAR)
)


class Hands:
    """Whoever puts the next card of a row down."""

    def __init__(self, hotel: Hotel, numbers: list[int]) -> None:
        self.hotel = hotel
        self.numbers = iter(numbers)

    def next_card(self, number: int, total: int, made: CardResult | None) -> bool:
        card = next(self.numbers, None)
        if card is None:
            return False
        self.hotel.put(card)
        return True


class DeskModel(RuleBasedStateMachine):
    """See the module."""

    folders: Iterator[Path]
    kexin = False

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        rig = self.stack.enter_context(
            desk_rig(
                next(self.folders), rooms=ROOMS, kexin=self.kexin, read_timeout_s=READ_TIMEOUT_S
            )
        )
        self.hotel = Hotel(rig, CARDS)
        self.stack.callback(self.hotel.close)
        self.checks = Checks(self.hotel)

    def teardown(self) -> None:
        with self.stack:
            the_whole_journal(self.hotel.journal)

    # helpers

    def room(self, number: int) -> Room:
        return self.hotel.rooms[number]

    def noon(self, days: int) -> datetime:
        return self.hotel.rig.tomorrow(days)

    def do(
        self,
        program: int,
        work: Callable[[Desk], CardResult],
        trouble: Trouble = NO_TROUBLE,
        meanwhile: Callable[[Desk], object] | None = None,
    ) -> Done:
        known = set(self.hotel.attempts)
        done = self.hotel.do(program, work, trouble, meanwhile)
        if meanwhile is None:
            self.new_outcomes_are_true(known, done)
        return done

    def new_outcomes_are_true(self, known: set[str], done: Done) -> None:
        """Of a row of cards only the last is sure not to have been written over since."""
        new = [name for name in self.hotel.attempts if name not in known]
        for name in new[-1:]:
            row = self.hotel.journal.operation(name)
            if row is not None:
                outcome_is_true(self.hotel, self.hotel.attempts[name], row)

    def lived_in(self, number: int) -> Room:
        """A room that somebody has, if there is one."""
        rows = [row.room for row in self.hotel.journal.rack() if row.stay is not None]
        return rows[number % len(rows)] if rows else self.room(number)

    def in_use(self, number: int) -> int:
        """A card that is not blank, if there is one."""
        found = [place for place, card in enumerate(self.hotel.cards) if card.memory]
        return found[number % len(found)] if found else number

    # rules: cards and time

    @rule(card=cards, room=rooms, its_own=st.booleans())
    def hold_to_a_door(self, card: int, room: int, its_own: bool) -> None:
        memory = self.hotel.cards[card].memory
        where = Room(memory.rm_id, "") if its_own and memory else self.room(room)
        self.hotel.hold_to_door(card, where)

    @rule(seconds=seconds)
    def the_clock_moves(self, seconds: int) -> None:
        self.hotel.rig.tick(seconds)

    @rule(card=cards, after=st.integers(-1, 1))
    def a_cards_end_comes(self, card: int, after: int) -> None:
        memory = self.hotel.cards[self.in_use(card)].memory
        if memory is not None:
            end = memory.unvalid + timedelta(seconds=after)
            self.hotel.rig.tick((end - self.hotel.rig.clock.local()).total_seconds())

    # rules: what an operator does

    @rule(card=cards_or_none, room=rooms, program=programs, who=who, days=days, trouble=troubles)
    def issue(
        self, card: int | None, room: int, program: int, who: Who, days: int, trouble: Trouble
    ) -> None:
        self.hotel.put(card)
        self.do(program, self._issuing(self.room(room), who, days), trouble)

    def _issuing(self, room: Room, who: Who, days: int) -> Callable[[Desk], CardResult]:
        wanted = NewStay(room, self.noon(days), GUEST, who.consent)
        return lambda desk: issue(desk, who.operator, wanted)

    @rule(card=cards, room=rooms, program=programs, who=who, trouble=troubles)
    def copy(self, card: int, room: int, program: int, who: Who, trouble: Trouble) -> None:
        self.hotel.put(card)
        where = self.lived_in(room)
        self.do(program, lambda desk: copy(desk, who.operator, where, who.consent), trouble)

    @rule(
        card=cards, its_own=st.booleans(), room=rooms, program=programs, who=who, days=days,
        trouble=troubles,
    )  # fmt: skip
    def extend(
        self, card: int, its_own: bool, room: int, program: int, who: Who, days: int,
        trouble: Trouble,
    ) -> None:  # fmt: skip
        memory = self.hotel.cards[self.in_use(card)].memory
        if its_own and memory is not None:
            card, where = self.in_use(card), self.hotel.desk.room_by_id(memory.rm_id)
            end = max(memory.unvalid, self.hotel.rig.clock.local()) + timedelta(days=days)
        else:
            where, end = self.lived_in(room), self.noon(days)
        self.hotel.put(card)
        end = end.replace(microsecond=0)
        self.do(program, lambda desk: extend(desk, who.operator, where, end, who.consent), trouble)

    @rule(
        card=cards, used=st.booleans(), room=rooms, to_room=rooms, program=programs, who=who,
        trouble=troubles,
    )  # fmt: skip
    def move(
        self, card: int, used: bool, room: int, to_room: int, program: int, who: Who,
        trouble: Trouble,
    ) -> None:  # fmt: skip
        self.hotel.put(self.in_use(card) if used else card)
        old, new = self.lived_in(room), self.room(to_room)
        self.do(program, lambda desk: move(desk, who.operator, old, new, who.consent), trouble)

    @rule(
        card=cards, others=st.lists(cards, max_size=3), room=rooms, program=programs, who=who,
        trouble=troubles,
    )  # fmt: skip
    def replace(
        self, card: int, others: list[int], room: int, program: int, who: Who, trouble: Trouble
    ) -> None:
        self.hotel.put(card)
        hands, where = Hands(self.hotel, others), self.lived_in(room)
        self.do(
            program,
            lambda desk: replace_cards(desk, who.operator, where, hands, who.consent),
            trouble,
        )

    @rule(card=cards, room=rooms, program=programs, trouble=troubles)
    def encode_again(self, card: int, room: int, program: int, trouble: Trouble) -> None:
        """A card that comes back later, after one of its stay was replaced."""
        self.hotel.put(card)
        where = self.lived_in(room)
        closed = [stay.id for stay in self.hotel.journal.stays(where.id) if stay.closed]
        old = closed[0] if closed else ""
        self.do(program, lambda desk: reencode(desk, WANG, where, old), trouble)

    @rule(card=cards, how=st.sampled_from(("read", "card", "room")), named=cards, program=programs,
          trouble=troubles)  # fmt: skip
    def recycle(self, card: int, how: str, named: int, program: int, trouble: Trouble) -> None:
        self.hotel.put(self.in_use(card))
        name = self.hotel.cards[named].card_id if how == "card" else ""
        room = self.room(named % ROOMS) if how == "room" else None
        self.do(program, lambda desk: recycle(desk, WANG, card_id=name, room=room), trouble)

    @rule(card=cards_or_none, program=programs, trouble=troubles)
    def read(self, card: int | None, program: int, trouble: Trouble) -> None:
        self.hotel.put(card if card is None else self.in_use(card))
        writes = self.hotel.rig.writes()
        self.do(program, lambda desk: read(desk, WANG).result, trouble)
        assert self.hotel.rig.writes() == writes

    @rule(numbers=st.lists(cards, min_size=1, max_size=ROOMS), program=programs, who=who,
          days=days, trouble=troubles)  # fmt: skip
    def group(
        self, numbers: list[int], program: int, who: Who, days: int, trouble: Trouble
    ) -> None:
        end, which = self.noon(days), self.hotel.rooms[: len(numbers)]
        hands = Hands(self.hotel, numbers)
        self.do(
            program,
            lambda desk: group(desk, who.operator, which, end, hands, consent=who.consent),
            trouble,
        )

    @rule(card=cards, room=rooms, days=st.tuples(days, days), first=st.integers(0, 3),
          second=st.integers(0, 3))  # fmt: skip
    def two_programs_want_the_encoder(
        self, card: int, room: int, days: tuple[int, int], first: int, second: int
    ) -> None:
        """What the other program does while this one waits for the encoder."""
        self.hotel.put(card)
        where = self.room(room)
        works: tuple[Callable[[Desk], CardResult], ...] = (
            self._issuing(where, SURE, days[1]),
            lambda desk: replace(desk, LI, where, SURE.consent),
            lambda desk: copy(desk, LI, where, SURE.consent),
            lambda desk: recycle(desk, LI),
        )
        self.do(0, works[first], meanwhile=works[second])

    # rules: programs, and what is unresolved. They are always open to be drawn: hypothesis must
    # draw the same whatever the desk did.

    @rule(program=programs)
    def restart(self, program: int) -> None:
        self.hotel.restart(program)

    def _open(self, which: int) -> OperationRow | None:
        rows = [row for row in self.hotel.journal.unresolved() if row.state is State.UNKNOWN]
        return rows[which % len(rows)] if rows else None

    @rule(which=st.integers(0, 5), program=programs)
    def settle_with_the_right_card(self, which: int, program: int) -> None:
        row = self._open(which)
        attempt = self.hotel.attempts[row.operation] if row else None
        if row is None or attempt is None or attempt.card is None:
            return
        self.hotel.put(self.hotel.cards.index(attempt.card))
        untouched = self._untouched_since(row.operation)
        reads = self.hotel.rig.writes("ReadCard")
        try:
            resolve(self.hotel.programs[program].desk, WANG, row.operation)
        except StationError:
            assert not untouched, f"{row} is not settled by its own card"
        assert self.hotel.rig.writes("ReadCard") == reads + 1
        after = self.hotel.journal.operation(row.operation)
        assert after is not None
        was_blank = row.kind is Kind.RECYCLE and (attempt.before or attempt.card.memory) is None
        if untouched and not was_blank:  # clearing a blank card: either word is true of it
            written = attempt.calls > 0 and attempt.card.memory == meant(self.hotel, row)
            assert after.state is (State.DONE if written else State.FAILED), after
            self.checks.the_room_has_its_stay(after)

    def _untouched_since(self, operation: str) -> bool:
        """Whether nothing else can have written on the operation's card after it."""
        names = list(self.hotel.attempts)
        card = self.hotel.attempts[operation].card
        later = [self.hotel.attempts[name] for name in names[names.index(operation) + 1 :]]
        return not any(attempt.calls and attempt.card is card for attempt in later)

    @rule(which=st.integers(0, 5), card=cards, program=programs, named=st.booleans())
    def settle_with_any_card(self, which: int, card: int, program: int, named: bool) -> None:
        row = self._open(which)
        if row is None:
            return
        self.hotel.put(card)
        try:
            resolve(self.hotel.programs[program].desk, LI, row.operation if named else "")
        except StationError:
            after = self.hotel.journal.operation(row.operation)
            assert after is not None
            assert after.state in {State.UNKNOWN, State.DONE, State.FAILED}

    @rule(which=st.integers(0, 5), program=programs)
    def set_one_aside(self, which: int, program: int) -> None:
        row = self._open(which)
        if row is not None:
            set_aside(self.hotel.programs[program].desk, LI, row.operation, "客人已离开")

    @invariant()
    def the_desk_says_what_is_true(self) -> None:
        self.checks.everything()


def test_the_doors_open_for_the_cards_that_the_desk_says_open_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    run_model(DeskModel, tmp_path_factory.mktemp("model"), EXAMPLES)


def run_model(machine: type[DeskModel], base: Path, examples: int) -> None:
    """Run a machine, each example in a folder of its own."""
    machine.folders = (_made(base / f"example-{number}") for number in itertools.count())
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS, deadline=None, print_blob=True
        ),
    )


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
