"""Doors and locks of the door-lock simulator under `/_sim/…`: try what opens one, set its state."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, request

from station.simulators.base import json_object
from station.simulators.control import answering, door_answer, given, text_field, whole_field
from station.simulators.pictures import picture_digest
from station.simulators.room_lock import dump_lock

if TYPE_CHECKING:
    from station.simulators.door_lock.sim import DoorLockSim


def add_doors(routes: Blueprint, sim: "DoorLockSim") -> None:
    """Hold a card, passcode, face or finger to a door, and see who would get in."""
    world = sim.world

    @routes.get("/rooms")
    @answering
    def _rooms() -> object:
        with world.lock:
            return [_door(sim, room.rm_id) for room in world.rooms.values()]

    @routes.get("/doors/<room>")
    @answering
    def _one_door(room: str) -> object:
        with world.lock:
            opening = [card.card_id for card in world.opening_cards(room)]
            openers = [
                asdict(each) | {"until": each.until.isoformat(sep=" ")}
                for each in world.openers(room)
            ]
            door = _door(sim, world.room(room).rm_id)
            return door | {"opened_by": opening, "openers": openers}

    @routes.post("/doors/<room>/present")
    @answering
    def _present(room: str) -> object:
        return door_answer(world.present(text_field(json_object(request), "card_id"), room))

    @routes.post("/doors/<room>/passcode")
    @answering
    def _passcode(room: str) -> object:
        return door_answer(world.try_passcode(room, text_field(json_object(request), "code")))

    @routes.post("/doors/<room>/face")
    @answering
    def _face(room: str) -> object:
        name, value = given(json_object(request), "sha256", "base64")
        digest = picture_digest(value) if name == "base64" else value
        return door_answer(world.try_face(room, digest))

    @routes.post("/doors/<room>/fingerprint")
    @answering
    def _finger(room: str) -> object:
        _name, value = given(json_object(request), "sha256", "hexs")
        return door_answer(world.try_fingerprint(room, value))


def add_locks(routes: Blueprint, sim: "DoorLockSim") -> None:
    """What a lock holds; its battery and its gateway."""
    world = sim.world

    @routes.get("/locks/<room>")
    @answering
    def _lock(room: str) -> object:
        return _shown(sim, room)

    @routes.patch("/locks/<room>")
    @answering
    def _set(room: str) -> object:
        values = json_object(request)
        unknown = values.keys() - {"battery", "reachable", "busy"}
        if unknown:
            raise ValueError(f"no such field: {min(unknown)}")
        reachable = values.get("reachable")
        if reachable is not None and not isinstance(reachable, bool):
            raise ValueError("reachable is true or false")
        battery = whole_field(values, "battery", 0, 100)
        busy = whole_field(values, "busy", 0, 1_000_000)
        with world.lock:
            lock = world.lock_of(room)
            if battery is not None:
                lock.set_percent(battery)
            lock.busy = lock.busy if busy is None else busy
            lock.reachable = lock.reachable if reachable is None else reachable
            world.changed()
            return _shown(sim, room)


def _shown(sim: "DoorLockSim", room: str) -> dict[str, object]:
    with sim.world.lock:
        lock = sim.world.lock_of(room)
        name = sim.world.rooms[lock.rm_id].rm_name
        return dump_lock(lock) | {
            "rm_id": lock.rm_id,
            "rm_name": name,
            "battery": lock.percent,
        }


def _door(sim: "DoorLockSim", rm_id: str) -> dict[str, object]:
    room, newest = sim.world.rooms[rm_id], sim.world.locks[rm_id].newest
    return {
        "rm_id": rm_id,
        "rm_name": room.rm_name,
        "newest": None if newest is None else newest.isoformat(sep=" "),
    }
