"""The Shankai cloud: its Flask app built from the call table, and its data."""

from collections.abc import Callable

from flask import Response, request

from station.simulators.base import json_response
from station.simulators.calls import BodyKind, read_body, read_query
from station.simulators.clock import SimClock
from station.simulators.control import SwitchedSimulator
from station.simulators.delivery import Dialect
from station.simulators.options import NumberForm
from station.simulators.shankai.calls import ENDPOINTS
from station.simulators.shankai.cloud import Cloud
from station.simulators.shankai.control import shankai_control
from station.simulators.shankai.endpoint import Endpoint
from station.simulators.shankai.fields import CallRefusedError, Fields, Refusal
from station.simulators.shankai.switches import Switches

BASE_PATH = "/1.0"
SAMPLE_ORGANIZATION = "桃花园小区"
SAMPLE_ORG_ID = "oDF3iY9ffA-hqb2vVvbr7qxf6A0Q"  # the document's example


class ShankaiSim(SwitchedSimulator[Switches]):
    """The cloud of `shankai-access-cloud.md`, without a socket; `sim.cloud` has its data.

    Calls are below `BASE_PATH`. It starts empty; `add_sample` registers the document's community.
    """

    kind = "shankai"
    dialect = Dialect(
        "errcode",
        {"errcode": Refusal.SYSTEM.errcode, "errmsg": Refusal.SYSTEM.errmsg},
        {"errcode": Refusal.TOKEN.errcode, "errmsg": Refusal.TOKEN.errmsg},
        {refusal.errcode: {"errmsg": refusal.errmsg} for refusal in Refusal},
    )

    def __init__(
        self,
        switches: Switches | None = None,
        *,
        app_id: str = "sim-app",
        secret: str = "sim-secret",  # noqa: S107 - opens nothing but this simulator
        clock: SimClock | None = None,
    ) -> None:
        self.switches = switches or Switches()
        self.app_id = app_id
        self.secret = secret
        self.cloud = Cloud(clock or SimClock())
        paths = [f"{BASE_PATH}/{each.name}" for each in ENDPOINTS]
        open_paths = [
            path
            for endpoint, path in zip(ENDPOINTS, paths, strict=True)
            if not endpoint.needs_token
        ]
        super().__init__(paths, self.cloud.clock, self.cloud.lock, open_paths=open_paths)
        for endpoint, path in zip(ENDPOINTS, paths, strict=True):
            view = self._view(endpoint)
            self.app.add_url_rule(path, endpoint.name, view, methods=[endpoint.method])
        self.app.register_blueprint(shankai_control(self))
        self.cloud.on_change = self.save_state

    def add_sample(self) -> str:
        """Register the document's community (IC mode) unless it is there; returns its id."""
        with self.cloud.lock:
            found = self.cloud.named(SAMPLE_ORGANIZATION)
            if found is None:
                found = self.cloud.add_organization(SAMPLE_ORGANIZATION, org_id=SAMPLE_ORG_ID)
            return found.org_id

    def expire_tokens(self) -> None:
        """Forget every access token given out."""
        with self.cloud.lock:
            self.cloud.tokens.clear()

    def dump_state(self) -> dict[str, object]:
        """The cloud's data."""
        return self.cloud.dump()

    def load_state(self, state: dict[str, object]) -> None:
        """Replace the cloud's data."""
        self.cloud.load(state)

    def facts(self) -> dict[str, str]:
        """Credentials, base path and the first community."""
        with self.cloud.lock:
            first = next(iter(self.cloud.organizations), "")
        return {
            "app_id": self.app_id,
            "secret": self.secret,
            "base_path": BASE_PATH,
            "org_id": first,
        }

    def _view(self, endpoint: Endpoint) -> Callable[[], Response]:
        def view() -> Response:
            query = read_query(request.query_string.decode())
            try:
                with self.cloud.lock:
                    if endpoint.needs_token:
                        self._check_token(query)
                    fields = query if endpoint.method == "GET" else _json_body()
                    data = endpoint.handle(self, Fields(fields))
            except CallRefusedError as refused:
                return self._refused(refused.refusal)
            reply = {"errcode": self._shown(0), "errmsg": "ok"}
            return json_response(reply if data is None else reply | {"data": data})

        return view

    def _check_token(self, query: dict[str, object]) -> None:
        if not self.cloud.token_lives(str(query.get("access_token", ""))):
            raise CallRefusedError(Refusal.TOKEN)

    def _refused(self, refusal: Refusal) -> Response:
        errcode = refusal.errcode
        if refusal is Refusal.REGISTERED:
            errcode = self.switches.already_registered
        return json_response({"errcode": self._shown(errcode), "errmsg": refusal.errmsg})

    def _shown(self, errcode: int) -> str | int:
        return str(errcode) if self.switches.errcode is NumberForm.STRING else errcode


def _json_body() -> dict[str, object]:
    kind, values = read_body(request.content_type or "", request.get_data())
    if kind is not BodyKind.JSON:
        raise CallRefusedError(Refusal.SYSTEM)
    return values
