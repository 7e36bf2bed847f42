"""A simulator's state in a JSON file, so that its cards outlive it; written whole or not at all."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from station.errors import Code, InputInvalid

_VERSION = 1


class StateFile:
    """One JSON file of one kind of simulator (`door-lock`, `shankai`)."""

    def __init__(self, path: Path, kind: str) -> None:
        self._path = path
        self._kind = kind

    def restore(self, load: Callable[[dict[str, object]], None]) -> bool:
        """Hand the stored state to `load`; False when there is no file yet.

        Raises InputInvalid(FILE_UNREADABLE) for a file that is damaged, of another simulator, or
        of a newer version. The file is left as it is.
        """
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:
            raise self._unreadable() from error
        try:
            value = json.loads(text)
            if value["kind"] != self._kind or value["version"] != _VERSION:
                raise ValueError("another kind or version")
            load(value["state"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise self._unreadable() from error
        return True

    def save(self, state: dict[str, object]) -> None:
        """Replace the file. Raises InputInvalid(FILE_UNWRITABLE); the old one then stays."""
        value = {"kind": self._kind, "version": _VERSION, "state": state}
        beside = self._path.with_name(self._path.name + ".new")
        try:
            with beside.open("w", encoding="utf-8") as file:
                json.dump(value, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise InputInvalid(Code.FILE_UNWRITABLE, path=str(self._path)) from error

    def _unreadable(self) -> InputInvalid:
        return InputInvalid(Code.FILE_UNREADABLE, path=str(self._path))
