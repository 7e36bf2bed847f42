"""What all simulated vendors have in common: a Flask app, faults, the call log, a state file."""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar

from flask import Flask, Request, Response

from station.simulators.calls import Call, CallLog
from station.simulators.clock import SimClock
from station.simulators.delivery import JSON_TYPE, Dialect, to_json
from station.simulators.faults import CLOUD_ONLY, Fault, FaultPlan, Injection
from station.simulators.state import StateFile

LOG = logging.getLogger("station.simulators")
LOG.addHandler(logging.NullHandler())  # without one Flask would print its errors
CONTROL = "/_sim"


class Simulator(ABC):
    """One simulated vendor without its socket; `server.SimServer` puts it on the network.

    `before_call` and `after_effect` are hooks for tests in the same process, called in the
    server's thread when a call has been recorded and when its effect is done.
    """

    kind: str
    dialect: Dialect
    secret_fields: ClassVar[frozenset[str]] = frozenset(
        {"access_token", "appsecret", "secret", "pass"}
    )
    """Fields (lower case) that the call log keeps no value of: secrets and personal data."""

    def __init__(
        self,
        paths: Collection[str],
        clock: SimClock,
        lock: AbstractContextManager[object],
        *,
        open_paths: Collection[str] = (),
    ) -> None:
        """`lock` guards the state; `open_paths` are a cloud's calls that take no token."""
        supported = [fault for fault in Fault if open_paths or fault not in CLOUD_ONLY]
        self.paths = tuple(paths)
        self.faults = FaultPlan(self.paths, supported, open_paths)
        self._lock = lock
        self.calls = CallLog(self.secret_fields)
        self.clock = clock
        self.app = Flask(f"station.simulators.{self.kind}", static_folder=None)
        self.before_call: Callable[[Call], None] | None = None
        self.after_effect: Callable[[Call], None] | None = None
        self._state_file: StateFile | None = None

    def inject(self, fault: Fault | str, path: str | None = None, **options: object) -> None:
        """Plan a fault; `options` are those of `Injection`. Raises ValueError or TypeError."""
        self.faults.inject(make_injection({"fault": fault, "path": path} | options))

    def keep_state(self, path: Path) -> bool:
        """Restore from the file if it is there, and write it after each effect from now on.

        Returns whether there was one. Raises InputInvalid for a file that cannot be used.
        """
        file = StateFile(path, self.kind)
        found = file.restore(self.load_state)
        self._state_file = file
        self.save_state()
        return found

    def save_state(self) -> None:
        """Write the state file, if there is one."""
        if self._state_file is not None:
            with self._lock:
                self._state_file.save(self.dump_state())

    def pause(self, _path: str) -> float:
        """Seconds that pass before a call of that path is dealt with: a slow line."""
        return 0.0

    def expire_tokens(self) -> None:  # noqa: B027 - only clouds have tokens
        """Forget every access token given out."""

    @abstractmethod
    def dump_state(self) -> dict[str, object]:
        """What the state file keeps, JSON-ready."""

    @abstractmethod
    def load_state(self, state: dict[str, object]) -> None:
        """Take it over again. Raises KeyError, TypeError or ValueError for damaged data."""

    @abstractmethod
    def facts(self) -> dict[str, str]:
        """What a client needs to know to talk to this simulator, beside its address."""


_OPTION_TYPES: dict[str, type | tuple[type, ...]] = {
    "path": (str, type(None)),
    "code": (int, type(None)),
    "times": (int, type(None)),
    "skip": int,
    "delay": (int, float, type(None)),
    "effect": (bool, type(None)),
    "body": (str, type(None)),
    "size": int,
    "retry_after": int,
    "location": str,
}


def make_injection(options: dict[str, object]) -> Injection:
    """An injection from names and values. Raises ValueError for unknown or wrongly typed ones."""
    values = dict(options)
    fault = Fault(str(values.pop("fault", "")))
    for name, value in values.items():
        expected = _OPTION_TYPES.get(name)
        if expected is None:
            raise ValueError(f"no such option: {name}")
        if not isinstance(value, expected) or (isinstance(value, bool) and name != "effect"):
            raise ValueError(f"{name} takes another type than {type(value).__name__}")
    return Injection(fault, **values)  # type: ignore[arg-type] # just checked


def json_response(value: object, status: int = 200) -> Response:
    """A JSON reply as the vendors send it."""
    return Response(to_json(value), status, content_type=JSON_TYPE)


def json_object(request: Request) -> dict[str, object]:
    """The request's JSON object. Raises ValueError for anything else."""
    value = json.loads(request.get_data() or b"{}")
    if not isinstance(value, dict):
        raise ValueError("a JSON object expected")
    return value
