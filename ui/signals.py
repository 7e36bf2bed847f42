"""A kind request of the system to end (SIGTERM, Ctrl-C) closes the window as its operator would."""

import signal
import socket
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, QSocketNotifier


def on_request_to_end(act: Callable[[], object], parent: QObject) -> Callable[[], None]:
    """Call `act` on the UI thread at SIGTERM or SIGINT, without polling; returns how to stop."""
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.setblocking(False)
    woken = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    before = {
        number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)
    }
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read, parent)

    def wake() -> None:
        with suppress(BlockingIOError):
            reading.recv(64)
        act()

    notifier.activated.connect(wake)

    def stop() -> None:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        reading.close()
        writing.close()

    return stop
