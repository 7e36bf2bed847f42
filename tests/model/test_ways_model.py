"""Random hotels with everything that opens a door: cards, passcodes, faces, fingerprints, Kexin.

After each step `ways_in` says what the simulated doors do (see `ways`); what other systems placed
in the locks is never touched. More by hand: STATION_MODEL_EXAMPLES=5000 pytest tests/model
"""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from station.domain.credential import (
    BIOMETRIC,
    PASSCODES,
    SLOTTED,
    Credential,
    CredentialKind,
)
from station.domain.operation import State
from station.domain.stay import current_stay
from station.errors import StationError
from station.ports import HistoryFilter
from station.workflows import outbox, stop_credential
from station.workflows.check_out import CheckedOut, Leaving, check_out
from station.workflows.credentials import CredentialResult, Wanted, put
from station.workflows.desk import Desk
from station.workflows.remote import open_door
from station.workflows.ways_in import ways_in
from tests.desk_rig import GUEST, WANG
from tests.model.hotel import Done
from tests.model.test_desk_model import (
    SURE,
    YEAR,
    DeskModel,
    Who,
    cards_or_none,
    days,
    programs,
    rooms,
    run_model,
    who,
)
from tests.model.trouble import NO_TROUBLE, Trouble, lock_troubles
from tests.model.ways import FOREIGN_SLOT, FOREIGN_USER, PEOPLE, Ways, face, template

EXAMPLES = int(os.environ.get("STATION_MODEL_EXAMPLES", "60"))
kinds = st.sampled_from((*sorted(CredentialKind), *sorted(SLOTTED)))
slotted = st.sampled_from(sorted(SLOTTED))
people = st.integers(0, PEOPLE - 1)


class WaysModel(DeskModel):
    """See the module."""

    kexin = True

    def __init__(self) -> None:
        super().__init__()
        self.ways = Ways(self.hotel)

    # helpers

    def send(
        self,
        program: int,
        work: Callable[[Desk], object],
        trouble: Trouble = NO_TROUBLE,
        meanwhile: Callable[[Desk], object] | None = None,
    ) -> Done:
        def heard(desk: Desk) -> object:
            result = work(desk)
            self.ways.heard(result)
            return result

        def unheard(desk: Desk) -> object:
            result = meanwhile(desk) if meanwhile else None
            self.ways.heard(result)
            return result

        other = unheard if meanwhile else None
        return self.hotel.do(program, heard, trouble, other)  # type: ignore[arg-type]

    def wanted(self, kind: CredentialKind, room: int, days: int, person: int, who: Who) -> Wanted:
        picture = {
            CredentialKind.FACE: face(person),
            CredentialKind.FINGERPRINT: template(person),
        }.get(kind, b"")
        return Wanted(
            self.room(room),
            kind,
            self.noon(days),
            GUEST,
            code=f"73915{person}" if person % 2 and kind in PASSCODES else "",
            picture=picture,
            agreed=kind in BIOMETRIC,
            begin_stay=person == 0,
            consent=who.consent,
        )

    def known(self, which: int) -> Credential | None:
        """A credential that the desk knows, ended ones too."""
        found = [
            each for room in self.hotel.rooms for each in self.hotel.journal.credentials(room.id)
        ]
        return found[which % len(found)] if found else None

    # rules

    @rule(kind=kinds, room=rooms, days=days, person=people, program=programs, who=who,
          count=st.sampled_from((1, 1, 2, 3)), later=st.sampled_from((0, 0, 0, 2 * 86400, YEAR)),
          trouble=lock_troubles)  # fmt: skip
    def give(
        self, kind: CredentialKind, room: int, days: int, person: int, program: int, who: Who,
        count: int, later: int, trouble: Trouble,
    ) -> None:  # fmt: skip
        """So many, the last in trouble; perhaps only after the clock has run ahead for a while."""
        for number in range(count - 1):
            early = self.wanted(kind, room, days, (person + number) % PEOPLE, who)
            self.send(program, lambda desk, each=early: put(desk, who.operator, each))  # type: ignore[misc]
        self.hotel.rig.tick(later)
        wanted = self.wanted(kind, room, days, person, who)
        self.send(program, lambda desk: put(desk, who.operator, wanted), trouble)
        if later == YEAR:
            self.hotel.rig.tick(-later)

    @rule(which=st.integers(0, 20), program=programs, trouble=lock_troubles)
    def stop(self, which: int, program: int, trouble: Trouble) -> None:
        credential = self.known(which)
        if credential is not None:
            name = credential.id
            self.send(program, lambda desk: stop_credential.stop(desk, WANG, name), trouble)

    @rule(kind=slotted, room=rooms, foreign=st.booleans(), number=st.integers(1, 2), who=who,
          trouble=lock_troubles)  # fmt: skip
    def stop_a_slot(
        self, kind: CredentialKind, room: int, foreign: bool, number: int, who: Who,
        trouble: Trouble,
    ) -> None:  # fmt: skip
        kexin, where = kind is CredentialKind.KEXIN_PASSWORD, self.room(room)
        slot = number + 900000 if kexin else number
        if foreign:
            slot = FOREIGN_USER if kexin else FOREIGN_SLOT
            if who is SURE:
                self.ways.foreign_gone.add((where.id, kind))
        self.send(
            0,
            lambda desk: stop_credential.stop_slot(
                desk, who.operator, where, kind, slot, who.consent
            ),
            trouble,
        )

    @rule(which=st.integers(0, 20), program=programs)
    def show(self, which: int, program: int) -> None:
        credential = self.known(which)
        if credential is None:
            return
        try:
            desk = self.hotel.programs[program].desk
            self.ways.told.add(stop_credential.show_code(desk, WANG, credential.id))
        except StationError:
            assert not credential.code or not self.hotel.journal.unseal(credential.code)

    @rule(room=rooms, program=programs, trouble=lock_troubles)
    def open_from_afar(self, room: int, program: int, trouble: Trouble) -> None:
        where = self.room(room)
        self.send(program, lambda desk: open_door(desk, WANG, where, "客人忘带卡"), trouble)

    @rule(room=rooms, card=cards_or_none, program=programs, trouble=lock_troubles)
    def check_out(self, room: int, card: int | None, program: int, trouble: Trouble) -> None:
        where = self.room(room)
        self.hotel.put(card)
        found: list[CheckedOut] = []

        def work(desk: Desk) -> None:
            found.append(check_out(desk, WANG, Leaving(where)))

        self.send(program, work, trouble)
        for done in found:
            desk = self.hotel.programs[program].desk
            assert list(done.left) == ways_in(desk, where)
            assert current_stay(self.hotel.journal.stays(where.id)) is None
            for line in done.lines:
                assert line.state is not State.UNKNOWN or line.of == "card"

    @rule(program=programs, now=st.booleans(), trouble=lock_troubles)
    def push(self, program: int, now: bool, trouble: Trouble) -> None:
        self.send(program, lambda desk: outbox.sync(desk, WANG, now=now), trouble)

    @rule(room=rooms, away=st.booleans(), busy=st.integers(0, 6), kexin=st.booleans())
    def a_lock_is_away(self, room: int, away: bool, busy: int, kexin: bool) -> None:
        lock = self.hotel.world.lock_of(self.room(room).id)
        if kexin:
            self.ways.cloud.named(self.room(room).name).online = not away
        else:
            lock.reachable, lock.busy = not away, busy

    @rule(kind=kinds, room=rooms, which=st.integers(0, 20), person=people, stops=st.booleans())
    def two_programs_want_a_lock(
        self, kind: CredentialKind, room: int, which: int, person: int, stops: bool
    ) -> None:
        """What the other program does while this one waits for its turn at the locks."""
        wanted, credential = self.wanted(kind, room, 1, person, SURE), self.known(which)

        def give(desk: Desk) -> CredentialResult:
            return put(desk, WANG, wanted)

        def stop(desk: Desk) -> object:
            if credential is None:
                return give(desk)
            stopped = stop_credential.stop(desk, WANG, credential.id)
            self.ways.heard(give(desk))  # the freed slot is somebody's at once
            return stopped

        one, two = (stop, stop) if stops else (give, stop)
        self.send(0, one, meanwhile=two)

    @rule(which=st.integers(0, 20), after=st.integers(-1, 1))
    def a_credentials_end_comes(self, which: int, after: int) -> None:
        credential = self.known(which)
        if credential is not None:
            end = credential.expires_at + timedelta(seconds=after)
            self.hotel.rig.tick((end - self.hotel.rig.clock.local()).total_seconds())

    @invariant()
    def the_desk_says_what_opens(self) -> None:
        self.ways.check()

    @invariant()
    def nothing_at_the_locks_is_under_way(self) -> None:
        """Whoever was killed has started again by now: only what waits for people is open."""
        rows = self.hotel.journal.history(HistoryFilter(state=State.INTENT, limit=1000))
        at_a_lock = {"passcode", "face", "fingerprint", "remote_open", "credential_stop"}
        assert [row for row in rows if row.kind in at_a_lock] == []


def test_the_doors_open_for_what_the_desk_says_opens_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    run_model(WaysModel, tmp_path_factory.mktemp("ways"), EXAMPLES)
