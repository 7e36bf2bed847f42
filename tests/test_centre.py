"""Two desks of one site over a real PostgreSQL: each counts what the other has given out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from station import settings as parts
from station.catalogue import Catalogue
from station.cli import checks
from station.cli.findings import Patient
from station.compose import Station, build
from station.domain.credential import CredentialKind
from station.domain.operation import State
from station.home import Home
from station.ports import HistoryFilter
from station.secrets import Secrets
from station.workflows.credentials import CredentialResult
from station.workflows.desk import Consent, Desk
from station.workflows.issue import issue
from station.workflows.opening import Certainty
from station.workflows.outbox import sync
from station.workflows.stop_credential import show_code, stop
from station.workflows.ways_in import Revoking, ways_in
from tests.desk_rig import GUEST, LI, WANG, DeskRig, desk_rig
from tests.journal.postgres_server import administer, free_port, programs, server
from tests.workflows.leaving import give, opens

pytestmark = pytest.mark.linux("a PostgreSQL server")
KEY = {"STATION_JOURNAL_KEY": bytes(range(32)).hex()}


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    found = programs()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing")
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with server(found) as (url, _):
        yield url


@pytest.fixture
def centre(postgres: str) -> str:
    name = f"site_{uuid4().hex}"
    administer(postgres, f"CREATE DATABASE {name}")
    return f"{postgres}/{name}"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    """The house: doors, cards and the one encoder service that both desks use in turn."""
    with desk_rig(tmp_path / "house") as rig:
        yield rig


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[DeskRig]:
    """With Kexin's locks as well."""
    with desk_rig(tmp_path / "house", kexin=True) as rig:
        yield rig


def site(rig: DeskRig, name: str, url: str) -> tuple[Home, parts.Settings]:
    settings = parts.Settings(
        desk=parts.Desk(id=name),
        door_lock=parts.DoorLock(url=rig.lock_server.url, appid=rig.sim.appid, body="form"),
        central=parts.Central(url=url),
    )
    return Home(rig.folder / name), settings


@contextmanager
def desk(rig: DeskRig, name: str, url: str) -> Iterator[tuple[Station, Desk]]:
    home, settings = site(rig, name, url)
    secrets = Secrets(home, {**KEY, "STATION_DOOR_LOCK_APPSECRET": rig.sim.appsecret})
    with build(home, settings=settings, secrets=secrets) as station:
        yield station, replace(station.desk, clock=rig.clock)


def test_rule_2_counts_the_sites_other_desks(rig: DeskRig, centre: str) -> None:
    first = rig.put()
    with desk(rig, "desk-1", centre) as (_, one):
        assert issue(one, WANG, rig.stay("1-101")).state is State.DONE
    rig.tick(-3)  # the other computer's clock stands a little behind
    second = rig.put()
    with desk(rig, "desk-2", centre) as (station, two):
        assert [row.desk for row in station.store.history(HistoryFilter())] == ["desk-1"]
        (stay,) = station.store.stays(rig.room("1-101").id)
        assert station.store.person(stay.holder or "") == GUEST
        wanted = rig.stay("1-101", consent=Consent(reason="客人换卡"))
        assert issue(two, LI, wanted).state is State.DONE
    assert first.memory is not None
    assert second.memory is not None
    assert second.memory.abkp > first.memory.abkp
    assert rig.opens(second, "1-101")
    assert not rig.opens(first, "1-101")
    with desk(rig, "desk-1", centre) as (station, _):
        assert {row.desk for row in station.store.history(HistoryFilter())} == {"desk-1", "desk-2"}
        assert station.store.verify().ok


def test_rule_2_asks_the_centre_what_came_in_meanwhile(rig: DeskRig, centre: str) -> None:
    rig.put()
    with desk(rig, "desk-1", centre) as (station, _):
        with desk(rig, "desk-2", centre) as (_, two):
            assert issue(two, WANG, rig.stay("1-101")).state is State.DONE
        latest = station.store.latest_authorised_at(rig.room("1-101").id)
        assert latest == rig.clock.local().replace(microsecond=0)


SLOTTED = (CredentialKind.ONLINE_PASSCODE, CredentialKind.FACE, CredentialKind.KEXIN_PASSWORD)


def gave(rig: DeskRig, desk: Desk, kind: CredentialKind) -> CredentialResult:
    """A desk of the house with Kexin's locks and faces on gives 1-101 something."""
    rig.desk, own = at_home(rig, desk), rig.desk
    try:
        result = give(rig, kind)
    finally:
        rig.desk = own
    assert result.state is State.DONE, result
    return result


def at_home(rig: DeskRig, desk: Desk) -> Desk:
    site = replace(desk.site, faces=True, fingerprints=True)
    return replace(desk, site=site, network_locks=rig.desk.network_locks)


def map_locks(rig: DeskRig, *desks: Desk) -> None:
    """The technician's table at each desk: it is no part of the journal."""
    for each in desks:
        each.journal.save_rooms(rig.journal.rooms(), rig.clock.utc())
        for kept in rig.journal.kept("kexin:lock:"):
            each.journal.keep(kept.key, kept.value, kept.at)


@pytest.mark.parametrize("kind", SLOTTED)
def test_two_desks_at_once_never_take_the_same_slot(
    whole: DeskRig, centre: str, kind: CredentialKind
) -> None:
    """What the other desk has told the centre counts at once, long before it is fetched."""
    with desk(whole, "desk-1", centre) as (one_station, one):
        with desk(whole, "desk-2", centre) as (_, two):
            map_locks(whole, one, two)
            first = gave(whole, two, kind)
        assert one_station.store.credentials(first.room.id) == [], "not fetched yet"
        second = gave(whole, one, kind)
    slots = [each.credential.slot for each in (first, second) if each.credential]
    assert len(set(slots)) == 2
    assert opens(whole, first)
    assert opens(whole, second)


def test_a_sealed_passcode_travels_and_is_forgotten_everywhere(rig: DeskRig, centre: str) -> None:
    with desk(rig, "desk-1", centre) as (_, one):
        given = gave(rig, one, CredentialKind.ONLINE_PASSCODE)
    assert given.credential is not None
    code = given.credential.code
    with desk(rig, "desk-2", centre) as (station, two):
        assert station.store.unseal(code) == given.code
        [way] = ways_in(two, given.room)
        assert way.credential == given.credential
        assert show_code(two, WANG, given.credential.id) == given.code
        assert stop(two, WANG, given.credential.id).state is State.DONE
        assert station.store.unseal(code) == ""
    assert not opens(rig, given)
    with desk(rig, "desk-1", centre) as (station, one):
        assert station.store.unseal(code) == ""
        assert ways_in(one, given.room) == []
        assert station.store.verify().ok
    assert _rows(centre, "SELECT count(*) FROM sealed") == [(0,)]


def test_what_waits_at_a_desk_is_sent_by_that_desk_alone(rig: DeskRig, centre: str) -> None:
    rig.world.lock_of("1-101").reachable = True
    with desk(rig, "desk-1", centre) as (_, one):
        given = gave(rig, one, CredentialKind.ONLINE_PASSCODE)
        assert given.credential is not None
        rig.world.lock_of("1-101").reachable = False
        assert stop(one, WANG, given.credential.id).state is State.WAITING
    rig.world.lock_of("1-101").reachable = True
    rig.tick(3600)
    with desk(rig, "desk-2", centre) as (station, two):
        [way] = ways_in(two, given.room)
        assert way.revoking is Revoking.STOPPING
        assert station.store.outbox(stopped=True) == []
        assert sync(two, WANG, now=True) == []
        taken = station.store.slots_taken(
            given.room.id, CredentialKind.ONLINE_PASSCODE, rig.clock.local()
        )
        assert taken == {1}
    with desk(rig, "desk-1", centre) as (_, one):
        assert [push.state for push in sync(one, WANG)] == ["done"]
    assert not opens(rig, given)


def test_desks_that_could_not_hear_each_other_say_that_they_do_not_know(
    rig: DeskRig, centre: str
) -> None:
    """Both took slot 1 while the centre was away; the lock holds what came last."""
    away = f"postgresql+psycopg://desk@127.0.0.1:{free_port()}/site"
    kind = CredentialKind.ONLINE_PASSCODE
    with desk(rig, "desk-1", away) as (_, one):
        first = gave(rig, one, kind)
    rig.tick(60)
    with desk(rig, "desk-2", away) as (_, two):
        second = gave(rig, two, kind)
    assert [each.credential.slot for each in (first, second) if each.credential] == [1, 1]
    assert not opens(rig, first)
    assert opens(rig, second)
    for name in ("desk-1", "desk-2", "desk-1"):
        with desk(rig, name, centre):
            pass
    for name in ("desk-1", "desk-2"):
        with desk(rig, name, centre) as (station, each):
            found = {
                way.credential.id: way.certainty
                for way in ways_in(each, first.room)
                if way.credential
            }
            assert found == {
                first.credential.id: Certainty.PERHAPS,  # type: ignore[union-attr]
                second.credential.id: Certainty.PERHAPS,  # type: ignore[union-attr]
            }
            before = station.store.credentials(first.room.id)
            station.store.rebuild()
            assert station.store.credentials(first.room.id) == before
    with desk(rig, "desk-1", centre) as (_, one):
        assert stop(one, WANG, first.credential.id).state is State.DONE  # type: ignore[union-attr]
    assert opens(rig, second), "the slot is the other guest's now"


def _rows(url: str, query: str) -> list[tuple[object, ...]]:
    import psycopg

    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        return list(connection.execute(query.encode()).fetchall())


def test_a_desk_works_alone_while_the_centre_is_away(rig: DeskRig) -> None:
    away = f"postgresql+psycopg://desk@127.0.0.1:{free_port()}/site"
    card = rig.put()
    with desk(rig, "desk-1", away) as (_, one):
        assert issue(one, WANG, rig.stay("1-101")).state is State.DONE
    assert rig.opens(card, "1-101")


def test_the_doctor_looks_at_the_centre(rig: DeskRig, centre: str) -> None:
    def finding(url: str) -> str:
        home, settings = site(rig, "desk-1", url)
        patient = Patient(home, settings, Secrets(home, KEY), Catalogue("en"))
        return checks.one(patient, "central").state.value

    assert finding(f"postgresql+psycopg://desk@127.0.0.1:{free_port()}/site") == "failed"
    assert finding(centre) == "warning"
    with desk(rig, "desk-1", centre):
        pass
    assert finding(centre) == "ok"
