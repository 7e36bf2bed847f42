"""What every presenter has: one frozen state, `changed` with the new one, and its lanes' tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from station.errors import StationError
    from ui.lanes import Lane, Task

State = TypeVar("State")
Answer = TypeVar("Answer")


class Presenter(QObject, Generic[State]):
    """Holds what a page shows. A page calls `render(state)` at each `changed`."""

    changed = Signal(object)

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._tasks: list[Task[object]] = []

    @property
    def state(self) -> State:
        return self._state

    def show(self, state: State) -> None:
        """Take a new state; nothing happens when it equals the old one."""
        if state != self._state:
            self._state = state
            self.changed.emit(state)

    def later(
        self,
        lane: Lane,
        work: Callable[[], Answer],
        success: Callable[[Answer], None],
        failure: Callable[[StationError], None],
    ) -> None:
        """Do work on a lane; its answer is dropped once this presenter is closed."""
        self._tasks = [task for task in self._tasks if not task.done]
        self._tasks.append(lane.submit(work, success, failure))  # type: ignore[arg-type]

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return any(not task.done for task in self._tasks)

    def close(self) -> None:
        """The page goes: no answer reaches it any more."""
        for task in self._tasks:
            task.forget()
        self._tasks.clear()
