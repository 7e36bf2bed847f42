"""A program and all that it starts, to be ended as one: what Windows has for a process group."""

import ctypes
import sys
from collections.abc import Callable
from ctypes import c_int, c_uint, c_void_p
from typing import Final

_SET_QUOTA_AND_TERMINATE: Final = 0x0101


def with_all_it_starts(process: int) -> Callable[[], None]:
    """How to end the program of this number and what it starts from now on. Call it once."""
    if sys.platform != "win32":
        return lambda: None  # there it is a process group
    kernel = ctypes.WinDLL("kernel32")
    for call, result, given in (
        (kernel.CreateJobObjectW, c_void_p, (c_void_p, c_void_p)),
        (kernel.OpenProcess, c_void_p, (c_uint, c_int, c_uint)),
        (kernel.AssignProcessToJobObject, c_int, (c_void_p, c_void_p)),
        (kernel.TerminateJobObject, c_int, (c_void_p, c_uint)),
        (kernel.CloseHandle, c_int, (c_void_p,)),
    ):
        call.restype, call.argtypes = result, given
    job = kernel.CreateJobObjectW(None, None)
    handle = kernel.OpenProcess(_SET_QUOTA_AND_TERMINATE, False, process)
    kernel.AssignProcessToJobObject(job, handle)
    kernel.CloseHandle(handle)

    def end() -> None:
        kernel.TerminateJobObject(job, 1)
        kernel.CloseHandle(job)

    return end
