"""Tries settings before they are saved: is the service there, which readers are there.

Nothing is written but what a client finds out about its service, no card is touched.
"""

import os
from collections.abc import Mapping

from station.compose import open_door_lock, open_shankai
from station.errors import Code, InputInvalid
from station.home import Home
from station.secrets import SecretName, Secrets
from station.settings import Settings


def secrets_with(home: Home, given: Mapping[SecretName, str]) -> Secrets:
    """What is kept, and before it what was typed just now."""
    typed = {name.variable: value for name, value in given.items() if value}
    return Secrets(home, {**os.environ, **typed})


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
