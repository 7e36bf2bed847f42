"""Tries settings before they are saved: is the service there, which readers are there.

Nothing is written but what a client finds out about its service, no card is touched.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from station.compose.vendors import open_door_lock, open_kexin, open_property, open_shankai
from station.errors import Code, InputInvalid, VendorRefused
from station.home import Home
from station.secrets import SecretName, Secrets
from station.settings import Settings

ANY_LOCK: Final = 1
_UNDERSTOOD: Final = frozenset(
    {Code.KEXIN_LOCK_MISSING, Code.KEXIN_NO_PERMISSION, Code.KEXIN_NOT_BOUND}
)


def try_door_lock(home: Home, settings: Settings, secrets: Secrets) -> int:
    """How many rooms the door-lock platform has (door lock 1.1).

    Raises PART_NOT_SET_UP, SECRET_MISSING, `VendorRefused`, `Unreachable`.
    """
    client = open_door_lock(home, settings, secrets)
    if client is None:
        raise InputInvalid(Code.PART_NOT_SET_UP, part="door_lock")
    try:
        return len(client.rooms())
    finally:
        client.close()


def try_shankai(home: Home, settings: Settings, secrets: Secrets) -> None:
    """Get an access token (Shankai 1), which proves address, id and secret. Raises as above."""
    client = open_shankai(home, settings, secrets)
    if client is None:
        raise InputInvalid(Code.PART_NOT_SET_UP, part="shankai")
    try:
        client.get_access_token()
    finally:
        client.close()


def try_kexin(home: Home, settings: Settings, lock_id: int | None) -> bool:
    """Ask for one lock (Kexin lock/get), which proves address, app id and signer.

    `lock_id` is one of the site's, None where no room has one yet: any number does then, and a
    cloud that answers that it knows no such lock has understood. Whether the lock is known.
    Raises PART_NOT_SET_UP, KEXIN_SIGNER_MISSING, `VendorRefused`, `Unreachable`.
    """
    client = open_kexin(home, settings)
    if client is None:
        raise InputInvalid(Code.PART_NOT_SET_UP, part="kexin")
    try:
        client.lock(lock_id or ANY_LOCK)
    except VendorRefused as error:
        if lock_id is None and error.code in _UNDERSTOOD:
            return False
        raise
    finally:
        client.close()
    return lock_id is not None


@dataclass(frozen=True, slots=True)
class TriedProperty:
    """What the property platform answered: how many communities, whether the site's is there.

    `renewed` is the token that took the typed one's place, where it was renewed on the way.
    """

    communities: int
    known: bool
    renewed: str = field(default="", repr=False)


def try_property(
    home: Home, settings: Settings, secrets: Secrets, typed: str = ""
) -> TriedProperty:
    """Ask for the role and the communities (property 1.5.1, 2.1.1): address and token are right.

    A `typed` token is tried before what is kept, and not kept here. Raises PART_NOT_SET_UP,
    SECRET_MISSING, `VendorRefused` PROPERTY_TOKEN_LOST, `Unreachable`.
    """
    from station.vendors.property import PropertyPlatform

    renewed: list[str] = []
    part = settings.property
    client = open_property(home, settings, secrets) if not typed else None
    if part is not None and typed:
        client = PropertyPlatform(
            part.url,
            typed,
            remember_token=renewed.append,
            body=part.body,
            ca_file=home.path(part.ca_file) if part.ca_file else None,
            connect_timeout_s=part.connect_timeout_s,
            read_timeout_s=part.read_timeout_s,
        )
    if client is None or part is None:
        raise InputInvalid(Code.PART_NOT_SET_UP, part="property")
    try:
        client.permissions()
        communities = client.communities()
    finally:
        client.close()
    known = part.community_id in {"", *(each.id for each in communities)}
    return TriedProperty(len(communities), known, renewed[-1] if renewed else "")


def readers() -> list[str]:
    """The names of the PC/SC readers that are plugged in. Raises `Unreachable` PCSC_…"""
    from station.reader.reader import list_readers

    return list_readers()


def keep_secrets(home: Home, given: Mapping[SecretName, str]) -> None:
    """Keep typed secrets in the keyring; those that the environment has already are left there.

    Raises `InputInvalid` SECRET_MISSING where there is no keyring, FIELD_….
    """
    kept = Secrets(home)
    for name, value in given.items():
        if value and os.environ.get(name.variable) != value:
            kept.put(name, value)
