"""The Kexin lock cloud: its Flask app built from the call tables, and its data."""

from collections.abc import Callable, Iterable, Mapping
from hmac import compare_digest

from flask import Response, request

from station.simulators.base import Simulator, json_response
from station.simulators.calls import BodyKind, read_body
from station.simulators.clock import SimClock
from station.simulators.control import SwitchedSimulator
from station.simulators.delivery import Dialect
from station.simulators.kexin.cloud import Cloud
from station.simulators.kexin.control import kexin_control
from station.simulators.kexin.demo_signer import sign as demo_sign
from station.simulators.kexin.endpoint import Endpoint
from station.simulators.kexin.fields import WORDS, CallRefusedError, Fields, Status
from station.simulators.kexin.lock import KexinLock
from station.simulators.kexin.locks import LOCK_CALLS
from station.simulators.kexin.passwords import PASSWORD_CALLS
from station.simulators.kexin.sample import (
    SAMPLE_FACE,
    SAMPLE_ID_NUM,
    SAMPLE_PERSON,
    sample_locks,
)
from station.simulators.kexin.switches import HttpStatus, Switches
from station.simulators.kexin.time_sync import TIME_CALLS
from station.simulators.options import NumberForm
from station.simulators.pictures import digest_of

APP_ID = "app_kexin"  # the document's example
ENDPOINTS: tuple[Endpoint, ...] = LOCK_CALLS + PASSWORD_CALLS + TIME_CALLS
SIGNER = "station.simulators.kexin.demo_signer"


class KexinSim(SwitchedSimulator[Switches]):
    """The cloud of `kexin-lock-cloud.md`, without a socket; `sim.cloud` has its data.

    Its locks are `sample_locks()` unless given. `sign` computes what a request's signature has
    to be; the vendor's own is not public, so it is the demonstration's.
    """

    kind = "kexin"
    secret_fields = Simulator.secret_fields | {"sign", "img_code", "id_num", "name", "password"}
    dialect = Dialect(
        "code",
        {"code": Status.INTERNAL_ERROR.value, "desc": WORDS[Status.INTERNAL_ERROR], "data": None},
        words={status.value: {"desc": words} for status, words in WORDS.items()},
    )

    def __init__(
        self,
        switches: Switches | None = None,
        *,
        app_id: str = APP_ID,
        sign: Callable[[Mapping[str, object]], str] = demo_sign,
        clock: SimClock | None = None,
        locks: Iterable[KexinLock] | None = None,
    ) -> None:
        self.switches = switches or Switches()
        self.app_id = app_id
        self.cloud = Cloud(clock or SimClock(), sample_locks() if locks is None else locks)
        self._sign = sign
        super().__init__([each.path for each in ENDPOINTS], self.cloud.clock, self.cloud.lock)
        for endpoint in ENDPOINTS:
            view = self._view(endpoint)
            self.app.add_url_rule(endpoint.path, endpoint.path, view, methods=["POST"])
        self.app.register_blueprint(kexin_control(self))
        self.cloud.on_change = self.save_state

    def add_sample(self) -> None:
        """Register the sample person with the sample face."""
        self.cloud.add_person(SAMPLE_PERSON, SAMPLE_ID_NUM, digest_of(SAMPLE_FACE))

    def dump_state(self) -> dict[str, object]:
        """The cloud's data."""
        return self.cloud.dump()

    def load_state(self, state: dict[str, object]) -> None:
        """Replace the cloud's data."""
        self.cloud.load(state)

    def facts(self) -> dict[str, str]:
        """The app, where the demonstration's signer is, and the first lock."""
        with self.cloud.lock:
            first = next(iter(self.cloud.locks), "")
        return {"app_id": self.app_id, "signer": SIGNER, "lock_id": str(first)}

    def _view(self, endpoint: Endpoint) -> Callable[[], Response]:
        def view() -> Response:
            try:
                fields = Fields(_json_body())
                self._check_caller(fields)
                with self.cloud.lock:
                    data = endpoint.handle(self, fields)
            except CallRefusedError as refused:
                return self._reply(refused.status, WORDS[refused.status], None)
            return self._reply(Status.OK, endpoint.desc, data)

        return view

    def _check_caller(self, fields: Fields) -> None:
        """App and signature; the document gives no code for a wrong one, so a switch does."""
        app_id, given = fields.text("app_id"), fields.text("sign")
        right = compare_digest(given.encode(), self._sign(fields.all()).encode())
        if app_id != self.app_id or not right:
            raise CallRefusedError(Status(self.switches.wrong_signature))

    def _reply(self, status: Status, desc: str, data: object) -> Response:
        code = status.value
        shown = str(code) if self.switches.code is NumberForm.STRING else code
        line = code if self.switches.http_status is HttpStatus.CODE else Status.OK.value
        return json_response({"code": shown, "desc": desc, "data": data}, line)


def _json_body() -> dict[str, object]:
    kind, values = read_body(request.content_type or "", request.get_data())
    if kind is not BodyKind.JSON:
        raise CallRefusedError(Status.BAD_REQUEST)
    return values
