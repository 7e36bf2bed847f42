"""The control address `/_sim/…` that every simulator has: faults, calls, clock, switches."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Generic, TypeVar

from flask import Blueprint, Response, request

from station.simulators.base import CONTROL, Simulator, json_object, json_response, make_injection
from station.simulators.clock import TIME_FORMAT
from station.simulators.hardware import DOOR_WORDS, DoorAnswer
from station.simulators.options import change_switches, dump_switches

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SwitchesT = TypeVar("SwitchesT", bound="DataclassInstance")


class SwitchedSimulator(Simulator, Generic[SwitchesT]):
    """A simulator with switches; replacing them counts from the next call on."""

    switches: SwitchesT

    def switch(self, **changes: object) -> None:
        """Set some switches by name. Raises ValueError for an unknown name or value."""
        self.switches = change_switches(self.switches, changes)


def answering(view: Callable[..., object]) -> Callable[..., Response]:
    """Turn a view's value into JSON, and what a caller got wrong into 400, 404 or 409."""

    @wraps(view)
    def wrapped(**values: str) -> Response:
        try:
            return json_response(view(**values))
        except KeyError as error:
            return json_response({"error": "not_found", "detail": str(error.args[0])}, 404)
        except (ValueError, TypeError) as error:
            return json_response({"error": "bad_request", "detail": str(error)}, 400)

    return wrapped


def text_field(values: dict[str, object], name: str) -> str:
    """A field that must be there as text. Raises ValueError."""
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} expected")
    return value


def whole_field(values: dict[str, object], name: str, least: int, most: int) -> int | None:
    """A whole number within bounds, both included; None when it is missing. Raises ValueError."""
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{name}: a whole number from {least} to {most} expected")
    return value


def given(values: dict[str, object], *names: str) -> tuple[str, str]:
    """The one of some fields that is there, with its text. Raises ValueError."""
    found = [name for name in names if values.get(name)]
    if len(found) != 1:
        raise ValueError(f"one of {', '.join(names)} expected")
    return found[0], text_field(values, found[0])


def door_answer(answer: DoorAnswer) -> dict[str, object]:
    """What a lock did, as JSON-ready data with words."""
    words = DOOR_WORDS[answer.reason]
    return {"opened": answer.opened, "reason": answer.reason.value, "msg": words}


def control_blueprint(sim: SwitchedSimulator[SwitchesT]) -> Blueprint:
    """The routes every simulator has; the caller adds its own and registers the blueprint."""
    routes = Blueprint("control", __name__, url_prefix=CONTROL)
    _add_faults_and_calls(routes, sim)
    _add_clock_and_switches(routes, sim)
    return routes


def _add_faults_and_calls(routes: Blueprint, sim: SwitchedSimulator[SwitchesT]) -> None:
    @routes.get("/")
    @answering
    def _about() -> object:
        return {"simulator": sim.kind, "facts": sim.facts(), "calls": list(sim.paths)}

    @routes.get("/calls")
    @answering
    def _calls() -> object:
        return [call.as_json() for call in sim.calls.all(request.args.get("name"))]

    @routes.delete("/calls")
    @answering
    def _forget_calls() -> object:
        sim.calls.clear()
        return []

    @routes.get("/faults")
    @answering
    def _faults() -> object:
        pending = [asdict(injection) | {"times": left} for injection, left in sim.faults.pending()]
        return {"pending": pending, "hanging": sim.faults.hanging}

    @routes.post("/faults")
    @answering
    def _inject() -> object:
        injection = make_injection(json_object(request))
        sim.faults.inject(injection)
        return asdict(injection)

    @routes.delete("/faults")
    @answering
    def _clear_faults() -> object:
        sim.faults.clear()
        sim.faults.release()
        return {}

    @routes.post("/faults/release")
    @answering
    def _release() -> object:
        sim.faults.release()
        return {}


def _add_clock_and_switches(routes: Blueprint, sim: SwitchedSimulator[SwitchesT]) -> None:
    def now() -> dict[str, str]:
        return {"now": sim.clock.now().strftime(TIME_FORMAT)}

    @routes.get("/clock")
    @answering
    def _clock() -> object:
        return now()

    @routes.put("/clock")
    @answering
    def _set_clock() -> object:
        text = text_field(json_object(request), "now")
        if text == "real":
            sim.clock.follow()
        else:
            sim.clock.set(datetime.strptime(text, TIME_FORMAT))
        sim.save_state()
        return now()

    @routes.post("/clock/advance")
    @answering
    def _advance() -> object:
        seconds = json_object(request).get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise ValueError("seconds expected")
        try:
            sim.clock.advance(seconds)
        except OverflowError as error:
            raise ValueError("seconds out of range") from error
        sim.save_state()
        return now()

    @routes.get("/switches")
    @answering
    def _switches() -> object:
        return dump_switches(sim.switches)

    @routes.patch("/switches")
    @answering
    def _switch() -> object:
        sim.switch(**json_object(request))
        return dump_switches(sim.switches)
