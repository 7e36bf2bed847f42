"""`DoorLock`: the desk's `Encoder` over the door-lock platform's local service."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, TypeVar

from station import logs
from station.domain.card import Authorisation, CardContent, parse_card_id
from station.domain.room import Room
from station.errors import Code, InputInvalid
from station.vendors._http import Api, Body, Endpoint, Patience
from station.vendors.door_lock import cards, wire
from station.vendors.door_lock.body import BodyChooser, BodySetting
from station.vendors.door_lock.lock import BUSY_WAIT_S, EncoderLock

DEFAULT_URL: Final = "http://127.0.0.1:19952"
GATEWAY_TIMEOUT_S: Final = 30.0

Reply = TypeVar("Reply")


class DoorLock:
    """Implements `ports.Encoder` (door lock 1.1, 2.1-2.3). Times in seconds; stay times site-local.

    `DoorLockGateway` adds the calls that reach a lock over radio; they have `gateway_timeout_s`.

    `body` is `auto`, `form` or `json`; under `auto` each finding goes to `remember_body`, and comes
    back as `known_body` in the next program. `lock_path` is shared by all programs of this desk.
    Every method raises `Unreachable` and `VendorRefused`; see `_http` for what is raised when.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        appid: str = "",
        appsecret: str = "",
        *,
        body: str = BodySetting.AUTO,
        known_body: str = "",
        remember_body: Callable[[str], None] | None = None,
        connect_timeout_s: float = 2,
        read_timeout_s: float = 15,
        gateway_timeout_s: float = GATEWAY_TIMEOUT_S,
        deadline_s: float | None = None,
        lock_path: Path | None = None,
        busy_wait_s: float = BUSY_WAIT_S,
        ca_file: Path | None = None,
    ) -> None:

        def api(read_s: float) -> Api:
            patience = Patience(
                connect_s=connect_timeout_s,
                read_s=read_s,
                overall_s=connect_timeout_s + 2 * read_s if deadline_s is None else deadline_s,
                attempts=2,  # a kept connection may have been closed by the service meanwhile
                backoff_s=0.02,
                retried=frozenset({Code.SERVICE_DROPPED}),
            )
            return Api(
                wire.SERVICE,
                url,
                envelope=wire.envelope,
                cloud=False,
                patience=patience,
                ca_file=ca_file,
            )

        self._api = api(read_timeout_s)
        self._radio = api(gateway_timeout_s)
        logs.hide(appid, appsecret)
        self._secrets = {"appid": appid, "appsecret": appsecret}
        known = Body(known_body) if known_body in tuple(Body) else None
        self._chooser = BodyChooser(_setting(body), known, remember_body)
        self._lock = EncoderLock(lock_path, busy_wait_s)

    def rooms(self) -> list[Room]:
        """GetRoomList (1.1), in the platform's order."""
        return self._chooser.trying(
            lambda body: self._api.call(cards.GET_ROOM_LIST, self._secrets, body=body)
        )

    def read(self) -> CardContent:
        """ReadCard (2.3). `VendorRefused` CARD_UNREADABLE: blank, none or unreadable."""
        return self.call(cards.READ_CARD)

    def write(self, authorisation: Authorisation) -> str:
        """MarkRoomCard (2.1), once. The card id, or "" where the platform names none."""
        fields = {
            "rm_id": wire.room_field(authorisation.room_id),
            "abkp": wire.time_field(authorisation.authorised_at, "authorised_at"),
            "unValid": wire.time_field(authorisation.expires_at, "expires_at"),
        }
        return self.call(cards.MARK_ROOM_CARD, fields)

    def clear(self, *, card_id: str = "", room_id: str = "") -> None:
        """ClearRoomCard (2.2), once, by exactly one of the two."""
        if bool(card_id) == bool(room_id):
            code = Code.FIELDS_EXCLUSIVE if card_id else Code.FIELDS_ONE_NEEDED
            raise InputInvalid(code, fields="card_id, room_id")
        known = {"card_id": parse_card_id(card_id)} if card_id else {}
        self.call(cards.CLEAR_ROOM_CARD, known or {"rm_id": wire.room_field(room_id)})

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the encoder for one operation. Raises `Refused` ENCODER_BUSY. Not re-entrant."""
        return self._lock.hold()

    def close(self) -> None:
        """Close the kept connections."""
        self._api.close()
        self._radio.close()

    def call(
        self,
        endpoint: Endpoint[Reply],
        fields: Mapping[str, str | int] | None = None,
        *,
        radio: bool = False,
    ) -> Reply:
        """One of the platform's calls, with the secrets that go with each.

        `radio`: it goes on to a lock through a gateway, which takes its time.
        """
        body = self._chooser.known_or(self.rooms)
        way = self._radio if radio else self._api
        return way.call(endpoint, {**self._secrets, **(fields or {})}, body=body)


def _setting(body: str) -> BodySetting:
    try:
        return BodySetting(body)
    except ValueError:
        raise InputInvalid(
            Code.FIELD_CHOICE,
            field="door_lock.body",
            value=str(body)[:20],
            choices=", ".join(BodySetting),
        ) from None
