"""The parts put together: the clock, what is remembered, one pusher at a time, parts left out."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station import compose
from station.compose.clock import SystemClock
from station.compose.found_out import DOOR_LOCK_BODY, FoundOut
from station.compose.probe import service_time
from station.domain.outbox import Service
from station.errors import Code, InputInvalid, Unreachable
from station.home import Home
from station.secrets import Secrets
from station.settings import DoorLock, Settings, Shankai
from station.simulators.door_lock import DoorLockSim
from station.simulators.server import SimServer

KEY = {"STATION_JOURNAL_KEY": "22" * 32}


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Shanghai", 8), ("Pacific/Kiritimati", 14), ("UTC", 0)]
)
def test_the_clock_speaks_the_sites_time(zone: str, hour: int) -> None:
    clock = SystemClock(zone)
    moment = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
    local = clock.to_local(moment)
    assert local == datetime(2026, 3, 1, hour, 0)
    assert clock.to_utc(local) == moment
    assert clock.local().tzinfo is None
    assert clock.utc().tzinfo is UTC


def test_a_desk_of_nothing_but_its_journal(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with compose.build(home, secrets=Secrets(home, KEY), with_gate=True) as station:
        assert station.desk.journal.rooms() == []
        assert (station.desk.encoder, station.desk.gate, station.desk.reader) == (None, None, None)
        with pytest.raises(InputInvalid) as caught:
            station.desk.need_encoder()
    assert caught.value.code is Code.PART_NOT_SET_UP


def test_a_part_that_cannot_be_opened_closes_the_others(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    settings = Settings(door_lock=DoorLock(appid="a"), shankai=Shankai(app_id="b"))
    secrets = Secrets(home, KEY | {"STATION_DOOR_LOCK_APPSECRET": "c"})
    with pytest.raises(InputInvalid) as caught:
        compose.build(home, settings=settings, secrets=secrets, with_gate=True)
    assert caught.value.code is Code.SECRET_MISSING
    with compose.build(home, settings=settings, secrets=secrets) as station:
        assert station.desk.encoder is not None


def test_the_body_that_was_found_out_is_remembered(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with SimServer(DoorLockSim()) as server:
        settings = Settings(door_lock=DoorLock(url=server.url, appid=server.sim.appid))
        secrets = Secrets(home, KEY | {"STATION_DOOR_LOCK_APPSECRET": server.sim.appsecret})
        server.sim.switch(body="json")
        with compose.build(home, settings=settings, secrets=secrets) as station:
            assert station.desk.refresh_rooms()
        assert FoundOut(home).get(DOOR_LOCK_BODY) == "json"
        found_out = server.sim.calls.count
        assert found_out == 2, "a form first, then JSON"
        with compose.build(home, settings=settings, secrets=secrets) as station:
            assert station.desk.refresh_rooms()
        assert server.sim.calls.count == found_out + 1
        assert service_time(server.url) is not None
    assert service_time(server.url) is None


def test_a_damaged_memory_is_none(tmp_path: Path) -> None:
    kept = FoundOut(Home(tmp_path))
    for text in ("", "[]", "{", '{"door_lock_body": 7}'):
        (tmp_path / "desk-state.json").write_text(text, "utf-8")
        assert kept.get(DOOR_LOCK_BODY) == ""
    kept.put(DOOR_LOCK_BODY, "json")
    assert kept.get(DOOR_LOCK_BODY) == "json"


def test_one_program_at_a_time_pushes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    monkeypatch.setattr(compose, "TURN_WAIT_S", 0.05)
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with compose.outbox_turn(home, Service.GATE):
            held.set()
            over.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(30)
    with pytest.raises(Unreachable) as caught, compose.outbox_turn(home, Service.GATE):
        pass
    assert caught.value.code is Code.SERVICE_BUSY
    over.set()
    thread.join()
    with compose.outbox_turn(home, Service.GATE):
        pass
