"""The Kexin simulator's insides under `/_sim/…`: locks, doors, the lock's clock, people."""

from dataclasses import fields as fields_of
from typing import TYPE_CHECKING

from flask import Blueprint, request

from station.simulators.base import json_object
from station.simulators.control import (
    answering,
    control_blueprint,
    door_answer,
    given,
    text_field,
    whole_field,
)
from station.simulators.kexin.lock import KexinLock, dump_lock
from station.simulators.pictures import given_digest, picture_digest

if TYPE_CHECKING:
    from station.simulators.kexin.sim import KexinSim

_UINT32 = 2**32 - 1
_FLAGS = tuple(each.name for each in fields_of(KexinLock) if each.type in (bool, "bool"))
_NUMBERS = {"clock_offset_s": (-(10**9), 10**9), "jams": (0, 10**6)}


def kexin_control(sim: "KexinSim") -> Blueprint:
    """All control routes of the Kexin simulator."""
    routes = control_blueprint(sim)
    _add_locks(routes, sim)
    _add_doors(routes, sim)
    _add_people(routes, sim)
    return routes


def _add_locks(routes: Blueprint, sim: "KexinSim") -> None:
    cloud = sim.cloud

    @routes.get("/locks")
    @answering
    def _locks() -> object:
        with cloud.lock:
            return [dump_lock(each) for each in cloud.locks.values()]

    @routes.post("/locks")
    @answering
    def _add() -> object:
        values = json_object(request)
        lock_id = whole_field(values, "lock_id", 1, _UINT32)
        if lock_id is None:
            raise ValueError("lock_id expected")
        name = text_field(values, "name") if "name" in values else ""
        return dump_lock(cloud.add_lock(KexinLock(lock_id, text_field(values, "mac"), name)))

    @routes.get("/locks/<lock>")
    @answering
    def _lock(lock: str) -> object:
        with cloud.lock:
            return dump_lock(cloud.named(lock))

    @routes.patch("/locks/<lock>")
    @answering
    def _set(lock: str) -> object:
        values = json_object(request)
        _check_changes(values)
        with cloud.lock:
            found = cloud.named(lock)
            for name, value in values.items():
                setattr(found, name, value)
            cloud.changed()
            return dump_lock(found)


def _add_doors(routes: Blueprint, sim: "KexinSim") -> None:
    cloud = sim.cloud

    @routes.get("/doors/<lock>")
    @answering
    def _door(lock: str) -> object:
        with cloud.lock:
            found = cloud.named(lock)
            return {
                "lock_id": found.lock_id,
                "name": found.name,
                "opened": found.opened,
                "opened_at": found.opened_at,
                "opened_by": cloud.opening_passwords(lock),
            }

    @routes.post("/doors/<lock>/password")
    @answering
    def _password(lock: str) -> object:
        return door_answer(cloud.try_password(lock, text_field(json_object(request), "code")))

    @routes.post("/doors/<lock>/time_sync")
    @answering
    def _keys(lock: str) -> object:
        values = json_object(request)
        key1, key2 = (whole_field(values, name, 0, _UINT32) for name in ("key1", "key2"))
        if key1 is None or key2 is None:
            raise ValueError("key1 and key2 expected")
        return {"taken": cloud.bring_keys(lock, key1, key2)}


def _add_people(routes: Blueprint, sim: "KexinSim") -> None:
    cloud = sim.cloud

    @routes.get("/people")
    @answering
    def _people() -> object:
        with cloud.lock:
            return [{"name": each.name, "face": each.face} for each in cloud.people.values()]

    @routes.post("/people")
    @answering
    def _add_person() -> object:
        values = json_object(request)
        name, value = given(values, "sha256", "img_code")
        face = picture_digest(value) if name == "img_code" else given_digest(value)
        person = cloud.add_person(text_field(values, "name"), text_field(values, "id_num"), face)
        return {"name": person.name, "face": person.face}


def _check_changes(values: dict[str, object]) -> None:
    for name, value in values.items():
        if name in _FLAGS:
            if not isinstance(value, bool):
                raise ValueError(f"{name} is true or false")
        elif name in _NUMBERS:
            if whole_field(values, name, *_NUMBERS[name]) is None:
                raise ValueError(f"{name}: a whole number expected")
        else:
            raise ValueError(f"no such field: {name}")
