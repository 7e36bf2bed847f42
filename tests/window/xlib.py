"""The little of Xlib that no tool on the command line does: who is in front, a polite close."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p
from typing import Final

_CLIENT_MESSAGE: Final = 33
_Handler = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)


class _ClientMessage(ctypes.Structure):
    _fields_ = (
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("message_type", c_ulong),
        ("format", c_int),
        ("data", c_long * 5),
        ("padding", c_long * 12),
    )


_ignore = _Handler(lambda _display, _event: 0)
"""A window that has just gone is no reason to end the tests, as Xlib would."""


class Display:
    """A connection to an X server of one's own."""

    def __init__(self, name: str) -> None:
        x = self._x = ctypes.CDLL("libX11.so.6")
        x.XOpenDisplay.restype = c_void_p
        x.XOpenDisplay.argtypes = [c_char_p]
        x.XDefaultRootWindow.restype = c_ulong
        for call in ("XDefaultRootWindow", "XCloseDisplay"):
            getattr(x, call).argtypes = [c_void_p]
        x.XQueryTree.argtypes = [
            c_void_p,
            c_ulong,
            POINTER(c_ulong),
            POINTER(c_ulong),
            POINTER(POINTER(c_ulong)),
            POINTER(c_uint),
        ]
        x.XCreateSimpleWindow.restype = c_ulong
        x.XCreateSimpleWindow.argtypes = [
            c_void_p,
            c_ulong,
            *(c_int, c_int),
            *(c_uint, c_uint, c_uint),
            *(c_ulong, c_ulong),
        ]
        for call in ("XMapRaised", "XDestroyWindow"):
            getattr(x, call).argtypes = [c_void_p, c_ulong]
        x.XInternAtom.restype = c_ulong
        x.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
        x.XSendEvent.argtypes = [c_void_p, c_ulong, c_int, c_long, c_void_p]
        for call in ("XSync", "XFree"):
            getattr(x, call).argtypes = [c_void_p, c_int][: 2 if call == "XSync" else 1]
        x.XSetErrorHandler(_ignore)
        self._display = x.XOpenDisplay(name.encode())
        assert self._display, f"no display {name}"
        self._root = x.XDefaultRootWindow(self._display)

    def in_front(self) -> int:
        """The window that lies over all others."""
        root, parent, count = c_ulong(), c_ulong(), c_uint()
        children = POINTER(c_ulong)()
        self._x.XQueryTree(
            self._display, self._root, byref(root), byref(parent), byref(children), byref(count)
        )
        assert count.value, "no window at all"
        last: int = children[count.value - 1]
        self._x.XFree(children)
        return last

    def ask_to_close(self, window: int) -> None:
        """What a window manager sends when somebody clicks the cross (WM_DELETE_WINDOW)."""
        atom = self._x.XInternAtom
        message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=32)
        message.message_type = atom(self._display, b"WM_PROTOCOLS", 0)
        message.data[0] = atom(self._display, b"WM_DELETE_WINDOW", 0)
        self._x.XSendEvent(self._display, window, 0, 0, byref(message))
        self._x.XSync(self._display, 0)

    def cover(self, width: int, height: int) -> int:
        """Another program's window, in front of everything."""
        made: int = self._x.XCreateSimpleWindow(
            self._display, self._root, 0, 0, width, height, 0, 0, 0
        )
        self._x.XMapRaised(self._display, made)
        self._x.XSync(self._display, 0)
        return made

    def uncover(self, window: int) -> None:
        """That window is gone again."""
        self._x.XDestroyWindow(self._display, window)
        self._x.XSync(self._display, 0)

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)
