"""Two desks of one site over a real PostgreSQL: rule 2 counts what the other desk has issued."""

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
from station.compose import Station, build
from station.domain.operation import State
from station.home import Home
from station.ports import HistoryFilter
from station.secrets import Secrets
from station.workflows.desk import Consent, Desk
from station.workflows.issue import issue
from tests.desk_rig import GUEST, LI, WANG, DeskRig, desk_rig
from tests.journal.postgres_server import administer, free_port, programs, server

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


def test_a_desk_works_alone_while_the_centre_is_away(rig: DeskRig) -> None:
    away = f"postgresql+psycopg://desk@127.0.0.1:{free_port()}/site"
    card = rig.put()
    with desk(rig, "desk-1", away) as (_, one):
        assert issue(one, WANG, rig.stay("1-101")).state is State.DONE
    assert rig.opens(card, "1-101")


def test_the_doctor_looks_at_the_centre(rig: DeskRig, centre: str) -> None:
    def finding(url: str) -> str:
        home, settings = site(rig, "desk-1", url)
        patient = checks.Patient(home, settings, Secrets(home, KEY), Catalogue("en"))
        return checks.one(patient, "central").state.value

    assert finding(f"postgresql+psycopg://desk@127.0.0.1:{free_port()}/site") == "failed"
    assert finding(centre) == "warning"
    with desk(rig, "desk-1", centre):
        pass
    assert finding(centre) == "ok"
