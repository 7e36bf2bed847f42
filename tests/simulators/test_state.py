"""The state file: a simulator that comes back has the same cards, and never half a file."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from station.errors import Code, InputInvalid
from station.simulators.door_lock import DoorLockSim
from station.simulators.hardware import CardDefect, CardMemory, DoorReason, SimCard
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
@pytest.mark.parametrize("which", [DoorLockSim, ShankaiSim])
def test_a_damaged_file_is_refused_and_left_alone(
    file: Path, which: type[DoorLockSim | ShankaiSim], text: str
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
