"""`Shankai`: the nine calls of the access cloud, with a token shared and renewed behind them."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Final, TypeVar

from station import logs
from station.errors import Code, InputInvalid, VendorRefused
from station.ports import GateCard
from station.vendors._http import Api, Endpoint, Patience
from station.vendors.shankai import calls, wire
from station.vendors.shankai.calls import Token
from station.vendors.shankai.token import TokenKeeper
from station.vendors.shankai.wire import CardMode, CardNumberBase

DEFAULT_URL: Final = "https://api.baohe.tv:8081/1.0"

Reply = TypeVar("Reply")


class Shankai:
    """The cloud's interface (Shankai 1-8, appendix 1). Times in seconds; any thread may call.

    Every method raises `VendorRefused` with a SHANKAI_ code and `Unreachable`;
    `create_organization`, `del_organization` and `set_admin_user` are sent once and may raise
    `OutcomeUnknown`. A token that the cloud calls expired (4002) is renewed once, and the call sent
    again: the cloud has refused it, so nothing was done.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        app_id: str = "",
        secret: str = "",
        *,
        card_no_reply: str = CardNumberBase.HEX,
        ca_file: Path | None = None,
        connect_timeout_s: float = 5,
        read_timeout_s: float = 15,
        deadline_s: float | None = None,
        attempts: int = 3,
        backoff_s: float = 0.3,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        whole = connect_timeout_s + 2 * read_timeout_s
        patience = Patience(
            connect_s=connect_timeout_s,
            read_s=read_timeout_s,
            overall_s=whole if deadline_s is None else deadline_s,
            attempts=attempts,
            backoff_s=backoff_s,
            retried=frozenset(
                {Code.SERVICE_DROPPED, Code.SERVICE_HTTP_STATUS, Code.SHANKAI_SYSTEM}
            ),
        )
        self._api = Api(
            wire.SERVICE,
            url,
            envelope=wire.envelope,
            cloud=True,
            patience=patience,
            ca_file=ca_file,
        )
        logs.hide(app_id, secret)
        self._account = {"app_id": app_id, "secret": secret}
        self._base = _base(card_no_reply)
        self._tokens = TokenKeeper(self.get_access_token, clock)

    def get_access_token(self) -> Token:
        """Appendix 1. The other calls fetch their token themselves. SHANKAI_CREDENTIALS."""
        return self._api.call(calls.GET_ACCESS_TOKEN, query=self._account)

    def create_organization(
        self, name: str, mode: CardMode, *, address: str = "", contact: str = ""
    ) -> str:
        """Shankai 1: the new community's id. SHANKAI_ALREADY_REGISTERED (1001 and 10001)."""
        fields = {"name": name, "address": address, "contact": contact, "ic_id_mode": mode.value}
        return self._call(calls.CREATE_ORGANIZATION, fields, needed=("name",))

    def get_organization(self, name: str) -> str:
        """Shankai 2: a community's id by its name."""
        return self._call(calls.GET_ORGANIZATION, {"name": name})

    def update_organization(
        self,
        org_id: str,
        name: str,
        mode: CardMode,
        *,
        city: str = "",
        district: str = "",
        address: str = "",
        contact: str = "",
    ) -> None:
        """Shankai 3."""
        fields = {"org_id": org_id, "name": name, "city": city, "district": district}
        fields |= {"address": address, "contact": contact, "ic_id_mode": mode.value}
        self._call(calls.UPDATE_ORGANIZATION, fields, needed=("org_id", "name"))

    def del_organization(self, org_id: str) -> None:
        """Shankai 4."""
        self._call(calls.DEL_ORGANIZATION, {"org_id": org_id}, needed=("org_id",))

    def set_card_no(self, org_id: str, mobile: str, name: str, uid: str) -> None:
        """Shankai 5, IC mode only. `uid` is hex without `0x`; setting it again is harmless."""
        fields = {"org_id": org_id, "mobile": mobile, "name": name}
        fields["card_no"] = wire.card_no_field(uid)
        self._call(calls.SET_CARD_NO, fields, needed=("org_id", "mobile", "name"))

    def get_card_no(self, org_id: str, mobile: str, name: str = "") -> GateCard:
        """Shankai 6: allocates a number where there is none; in ID mode it creates the user."""
        fields = {"org_id": org_id, "mobile": mobile, "name": name}
        return self._call(calls.GET_CARD_NO[self._base], fields, needed=("org_id", "mobile"))

    def del_user(self, org_id: str, mobile: str) -> None:
        """Shankai 7: takes the resident's card back."""
        fields = {"org_id": org_id, "mobile": mobile}
        self._call(calls.DEL_USER, fields, needed=("org_id", "mobile"))

    def set_admin_user(self, org_id: str, login: str, password: str) -> None:
        """Shankai 8: the first account of the community's web page. SHANKAI_ACCOUNT_EXISTS."""
        fields = {"org_id": org_id, "login": login, "pass": password}
        self._call(calls.SET_ADMIN_USER, fields, needed=("org_id", "login", "pass"))

    def close(self) -> None:
        """Close the kept connection."""
        self._api.close()

    def _call(
        self, endpoint: Endpoint[Reply], fields: dict[str, str], *, needed: tuple[str, ...] = ()
    ) -> Reply:
        for name in needed:
            if not fields[name].strip():
                raise InputInvalid(Code.FIELD_EMPTY, field=name)
        sent = {name: value for name, value in fields.items() if value}
        token = self._tokens.get()
        try:
            return self._api.call(endpoint, sent, query={"access_token": token})
        except VendorRefused as refused:
            if refused.code is not Code.SHANKAI_TOKEN_EXPIRED:
                raise
        token = self._tokens.get(refused=token)
        return self._api.call(endpoint, sent, query={"access_token": token})


def _base(setting: str) -> CardNumberBase:
    try:
        return CardNumberBase(setting)
    except ValueError:
        raise InputInvalid(
            Code.FIELD_CHOICE,
            field="shankai.card_no_reply",
            value=str(setting)[:20],
            choices=", ".join(CardNumberBase),
        ) from None
