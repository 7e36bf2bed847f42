"""The locks accept and refuse cards as the note on `abkp` says; cards and encoder are things."""

from datetime import datetime, timedelta

import pytest

from station.simulators.hardware import (
    CardDefect,
    CardMemory,
    DoorReason,
    EncoderOccupiedError,
    Room,
    SimCard,
    SimEncoder,
    SimLock,
)
from station.simulators.sample import sample_rooms
from station.simulators.world import UidRelation, World

ROOM = "775032240849920"
OTHER = "775032240854017"
T0 = datetime(2024, 1, 24, 14, 20)
END = datetime(2024, 1, 25, 12)


def card(abkp: datetime = T0, room: str = ROOM, end: datetime = END) -> SimCard:
    return SimCard("03F56240", "04A1B2C3D4E5F6", CardMemory(room, abkp, end))


def test_a_card_of_the_room_opens_its_door() -> None:
    answer = SimLock(ROOM).present(card(), T0)
    assert answer.opened
    assert answer.reason is DoorReason.OPENED


def test_a_card_whose_abkp_lies_behind_the_locks_is_refused() -> None:
    lock = SimLock(ROOM)
    assert lock.present(card(T0 + timedelta(seconds=1)), T0 + timedelta(hours=1)).opened
    assert lock.present(card(T0), T0).reason is DoorReason.SUPERSEDED
    assert lock.newest == T0 + timedelta(seconds=1)


def test_an_equal_abkp_is_accepted() -> None:
    lock = SimLock(ROOM, newest=T0)
    assert lock.present(card(T0), T0).opened
    assert lock.newest == T0


def test_an_older_card_opens_until_a_newer_one_was_used_there() -> None:
    lock, old, new = SimLock(ROOM), card(T0), card(T0 + timedelta(minutes=5))
    now = T0 + timedelta(hours=1)
    assert lock.present(old, now).opened
    assert lock.present(new, now).opened
    assert not lock.present(old, now).opened


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (SimCard("03F56240", "04A1B2C3D4E5F6"), DoorReason.BLANK),
        (card(T0 + timedelta(hours=9), room=OTHER), DoorReason.OTHER_ROOM),
        (card(T0 + timedelta(hours=9), end=T0), DoorReason.EXPIRED),
    ],
)
def test_a_refused_card_does_not_raise_the_lock(held: SimCard, reason: DoorReason) -> None:
    lock = SimLock(ROOM, newest=T0)
    assert lock.present(held, T0 + timedelta(hours=10)).reason is reason
    assert lock.newest == T0


def test_a_card_opens_to_the_second_it_ends() -> None:
    assert SimLock(ROOM).present(card(), END).opened
    late = SimLock(ROOM).present(card(), END + timedelta(microseconds=1))
    assert late.reason is DoorReason.EXPIRED


def test_a_lock_may_look_at_the_start_as_well() -> None:
    before = T0 - timedelta(seconds=1)
    assert SimLock(ROOM).present(card(), before).opened
    strict = SimLock(ROOM, checks_start=True)
    assert strict.present(card(), before).reason is DoorReason.NOT_YET_VALID
    assert strict.newest is None
    assert strict.present(card(), T0).opened


def test_judging_leaves_the_lock_alone() -> None:
    lock = SimLock(ROOM)
    assert lock.judge(card(), T0).opened
    assert lock.newest is None


def test_the_encoder_holds_one_card() -> None:
    encoder, first = SimEncoder(), card()
    encoder.put(first)
    encoder.put(first)
    with pytest.raises(EncoderOccupiedError):
        encoder.put(SimCard("03F56341", "04A1B2C3D4E5F7"))
    assert encoder.lift() is first
    assert encoder.lift() is None


@pytest.mark.parametrize("number", ["03f56240", "3F56240", "03F5624G", ""])
def test_a_card_number_is_eight_upper_case_hex_digits(number: str) -> None:
    with pytest.raises(ValueError, match="card_id"):
        SimCard(number, "04A1B2C3")


@pytest.mark.parametrize("uid", ["04", "04A1B2C3D4", "04a1b2c3"])
def test_a_uid_has_4_7_or_10_bytes(uid: str) -> None:
    with pytest.raises(ValueError, match="uid"):
        SimCard("03F56240", uid)


@pytest.mark.parametrize("rm_id", ["77503224084992", "0775032240849920", "1" * 20, "x"])
def test_a_room_id_has_15_to_19_digits(rm_id: str) -> None:
    with pytest.raises(ValueError, match="rm_id"):
        Room(rm_id, "1-101")


def test_defective_cards() -> None:
    world = World(sample_rooms(1))
    memory = CardMemory(ROOM, T0, END)
    unwritable = world.new_card(defect=CardDefect.UNWRITABLE)
    assert not world.write(unwritable, memory)
    assert unwritable.memory is None
    forgets = world.new_card(defect=CardDefect.FORGETS)
    assert world.write(forgets, memory)
    assert forgets.memory is None
    garbles = world.new_card(defect=CardDefect.GARBLES)
    assert world.write(garbles, memory)
    assert garbles.memory == CardMemory(ROOM, T0, END + timedelta(days=1))
    dead = world.new_card(defect=CardDefect.DEAD)
    world.put(dead)
    assert world.seen_card() is None
    assert not world.write(dead, memory)


def test_uids_relate_to_card_numbers_as_asked() -> None:
    assert World([], uid_relation=UidRelation.EQUAL).new_card().uid == "03F56240"
    assert World([], uid_relation=UidRelation.REVERSED).new_card().uid == "4062F503"
    unrelated = World([])
    uids = [unrelated.new_card().uid for _ in range(20)]
    assert len(set(uids)) == 20
    assert all(len(uid) == 14 and not uid.startswith("08") for uid in uids)


def test_the_world_opens_doors_by_room_name_at_its_own_clock() -> None:
    world = World(sample_rooms(2))
    world.clock.set(T0)
    held = world.new_card()
    world.write(held, CardMemory(ROOM, T0, END))
    assert world.opening_cards("1-101") == [held]
    assert world.present(held.card_id.lower(), "1-101").opened
    assert world.present(held, "1-102").reason is DoorReason.OTHER_ROOM
    world.clock.advance(86400)
    assert world.present(held, ROOM).reason is DoorReason.EXPIRED
    assert world.opening_cards("1-101") == []
    with pytest.raises(KeyError):
        world.present(held, "9-999")


def test_listeners_hear_cards_come_and_go() -> None:
    world, heard = World([]), list[SimCard | None]()
    stop = world.listen(heard.append)
    held = world.put(world.new_card())
    other = world.put(world.new_card(), swap=True)
    world.lift()
    stop()
    world.put(held)
    assert heard == [held, other, None]


def test_a_second_card_of_one_number_is_refused() -> None:
    world = World([])
    first = world.new_card()
    with pytest.raises(ValueError, match="exists"):
        world.new_card(first.card_id)
    with pytest.raises(ValueError, match="another card"):
        world.put(SimCard(first.card_id, "04A1B2C3"))


def test_the_clock_is_real_until_it_is_set() -> None:
    clock = World([]).clock
    before = datetime.now()
    assert before <= clock.now() <= datetime.now()
    clock.advance(-3600)
    assert clock.now() < before
    clock.set(T0)
    assert clock.advance(90) == clock.now() == T0 + timedelta(seconds=90)
    clock.follow()
    assert before <= clock.now() <= datetime.now()
    with pytest.raises(ValueError, match="zone"):
        clock.set(datetime.now().astimezone())


def test_sample_rooms_are_the_same_each_time_and_named_like_the_document() -> None:
    rooms = sample_rooms()
    assert rooms == sample_rooms()
    assert rooms[0] == Room("775032240849920", "1-101")
    assert len(rooms) == 96
    assert {room.rm_name.split("-")[0] for room in rooms} == {"1", "2", "3"}
    assert rooms[-1].rm_name == "3-408"


@pytest.mark.parametrize("count", [0, 1, 96, 501, 10_000])
def test_any_number_of_sample_rooms_with_ids_and_names_of_their_own(count: int) -> None:
    rooms = sample_rooms(count)
    assert len(rooms) == len({room.rm_id for room in rooms}) == count
    assert len({room.rm_name for room in rooms}) == count


def test_sample_ids_reach_beyond_what_a_float_holds() -> None:
    ids = [room.rm_id for room in sample_rooms(96)]
    assert {len(each) for each in ids} >= {15, 19}
    assert all(int(each) <= 2**63 - 1 for each in ids)
    assert any(int(float(each)) != int(each) for each in ids)
    with pytest.raises(ValueError, match="range"):
        sample_rooms(-1)
