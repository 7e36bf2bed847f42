"""The property platform: its Flask app built from the call tables, and its data."""

from collections.abc import Callable

from flask import Response, request

from station.simulators.base import json_response
from station.simulators.clock import SimClock
from station.simulators.control import SwitchedSimulator
from station.simulators.delivery import Dialect
from station.simulators.property import access
from station.simulators.property.calls_house import HOUSE_CALLS
from station.simulators.property.calls_money import MONEY_CALLS
from station.simulators.property.calls_people import PEOPLE_CALLS
from station.simulators.property.calls_sign_in import SIGN_IN_CALLS
from station.simulators.property.calls_tree import TREE_CALLS
from station.simulators.property.control import property_control
from station.simulators.property.endpoint import Access, Asked, Endpoint
from station.simulators.property.estate import Estate
from station.simulators.property.fields import Fields, read_fields
from station.simulators.property.model import SmsCode, User
from station.simulators.property.sample import DEMO_PHONE, fill
from station.simulators.property.sentences import (
    GUEST,
    LOST_TOKEN,
    SORRY,
    Answer,
    CallRefusedError,
)
from station.simulators.property.shape import shape
from station.simulators.property.switches import Switches

BASE_PATH = "/api/v1"
ENDPOINTS: tuple[Endpoint, ...] = (
    SIGN_IN_CALLS + TREE_CALLS + PEOPLE_CALLS + HOUSE_CALLS + MONEY_CALLS
)
_BEARER = "bearer "
_PRIVATE = {
    "session_key",
    "encrypteddata",
    "code",  # WeChat's
    "verification_code",
    "phone",
    "name",
    "idcard",
    "birth",
    "address",
    "image",
    "photo",
}
_LOST: dict[str, object] = {
    "code": "9",
    "token_expired": "0",
    "msg": LOST_TOKEN.msg,
    "message": LOST_TOKEN.message,
}


class PropertySim(SwitchedSimulator[Switches]):
    """The platform of `property-platform.md`, without a socket; `sim.estate` has its data.

    Calls are below `BASE_PATH`. It has the sample's two communities unless `sample` is False.
    Paragraph 2.4.2 has no address ("not developed"), so that there is nothing to call.
    """

    kind = "property"
    dialect = Dialect(
        "code",
        {"code": "1", "token_expired": "1", "msg": SORRY, "message": SORRY},
        _LOST,
        {9: _LOST},
    )
    secret_fields = SwitchedSimulator.secret_fields | _PRIVATE

    def __init__(
        self,
        switches: Switches | None = None,
        *,
        clock: SimClock | None = None,
        sample: bool = True,
    ) -> None:
        self.switches = switches or Switches()
        self.estate = Estate(clock or SimClock())
        if sample:
            fill(self.estate)
        paths = {f"{BASE_PATH}/{each.path}": each for each in ENDPOINTS}
        # No lost token can meet the calls that want none, or an old one.
        wants = (Access.TOKEN, Access.GUEST)
        open_paths = [path for path, each in paths.items() if each.access not in wants]
        super().__init__(paths, self.estate.clock, self.estate.lock, open_paths=open_paths)
        for endpoint in ENDPOINTS:
            view = self._view(endpoint)
            path = f"{BASE_PATH}/{endpoint.path}"
            self.app.add_url_rule(path, endpoint.section, view, methods=[endpoint.method])
        self.app.register_blueprint(property_control(self))
        self.estate.on_change = self.save_state

    def give_token(self, phone: str = DEMO_PHONE) -> str:
        """A new token of the account with that number, as the mini-program would have shown it.

        Raises KeyError when nobody has that number.
        """
        with self.estate.lock:
            user = self.estate.user_of(phone)
            if user is None:
                raise KeyError(phone)
            return access.new_token(self.estate, self.switches, user.openid).value

    def sms(self, phone: str | None = None) -> list[SmsCode]:
        """The SMS codes that would have been sent, oldest first: all, or those to one number."""
        with self.estate.lock:
            codes = self.estate.records.codes.values()
            return [each for each in codes if phone in (None, each.phone)]

    def expire_tokens(self) -> None:
        """End the hour of every token; each can still be renewed (1.4.2)."""
        access.end_tokens(self.estate)

    def lose_tokens(self) -> None:
        """Forget every token, as after a loss of the server's cache: none can be renewed."""
        access.lose_tokens(self.estate)

    def dump_state(self) -> dict[str, object]:
        """The estate's data."""
        return self.estate.dump()

    def load_state(self, state: dict[str, object]) -> None:
        """Replace the estate's data."""
        self.estate.load(state)

    def facts(self) -> dict[str, str]:
        """The base path and a living token of the sample's account."""
        found = {"base_path": BASE_PATH}
        with self.estate.lock:
            user = self.estate.user_of(DEMO_PHONE)
            if user is not None:
                tokens = self.estate.records.tokens.values()
                mine = [each.value for each in tokens if each.openid == user.openid]
                living = [each for each in mine if access.living(self.estate, each)]
                found["access_token"] = living[-1] if living else self.give_token()
        return found

    def _view(self, endpoint: Endpoint) -> Callable[[], Response]:
        def view() -> Response:
            try:
                fields = read_fields(request, self.switches.body)
                with self.estate.lock:
                    answer = endpoint.handle(self, self._asked(endpoint, fields))
            except CallRefusedError as refused:
                answer = refused.answer
            return json_response(shape(answer, endpoint, self.switches))

        return view

    def _asked(self, endpoint: Endpoint, fields: Fields) -> Asked:
        header = request.headers.get("Authorization", "")
        bearer = header[: len(_BEARER)].lower() == _BEARER
        token = header[len(_BEARER) :].strip() if bearer else ""
        wanted = endpoint.access
        if (
            wanted is Access.ANYBODY
            and self.switches.community_token
            and endpoint.section == "2.1.1"
        ):
            wanted = Access.TOKEN
        user = None
        if wanted in (Access.TOKEN, Access.GUEST):
            user = self._user(token, GUEST if wanted is Access.GUEST and not token else LOST_TOKEN)
        return Asked(fields, token, request.base_url, user)

    def _user(self, token: str, otherwise: Answer) -> User:
        found = access.living(self.estate, token)
        user = None if found is None else self.estate.records.users.get(found.openid)
        if user is None:
            raise CallRefusedError(otherwise)
        return user
