"""The state file: a simulator that comes back has the same cards, and never half a file."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from station.errors import Code, InputInvalid
from station.simulators.door_lock import DoorLockSim
from station.simulators.hardware import CardDefect, CardMemory, DoorReason, SimCard
from station.simulators.kexin import KexinSim
from station.simulators.kexin.sample import SAMPLE_ID_NUM, sample_locks
from station.simulators.pictures import digest_of, sample_face
from station.simulators.room_lock import Held, Kind
from station.simulators.sample import sample_rooms
from station.simulators.server import SimServer
from station.simulators.shankai import ShankaiSim
from station.simulators.world import World

ROOM = "775032240849920"
T0, END = datetime(2024, 1, 24, 14, 20), datetime(2024, 1, 25, 12)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def used_door(file: Path) -> DoorLockSim:
    sim = DoorLockSim(World(sample_rooms(2)))
    assert not sim.keep_state(file)
    world = sim.world
    world.clock.set(T0)
    card = world.put(world.new_card())
    world.write(card, CardMemory(ROOM, T0, END))
    world.present(card, ROOM)
    world.new_card(defect=CardDefect.FORGETS)
    return sim


def test_a_world_comes_back_as_it_was(file: Path) -> None:
    before = used_door(file).world
    sim = DoorLockSim()
    assert sim.keep_state(file)
    world = sim.world
    assert list(world.rooms.values()) == sample_rooms(2)
    assert world.clock.now() == T0
    assert [(each.card_id, each.uid, each.memory, each.defect) for each in world.cards()] == [
        (each.card_id, each.uid, each.memory, each.defect) for each in before.cards()
    ]
    assert world.encoder.card is world.cards()[0]
    older = SimCard("FFFFFFFF", "04A1B2C3", CardMemory(ROOM, datetime(2024, 1, 24), END))
    assert world.present(older, ROOM).reason is DoorReason.SUPERSEDED


def test_the_file_is_written_after_each_effect(file: Path) -> None:
    sim = used_door(file)
    card = sim.world.cards()[0]
    sim.world.write(card, None)
    assert json.loads(file.read_text("utf-8"))["state"]["cards"][0]["memory"] is None
    sim.world.lift()
    assert json.loads(file.read_text("utf-8"))["state"]["encoder"] is None
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_a_cloud_comes_back_without_its_tokens(file: Path) -> None:
    sim = ShankaiSim()
    sim.keep_state(file)
    org_id = sim.add_sample()
    token = sim.cloud.new_token(7200, only=False)
    sim.cloud.deny(org_id, "13800000002")
    sim.cloud.organizations[org_id].ic_mode = False
    sim.cloud.allocate()
    with SimServer(sim):
        sim.cloud.changed()
    back = ShankaiSim()
    assert back.keep_state(file)
    assert back.cloud.organizations == sim.cloud.organizations
    assert back.cloud.allocate() != sim.dump_state()["allocated"]
    assert not back.cloud.token_lives(token)
    assert token not in file.read_text("utf-8")


def test_locks_come_back_with_everything_that_opens_them(file: Path) -> None:
    sim = used_door(file)
    lock, face = sim.world.lock_of(ROOM), sample_face()
    code, stopped = (lock.make_offline(END, repeat=False) for _ in range(2))
    lock.stop_offline(stopped)
    lock.online[3] = Held("123456", END)
    lock.faces[4] = Held(digest_of(face), END, T0)
    lock.fingers[49] = Held(digest_of(b"\xab"), END, T0)
    lock.set_percent(15)
    lock.busy, lock.reachable = 2, False
    sim.world.open_remotely("1-102")
    sim.world.changed()
    before = sim.world
    back = DoorLockSim()
    assert back.keep_state(file)
    assert back.dump_state() == before.dump()
    world = back.world
    assert world.openers(ROOM) == before.openers(ROOM)
    assert {each.kind for each in world.openers(ROOM)} == set(Kind) - {Kind.REMOTE}
    assert world.try_passcode(ROOM, code).opened
    assert world.try_passcode(ROOM, stopped).reason is DoorReason.STOPPED
    assert world.try_passcode(ROOM, "123456").opened
    assert world.try_face(ROOM, face).opened
    assert world.try_fingerprint(ROOM, "ab").opened
    kept = world.lock_of(ROOM)
    assert (kept.percent, kept.busy, kept.reachable, kept.opened) == (15, 2, False, 5)
    assert world.lock_of("1-102").opened_with is Kind.REMOTE
    assert lock.make_offline(END, repeat=False) == kept.make_offline(END, repeat=False)


def test_kexins_cloud_comes_back(file: Path) -> None:
    sim = KexinSim(locks=sample_locks(3))
    sim.keep_state(file)
    sim.clock.set(T0)
    sim.add_sample()
    lock, start = sim.cloud.locks[1000001], int(T0.timestamp())
    codes = [lock.write(7, start, start + 60), lock.compute(start, start + 300)]
    lock.clock_offset_s, lock.jams, lock.online = 5, 1, False
    sim.cloud.new_sync(lock)
    back = KexinSim()
    assert back.keep_state(file)
    assert back.dump_state() == sim.dump_state()
    assert all(back.cloud.try_password(1000001, code).opened for code in codes)
    kept = back.cloud.locks[1000001]
    assert (kept.sync, kept.online, kept.opened) == (lock.sync, False, 2)
    assert back.cloud.new_sync(kept) == sim.cloud.new_sync(lock)
    assert back.cloud.person(SAMPLE_ID_NUM) is not None
    assert SAMPLE_ID_NUM not in file.read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"kind": "door-lock"}',
        '{"kind": "shankai", "version": 1, "state": {}}',
        '{"kind": "door-lock", "version": 2, "state": {}}',
        '{"kind": "door-lock", "version": 1, "state": {}}',
        '{"kind": "door-lock", "version": 1, "state": null}',
        '{"kind": "door-lock", "version": 1, "state": {"rooms": [], "cards": [{}], "locks": {}}}',
        "[" * 100_000,
    ],
    ids=range(11),
)
@pytest.mark.parametrize("which", [DoorLockSim, ShankaiSim, KexinSim])
def test_a_damaged_file_is_refused_and_left_alone(
    file: Path, which: type[DoorLockSim | ShankaiSim | KexinSim], text: str
) -> None:
    file.write_text(text, "utf-8")
    sim = which()
    before = sim.dump_state()
    with pytest.raises(InputInvalid) as caught:
        sim.keep_state(file)
    assert caught.value.code is Code.FILE_UNREADABLE
    assert file.read_text("utf-8") == text
    assert sim.dump_state() == before


def test_a_file_that_is_not_text_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputInvalid):
        DoorLockSim().keep_state(file)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid) as caught:
        DoorLockSim().keep_state(tmp_path / "missing" / "state.json")
    assert caught.value.code is Code.FILE_UNWRITABLE
