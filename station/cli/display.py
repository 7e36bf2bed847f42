"""Whether a window can be shown here, and on which of Qt's platforms."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec

PLATFORM = "-platform"
"""Qt's own option. Only the window reads it."""
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")


def has_window() -> bool:
    """Whether this installation has the window."""
    return find_spec("PySide6") is not None and find_spec("ui") is not None


def has_display(environment: Mapping[str, str] | None = None) -> bool:
    """Whether there is a screen; Windows and macOS always have one."""
    known = os.environ if environment is None else environment
    return sys.platform in {"win32", "darwin"} or any(known.get(name) for name in SCREENS)


def without_platform(arguments: Sequence[str]) -> tuple[list[str], str]:
    """The arguments without `-platform NAME`, and the name; empty where there is none."""
    rest, name = list(arguments), ""
    while PLATFORM in rest[:-1]:
        place = rest.index(PLATFORM)
        name = rest[place + 1]
        del rest[place : place + 2]
    return rest, name
