"""The one script behind both packaged programs: the window `CardStation`, the command `station`.

Which of them it is says the program's own file name. Either holds the mutex by which the setup sees
that the program runs, and either can be a child of the other (`station.children`).
"""

from __future__ import annotations

import os
import sys
from collections import deque
from io import TextIOBase
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WINDOW = "cardstation"
MUTEX = r"Global\CardStation"
ACCESS = "D:(A;;GA;;;OW)(A;;GA;;;SY)(A;;GA;;;BA)(A;;0x100000;;;WD)"
"""Of the mutex: whoever else is logged in, and the setup of an administrator, may see it."""
SYNCHRONIZE = 0x100000
SAID = 8000
"""So many characters of what was said last are kept."""
SHOWN = 1500
FAILED = 1
SELFTEST = "--selftest"
"""The window's program leaves it to the command line."""


class Said(TextIOBase):
    """Takes the place of the error output that a window does not have; the last of it is kept."""

    def __init__(self) -> None:
        self._parts: deque[str] = deque()
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._parts.append(text[-SAID:])
        self._size += len(self._parts[-1])
        while self._size - len(self._parts[0]) >= SAID:
            self._size -= len(self._parts.popleft())
        return len(text)

    def text(self) -> str:
        return "".join(self._parts)


def main(argv: Sequence[str] | None = None, program: str = sys.executable) -> int:
    """Run what the program's name and the first argument say; the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    said = give_streams()
    hold_mutex()
    status = FAILED
    try:
        status = _run(arguments, is_window(program))
    except SystemExit as ending:  # argparse
        status = ending.code if isinstance(ending.code, int) else FAILED
    except Exception as error:  # nothing may vanish without a word
        sys.stderr.write(_unforeseen(arguments, error))
    if said is not None and status and "offscreen" not in arguments:
        show(said.text())
    return status


def is_window(program: str) -> bool:
    """Whether this is the window's program, by its file name."""
    return PureWindowsPath(program.replace("/", "\\")).stem.lower() == WINDOW


def _run(arguments: list[str], window: bool) -> int:
    from station import children

    status = children.serve(arguments)
    if status is not None:
        return status
    if window and SELFTEST not in arguments:
        from ui.__main__ import main as open_window

        return open_window(arguments)
    from station.cli import main as run_command

    return run_command(arguments)


def _unforeseen(arguments: list[str], error: Exception) -> str:
    """What nobody expected: in the operator's words if there are any, and for support."""
    import traceback

    trace = "".join(traceback.format_exception(error))
    try:
        from station.catalogue import Catalogue
        from station.cli.first_look import look
        from station.errors import Code, StationError

        kind = type(error).__name__
        words = Catalogue(look(arguments).language)
        return f"{words.sentence(StationError(Code.INTERNAL, detail=kind))}\n\n{trace}"
    except Exception:  # the words themselves may be what is missing
        return trace


def give_streams() -> Said | None:
    """A program of windows has no input and no output: give it some. What it says, if so."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - until the end
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stderr is not None:
        return None
    said = Said()
    sys.stderr = said
    return said


def hold_mutex() -> object:
    """Let the setup see, until this process ends, that the program runs (Windows); its handle.

    Never a reason not to run: the setup can do without.
    """
    try:
        return _make_mutex() if sys.platform == "win32" else None
    except Exception:  # whatever a locked-down computer forbids
        return None


def _make_mutex() -> object:
    if sys.platform != "win32":
        return None
    import ctypes
    from ctypes import wintypes

    class Attributes(ctypes.Structure):
        _fields_ = (
            ("length", wintypes.DWORD),
            ("descriptor", ctypes.c_void_p),
            ("inherit", wintypes.BOOL),
        )

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    security = ctypes.WinDLL("advapi32", use_last_error=True)
    descriptor = ctypes.c_void_p()
    convert = security.ConvertStringSecurityDescriptorToSecurityDescriptorW
    convert.argtypes = [wintypes.LPCWSTR, wintypes.DWORD, ctypes.c_void_p, ctypes.c_void_p]
    convert(ACCESS, 1, ctypes.byref(descriptor), None)
    attributes = Attributes(ctypes.sizeof(Attributes), descriptor, False)
    for function in (kernel.CreateMutexW, kernel.OpenMutexW):
        function.restype = wintypes.HANDLE
    kernel.CreateMutexW.argtypes = [ctypes.c_void_p, wintypes.BOOL, wintypes.LPCWSTR]
    kernel.OpenMutexW.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.LPCWSTR]
    made = kernel.CreateMutexW(ctypes.byref(attributes) if descriptor.value else None, False, MUTEX)
    # Another user's: it stays as long as anybody holds it, and now we do.
    return made or kernel.OpenMutexW(SYNCHRONIZE, False, MUTEX)


def show(text: str) -> None:
    """Say why a window did not open, where nothing else can (Windows)."""
    if sys.platform != "win32" or not text.strip():
        return
    import ctypes

    title = "Card Station"
    box: Callable[..., int] = ctypes.windll.user32.MessageBoxW
    box(None, text.strip()[-SHOWN:], title, 0x10 | 0x10000)  # an error, in front of all others


def packed() -> tuple[object, ...]:
    """Names what is only ever imported by name, for the packer; never called."""
    from installer import verify_journal
    from station.compose import worker
    from ui import start_report
    from ui.demo import shots

    return verify_journal, worker, start_report, shots


if __name__ == "__main__":
    sys.exit(main())
