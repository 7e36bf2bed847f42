"""What "copy details" puts on the clipboard: an error for support, without anything personal."""

import platform

from station import logs
from station.errors import StationError
from station.version import VERSION


def details_of(error: StationError) -> str:
    """Code and facts of an error; facts that may be personal or secret only by their names."""
    facts = logs.redact(error.context)
    lines = [f"code: {error.code.value}", f"kind: {type(error).__name__}", *program()]
    lines += [f"{name}: {logs.redact_text(str(value))}" for name, value in facts.items()]
    return "\n".join(lines)


def program() -> list[str]:
    """Which program this is, for support."""
    from PySide6.QtCore import qVersion

    return [
        f"program: Card Station {VERSION}",
        f"system: {platform.system()} {platform.release()}",
        f"python: {platform.python_version()}, qt: {qVersion()}",
    ]
