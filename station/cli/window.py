"""`station` without a command: opens the window where there is one and a screen to show it on."""

from station.cli.declare import Call
from station.cli.display import PLATFORM, has_display, has_window

NO_WINDOW = 2


def open_window(call: Call) -> int:
    """The window's exit status; 2 where none can be shown, with what to do instead."""
    if not has_window():
        call.out.note(call.words.text("cli.no_window"))
        return NO_WINDOW
    if not (call.platform or has_display()):
        call.out.note(call.words.text("cli.no_display"))
        return NO_WINDOW
    from importlib import import_module

    return int(
        import_module("ui.__main__").main([PLATFORM, call.platform] if call.platform else [])
    )
