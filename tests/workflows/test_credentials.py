"""Passcodes, faces, fingerprints: given, shown, stopped, kept apart; doors say what is true."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from station.domain.credential import CredentialKind, CredentialState
from station.domain.operation import Kind, State
from station.errors import Code, InputInvalid, Refused
from station.simulators.faults import Fault, Injection
from station.workflows.credentials import put
from station.workflows.desk import Consent
from station.workflows.interrupted import adopt
from station.workflows.network_locks import look
from station.workflows.outbox import sync
from station.workflows.stop_credential import show_code, stop, stop_code, stop_slot
from station.workflows.stopping import forget_ended
from station.workflows.ways_in import Revoking, needing_attention, ways_in
from tests.desk_rig import LI, WANG, DeskRig, desk_rig
from tests.workflows.leaving import FACE, give, opens, wanted

SLOTTED = (CredentialKind.ONLINE_PASSCODE, CredentialKind.FACE, CredentialKind.FINGERPRINT)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with desk_rig(tmp_path) as rig:
        rig.desk = replace(rig.desk, site=replace(rig.desk.site, faces=True, fingerprints=True))
        yield rig


@pytest.mark.parametrize("kind", [CredentialKind.OFFLINE_PASSCODE, *SLOTTED])
def test_what_was_given_opens_until_it_is_stopped(rig: DeskRig, kind: CredentialKind) -> None:
    given = give(rig, kind)
    assert given.state is State.DONE
    assert opens(rig, given)
    [way] = ways_in(rig.desk, given.room)
    assert (way.kind, way.revoking) == (kind.value, Revoking.STOP)
    assert given.credential is not None
    stopped = stop(rig.desk, WANG, given.credential.id)
    assert stopped.state is State.DONE
    assert not opens(rig, given)
    assert ways_in(rig.desk, given.room) == []
    with pytest.raises(Refused) as caught:
        stop(rig.desk, WANG, given.credential.id)
    assert caught.value.code is Code.CREDENTIAL_STOPPED


def test_an_ended_one_opens_nothing_and_is_not_listed(rig: DeskRig) -> None:
    given = give(rig, CredentialKind.ONLINE_PASSCODE)
    rig.tick(48 * 3600)
    assert not opens(rig, given)
    assert ways_in(rig.desk, given.room) == []


def test_a_passcode_is_sealed_and_forgotten_once_stopped(rig: DeskRig) -> None:
    given = give(rig, CredentialKind.ONLINE_PASSCODE, code="739152")
    assert given.code == "739152"
    assert given.credential is not None
    assert show_code(rig.desk, WANG, given.credential.id) == "739152"
    assert rig.rows()[0].kind is Kind.PASSCODE_SHOW
    kept = b"".join(path.read_bytes() for path in rig.folder.glob("journal.db*"))
    assert b"739152" not in kept
    stop_code(rig.desk, WANG, given.room, "739152")
    with pytest.raises(InputInvalid):
        show_code(rig.desk, WANG, given.credential.id)
    with closing(sqlite3.connect(rig.folder / "journal.db")) as connection:
        assert connection.execute("SELECT count(*) FROM sealed").fetchone() == (0,)


def test_a_passcode_that_ended_by_itself_is_forgotten_a_day_later(rig: DeskRig) -> None:
    given = give(rig, CredentialKind.ONLINE_PASSCODE, code="739152")
    lasting = give(rig, CredentialKind.ONLINE_PASSCODE, code="739153", expires_at=rig.tomorrow(9))
    assert given.credential is not None
    assert lasting.credential is not None
    until = given.credential.expires_at - rig.desk.clock.local()
    rig.tick(until.total_seconds() + 23 * 3600)
    assert forget_ended(rig.desk) == 0
    rig.tick(2 * 3600)
    assert forget_ended(rig.desk) == 1
    assert rig.desk.journal.unseal(given.credential.code) == ""
    assert rig.desk.journal.unseal(lasting.credential.code) == "739153"
    assert forget_ended(rig.desk) == 0


def test_nothing_of_a_face_is_kept_but_its_digest(rig: DeskRig) -> None:
    given = give(rig, CredentialKind.FACE)
    assert given.credential is not None
    assert len(given.credential.picture) == 64
    kept = b"".join(path.read_bytes() for path in rig.folder.glob("journal.db*"))
    assert FACE[-60:] not in kept
    assert FACE[-60:].hex().encode() not in kept


@pytest.mark.parametrize("kind", SLOTTED)
def test_two_guests_never_share_a_slot(rig: DeskRig, kind: CredentialKind) -> None:
    slots = [give(rig, kind).credential for _ in range(3)]
    assert [each.slot for each in slots if each] == [1, 2, 3]
    assert slots[1] is not None
    stop(rig.desk, WANG, slots[1].id)
    again = give(rig, kind).credential
    assert again is not None
    assert again.slot == 2


def test_kinds_and_rooms_have_slots_of_their_own(rig: DeskRig) -> None:
    found = [
        give(rig, CredentialKind.ONLINE_PASSCODE).credential,
        give(rig, CredentialKind.FACE).credential,
        give(rig, CredentialKind.ONLINE_PASSCODE, "1-102").credential,
    ]
    assert [each.slot for each in found if each] == [1, 1, 1]


def test_a_site_may_leave_slots_to_others(rig: DeskRig) -> None:
    rig.desk = replace(rig.desk, site=replace(rig.desk.site, slots=(48, 49)))
    assert [give(rig, CredentialKind.ONLINE_PASSCODE).credential.slot for _ in range(2)] == [48, 49]  # type: ignore[union-attr]
    with pytest.raises(Refused) as caught:
        give(rig, CredentialKind.ONLINE_PASSCODE)
    assert caught.value.code is Code.SLOTS_FULL


def test_a_foreign_slot_is_left_alone_unless_a_supervisor_insists(rig: DeskRig) -> None:
    room = rig.room("1-101")
    rig.desk.need_gateway().put_online(room.id, 7, "864209", rig.tomorrow())
    kind = CredentialKind.ONLINE_PASSCODE
    with pytest.raises(Refused) as caught:
        stop_slot(rig.desk, WANG, room, kind, 7)
    assert caught.value.code is Code.SLOT_UNKNOWN
    with pytest.raises(Refused) as caught:
        stop_slot(rig.desk, WANG, room, kind, 7, Consent(reason="客人已走"))
    assert caught.value.code is Code.NOT_ALLOWED
    assert rig.world.try_passcode("1-101", "864209").opened
    result = stop_slot(rig.desk, LI, room, kind, 7, Consent(reason="客人已走"))
    assert result.state is State.DONE
    assert not rig.world.try_passcode("1-101", "864209").opened
    assert rig.row(result.operation).reason == "客人已走"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "12345"}, Code.PASSCODE_MALFORMED),
        ({"code": "12345678901"}, Code.PASSCODE_MALFORMED),
        ({"code": "１２３４５６"}, Code.PASSCODE_MALFORMED),
        ({"code": "111111"}, Code.PASSCODE_WEAK),
        ({"code": "123456"}, Code.PASSCODE_WEAK),
        ({"code": "987654"}, Code.PASSCODE_WEAK),
        ({"expires_at": None}, Code.FIELD_EMPTY),
    ],
)
def test_bad_input_sends_nothing(rig: DeskRig, change: dict[str, object], code: Code) -> None:
    with pytest.raises(InputInvalid) as caught:
        put(rig.desk, WANG, replace(wanted(rig, CredentialKind.ONLINE_PASSCODE), **change))  # type: ignore[arg-type]
    assert caught.value.code is code
    assert rig.rows() == []
    assert rig.sim.calls.all("GatewayUploadOnline") == []


def test_a_face_needs_the_site_and_the_guest(rig: DeskRig) -> None:
    with pytest.raises(InputInvalid) as unasked:
        give(rig, CredentialKind.FACE, agreed=False)
    assert unasked.value.code is Code.CONSENT_NEEDED
    with pytest.raises(InputInvalid) as broken:
        give(rig, CredentialKind.FACE, picture=b"GIF89a")
    assert broken.value.code is Code.PICTURE_MALFORMED
    rig.desk = replace(rig.desk, site=replace(rig.desk.site, faces=False, fingerprints=False))
    for kind, code in (
        (CredentialKind.FACE, Code.FACES_OFF),
        (CredentialKind.FINGERPRINT, Code.FINGERPRINTS_OFF),
    ):
        with pytest.raises(Refused) as off:
            give(rig, kind)
        assert off.value.code is code


@pytest.mark.parametrize("kind", SLOTTED)
def test_a_lost_answer_keeps_the_slot_and_is_listed(rig: DeskRig, kind: CredentialKind) -> None:
    rig.sim.faults.inject(Injection(Fault.DROP_AFTER))
    given = give(rig, kind)
    assert given.state is State.UNKNOWN
    assert given.error is not None
    assert given.error.code is Code.LOCK_OUTCOME_UNKNOWN
    [way] = ways_in(rig.desk, given.room)
    assert way.certainty == "perhaps"
    assert needing_attention(rig.desk) == [way.credential]
    second = give(rig, kind).credential
    assert second is not None
    assert second.slot == 2
    assert given.credential is not None
    assert stop(rig.desk, WANG, given.credential.id).state is State.DONE
    assert rig.row(given.operation).state is State.SET_ASIDE
    assert needing_attention(rig.desk) == []


def test_a_code_that_nobody_heard_has_failed(rig: DeskRig) -> None:
    rig.sim.faults.inject(Injection(Fault.DROP_AFTER))
    given = give(rig, CredentialKind.OFFLINE_PASSCODE)
    assert given.state is State.FAILED
    assert given.code == ""
    assert ways_in(rig.desk, given.room) == []


@pytest.mark.parametrize("kind", [CredentialKind.OFFLINE_PASSCODE, *SLOTTED])
def test_a_stop_that_cannot_be_sent_waits_and_keeps_the_slot(
    rig: DeskRig, kind: CredentialKind
) -> None:
    given = give(rig, kind)
    assert given.credential is not None
    rig.world.lock_of("1-101").reachable = False
    waiting = stop(rig.desk, WANG, given.credential.id)
    assert waiting.state is State.WAITING
    [way] = ways_in(rig.desk, given.room)
    assert way.revoking is Revoking.STOPPING
    if kind in SLOTTED:
        rig.world.lock_of("1-101").reachable = True
        second = give(rig, kind).credential
        assert second is not None
        assert second.slot == 2
    rig.world.lock_of("1-101").reachable = True
    rig.restart()
    rig.tick(60)
    [push] = sync(rig.desk, WANG)
    assert push.state == "done"
    found = rig.journal.credential(given.credential.id)
    assert found is not None
    assert found.state is CredentialState.STOPPED
    if kind in SLOTTED:
        assert opens(rig, given) == (kind is not CredentialKind.ONLINE_PASSCODE)  # the second one


def test_asking_twice_to_stop_waits_once(rig: DeskRig) -> None:
    given = give(rig, CredentialKind.ONLINE_PASSCODE)
    assert given.credential is not None
    rig.world.lock_of("1-101").reachable = False
    first = stop(rig.desk, WANG, given.credential.id)
    second = stop(rig.desk, WANG, given.credential.id)
    assert first.operation == second.operation
    assert len(rig.journal.outbox()) == 1
    for _ in range(8):
        rig.tick(3600)
        sync(rig.desk, WANG)
    [row] = rig.journal.outbox(stopped=True)
    assert row.facts.state in {"stopped", "waiting"}
    rig.world.lock_of("1-101").reachable = True
    assert stop(rig.desk, WANG, given.credential.id).state is State.DONE


def test_what_the_lock_says_of_its_battery_is_kept(rig: DeskRig) -> None:
    rig.world.lock_of("1-101").set_percent(15)
    give(rig, CredentialKind.ONLINE_PASSCODE)
    rig.world.lock_of("1-102").set_percent(80)
    give(rig, CredentialKind.ONLINE_PASSCODE, "1-102")
    [facts] = rig.journal.lock_facts(rig.room("1-101").id)
    assert facts.battery == 15
    assert [each.room_id for each in rig.journal.low_batteries()] == [rig.room("1-101").id]
    rig.world.lock_of("1-101").set_percent(100)
    give(rig, CredentialKind.ONLINE_PASSCODE)
    assert rig.journal.low_batteries() == []


def test_a_program_killed_while_sending_leaves_the_slot_taken(rig: DeskRig) -> None:
    class Killed(BaseException):
        pass

    class Dying:
        def put_online(self, *_: object) -> None:
            raise Killed

    desk = replace(rig.desk, gateway=Dying())  # type: ignore[arg-type]
    with pytest.raises(Killed):
        put(desk, WANG, wanted(rig, CredentialKind.ONLINE_PASSCODE))
    rig.restart()
    [operation] = adopt(rig.desk)
    assert rig.row(operation).state is State.UNKNOWN
    [doubtful] = needing_attention(rig.desk)
    assert doubtful.slot == 1
    given = give(rig, CredentialKind.ONLINE_PASSCODE).credential
    assert given is not None
    assert given.slot == 2
    assert stop(rig.desk, WANG, doubtful.id).state is State.DONE
    assert adopt(rig.desk) == []


def test_a_stay_begins_with_a_passcode_when_the_encoder_is_down(rig: DeskRig) -> None:
    given = give(rig, CredentialKind.OFFLINE_PASSCODE, begin_stay=True)
    [row] = [row for row in rig.journal.rack() if row.room.name == "1-101"]
    assert row.stay is not None
    assert given.credential is not None
    assert given.credential.stay_id == row.stay.id
    assert row.stay.holder == given.credential.holder


def test_rebuilding_makes_the_same_credentials(rig: DeskRig) -> None:
    given = [give(rig, kind) for kind in (CredentialKind.OFFLINE_PASSCODE, *SLOTTED)]
    assert given[1].credential is not None
    stop(rig.desk, WANG, given[1].credential.id)
    before = rig.journal.credentials(given[0].room.id)
    rig.journal.rebuild()
    assert rig.journal.credentials(given[0].room.id) == before
    assert rig.journal.verify().ok


def test_a_lock_that_is_no_longer_low_is_not_named(tmp_path: Path) -> None:
    with desk_rig(tmp_path, kexin=True) as rig:
        assert rig.kexin_sim is not None
        lock = rig.kexin_sim.cloud.named("1-101")
        lock.low_voltage = True
        look(rig.desk, WANG, rig.room("1-101"))
        assert [facts.room_id for facts in rig.journal.low_batteries()] == [rig.room("1-101").id]
        lock.low_voltage = False
        look(rig.desk, WANG, rig.room("1-101"))
        assert rig.journal.low_batteries() == []
