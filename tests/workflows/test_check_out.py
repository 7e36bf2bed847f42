"""Check-out in one go: a line for each system, what is left is said, what waits is done later."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from station.domain.credential import CredentialKind, CredentialState
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.domain.stay import current_stay
from station.errors import Code, Refused
from station.simulators.faults import Fault, Injection
from station.workflows.check_out import CheckedOut, Leaving, Line, check_out
from station.workflows.copy import copy
from station.workflows.desk import Desk
from station.workflows.interrupted import adopt
from station.workflows.issue import issue
from station.workflows.outbox import sync
from station.workflows.recover import adopt_interrupted, resolve
from station.workflows.stop_credential import stop
from station.workflows.ways_in import Revoking, kinds, ways_in
from tests.desk_rig import GUEST, WANG, DeskRig, desk_rig
from tests.workflows.leaving import REVOCABLE, ROOM, Guest, give, guest_of

ONLINE, FACE = CredentialKind.ONLINE_PASSCODE, CredentialKind.FACE
KEXIN, TEMPORARY = CredentialKind.KEXIN_PASSWORD, CredentialKind.KEXIN_TEMPORARY


def leave(rig: DeskRig, **more: bool) -> CheckedOut:
    return check_out(rig.desk, WANG, Leaving(rig.room(ROOM), **more))


def line_of(done: CheckedOut, of: str) -> Line:
    [line] = [line for line in done.lines if line.of == of]
    return line


def states(done: CheckedOut) -> dict[str, State]:
    return {str(line.of): line.state for line in done.lines}


def is_vacant(rig: DeskRig) -> bool:
    return current_stay(rig.journal.stays(rig.room(ROOM).id)) is None


def test_everything_at_once(whole: DeskRig) -> None:
    guest = guest_of(whole, *REVOCABLE, gate=True)
    assert guest.opening(whole) == {"card", *REVOCABLE}
    done = leave(whole, gate=True)
    assert set(states(done)) == {"card", *REVOCABLE, "gate", "stay"}
    assert set(states(done).values()) == {State.DONE}
    assert done.state is State.DONE
    assert done.left == ()
    assert guest.opening(whole) == set()
    assert is_vacant(whole)
    assert whole.row(done.operation).state is State.DONE
    children = {row.kind for row in whole.journal.children(done.operation)}
    assert children == {Kind.RECYCLE, Kind.CREDENTIAL_STOP, Kind.RESIDENT_UNBIND}
    assert whole.gate_sim is not None
    assert [call.name for call in whole.gate_sim.calls.all()].count("del_user") == 1
    assert whole.journal.outbox(stopped=True) == []


def test_nothing_to_do_is_said_and_nothing_is_written(whole: DeskRig) -> None:
    before = len(whole.rows())
    with pytest.raises(Refused) as caught:
        leave(whole)
    assert caught.value.code is Code.NO_STAY
    assert len(whole.rows()) == before


def test_who_makes_no_keys_checks_nobody_out(whole: DeskRig) -> None:
    guest_of(whole)
    with pytest.raises(Refused) as caught:
        check_out(whole.desk, Operator("老周", Role.TECHNICIAN), Leaving(whole.room(ROOM)))
    assert caught.value.code is Code.NOT_ALLOWED


def test_a_passcode_without_a_stay_is_stopped_too(whole: DeskRig) -> None:
    give(whole, ONLINE)
    done = leave(whole)
    assert states(done) == {ONLINE: State.DONE}
    assert done.left == ()


def test_another_card_on_the_encoder_is_left_alone(whole: DeskRig) -> None:
    guest = guest_of(whole, ONLINE)
    other = whole.put()
    issue(whole.desk, WANG, whole.stay("1-102"))
    done = leave(whole)
    card = line_of(done, "card")
    assert card.state is State.REFUSED
    assert card.error is not None
    assert card.error.code is Code.WRONG_CARD
    assert card.cards == 1
    assert whole.opens(other, "1-102")
    assert line_of(done, ONLINE).state is State.DONE
    assert kinds(done.left) == ["card"]
    assert guest.opening(whole) == {"card"}
    assert is_vacant(whole)
    assert whole.row(done.operation).state is State.FAILED


def test_no_card_on_the_encoder_leaves_it_listed(whole: DeskRig) -> None:
    guest = guest_of(whole, ONLINE)
    whole.lift()
    done = leave(whole)
    assert line_of(done, "card").state is State.REFUSED
    assert line_of(done, "stay").cards == 1
    assert kinds(done.left) == ["card"]
    assert guest.opening(whole) == {"card"}
    assert is_vacant(whole)


def test_a_card_may_be_left_for_later(whole: DeskRig) -> None:
    guest_of(whole)
    done = leave(whole, card=False)
    assert states(done) == {"stay": State.DONE}
    assert line_of(done, "stay").cards == 1
    assert whole.writes("ClearRoomCard") == 0


def test_of_two_cards_the_other_stays_listed(whole: DeskRig) -> None:
    guest = guest_of(whole)
    second = whole.put()
    copy(whole.desk, WANG, whole.room(ROOM))
    whole.put(guest.card)
    done = leave(whole)
    assert line_of(done, "card").cards == 1
    assert [way.card.card_id for way in done.left if way.card] == [second.card_id]
    assert not whole.opens(guest.card, ROOM)
    assert whole.opens(second, ROOM)


def test_without_an_encoder_cards_are_counted(whole: DeskRig) -> None:
    guest_of(whole, ONLINE)
    whole.desk = replace(whole.desk, encoder=None)
    done = leave(whole)
    assert line_of(done, "card").cards == 1
    assert line_of(done, ONLINE).state is State.DONE


def test_a_temporary_password_ends_by_itself_and_is_said(whole: DeskRig) -> None:
    guest = guest_of(whole, TEMPORARY)
    done = leave(whole)
    assert states(done) == {"card": State.DONE, "stay": State.DONE}
    [left] = done.left
    assert (left.kind, left.revoking) == (TEMPORARY, Revoking.ENDS_BY_ITSELF)
    assert guest.opening(whole) == {TEMPORARY}
    whole.tick(301)
    assert guest.opening(whole) == set()
    assert ways_in(whole.desk, whole.room(ROOM)) == []


AWAY: dict[str, tuple[Callable[[DeskRig, bool], None], set[str]]] = {
    "a lock": (
        lambda rig, away: setattr(rig.world.lock_of(ROOM), "reachable", not away),
        {ONLINE, FACE},
    ),
    "kexin": (
        lambda rig, away: setattr(rig.kexin_sim.cloud.named(ROOM), "online", not away),  # type: ignore[union-attr]
        {KEXIN},
    ),
    "the gates": (
        lambda rig, away: (
            rig.gate_sim.faults.inject(Injection(Fault.HTTP_503, times=None))  # type: ignore[union-attr]
            if away
            else rig.gate_sim.faults.clear()  # type: ignore[union-attr]
        ),
        {"gate"},
    ),
}


@pytest.mark.parametrize("what", AWAY)
def test_what_is_away_waits_and_is_done_later_in_order_and_once(whole: DeskRig, what: str) -> None:
    put_away, waits = AWAY[what]
    guest = guest_of(whole, ONLINE, FACE, KEXIN, gate=True)
    put_away(whole, True)
    done = leave(whole, gate=True)
    assert {of for of, state in states(done).items() if state is State.WAITING} == waits
    assert done.state is State.WAITING
    assert is_vacant(whole)
    assert {way.kind for way in done.left} == waits - {"gate"}
    assert all(way.revoking is Revoking.STOPPING for way in done.left)
    assert guest.opening(whole) == waits - {"gate"}
    waiting = [row.operation for row in whole.journal.outbox()]
    assert len(waiting) == len(waits)
    whole.restart()
    put_away(whole, False)
    whole.tick(3600)
    assert [(push.operation, push.state) for push in sync(whole.desk, WANG)] == [
        (operation, "done") for operation in waiting
    ]
    assert guest.opening(whole) == set()
    assert ways_in(whole.desk, whole.room(ROOM)) == []
    assert whole.row(done.operation).state is State.DONE
    assert sync(whole.desk, WANG, now=True) == []


def test_the_service_away_costs_one_try_and_not_one_for_each(whole: DeskRig) -> None:
    guest_of(whole, ONLINE, FACE, CredentialKind.FINGERPRINT)
    whole.sim.calls.clear()
    whole.sim.faults.inject(Injection(Fault.DROP_BEFORE, "GatewayStopFinger", times=None))
    done = leave(whole, card=False)
    assert done.state is State.WAITING
    calls = [call.name for call in whole.sim.calls.all()]
    assert set(calls) == {"GatewayStopFinger"}
    assert len(whole.journal.outbox()) == 3, "every stop was written down before the first try"


def test_one_that_waits_already_is_not_doubled(whole: DeskRig) -> None:
    guest = guest_of(whole, ONLINE)
    whole.world.lock_of(ROOM).reachable = False
    credential = guest.given[ONLINE].credential
    assert credential is not None
    first = stop(whole.desk, WANG, credential.id)
    done = leave(whole)
    assert line_of(done, ONLINE).operation == first.operation
    assert len(whole.journal.outbox()) == 1
    assert whole.row(done.operation).state is State.WAITING
    whole.world.lock_of(ROOM).reachable = True
    sync(whole.desk, WANG, now=True)
    assert whole.row(done.operation).state is State.DONE


def test_the_next_guest_is_not_stopped_by_a_late_stop(whole: DeskRig) -> None:
    guest_of(whole, ONLINE)
    whole.world.lock_of(ROOM).reachable = False
    leave(whole)
    whole.world.lock_of(ROOM).reachable = True
    whole.put()
    issue(whole.desk, WANG, whole.stay(ROOM))
    after = give(whole, ONLINE)
    sync(whole.desk, WANG, now=True)
    assert whole.world.try_passcode(ROOM, after.code).opened
    [_, way] = ways_in(whole.desk, whole.room(ROOM))
    assert way.credential == after.credential


# killed at every boundary


class Killed(BaseException):
    """Stands for the program's end."""


class Fuse:
    """Ends the program after its `at`-th effect: an event, a sealed text, a call that returned.

    Whatever comes between two effects (a notice, say) leaves the same behind.
    """

    def __init__(self, at: int | None) -> None:
        self.at, self.reached = at, 0

    def here(self, *_: object) -> None:
        self.reached += 1
        if self.at is not None and self.reached > self.at:
            raise Killed

    def around(self, inner: object, names: tuple[str, ...]) -> object:
        fuse = self

        class Around:
            def __getattr__(self, name: str) -> object:
                found = getattr(inner, name)
                if names and name not in names:
                    return found
                if name == "exclusive":
                    return found

                def and_then(*given: object, **more: object) -> object:
                    result = found(*given, **more)
                    fuse.here()
                    return result

                return and_then

        return Around()

    def built_into(self, desk: Desk) -> Desk:
        parts = ("encoder", "gateway", "network_locks", "gate")
        fused = {part: self.around(getattr(desk, part), ()) for part in parts}
        journal = self.around(desk.journal, ("append", "forget", "seal"))
        return replace(desk, journal=journal, **fused)  # type: ignore[arg-type]


@contextmanager
def full_house(folder: Path) -> Iterator[tuple[DeskRig, Guest]]:
    with desk_rig(folder, gate=True, kexin=True) as rig:
        rig.desk = replace(rig.desk, site=replace(rig.desk.site, faces=True, fingerprints=True))
        yield rig, guest_of(rig, CredentialKind.OFFLINE_PASSCODE, ONLINE, KEXIN, gate=True)


def run_to(rig: DeskRig, fuse: Fuse) -> None:
    check_out(fuse.built_into(rig.desk), WANG, Leaving(rig.room(ROOM), gate=True))


def test_killed_at_every_boundary_nothing_that_opens_is_unsaid(tmp_path: Path) -> None:
    with full_house(tmp_path / "whole") as (rig, _):
        whole = Fuse(None)
        run_to(rig, whole)
    assert whole.reached > 15
    for at in range(whole.reached):
        with full_house(tmp_path / str(at)) as (rig, guest):
            with pytest.raises(Killed):
                run_to(rig, Fuse(at))
            rig.restart()
            adopt_interrupted(rig.desk)
            adopt(rig.desk)
            check_what_is_left(rig, guest)


def check_what_is_left(rig: DeskRig, guest: Guest) -> None:
    """What opens is listed; the same check-out again, and nothing opens any more."""
    room = rig.room(ROOM)
    assert guest.opening(rig) <= {way.kind for way in ways_in(rig.desk, room)}
    for each in rig.journal.credentials(room.id):
        if each.state is CredentialState.STOPPING:
            assert each.id in {row.facts.credential for row in rig.journal.outbox()}
    if rig.journal.unresolved():
        resolve(rig.desk, WANG)
    try:
        leave(rig, gate=True)
    except Refused as nothing_left:
        assert nothing_left.code is Code.NO_STAY
    sync(rig.desk, WANG, now=True)
    assert guest.opening(rig) == set()
    assert ways_in(rig.desk, room) == []
    assert is_vacant(rig)
    assert rig.journal.outbox(stopped=True) == []
    rig.tick(16 * 60)
    adopt(rig.desk)
    assert [row for row in rig.rows() if row.state in {State.INTENT, State.WAITING}] == []
    assert rig.journal.verify().ok
    assert rig.journal.person(rig.journal.find_person(GUEST.mobile).id) == GUEST  # type: ignore[union-attr]
