"""The hotel of the model: one desk with two programs on one journal, cards, doors and trouble.

`Hotel` knows what really happened: which card lay on the encoder when an operation began, what was
sent for it, which starts the locks have accepted. The checks hold the desk's words against it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from station.domain.card import Authorisation, CardContent
from station.domain.operation import State
from station.domain.room import Room
from station.errors import StationError
from station.journal import Store
from station.ports import Encoder, StepNotice
from station.simulators.calls import Call
from station.simulators.hardware import CardDefect, CardMemory, SimCard
from station.workflows.desk import Desk
from station.workflows.interrupted import adopt as adopt_sent
from station.workflows.recover import adopt_interrupted
from station.workflows.result import CardResult
from tests.desk_rig import DeskRig
from tests.model.trouble import NO_TROUBLE, WITHOUT_EFFECT, Cause, Trouble

WRITES = ("MarkRoomCard", "ClearRoomCard")
LANDING_S = 10.0


class Killed(BaseException):
    """The program ends here, as with SIGKILL: nothing of it goes on."""


@dataclass(slots=True)
class Attempt:
    """One operation on a card as the world saw it."""

    operation: str
    card: SimCard | None
    before: CardMemory | None
    calls: int = 0
    """How often the service was asked to write or clear."""


class WatchedEncoder:
    """A program's encoder: other things can happen before it is held, or after it has written."""

    def __init__(self, inner: Encoder) -> None:
        self.inner = inner
        self.before_held: Callable[[], None] | None = None
        self.die_after_write = False

    def rooms(self) -> list[Room]:
        return self.inner.rooms()

    def read(self) -> CardContent:
        return self.inner.read()

    def write(self, authorisation: Authorisation) -> str:
        card_id = self.inner.write(authorisation)
        self._perhaps_die()
        return card_id

    def clear(self, *, card_id: str = "", room_id: str = "") -> None:
        self.inner.clear(card_id=card_id, room_id=room_id)
        self._perhaps_die()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        before, self.before_held = self.before_held, None
        if before is not None:
            before()
        with self.inner.exclusive():
            yield

    def _perhaps_die(self) -> None:
        if self.die_after_write:
            self.die_after_write = False
            raise Killed


class WatchedLocks:
    """A program's way to the locks (gateway or Kexin): it may die when a call has had its effect.

    Or another program does something before it gets its turn (`Program.slots_turn`).
    """

    def __init__(self, inner: object, program: "Program") -> None:
        self.inner, self.program = inner, program

    def __getattr__(self, name: str) -> object:
        call = getattr(self.inner, name)

        def and_then(*given: object) -> object:
            result = call(*given)
            if self.program.die_after_send:
                self.program.die_after_send = False
                raise Killed
            return result

        return and_then


@dataclass(slots=True)
class Program:
    """One desk program."""

    journal: Store
    encoder: WatchedEncoder
    desk: Desk = field(init=False)
    die_at: int | None = None
    """Killed at so many step notices from now."""
    die_after_send: bool = False
    before_turn: Callable[[], None] | None = None
    """What happens while it waits for its turn at the locks."""

    @contextmanager
    def slots_turn(self, _: float) -> Iterator[None]:
        before, self.before_turn = self.before_turn, None
        if before is not None:
            before()
        yield


@dataclass(frozen=True, slots=True)
class Done:
    """What one call of a workflow came to."""

    result: CardResult | None = None
    error: StationError | None = None
    killed: bool = False
    met: bool = False
    """Whether the trouble was met."""

    @property
    def cards(self) -> tuple[CardResult, ...]:
        return self.result.cards if self.result else ()


class Hotel:
    """See the module. `rig` brings folder, world, service and the first program."""

    def __init__(self, rig: DeskRig, cards: int) -> None:
        self.rig = rig
        self.world = rig.world
        self.cards = [self.world.new_card() for _ in range(cards)]
        self.rooms = rig.journal.rooms()
        self.attempts: dict[str, Attempt] = {}
        self.accepted: dict[str, datetime] = {}
        """The newest start that each room's lock has accepted."""
        self.wrong: list[str] = []
        """What the service saw and should not have seen."""
        self.starts: dict[str, list[tuple[str, datetime]]] = {}
        """Room → (operation, start) in the order in which they were sent."""
        self._now = ""
        self._landed: set[int] = set()
        self._landing = threading.Condition()
        self.programs = [
            self._program(rig.journal, rig.encoder),
            self._program(rig.open_journal(), rig.new_encoder()),
        ]
        rig.sim.before_call = self._on_call
        rig.sim.after_effect = self._on_effect
        self._trouble = NO_TROUBLE
        self._seen: dict[str, int] = {}

    @property
    def desk(self) -> Desk:
        return self.programs[0].desk

    @property
    def journal(self) -> Store:
        return self.programs[0].journal

    def close(self) -> None:
        self.rig.sim.faults.clear()
        self.rig.sim.faults.release()
        self.rig.journal = self.programs[0].journal
        self.programs[1].journal.close()

    def _program(self, journal: Store, encoder: Encoder) -> Program:
        program = Program(journal, WatchedEncoder(encoder))
        program.desk = replace(
            self.rig.desk,
            journal=journal,
            operators=journal.operators,
            encoder=program.encoder,
            gateway=WatchedLocks(self.rig.desk.gateway, program),  # type: ignore[arg-type]
            network_locks=self.rig.desk.network_locks
            and WatchedLocks(self.rig.desk.network_locks, program),  # type: ignore[arg-type]
            slots_turn=program.slots_turn,
            watch=lambda notice: self._on_notice(program, notice),
        )
        return program

    # what an operator does with their hands

    def put(self, number: int | None) -> None:
        """Lay a card on encoder and reader, or nothing."""
        if number is None:
            self.rig.lift()
        else:
            self.rig.put(self.cards[number])

    def hold_to_door(self, number: int, room: Room) -> None:
        card = self.cards[number]
        if self.rig.opens(card, room.id):
            assert card.memory is not None
            newest = self.accepted.get(room.id, card.memory.abkp)
            self.accepted[room.id] = max(newest, card.memory.abkp)

    # programs

    def restart(self, number: int) -> list[str]:
        """A program ends (killed or not) and starts again: it looks for what was under way."""
        program = self.programs[number]
        program.journal.close()
        program.journal = self.rig.open_journal()
        program.die_at, program.encoder.die_after_write = None, False
        program.encoder.before_held = None
        program.die_after_send, program.before_turn = False, None
        program.desk = replace(
            program.desk, journal=program.journal, operators=program.journal.operators
        )
        return [*adopt_interrupted(program.desk), *adopt_sent(program.desk)]

    def do(
        self,
        number: int,
        work: Callable[[Desk], CardResult],
        trouble: Trouble = NO_TROUBLE,
        meanwhile: Callable[[Desk], object] | None = None,
    ) -> Done:
        """Run a workflow in a program, with trouble, and something in the other program meanwhile.

        `meanwhile` is what the other program gets done while this one waits for the encoder.
        """
        program, other = self.programs[number], self.programs[1 - number]
        if meanwhile is not None:
            program.encoder.before_held = lambda: self._quietly(meanwhile, other.desk)
            program.before_turn = program.encoder.before_held
        with self._in_trouble(program, trouble):
            try:
                done = Done(work(program.desk))
            except StationError as error:
                done = Done(error=error)
            except Killed:
                done = Done(killed=True)
        if done.killed:
            self.restart(number)
        return done

    def _quietly(self, work: Callable[[Desk], object], desk: Desk) -> None:
        before = self._now
        try:
            work(desk)
        except StationError:
            return
        finally:
            self._now = before

    # trouble

    @contextmanager
    def _in_trouble(self, program: Program, trouble: Trouble) -> Iterator[None]:
        self._trouble = trouble
        self._seen = {}
        on = self.world.encoder.card
        if trouble.injection is not None:
            sim = self.rig.kexin_sim if trouble.at_kexin else self.rig.sim
            if sim is not None:
                sim.faults.inject(trouble.injection)
        if trouble.cause is Cause.KILL:
            program.die_at = trouble.at
        elif trouble.cause is Cause.KILL_AFTER_WRITE:
            program.encoder.die_after_write = program.die_after_send = True
        elif trouble.defect is not CardDefect.NONE and on is not None:
            on.defect = trouble.defect
        try:
            yield
        finally:
            self._trouble = NO_TROUBLE
            program.die_at, program.encoder.die_after_write = None, False
            program.encoder.before_held = None
            program.die_after_send, program.before_turn = False, None
            if on is not None:
                on.defect = CardDefect.NONE
            self.rig.sim.faults.clear()
            self.rig.sim.faults.release()
            if self.rig.kexin_sim is not None:
                self.rig.kexin_sim.faults.clear()
            self._wait_for_late_effects()

    def _wait_for_late_effects(self) -> None:
        """What the service does late it does with the card that still lies there."""
        calls = self.rig.sim.calls.all()
        coming = {call.number for call in calls if call.fault not in WITHOUT_EFFECT}
        with self._landing:
            assert self._landing.wait_for(lambda: coming <= self._landed, LANDING_S)

    # what is seen

    def _on_notice(self, program: Program, notice: StepNotice) -> None:
        self._now = notice.operation
        if notice.operation not in self.attempts:
            card = self.world.encoder.card
            before = card.memory if card else None
            self.attempts[notice.operation] = Attempt(notice.operation, card, before)
        if program.die_at is not None:
            program.die_at -= 1
            if program.die_at < 0:
                program.die_at = None
                raise Killed

    def _on_call(self, call: Call) -> None:
        """In the service's thread, before the call has any effect."""
        self._seen[call.name] = self._seen.get(call.name, 0) + 1
        if self._trouble.cause is Cause.LIFT and self._reads_back(call):
            self.rig.lift()
        if call.name not in WRITES:
            return
        row = self.journal.operation(self._now)
        if row is None or row.state is not State.INTENT:
            self.wrong.append(f"{call.name} without an intent")
        attempt = self.attempts[self._now]
        attempt.calls += 1
        attempt.card = self.world.encoder.card
        if call.name == "MarkRoomCard":
            start = datetime.fromisoformat(str(call.fields["abkp"]))
            self.starts.setdefault(str(call.fields["rm_id"]), []).append((self._now, start))

    def _reads_back(self, call: Call) -> bool:
        return call.name == "ReadCard" and any(self._seen.get(name) for name in WRITES)

    def _on_effect(self, call: Call) -> None:
        if self._trouble.cause is Cause.SWAP and call.name in WRITES:
            other = self.cards[self._trouble.at % len(self.cards)]
            if other is not self.world.encoder.card:
                self.rig.put(other)
        with self._landing:
            self._landed.add(call.number)
            self._landing.notify_all()
