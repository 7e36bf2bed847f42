"""`PropertyPlatform`: the 27 calls of the platform, over one address and one token."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from station.errors import Code, InputInvalid
from station.vendors._http import Api, Body, Patience
from station.vendors.property import wire
from station.vendors.property.bills import BillCalls
from station.vendors.property.bound import BoundCalls
from station.vendors.property.forms import FormCalls
from station.vendors.property.grants import GrantCalls
from station.vendors.property.houses import HouseCalls
from station.vendors.property.owners import OwnerCalls
from station.vendors.property.session import SessionCalls, renewed
from station.vendors.property.token import TokenKeeper, sharing, utc_now

DEFAULT_URL: Final = "https://tc.mg.cool/api/v1"


class PropertyPlatform(
    SessionCalls, HouseCalls, OwnerCalls, FormCalls, BoundCalls, GrantCalls, BillCalls
):
    """The property platform (property 1-4). Times in seconds; any thread may call.

    `token` was pasted once, and `token_at` (UTC, aware) is when it was made, if anybody knows. Each
    renewed token goes to `remember_token` before long; what that raises is logged and tried again.
    `kept_token` reads what is remembered now: another program of this desk may have renewed the
    token, and so ended this one's.

    `body` is `json` or `form`: the document does not say how fields travel, and a WeChat program
    sends JSON unless told otherwise.

    Every method raises `VendorRefused` with a PROPERTY_ code, `Unreachable`, and where it needs a
    token `InputInvalid` SECRET_MISSING. Only calls that read are sent again; the others go once and
    may raise `OutcomeUnknown` PROPERTY_OUTCOME_UNKNOWN. A call that was refused for its token was
    not executed: it is repeated once with the next token. Where there is none to be had:
    PROPERTY_TOKEN_LOST.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        token: str = "",
        *,
        token_at: datetime | None = None,
        remember_token: Callable[[str], None] | None = None,
        kept_token: Callable[[], str] | None = None,
        body: str = Body.JSON,
        ca_file: Path | None = None,
        connect_timeout_s: float = 5,
        read_timeout_s: float = 15,
        deadline_s: float | None = None,
        attempts: int = 3,
        backoff_s: float = 0.3,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        whole = connect_timeout_s + 2 * read_timeout_s
        patience = Patience(
            connect_s=connect_timeout_s,
            read_s=read_timeout_s,
            overall_s=whole if deadline_s is None else deadline_s,
            attempts=attempts,
            backoff_s=backoff_s,
            retried=frozenset({Code.SERVICE_DROPPED, Code.SERVICE_HTTP_STATUS}),
        )
        api = Api(
            wire.SERVICE,
            url,
            envelope=wire.envelope,
            cloud=True,
            patience=patience,
            ca_file=ca_file,
        )
        renew = sharing(lambda old: renewed(api, old), kept_token)
        keeper = TokenKeeper(renew, token, token_at, remember_token, clock)
        super().__init__(api, keeper, _body(body))

    @property
    def token_good_until(self) -> datetime | None:
        """When the token ends (UTC, aware); None without one, or while its age is not known."""
        return self._tokens.good_until

    def use_token(self, token: str) -> None:
        """Take a token that somebody has just pasted. Raises `InputInvalid` FIELD_CHARACTERS."""
        self._tokens.use(token)

    def close(self) -> None:
        """Close the kept connection."""
        self._api.close()


def _body(setting: str) -> Body:
    try:
        return Body(setting)
    except ValueError:
        raise InputInvalid(
            Code.FIELD_CHOICE,
            field="property.body",
            value=str(setting)[:20],
            choices=", ".join(Body),
        ) from None
