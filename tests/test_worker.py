"""The child that exports lets the desk go first."""

import subprocess
import sys
from pathlib import Path

PRIORITY = """
import ctypes, os, sys
from station.compose import worker

def priority():
    if sys.platform != "win32":
        return os.nice(0)
    kernel = ctypes.WinDLL("kernel32")
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    return kernel.GetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()))

before = priority()
worker.step_back()
assert priority() == (worker.BELOW_NORMAL if sys.platform == "win32" else min(before + 5, 19))
assert priority() != before or before == 19, "it could go lower"
"""


def test_a_child_lets_the_desk_go_first() -> None:
    root = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-c", PRIORITY], cwd=root, check=True, timeout=120)
