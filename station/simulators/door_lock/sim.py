"""The door-lock service: its Flask app built from the call tables, and its world."""

from collections.abc import Callable

from flask import Response, request

from station.simulators.base import Simulator, json_response
from station.simulators.control import SwitchedSimulator
from station.simulators.delivery import Dialect
from station.simulators.door_lock.biometrics import BIOMETRIC_CALLS
from station.simulators.door_lock.cards import CARD_CALLS
from station.simulators.door_lock.control import door_lock_control
from station.simulators.door_lock.endpoint import Endpoint
from station.simulators.door_lock.fields import CallRefusedError, Fields, Refusal, read_fields
from station.simulators.door_lock.passcodes import PASSCODE_CALLS
from station.simulators.door_lock.switches import Switches, WrongBody
from station.simulators.options import NumberForm
from station.simulators.world import World

# The document's own examples.
APPID = "00000000000000000000000000000a1d"
APPSECRET = "0000000000000000000000005ec2e7ff"

ENDPOINTS: tuple[Endpoint, ...] = CARD_CALLS + PASSCODE_CALLS + BIOMETRIC_CALLS
_RADIO = frozenset(endpoint.path for endpoint in ENDPOINTS if endpoint.radio)


class DoorLockSim(SwitchedSimulator[Switches]):
    """The service of `door-lock-platform.txt` over a `World`, without a socket.

    Put it on one with `SimServer(DoorLockSim())`; `sim.world` has the cards, locks and encoder.
    """

    kind = "door-lock"
    secret_fields = Simulator.secret_fields | {"muid", "pwd", "base64", "hexs"}
    dialect = Dialect(
        "code",
        {"code": -2, "msg": "发卡器忙,请稍后再试", "data": None},
        words={refusal.code: {"msg": refusal.msg} for refusal in Refusal},
    )

    def __init__(
        self,
        world: World | None = None,
        switches: Switches | None = None,
        *,
        appid: str = APPID,
        appsecret: str = APPSECRET,
    ) -> None:
        self.world = world or World()
        self.switches = switches or Switches()
        self.appid = appid
        self.appsecret = appsecret
        super().__init__([each.path for each in ENDPOINTS], self.world.clock, self.world.lock)
        for endpoint in ENDPOINTS:
            view = self._view(endpoint)
            self.app.add_url_rule(endpoint.path, endpoint.path, view, methods=["POST"])
        self.app.register_blueprint(door_lock_control(self))
        self.world.on_change = self.save_state

    def shown_rm_id(self, rm_id: str) -> str | int:
        """A room's id in the type that the switch asks for."""
        return int(rm_id) if self.switches.rm_id_reply is NumberForm.NUMBER else rm_id

    def pause(self, path: str) -> float:
        """Seconds that radio takes before a gateway call is dealt with."""
        return self.switches.radio_ms / 1000 if path in _RADIO else 0.0

    def dump_state(self) -> dict[str, object]:
        """The world."""
        return self.world.dump()

    def load_state(self, state: dict[str, object]) -> None:
        """Replace the world's contents."""
        self.world.load(state)

    def facts(self) -> dict[str, str]:
        """The documented credentials."""
        return {"appid": self.appid, "appsecret": self.appsecret}

    def _view(self, endpoint: Endpoint) -> Callable[[], Response]:
        def view() -> Response:
            try:
                fields = read_fields(request, self.switches.body)
                self._check_app(fields)
                with self.world.lock:
                    data = endpoint.handle(self, fields)
            except CallRefusedError as refused:
                return self._refused(refused)
            return self._reply(1, endpoint.msg, data)

        return view

    def _check_app(self, fields: Fields) -> None:
        given = fields.optional("appid"), fields.optional("appsecret")
        if given != (self.appid, self.appsecret):
            raise CallRefusedError(Refusal.APP)

    def _refused(self, refused: CallRefusedError) -> Response:
        wrong_body = refused.refusal is Refusal.BODY
        if wrong_body and self.switches.wrong_body is WrongBody.UNSUPPORTED:
            return Response("Unsupported Media Type", 415, content_type="text/plain")
        return self._reply(refused.refusal.code, refused.msg, None)

    def _reply(self, code: int, msg: str, data: object) -> Response:
        shown = str(code) if self.switches.code is NumberForm.STRING else code
        return json_response({"code": shown, "msg": msg, "data": data})
