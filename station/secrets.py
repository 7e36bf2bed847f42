"""Secrets: the system's keyring, or environment variables, which win. Never a settings file.

On machines without any keyring the journal's site key alone may live in `journal.key` (0600) of the
home folder, since without it nothing could be journalled; `doctor` warns about it.
"""

import os
import re
import secrets as randomness
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from station.errors import Code, InputInvalid, JournalUnsafe
from station.files import write_atomically

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from station.home import Home

SERVICE: Final = "card-station"
KEY_BYTES: Final = 32
MAX_SECRET: Final = 4096


class SecretName(StrEnum):
    """What is kept apart from the settings."""

    DOOR_LOCK_APPSECRET = "door_lock_appsecret"
    SHANKAI_SECRET = "shankai_secret"  # noqa: S105 - a name, not a secret
    PROPERTY_TOKEN = "property_token"  # noqa: S105 - a name, not a secret
    CENTRAL_PASSWORD = "central_password"  # noqa: S105 - a name, not a secret
    OPERATOR_PIN = "operator_pin"
    JOURNAL_KEY = "journal_key"

    @property
    def variable(self) -> str:
        """The environment variable that stands in for the keyring."""
        return f"STATION_{self.value.upper()}"


class Secret:
    """A secret in memory: neither `repr` nor `str` nor a log line shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself: only for the call that needs it."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and randomness.compare_digest(
            self._value.encode(), other._value.encode()
        )

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


class Secrets:
    """The secrets of one home folder."""

    def __init__(self, home: "Home", environment: Mapping[str, str] | None = None) -> None:
        self._home = home
        self._environment = os.environ if environment is None else environment
        # Several homes on one machine (a demo beside the real desk) never share a secret.
        self._service = SERVICE if home.usual else f"{SERVICE}:{home.root}"

    def __repr__(self) -> str:
        return f"Secrets({self._service!r})"

    def with_values(self, given: Mapping[SecretName, str]) -> "Secrets":
        """The same secrets, those that were just typed before what is kept; nothing is written."""
        typed = {name.variable: value for name, value in given.items() if value}
        return Secrets(self._home, {**self._environment, **typed})

    def find(self, name: SecretName) -> Secret | None:
        """The secret, or None. Raises `InputInvalid` SECRET_MISSING where the keyring is locked."""
        given = self._environment.get(name.variable, "")
        if given:
            return Secret(given)
        backend = _keyring()
        if backend is None:
            return None
        try:
            kept = backend.get_password(self._service, name.value)
        except Exception as error:
            raise _missing(name, "locked") from error
        return Secret(kept) if kept else None

    def get(self, name: SecretName) -> Secret:
        """The secret. Raises `InputInvalid` SECRET_MISSING (context `name`, `variable`)."""
        found = self.find(name)
        if found is None:
            raise _missing(name, "missing" if _keyring() is not None else "no_keyring")
        return found

    def put(self, name: SecretName, value: str) -> None:
        """Keep a secret in the keyring.

        Raises `InputInvalid`: FIELD_EMPTY, FIELD_TOO_LONG, FIELD_CHARACTERS; SECRET_MISSING where
        there is no keyring or it did not keep the secret.
        """
        if not value:
            raise InputInvalid(Code.FIELD_EMPTY, field=name.value)
        if len(value) > MAX_SECRET:
            raise InputInvalid(Code.FIELD_TOO_LONG, field=name.value, limit=MAX_SECRET)
        if not value.isprintable():
            raise InputInvalid(Code.FIELD_CHARACTERS, field=name.value)
        backend = _keyring()
        if backend is None:
            raise _missing(name, "no_keyring")
        try:
            backend.set_password(self._service, name.value, value)
            kept = backend.get_password(self._service, name.value)
        except Exception as error:
            raise _missing(name, "locked") from error
        if kept != value:
            raise _missing(name, "not_kept")

    def delete(self, name: SecretName) -> None:
        """Forget a secret; one that is not there is as good as forgotten."""
        backend = _keyring()
        if backend is None:
            return
        try:
            if backend.get_password(self._service, name.value) is not None:
                backend.delete_password(self._service, name.value)
        except Exception as error:
            raise _missing(name, "locked") from error

    def journal_key(self, *, create: bool = False) -> bytes:
        """The site key of the journal: 32 bytes.

        The environment first (64 hex digits), then the file of a machine without a keyring, then
        the keyring. `create` makes one where there is none: only for a journal that does not exist
        yet, since a new key reads nothing of an old journal. Raises `JournalUnsafe` JOURNAL_KEY
        (context `why`) and `InputInvalid` SECRET_MISSING where the keyring is locked.
        """
        given = self._environment.get(SecretName.JOURNAL_KEY.variable, "")
        if given:
            return _key(given)
        in_file = _read(self._home.journal_key)
        if in_file is not None:
            return _key(in_file)
        kept = self.find(SecretName.JOURNAL_KEY)
        if kept is not None:
            return _key(kept.reveal())
        if not create:
            raise JournalUnsafe(Code.JOURNAL_KEY, why="missing")
        return self._new_key()

    def _new_key(self) -> bytes:
        made = randomness.token_hex(KEY_BYTES)
        if _keyring() is not None:
            self.put(SecretName.JOURNAL_KEY, made)
            return _key(made)
        # Two programs may start at once: the first file stays, and both read it.
        write_atomically(self._home.journal_key, made.encode() + b"\n", replace=False)
        return _key(_read(self._home.journal_key) or "")

    def journal_key_in_file(self) -> bool:
        """Whether the site key lies in the home folder (for `doctor`)."""
        return self._home.journal_key.exists()

    def journal_key_open_to_others(self) -> bool:
        """Whether others on this computer may read the key's file. Windows: never known, False."""
        path = self._home.journal_key
        return os.name != "nt" and path.exists() and bool(path.stat().st_mode & 0o077)


def keyring_name() -> str:
    """Which keyring is in use, for `doctor`; empty where there is none."""
    backend = _keyring()
    return "" if backend is None else str(backend.name)


def _keyring() -> "KeyringBackend | None":
    """The system's keyring, or None on a machine without any."""
    import keyring
    from keyring.backends import fail, null

    backend = keyring.get_keyring()
    return None if isinstance(backend, fail.Keyring | null.Keyring) else backend


def _missing(name: SecretName, why: str) -> InputInvalid:
    return InputInvalid(Code.SECRET_MISSING, name=name.value, variable=name.variable, why=why)


def _key(text: str) -> bytes:
    if not re.fullmatch(r"[0-9A-Fa-f]{64}", text.strip()):
        raise JournalUnsafe(Code.JOURNAL_KEY, why="malformed")
    return bytes.fromhex(text.strip())


def _read(path: Path) -> str | None:
    try:
        return path.read_text("ascii", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalUnsafe(Code.JOURNAL_KEY, why=error.strerror or "unreadable") from error
