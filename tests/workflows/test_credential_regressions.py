"""What was found wrong once with passcodes, faces and their slots, each as the few steps of it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from station.domain.credential import CredentialKind, CredentialState
from station.domain.event import Entry
from station.domain.operation import Kind, State
from station.domain.person import Person
from station.errors import Code, InputInvalid, Refused
from station.simulators.door_lock.switches import Switches
from station.simulators.faults import Fault, Injection
from station.workflows.check_out import Leaving, check_out
from station.workflows.credentials import put
from station.workflows.desk import Consent, Site
from station.workflows.interrupted import adopt
from station.workflows.issue import issue
from station.workflows.lock_table import entries, import_table
from station.workflows.network_locks import begin_time_sync
from station.workflows.opening import Certainty
from station.workflows.outbox import sync
from station.workflows.stop_credential import show_code, stop, stop_slot
from station.workflows.ways_in import WayIn, ways_in
from tests.desk_rig import LI, WANG, DeskRig
from tests.workflows.leaving import ROOM, give, opens, wanted

OFFLINE, ONLINE = CredentialKind.OFFLINE_PASSCODE, CredentialKind.ONLINE_PASSCODE
FACE, KEXIN = CredentialKind.FACE, CredentialKind.KEXIN_PASSWORD
TEMPORARY = CredentialKind.KEXIN_TEMPORARY
YEAR = 365 * 86400


class Killed(BaseException):
    """Stands for the program's end."""


def said(rig: DeskRig, room: str = ROOM) -> list[WayIn]:
    return ways_in(rig.desk, rig.room(room))


def few_slots(rig: DeskRig, count: int) -> None:
    site: Site = replace(rig.desk.site, slots=(1, count), kexin_users=(900001, 900000 + count))
    rig.desk = replace(rig.desk, site=site)


@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize("kind", [OFFLINE, ONLINE, FACE])
def test_a_clock_that_ran_ahead_makes_no_stop_certain(
    whole: DeskRig, kind: CredentialKind, away: bool
) -> None:
    """The lock's clock is right: what looked over to the desk still opened."""
    given = give(whole, kind)
    assert given.credential is not None
    whole.tick(YEAR)
    whole.world.lock_of(ROOM).reachable = not away
    assert stop(whole.desk, WANG, given.credential.id).state is State.DONE
    whole.tick(-YEAR)
    assert opens(whole, given) is away
    assert [way.certainty for way in said(whole)] == ([Certainty.PERHAPS] if away else [])
    if away:
        whole.world.lock_of(ROOM).reachable = True
        assert stop(whole.desk, WANG, given.credential.id).state is State.DONE
        assert not opens(whole, given)
        assert said(whole) == []


def test_slots_that_only_look_free_are_the_last_to_be_taken(whole: DeskRig) -> None:
    few_slots(whole, 3)
    first = give(whole, ONLINE)
    whole.tick(YEAR)
    second = give(whole, ONLINE)
    assert second.credential is not None
    assert second.credential.slot == 2
    whole.tick(-YEAR)
    assert opens(whole, first)


def test_what_is_written_over_is_gone_and_its_code_forgotten(whole: DeskRig) -> None:
    few_slots(whole, 1)
    first = give(whole, ONLINE)
    assert first.credential is not None
    whole.tick(YEAR)
    second = give(whole, ONLINE)
    whole.tick(-YEAR)
    assert not opens(whole, first)
    assert [way.credential for way in said(whole)] == [second.credential]
    with pytest.raises(InputInvalid):
        show_code(whole.desk, WANG, first.credential.id)
    assert sealed(whole) == 1


def test_what_may_have_been_written_over_is_only_possible(whole: DeskRig) -> None:
    few_slots(whole, 1)
    first = give(whole, ONLINE)
    whole.tick(YEAR)
    whole.sim.faults.inject(Injection(Fault.DROP_AFTER, "GatewayUploadOnline"))
    assert give(whole, ONLINE).state is State.UNKNOWN
    whole.tick(-YEAR)
    assert not opens(whole, first)
    assert {way.certainty for way in said(whole)} == {Certainty.PERHAPS}
    assert first.credential is not None
    stop(whole.desk, WANG, first.credential.id)
    calls = whole.sim.calls.all("GatewayStopOnline")
    assert calls == [], "the slot is the second one's, and it is nobody's wish to stop that"


def sealed(rig: DeskRig) -> int:
    with closing(sqlite3.connect(rig.folder / "journal.db")) as connection:
        found: int = connection.execute("SELECT count(*) FROM sealed").fetchone()[0]
        return found


def test_a_code_is_forgotten_with_its_stop_and_not_a_moment_later(whole: DeskRig) -> None:
    """Killed right behind the event that says "stopped"."""

    class Dying:
        def __init__(self, inner: object) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

        def append(self, entry: Entry, *, durable: bool = True) -> object:
            event = self.inner.append(entry, durable=durable)  # type: ignore[attr-defined]
            if entry.payload.state is State.DONE:
                raise Killed
            return event

    given = give(whole, ONLINE)
    assert given.credential is not None
    dying = replace(whole.desk, journal=Dying(whole.journal))  # type: ignore[arg-type]
    with pytest.raises(Killed):
        stop(dying, WANG, given.credential.id)
    whole.restart()
    assert whole.journal.credential(given.credential.id).state is CredentialState.STOPPED  # type: ignore[union-attr]
    assert sealed(whole) == 0


def test_a_chosen_code_may_have_been_pasted_with_spaces(whole: DeskRig) -> None:
    given = give(whole, ONLINE, code=" 739152 ")
    assert (given.state, given.code) == (State.DONE, "739152")
    assert whole.world.try_passcode(ROOM, "739152").opened


def test_a_stay_that_is_over_is_not_the_next_guests(whole: DeskRig) -> None:
    whole.put()
    issue(whole.desk, WANG, whole.stay(ROOM))
    [before] = whole.journal.stays(whole.room(ROOM).id)
    whole.tick(2 * 86400)
    given = give(whole, OFFLINE, begin_stay=True, guest=Person("张三", "13800000002"))
    stays = whole.journal.stays(whole.room(ROOM).id)
    [now] = [stay for stay in stays if not stay.closed]
    assert now.id != before.id
    assert given.credential is not None
    assert given.credential.stay_id == now.id
    assert whole.journal.person(now.holder or "").mobile == "13800000002"
    whole.put()
    with pytest.raises(Refused) as caught:
        issue(whole.desk, WANG, whole.stay(ROOM))
    assert caught.value.code is Code.ROOM_OCCUPIED


def test_somebody_in_the_room_keeps_their_stay(whole: DeskRig) -> None:
    whole.put()
    issue(whole.desk, WANG, whole.stay(ROOM))
    given = give(whole, OFFLINE, begin_stay=True)
    [stay] = [each for each in whole.journal.stays(whole.room(ROOM).id) if not each.closed]
    assert given.credential is not None
    assert given.credential.stay_id == stay.id


class Hurrying:
    """A clock that goes a second further each time that somebody looks."""

    def __init__(self, rig: DeskRig) -> None:
        self.rig = rig

    def local(self) -> datetime:
        self.rig.tick(1)
        return self.rig.clock.local()

    def utc(self) -> datetime:
        self.rig.tick(1)
        return self.rig.clock.utc()


@pytest.mark.parametrize("kind", [TEMPORARY, KEXIN])
def test_a_kexin_password_ends_no_later_than_the_desk_says(
    whole: DeskRig, kind: CredentialKind
) -> None:
    given = put(replace(whole.desk, clock=Hurrying(whole)), WANG, wanted(whole, kind))
    assert given.credential is not None
    left = given.credential.expires_at - whole.clock.local()
    whole.tick(left.total_seconds() - 60)
    assert opens(whole, given)
    whole.tick(61)
    assert not opens(whole, given)
    assert said(whole) == []


def moved_lock(rig: DeskRig) -> None:
    """The technician finds that the locks of 1-101 and 1-102 were mixed up."""
    numbers = {entry.room_name: entry.lock_id for entry in entries(rig.desk)}
    lines = f"1-101,{numbers['1-102']}\n1-102,{numbers['1-101']}\n"
    assert import_table(rig.desk, LI, "room,lock_id\n" + lines).rejected == ()


def test_a_lock_that_moved_keeps_its_user_numbers(whole: DeskRig) -> None:
    assert whole.kexin_sim is not None
    first = give(whole, KEXIN)
    moved_lock(whole)
    second = give(whole, KEXIN, "1-102")  # the very same lock
    assert (first.credential and first.credential.slot) == 900001
    assert (second.credential and second.credential.slot) == 900002
    cloud = whole.kexin_sim.cloud
    assert cloud.try_password(ROOM, first.code).opened
    assert cloud.try_password(ROOM, second.code).opened
    assert {way.credential for way in said(whole, "1-102")} == {
        first.credential,
        second.credential,
    }
    assert [way.certainty for way in said(whole)] == [Certainty.PERHAPS]
    assert first.credential is not None
    stop(whole.desk, WANG, first.credential.id)
    assert not cloud.try_password(ROOM, first.code).opened
    assert cloud.try_password(ROOM, second.code).opened


@pytest.mark.parametrize("repeats", [False, True])
def test_two_guests_never_share_a_computed_passcode(whole: DeskRig, repeats: bool) -> None:
    """Whichever way the platform makes them: stopping one's leaves the other's."""
    whole.sim.switches = Switches(offline_repeats=repeats)
    first, second = give(whole, OFFLINE), give(whole, OFFLINE)
    assert first.code != second.code
    assert first.credential is not None
    stop(whole.desk, WANG, first.credential.id)
    assert not opens(whole, first)
    assert opens(whole, second)
    again = give(whole, OFFLINE)
    assert opens(whole, again), "not the stopped one once more"
    assert again.credential is not None
    assert whole.tomorrow() - again.credential.expires_at < timedelta(minutes=1)


def test_a_face_does_not_open_before_its_start(whole: DeskRig) -> None:
    given = give(whole, FACE)
    assert [way.certainty for way in said(whole)] == [Certainty.OPENS]
    whole.tick(-60)
    assert not opens(whole, given)
    assert [way.certainty for way in said(whole)] == [Certainty.PERHAPS]


def test_a_slot_of_kexins_can_be_emptied_too(whole: DeskRig) -> None:
    assert whole.kexin_sim is not None
    lock = whole.kexin_sim.cloud.named(ROOM)
    lock.write(100001, 1, 2**32 - 1)
    room, sure = whole.room(ROOM), Consent(reason="客人已走")
    with pytest.raises(Refused) as caught:
        stop_slot(whole.desk, WANG, room, KEXIN, 100001)
    assert caught.value.code is Code.SLOT_UNKNOWN
    assert stop_slot(whole.desk, LI, room, KEXIN, 100001, sure).state is State.DONE
    assert lock.written == {}


@pytest.mark.parametrize(
    ("kind", "slot", "code"),
    [
        (OFFLINE, 1, Code.FIELD_CHOICE),
        (TEMPORARY, 1, Code.FIELD_CHOICE),
        (ONLINE, 50, Code.FIELD_OUT_OF_RANGE),
        (FACE, 0, Code.FIELD_OUT_OF_RANGE),
        (KEXIN, 2**32, Code.FIELD_OUT_OF_RANGE),
    ],
)
def test_a_slot_that_there_is_not_is_refused_before_anything(
    whole: DeskRig, kind: CredentialKind, slot: int, code: Code
) -> None:
    before = len(whole.rows())
    with pytest.raises(InputInvalid) as caught:
        stop_slot(whole.desk, LI, whole.room(ROOM), kind, slot, Consent(reason="客人已走"))
    assert caught.value.code is code
    assert len(whole.rows()) == before


def test_another_program_does_not_end_what_waits_for_people(whole: DeskRig) -> None:
    begun = begin_time_sync(whole.desk, LI, whole.room(ROOM))
    give(whole, ONLINE)
    whole.world.lock_of(ROOM).reachable = False

    class Meanwhile:
        """A card at the encoder takes its time; somebody starts the program once more."""

        def exclusive(self) -> object:
            assert adopt(whole.desk) == []
            raise Refused(Code.ENCODER_BUSY)

    whole.put()
    issue(whole.desk, WANG, whole.stay(ROOM))
    desk = replace(whole.desk, encoder=Meanwhile())  # type: ignore[arg-type]
    done = check_out(desk, WANG, Leaving(whole.room(ROOM)))
    assert whole.row(begun.operation).state is State.INTENT
    kinds = [event.payload.state for event in whole.journal.events(done.operation)]
    assert kinds == [State.INTENT, State.FAILED], "the check-out's own two events"


def test_a_stop_killed_behind_its_call_is_done_again_and_harms_nobody(whole: DeskRig) -> None:
    given = give(whole, ONLINE)
    assert given.credential is not None

    class Dying:
        def __getattr__(self, name: str) -> object:
            return getattr(whole.desk.need_gateway(), name)

        def stop_online(self, *sent: object) -> None:
            whole.desk.need_gateway().stop_online(*sent)  # type: ignore[arg-type]
            raise Killed

    with pytest.raises(Killed):
        stop(replace(whole.desk, gateway=Dying()), WANG, given.credential.id)  # type: ignore[arg-type]
    whole.restart()
    after = give(whole, ONLINE)
    assert after.credential is not None
    assert after.credential.slot == 2, "the slot is not free before that is certain"
    assert [push.state for push in sync(whole.desk, WANG, now=True)] == ["done"]
    assert opens(whole, after)
    assert [row.kind for row in whole.rows() if row.state is State.WAITING] == []
    assert Kind.CREDENTIAL_STOP in {row.kind for row in whole.rows()}
