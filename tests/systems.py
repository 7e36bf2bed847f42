"""On which system the tests run: Linux, Windows, or Wine, which has gaps of its own.

What a test must do in another way on Windows stands here once: which variables a program cannot
run without, how one is ended without being asked, how its Ctrl-C is pressed.
"""

import ctypes
import os
import signal
import subprocess
import sys
from typing import Any, Final

WINDOWS: Final = sys.platform == "win32"
NEEDED: Final = ("SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
"""Variables without which a program of Windows has no sockets, no temporary and no own folder."""
KILLED: Final = 9 if WINDOWS else -9
"""The exit status of a program that was ended by `kill`."""
OWN_CONSOLE: Final = 0x08000000 if WINDOWS else 0
"""For Popen's `creationflags`: a console of its own, so that its Ctrl-C is nobody else's."""
REQUESTS: Final = (signal.SIGINT,) if WINDOWS else (signal.SIGINT, signal.SIGTERM)
"""How a system asks a program to end. To Windows SIGTERM is the same as `kill`."""
_PRESS: Final = """
import ctypes, sys
console = ctypes.WinDLL("kernel32")
console.FreeConsole()
assert console.AttachConsole(int(sys.argv[1]))
console.SetConsoleCtrlHandler(None, 1)  # it is not for this program
assert console.GenerateConsoleCtrlEvent(0, 0)
"""


def _under_wine() -> bool:
    if sys.platform != "win32":
        return False
    return hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


UNDER_WINE: Final = _under_wine()


def ask_to_end(process: "subprocess.Popen[Any]", request: int = signal.SIGINT) -> None:
    """One of `REQUESTS`. On Windows Ctrl-C is pressed at its console; see `OWN_CONSOLE`."""
    if sys.platform == "win32":
        press = [sys.executable, "-S", "-c", _PRESS, str(process.pid)]
        subprocess.run(press, check=True, creationflags=OWN_CONSOLE)
    else:
        process.send_signal(request)


def is_running(process: int) -> bool:
    """Whether there is a process of this number, ended ones that nobody has fetched included."""
    if sys.platform == "win32":
        kernel, query, running = ctypes.WinDLL("kernel32"), 0x1000, 259
        kernel.OpenProcess.restype = ctypes.c_void_p
        handle = ctypes.c_void_p(kernel.OpenProcess(query, False, process))
        status = ctypes.c_ulong()
        found = handle.value is not None and kernel.GetExitCodeProcess(handle, ctypes.byref(status))
        if handle.value is not None:
            kernel.CloseHandle(handle)
        return bool(found) and status.value == running
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def kill(process: int) -> None:
    """End a process (by its number) in the middle of whatever it does."""
    # Windows knows no signals: there the number becomes the exit status of TerminateProcess
    os.kill(process, 9)
