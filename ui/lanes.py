"""Lanes: one worker thread with a queue for each stateful thing; answers come on the UI thread.

The screen never waits. It submits a piece of work and gets exactly one `success` or `failure`;
when the page that asked has closed, it gets nothing, but the work is done all the same. An
exception that nobody expected costs one piece of work, never the lane.
"""

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, Signal

from station import logs
from station.errors import Code, StationError

log = logs.get("ui.lanes")

T = TypeVar("T")
_NOTHING = object()


def assert_ui_thread() -> None:
    """Fail loudly where a widget is about to be touched from a lane."""
    app = QCoreApplication.instance()
    if app is not None and QThread.currentThread() is not app.thread():
        raise AssertionError("not on the UI thread")


class _Courier(QObject):
    """Carries a lane's answers to the UI thread, where it lives as long as its lane.

    One for each piece of work would be destroyed by the lane, on a thread that is not its own,
    while PySide notes connections on this one.
    """

    arrived = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def _hand_over(self, task: "Task[object]", answer: object) -> None:
        task.deliver(answer)


class Task(Generic[T]):
    """A piece of work under way. `forget` drops the answer, never the work."""

    def __init__(
        self,
        lane: "Lane",
        work: Callable[[], T],
        success: Callable[[T], None],
        failure: Callable[[StationError], None],
    ) -> None:
        self._lane = lane
        self._work = work
        self._success: Callable[[T], None] | None = success
        self._failure: Callable[[StationError], None] | None = failure
        self.done = False

    def forget(self) -> None:
        """The page closes: nobody wants the answer any more."""
        self._success = self._failure = None

    def run(self) -> object:
        """On the lane's thread: the answer, or what went wrong as a `StationError`."""
        try:
            return self._work()
        except StationError as error:
            return error
        except BaseException:
            log.exception("unexpected in lane %s", self._lane.name)
            return StationError(Code.INTERNAL)

    def deliver(self, answer: object) -> None:
        """On the UI thread, once. Whatever the work held is let go here, not on the lane."""
        assert_ui_thread()
        self.done = True
        del self._work
        self._lane.finished(self)
        success, failure = self._success, self._failure
        self.forget()
        if isinstance(answer, StationError):
            if failure is not None:
                failure(answer)
        elif success is not None:
            success(answer)  # type: ignore[arg-type]


class Lane:
    """One worker thread; work is done in the order in which it was submitted."""

    def __init__(self, name: str, *, idle: Callable[[], None] | None = None) -> None:
        self.name = name
        self._idle = idle
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._open: set[Task[object]] = set()  # touched on the UI thread only
        self._closing = False
        self._courier = _Courier()
        self._thread = threading.Thread(target=self._loop, name=f"lane-{name}", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether anything submitted has not been answered (UI thread)."""
        return bool(self._open)

    def submit(
        self,
        work: Callable[[], T],
        success: Callable[[T], None] = lambda _: None,
        failure: Callable[[StationError], None] = lambda _: None,
    ) -> Task[T]:
        """Do `work` on the lane; one of the two is called on the UI thread afterwards."""
        assert_ui_thread()
        if self._closing:
            raise RuntimeError(f"lane {self.name} is closed")
        task = Task(self, work, success, failure)
        self._open.add(task)  # type: ignore[arg-type]
        self._queue.put(task)
        return task

    def finished(self, task: Task[T]) -> None:
        """A task's answer has arrived (UI thread)."""
        self._open.discard(task)
        if not self._open and self._idle is not None:
            self._idle()

    def close(self, timeout: float = 30.0) -> bool:
        """Drain: what was submitted is done, then the thread ends. Whether it did in time (s)."""
        if not self._closing:
            self._closing = True
            self._queue.put(_NOTHING)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        while True:
            item = self._queue.get()
            if not isinstance(item, Task):
                return
            self._courier.arrived.emit(item, item.run())
            del item  # an idle lane holds nothing


class Lanes:
    """The desk's lanes: `encoder` writes cards, `journal` reads for the screen, `cloud` pushes.

    `locks` talks to locks from afar (gateway, Kexin), which may take half a minute. `property` asks
    the property platform what an operator waits for, `houses` fetches all of its houses.
    """

    def __init__(self) -> None:
        self.encoder = Lane("encoder")
        self.journal = Lane("journal")
        self.cloud = Lane("cloud")
        self.locks = Lane("locks")
        self.property = Lane("property")
        self.houses = Lane("houses")

    @property
    def writing(self) -> bool:
        """Whether a card is being written, so that quitting has to wait."""
        return self.encoder.busy

    @property
    def sending(self) -> bool:
        """Whether a lock's answer is awaited, so that quitting has to wait."""
        return self.locks.busy

    @property
    def asking(self) -> bool:
        """Whether a cloud's answer is awaited, so that the desk cannot be closed yet."""
        return self.cloud.busy or self.property.busy or self.houses.busy

    def close(self) -> bool:
        """Drain them all, whatever one of them does; whether every thread ended."""
        lanes = (self.encoder, self.locks, self.property, self.houses, self.cloud, self.journal)
        ended = [lane.close() for lane in lanes]
        return all(ended)
