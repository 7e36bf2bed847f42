"""Where signatures come from: a site's Python function, a plug-in's entry point, or a program.

How Kexin signs is not public: it is handed to each integrator. So the desk knows no secret of it,
only whom to ask. What is signed are all fields of a call but `sign` and `img_code`.
"""

import importlib
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from threading import Lock
from typing import Any, Final

from station.errors import Code, InputInvalid, StationError, Unreachable
from station.vendors.kexin.command import CommandSigner
from station.vendors.kexin.failing import failed

Signer = Callable[[Mapping[str, str | int]], str]
"""The signature over these fields of a call."""

SIGN_TIMEOUT_S: Final = 5.0
GROUP: Final = "card_station.kexin_signer"
"""The entry-point group in which an installed package names its signer."""
MAX_SIGNATURE: Final = 1024
UNSIGNED: Final = frozenset({"sign", "img_code"})


def signer_from(
    setting: str, timeout_s: float = SIGN_TIMEOUT_S, *, command: Sequence[str] = ()
) -> Signer:
    """The signer that a site names; whatever is wrong with it is said when it is used.

    `package.module:function` (also after `python:`), `entry:NAME`, `command:program argument …`, or
    `command` as its parts. A program has `timeout_s` seconds. With neither, each use raises
    `InputInvalid` KEXIN_SIGNER_MISSING.
    """
    kind, _, rest = setting.strip().partition(":")
    if command:
        return CommandSigner(command, timeout_s)
    if kind == "command" and rest.strip():
        return CommandSigner(_split(rest), timeout_s)
    if kind == "entry" and rest.strip():
        return _Found(lambda: _entry_point(rest.strip()))
    if kind == "python":
        return _Found(lambda: _function(rest))
    if setting.strip():
        return _Found(lambda: _function(setting))
    return _missing


def sign(signer: Signer, fields: Mapping[str, str | int]) -> Mapping[str, str | int]:
    """The fields with their `sign`. Raises as `signer_from` says, and `Unreachable`
    KEXIN_SIGNER_FAILED with a reason; what a signer says in its own words is told to nobody, since
    it may hold its secret.
    """
    try:
        made = signer({name: value for name, value in fields.items() if name not in UNSIGNED})
    except StationError:
        raise
    except Exception:
        raise failed("raised") from None
    if not isinstance(made, str):
        raise failed("not_text")
    signature = made.strip()
    if not signature or len(signature) > MAX_SIGNATURE:
        raise failed("too_long" if signature else "empty")
    if not signature.isascii() or not signature.isprintable():
        raise failed("not_text")
    return {**fields, "sign": signature}


class _Found:
    """A function that is looked for when it is first needed, and then kept."""

    def __init__(self, find: Callable[[], Any]) -> None:
        self._find = find
        self._lock = Lock()
        self._signer: Signer | None = None

    def __call__(self, fields: Mapping[str, str | int]) -> str:
        with self._lock:
            if self._signer is None:
                self._signer = self._look()
        return self._signer(fields)

    def _look(self) -> Signer:
        try:
            found = self._find()
        except Unreachable:
            raise
        except (ImportError, AttributeError, ValueError):
            raise failed("not_found") from None
        except Exception:
            raise failed("raised") from None
        if not callable(found):
            raise failed("not_callable")
        signer: Signer = found
        return signer


def _function(place: str) -> Any:
    module, _, name = place.strip().partition(":")
    if not name:
        raise failed("not_found")
    return getattr(importlib.import_module(module), name)


def _entry_point(name: str) -> Any:
    for found in metadata.entry_points(group=GROUP, name=name):
        return found.load()
    raise failed("not_found")


def _split(line: str) -> list[str]:
    """A command line's parts; a backslash is part of a path on Windows."""
    try:
        if sys.platform == "win32":
            return [part.strip('"') for part in shlex.split(line, posix=False)]
        return shlex.split(line)
    except ValueError:
        return []


def _missing(_fields: Mapping[str, str | int]) -> str:
    raise InputInvalid(Code.KEXIN_SIGNER_MISSING, field="kexin.signer")
