"""What the desk found out by itself and keeps between two runs; no setting, and never precious."""

import json
from contextlib import suppress
from typing import Final

from station.errors import InputInvalid
from station.home import Home

STATE_FILE: Final = "desk-state.json"
DOOR_LOCK_BODY: Final = "door_lock_body"
CARED_FOR: Final = "cared_for"
"""The day (site-local) of the last daily care."""
PROPERTY_TOKEN: Final = "property_token"  # noqa: S105 - a name, not a secret
"""When the property platform's token was made (UTC), behind a short digest of it: which one."""


class FoundOut:
    """What the desk found out by itself (no setting): a small JSON file beside the journal."""

    def __init__(self, home: Home) -> None:
        self._path = home.path(STATE_FILE)

    def get(self, name: str) -> str:
        """The value; empty where there is none. A damaged file is as good as none."""
        value = self._read().get(name)
        return value if isinstance(value, str) else ""

    def put(self, name: str, value: str) -> None:
        """Keep the value. A file that cannot be written costs only that it is found out again."""
        from station.files import write_atomically

        raw = json.dumps(self._read() | {name: value}).encode()
        with suppress(InputInvalid):
            write_atomically(self._path, raw)

    def _read(self) -> dict[str, object]:
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads(self._path.read_bytes())
            if isinstance(found, dict):
                return found
        return {}
