"""The vendors' clients, made from a desk's settings and secrets; None for what is not set up."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from station.compose.found_out import DOOR_LOCK_BODY, PROPERTY_TOKEN, FoundOut
from station.home import Home
from station.secrets import SecretName, Secrets
from station.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from station.ports import Encoder, Gate, Gateway, NetworkLocks, PropertyPlatform
    from station.vendors.door_lock import DoorLock
    from station.vendors.kexin import Kexin
    from station.vendors.property import PropertyPlatform as PropertyClient
    from station.vendors.shankai import Shankai


@dataclass(frozen=True, slots=True)
class Vendors:
    """What fills a desk's ports."""

    encoder: "Encoder | None" = None
    gateway: "Gateway | None" = None
    gate: "Gate | None" = None
    network_locks: "NetworkLocks | None" = None
    property: "PropertyPlatform | None" = None


@contextmanager
def opened(
    home: Home, settings: Settings, secrets: Secrets, *, locks: bool, gate: bool, houses: bool
) -> Iterator[Vendors]:
    """Clients for the locks (encoder, gateway, Kexin), gates and houses, closed in the end.

    Raises `InputInvalid` SECRET_MISSING and for malformed addresses.
    """
    with ExitStack() as parts:
        door_lock = open_door_lock(home, settings, secrets) if locks else None
        kexin = open_kexin(home, settings) if locks else None
        shankai = open_shankai(home, settings, secrets) if gate else None
        platform = open_property(home, settings, secrets) if houses else None
        for client in (door_lock, kexin, shankai, platform):
            if client is not None:
                parts.callback(client.close)
        yield Vendors(door_lock, _gateway(door_lock), _gate(shankai, settings), kexin, platform)


def open_door_lock(home: Home, settings: Settings, secrets: Secrets) -> "DoorLock | None":
    """The door-lock client; None where it is not set up. Raises `InputInvalid` SECRET_MISSING."""
    part = settings.door_lock
    if part is None:
        return None
    from station.vendors.door_lock import DoorLock

    state = FoundOut(home)
    return DoorLock(
        part.url,
        part.appid,
        secrets.get(SecretName.DOOR_LOCK_APPSECRET).reveal(),
        body=part.body,
        known_body=state.get(DOOR_LOCK_BODY),
        remember_body=lambda body: state.put(DOOR_LOCK_BODY, body),
        connect_timeout_s=part.connect_timeout_s,
        read_timeout_s=part.read_timeout_s,
        gateway_timeout_s=part.gateway_timeout_s,
        lock_path=home.encoder_lock,
    )


def open_kexin(home: Home, settings: Settings) -> "Kexin | None":
    """The Kexin client; None where it is not set up. Without a signer each call says so."""
    part = settings.kexin
    if part is None:
        return None
    from station.vendors.kexin import Kexin, signer_from

    return Kexin(
        part.url,
        part.app_id,
        signer_from(part.signer, part.signer_timeout_s, command=part.signer_command),
        ca_file=_file(home, part.ca_file),
        connect_timeout_s=part.connect_timeout_s,
        read_timeout_s=part.read_timeout_s,
    )


def open_shankai(home: Home, settings: Settings, secrets: Secrets) -> "Shankai | None":
    """The Shankai client; None where it is not set up. Raises `InputInvalid` SECRET_MISSING."""
    part = settings.shankai
    if part is None:
        return None
    from station.vendors.shankai import Shankai

    return Shankai(
        part.url,
        part.app_id,
        secrets.get(SecretName.SHANKAI_SECRET).reveal(),
        card_no_reply=part.card_no_reply,
        ca_file=_file(home, part.ca_file),
    )


def open_property(home: Home, settings: Settings, secrets: Secrets) -> "PropertyClient | None":
    """The property platform's client; None where it is not set up.

    Without a token each call that needs one says so; a renewed token replaces the kept one.
    """
    part = settings.property
    if part is None:
        return None
    from station.vendors.property import PropertyPlatform

    def kept() -> str:
        token = secrets.find(SecretName.PROPERTY_TOKEN)
        return token.reveal() if token else ""

    known, state = kept(), FoundOut(home)
    return PropertyPlatform(
        part.url,
        known,
        token_at=_made_at(state, known),
        remember_token=lambda new: _remember(secrets, state, new),
        kept_token=kept,
        body=part.body,
        ca_file=_file(home, part.ca_file),
        connect_timeout_s=part.connect_timeout_s,
        read_timeout_s=part.read_timeout_s,
    )


def _remember(secrets: Secrets, state: FoundOut, token: str) -> None:
    """Keep a token that was made just now, and when that was."""
    secrets.put(SecretName.PROPERTY_TOKEN, token)
    now = datetime.now(UTC).replace(microsecond=0)
    state.put(PROPERTY_TOKEN, f"{_digest(token)} {now.isoformat()}")


def _made_at(state: FoundOut, token: str) -> datetime | None:
    """When this very token was made (UTC), if this desk had it made."""
    digest, _, at = state.get(PROPERTY_TOKEN).partition(" ")
    if not token or digest != _digest(token):
        return None
    try:
        return datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:
        return None


def _digest(token: str) -> str:
    """Enough to tell two tokens apart, far too little to find one."""
    return sha256(token.encode()).hexdigest()[:12]


def _gateway(client: "DoorLock | None") -> "Gateway | None":
    if client is None:
        return None
    from station.vendors.door_lock import DoorLockGateway

    return DoorLockGateway(client)


def _gate(client: "Shankai | None", settings: Settings) -> "Gate | None":
    if client is None or settings.shankai is None:
        return None
    from station.vendors.shankai import ShankaiGate

    return ShankaiGate(client, settings.shankai.org_id)


def _file(home: Home, setting: str) -> "Path | None":
    return home.path(setting) if setting else None
