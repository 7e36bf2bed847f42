"""The door-lock simulator's hands: cards and encoder under `/_sim/…`."""

from typing import TYPE_CHECKING

from flask import Blueprint, request

from station.simulators.base import json_object
from station.simulators.control import answering, control_blueprint, text_field
from station.simulators.door_lock.doors_control import add_doors, add_locks
from station.simulators.hardware import CardDefect
from station.simulators.world import EncoderOccupiedError, dump_card

if TYPE_CHECKING:
    from station.simulators.door_lock.sim import DoorLockSim


def door_lock_control(sim: "DoorLockSim") -> Blueprint:
    """All control routes of the door-lock simulator."""
    routes = control_blueprint(sim)
    _add_cards(routes, sim)
    _add_encoder(routes, sim)
    add_doors(routes, sim)
    add_locks(routes, sim)
    return routes


def _add_cards(routes: Blueprint, sim: "DoorLockSim") -> None:
    world = sim.world

    @routes.get("/cards")
    @answering
    def _cards() -> object:
        with world.lock:
            return [dump_card(card) for card in world.cards()]

    @routes.post("/cards")
    @answering
    def _new_card() -> object:
        values = json_object(request)
        defect = CardDefect(str(values.get("defect", CardDefect.NONE)))
        given = {
            name: text_field(values, name).upper() for name in ("card_id", "uid") if name in values
        }
        return dump_card(world.new_card(given.get("card_id"), given.get("uid"), defect=defect))

    @routes.get("/cards/<card_id>")
    @answering
    def _card(card_id: str) -> object:
        with world.lock:
            return dump_card(world.card(card_id))


def _add_encoder(routes: Blueprint, sim: "DoorLockSim") -> None:
    world = sim.world

    @routes.get("/encoder")
    @answering
    def _encoder() -> object:
        with world.lock:
            card = world.encoder.card
            return {"card": None if card is None else dump_card(card)}

    @routes.put("/encoder")
    @answering
    def _put() -> object:
        values = json_object(request)
        try:
            card = world.put(text_field(values, "card_id"), swap=values.get("swap") is True)
        except EncoderOccupiedError as error:
            raise ValueError(f"encoder holds {error.args[0]}") from error
        return {"card": dump_card(card)}

    @routes.delete("/encoder")
    @answering
    def _lift() -> object:
        card = world.lift()
        return {"card": None if card is None else dump_card(card)}
