"""What waits for a vendor: a row for each, in order, once; what refuses holds up only its own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from station.compose import outbox_turn, slots_turn
from station.domain.credential import CredentialKind, CredentialState
from station.domain.event import Entry, OutboxFacts, Payload
from station.domain.operation import Kind, State
from station.domain.outbox import REFUSALS_BEFORE_STOP, Call, Service
from station.errors import Code, InputInvalid
from station.home import Home
from station.simulators.faults import Fault, Injection
from station.simulators.kexin.switches import Switches as KexinSwitches
from station.vendors.door_lock import DoorLockGateway
from station.workflows import outbox
from station.workflows.credentials import CredentialResult, put
from station.workflows.desk import Desk, new_operation_id
from station.workflows.outbox import Push, retry, sync
from station.workflows.resident import Binding, bind
from station.workflows.stop_credential import stop
from station.workflows.stopping import as_stopping
from station.workflows.ways_in import ways_in
from tests.desk_rig import GUEST, WANG, DeskRig
from tests.workflows.leaving import ROOM, give, opens, wanted

ONLINE, FACE = CredentialKind.ONLINE_PASSCODE, CredentialKind.FACE
KEXIN = CredentialKind.KEXIN_PASSWORD


def stopped(rig: DeskRig, given: object) -> str:
    """Ask for a stop; the operation."""
    credential = given.credential  # type: ignore[attr-defined]
    return stop(rig.desk, WANG, credential.id).operation


def pushed(pushes: list[Push]) -> list[tuple[str, str]]:
    return [(push.operation, push.state) for push in pushes]


def test_gates_that_are_away_keep_no_passcode_alive(whole: DeskRig) -> None:
    given = give(whole, ONLINE)
    assert whole.gate_sim is not None
    whole.gate_sim.faults.inject(Injection(Fault.HTTP_503, times=None))
    assert bind(whole.desk, WANG, Binding(GUEST, uid="04A1B2C3")).state is State.WAITING
    whole.tick(3600)
    stopped(whole, given)
    assert not opens(whole, given)
    [left] = whole.journal.outbox()
    assert left.facts.call == Call.SET_CARD


def test_a_lock_that_is_away_keeps_no_gate_waiting(whole: DeskRig) -> None:
    given = give(whole, ONLINE)
    whole.world.lock_of(ROOM).reachable = False
    waiting = stopped(whole, given)
    assert bind(whole.desk, WANG, Binding(GUEST, uid="04A1B2C3")).state is State.DONE
    assert [row.operation for row in whole.journal.outbox()] == [waiting]


def test_a_lock_that_refuses_holds_up_only_its_own(whole: DeskRig) -> None:
    first, second = give(whole, ONLINE), give(whole, FACE)
    other = give(whole, ONLINE, "1-102")
    whole.world.lock_of(ROOM).reachable = False
    waiting = [stopped(whole, first), stopped(whole, second)]
    assert stop(whole.desk, WANG, other.credential.id).state is State.DONE  # type: ignore[union-attr]
    assert not opens(whole, other)
    assert [row.operation for row in whole.journal.outbox()] == waiting
    whole.world.lock_of(ROOM).reachable = True
    whole.tick(3600)
    assert pushed(sync(whole.desk, WANG)) == [(name, "done") for name in waiting]


def test_a_service_that_is_away_is_tried_once(whole: DeskRig) -> None:
    given = [give(whole, ONLINE), give(whole, ONLINE, "1-102")]
    whole.sim.faults.inject(Injection(Fault.DROP_BEFORE, "GatewayStopOnline", times=None))
    waiting = [stopped(whole, each) for each in given]
    whole.sim.calls.clear()
    assert pushed(sync(whole.desk, WANG, now=True)) == [(waiting[0], "waiting")]
    assert {call.fields["rm_id"] for call in whole.sim.calls.all()} == {whole.room(ROOM).id}
    whole.sim.faults.clear()
    assert pushed(sync(whole.desk, WANG, now=True)) == [(name, "done") for name in waiting]


def test_a_busy_gateway_is_asked_five_times_then_somebody_looks(whole: DeskRig) -> None:
    given = give(whole, ONLINE)
    whole.world.lock_of(ROOM).busy = 100
    operation = stopped(whole, given)
    tries = [1]
    while whole.journal.outbox():
        whole.tick(3600)
        sync(whole.desk, WANG)
        tries.append(len(tries) + 1)
    assert len(tries) == REFUSALS_BEFORE_STOP
    [row] = whole.journal.outbox(stopped=True)
    assert (row.operation, row.facts.state) == (operation, "stopped")
    assert row.facts.error == Code.GATEWAY_REFUSED
    assert whole.row(operation).state is State.REFUSED
    [way] = ways_in(whole.desk, whole.room(ROOM))
    assert way.credential is not None
    assert way.credential.state is CredentialState.STOPPING
    assert opens(whole, given)
    second = give(whole, ONLINE).credential
    assert second is None, "the gateway is busy for everybody"
    whole.world.lock_of(ROOM).busy = 0
    retry(whole.desk, WANG, operation)
    assert pushed(sync(whole.desk, WANG)) == [(operation, "done")]
    assert not opens(whole, given)


def test_a_kexin_lock_that_is_offline_is_waited_for(whole: DeskRig) -> None:
    assert whole.kexin_sim is not None
    given = give(whole, KEXIN)
    whole.kexin_sim.cloud.named(ROOM).online = False
    stopped(whole, given)
    for _ in range(2 * REFUSALS_BEFORE_STOP):
        whole.tick(3600)
        [push] = sync(whole.desk, WANG)
        assert push.state == "waiting"
        assert push.error is not None
        assert push.error.code is Code.KEXIN_LOCK_OFFLINE
    whole.kexin_sim.cloud.named(ROOM).online = True
    whole.tick(3600)
    assert [push.state for push in sync(whole.desk, WANG)] == ["done"]
    assert not opens(whole, given)


@pytest.mark.parametrize("silent", [False, True])
def test_a_kexin_password_that_is_gone_is_gone(whole: DeskRig, silent: bool) -> None:
    """Kexin's 310 says that there is nothing: after a lost answer, and at the first try too."""
    assert whole.kexin_sim is not None
    given = give(whole, KEXIN)
    assert given.credential is not None
    assert not KexinSwitches().del_unknown_ok
    if silent:
        whole.kexin_sim.cloud.named(ROOM).written.clear()
    else:
        whole.kexin_sim.faults.inject(Injection(Fault.DROP_AFTER))
        assert stop(whole.desk, WANG, given.credential.id).state is State.WAITING
    assert stop(whole.desk, WANG, given.credential.id).state is State.DONE
    assert ways_in(whole.desk, whole.room(ROOM)) == []


def test_a_signer_that_is_not_there_yet_is_waited_for(whole: DeskRig) -> None:
    class Unsigned:
        def delete_password(self, *_: object) -> None:
            raise InputInvalid(Code.KEXIN_SIGNER_MISSING)

    given = give(whole, KEXIN)
    desk, whole.desk = whole.desk, replace(whole.desk, network_locks=Unsigned())  # type: ignore[arg-type]
    stopped(whole, given)
    whole.desk = desk
    whole.tick(3600)
    assert [push.state for push in sync(whole.desk, WANG)] == ["done"]


def test_two_stops_of_one_credential_send_one(whole: DeskRig) -> None:
    """Another program asked for the same stop; meanwhile the slot is somebody else's."""
    given = give(whole, ONLINE)
    assert given.credential is not None
    whole.world.lock_of(ROOM).reachable = False
    stopped(whole, given)
    twin = new_operation_id(whole.clock.local())
    whole.world.lock_of(ROOM).reachable = True
    first, *_ = whole.journal.outbox()
    payload = Payload(state=State.WAITING, outbox=first.facts)
    whole.journal.append(Entry(Kind.CREDENTIAL_STOP, twin, WANG.name, payload))
    sync(whole.desk, WANG, now=True)
    assert len(whole.sim.calls.all("GatewayStopOnline")) == 2  # the one refused, the one done
    assert whole.journal.outbox() == []


def test_a_second_stop_says_nothing_of_whoever_has_the_slot_now(whole: DeskRig) -> None:
    """The clock went back in between, so that the newcomer looks older than the one that left."""
    given = give(whole, ONLINE)
    assert given.credential is not None
    whole.world.lock_of(ROOM).reachable = False
    stopped(whole, given)
    [row] = whole.journal.outbox()
    twin = new_operation_id(whole.clock.local())
    payload = Payload(state=State.WAITING, outbox=row.facts)
    whole.journal.append(Entry(Kind.CREDENTIAL_STOP, twin, WANG.name, payload))
    whole.world.lock_of(ROOM).reachable = True
    retry(whole.desk, WANG, row.operation)

    after: list[CredentialResult] = []

    class Slow:
        """Between the two pushes somebody else gets the slot."""

        def __getattr__(self, name: str) -> object:
            return getattr(inner, name)

        def append(self, entry: Entry, *, durable: bool = True) -> object:
            event = inner.append(entry, durable=durable)
            if entry.operation == row.operation and entry.payload.state is State.DONE:
                whole.tick(-86400)
                after.append(give(whole, ONLINE))
            return event

    inner = whole.journal
    pushes = sync(replace(whole.desk, journal=Slow()), WANG, now=True)  # type: ignore[arg-type]
    assert [push.state for push in pushes] == ["done", "done"]
    [newcomer] = after
    assert opens(whole, newcomer)
    assert [way.credential for way in ways_in(whole.desk, whole.room(ROOM))] == [
        newcomer.credential
    ]


def test_a_stop_that_comes_too_late_spares_whoever_has_the_slot_now(whole: DeskRig) -> None:
    """Two programs read the credential as active; the slower one writes its stop afterwards."""
    given = give(whole, ONLINE)
    slow = whole.journal.credential(given.credential.id)  # type: ignore[union-attr]
    assert slow is not None
    stopped(whole, given)
    after = give(whole, ONLINE)
    assert after.credential is not None
    assert after.credential.slot == slow.slot
    facts = OutboxFacts(call=Call.STOP_ONLINE, person="", credential=slow.id)
    payload = Payload(state=State.WAITING, credential=as_stopping(slow), outbox=facts)
    late = new_operation_id(whole.clock.local())
    whole.journal.append(Entry(Kind.CREDENTIAL_STOP, late, WANG.name, payload))
    assert [push.state for push in sync(whole.desk, WANG, now=True)] == ["done"]
    assert whole.world.try_passcode(ROOM, after.code).opened
    [way] = ways_in(whole.desk, whole.room(ROOM))
    assert way.credential == after.credential


def test_a_vendor_another_program_pushes_to_is_left_out(whole: DeskRig, tmp_path: Path) -> None:
    """Two programs at the same moment with the real locks: each stop is sent once."""
    home = Home(tmp_path / "home")
    home.create()
    given = [give(whole, ONLINE) for _ in range(3)]
    whole.world.lock_of(ROOM).reachable = False
    for each in given:
        stopped(whole, each)
    whole.world.lock_of(ROOM).reachable = True
    whole.sim.calls.clear()
    desks = [program(whole, home) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda desk: sync(desk, WANG, now=True), desks))
    for desk in desks:
        desk.journal.close()
    assert sorted(len(pushes) for pushes in results) == [0, 3]
    assert len(whole.sim.calls.all("GatewayStopOnline")) == 3


def program(rig: DeskRig, home: Home) -> Desk:
    """Another program of this desk: its own journal connection and client, the real turns."""
    return replace(
        rig.desk,
        journal=rig.open_journal(),
        gateway=DoorLockGateway(rig.new_encoder()),
        outbox_turn=lambda service: outbox_turn(home, service),
        slots_turn=lambda wait_s: slots_turn(home, wait_s),
    )


@pytest.mark.parametrize("kind", [ONLINE, FACE])
def test_two_programs_never_take_the_same_slot(
    whole: DeskRig, tmp_path: Path, kind: CredentialKind
) -> None:
    """The first is held up while it sends; the second chooses only when that is over."""
    home = Home(tmp_path / "home")
    home.create()
    desks = [program(whole, home) for _ in range(2)]
    both = threading.Barrier(2)

    def go(desk: Desk) -> list[int]:
        both.wait(30)
        given = [put(desk, WANG, wanted(whole, kind)).credential for _ in range(4)]
        return [each.slot for each in given if each]

    with ThreadPoolExecutor(2) as pool:
        slots = [slot for found in pool.map(go, desks) for slot in found]
    for desk in desks:
        desk.journal.close()
    assert sorted(slots) == list(range(1, 9))
    lock = whole.world.lock_of(ROOM)
    assert sorted(lock.online if kind is ONLINE else lock.faces) == list(range(1, 9))


def test_the_rows_are_named_by_whom_they_are_for(whole: DeskRig) -> None:
    given = give(whole, ONLINE)
    whole.world.lock_of(ROOM).reachable = False
    stopped(whole, given)
    [row] = whole.journal.outbox()
    assert outbox.service_of(row) is Service.GATEWAY
    assert sync(whole.desk, WANG, now=True, services=(Service.GATE,)) == []
    assert sync(replace(whole.desk, gateway=None), WANG, now=True) == []
