"""Whether a window can be shown here: the window's parts are installed, and there is a screen."""

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")


def has_window() -> bool:
    """Whether this installation has the window."""
    return find_spec("PySide6") is not None and find_spec("ui") is not None


def has_display(environment: Mapping[str, str] | None = None) -> bool:
    """Whether there is a screen; Windows and macOS always have one."""
    known = os.environ if environment is None else environment
    return sys.platform in {"win32", "darwin"} or any(known.get(name) for name in SCREENS)
