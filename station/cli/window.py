"""`station` without a command: opens the window where this version has one."""

from importlib.util import find_spec

from station.cli.declare import Call


def open_window(call: Call) -> int | None:
    """The window's exit status; None where there is no window, which has been said then."""
    if find_spec("ui") is None or find_spec("ui.__main__") is None:
        call.out.note(call.words.text("cli.no_window"))
        return None
    from importlib import import_module

    return int(import_module("ui.__main__").main())
