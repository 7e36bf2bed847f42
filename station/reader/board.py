"""Where the newest view of a reader stands: read by anyone at once, told to observers in order."""

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from station.ports import ReaderState, ReaderView

log = logging.getLogger(__name__)

Observer = Callable[[ReaderView], None]


class Board:
    """The newest `ReaderView`, its observers and those who wait for one.

    Views are delivered under one lock, so every observer gets them in the order in which they were
    shown, whoever showed them. `view` takes no lock.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._view = ReaderView(ReaderState.STARTING)
        self._subscriptions: tuple[tuple[object, Observer], ...] = ()
        self._list_lock = threading.Lock()
        self._teller: int | None = None
        self._waiting: set[SimpleQueue[ReaderView | None]] = set()
        self._closed = False

    @property
    def view(self) -> ReaderView:
        return self._view

    @property
    def told_here(self) -> bool:
        """Whether this thread is inside an observer, where waiting for a view would never end."""
        return self._teller == threading.get_ident()

    def show(self, view: ReaderView) -> None:
        """Make this the newest view and tell it, unless it is the same as before."""
        with self.lock:
            with self._list_lock:
                if self._closed or view == self._view:
                    return
                self._view = view
                subscriptions = self._subscriptions
                for queue in self._waiting:
                    queue.put(view)
            outer, self._teller = self._teller, threading.get_ident()
            try:
                for _, observer in subscriptions:
                    self._tell(observer, view)
            finally:
                self._teller = outer

    def _tell(self, observer: Observer, view: ReaderView) -> None:
        try:
            observer(view)
        except Exception:
            log.exception("an observer of the reader failed")

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Call `observer` with each new view; returns how to stop."""
        token = object()
        with self._list_lock:
            self._subscriptions += ((token, observer),)

        def stop() -> None:
            with self._list_lock:
                self._subscriptions = tuple(
                    pair for pair in self._subscriptions if pair[0] is not token
                )

        return stop

    def wait_for(self, wanted: Callable[[ReaderView], bool], timeout: float) -> ReaderView | None:
        """The first wanted view, the newest one included; None after `timeout` seconds or close.

        `wanted` is called on this thread with every view, however short it stood.
        """
        views: SimpleQueue[ReaderView | None] = SimpleQueue()
        with self._list_lock:
            self._waiting.add(views)
        try:
            end = time.monotonic() + timeout
            view: ReaderView | None = self._view
            while view is not None and not wanted(view):
                left = end - time.monotonic()
                if left <= 0 or self.told_here or self._closed:
                    return None
                view = views.get(timeout=left)
        except Empty:
            return None
        else:
            return view
        finally:
            with self._list_lock:
                self._waiting.discard(views)

    def close(self) -> None:
        """Tell nobody any more; who waits gets None. The view claims no card from now on."""
        with self._list_lock:
            self._closed = True
            self._subscriptions = ()
            self._view = ReaderView(ReaderState.STARTING)
            for queue in self._waiting:
                queue.put(None)
