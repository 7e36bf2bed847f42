"""What must be known before the command line is read: the language, and whether JSON is wanted.

Never fails: a wrong option is said later, by whoever reads it properly.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from station.catalogue import LANGUAGES, choose_language
from station.errors import StationError
from station.home import find_home


@dataclass(frozen=True, slots=True)
class Seen:
    """The language of this run, and whether `--json` stands anywhere."""

    language: str
    json: bool


def look(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Seen:
    """`--lang`, else the home's setting, else the system's language."""
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    wanted = _value(before, "--lang")
    if wanted not in LANGUAGES:
        wanted = choose_language(_setting(_value(before, "--home"), environment), environment)
    return Seen(wanted, "--json" in before)


def _value(arguments: Sequence[str], name: str) -> str:
    found = ""
    for place, text in enumerate(arguments):
        if text == name and place + 1 < len(arguments):
            found = arguments[place + 1]
        elif text.startswith(f"{name}="):
            found = text.partition("=")[2]
    return found


def _setting(home: str, environment: Mapping[str, str]) -> str:
    """`desk.language` as it stands in the file, read without its rules: the file may be wrong."""
    import tomllib

    with suppress(OSError, ValueError, StationError, RecursionError):
        document = tomllib.loads(find_home(home, environment).settings.read_text("utf-8-sig"))
        desk = document.get("desk")
        if isinstance(desk, dict):
            # A site that chose nothing has the default of the settings.
            return str(desk.get("language", LANGUAGES[0]))
    return ""
