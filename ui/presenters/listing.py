"""A presenter that keeps a list of the journal fresh: one question at a time, none is lost."""

from typing import Generic, TypeVar

from station.errors import StationError
from ui.context import Context
from ui.presenters.base import Presenter

State = TypeVar("State")
Rows = TypeVar("Rows")


class Listing(Presenter[State], Generic[State, Rows]):
    """`ask` runs on the journal's lane, `take` and `fail` get its answer on the UI thread."""

    def __init__(self, context: Context, state: State) -> None:
        super().__init__(state)
        self.context = context
        self._asking = self._ask_again = False
        context.bridge.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Ask the journal; while an answer is awaited, once more after it."""
        if self._asking:
            self._ask_again = True
            return
        self._asking, self._ask_again = True, False
        self.later(self.context.lanes.journal, self.ask, self._answered, self._refused)

    def close(self) -> None:
        self.context.bridge.changed.disconnect(self.refresh)
        super().close()

    def ask(self) -> Rows:
        raise NotImplementedError

    def take(self, rows: Rows) -> None:
        raise NotImplementedError

    def fail(self, error: StationError) -> None:
        raise NotImplementedError

    def _answered(self, rows: Rows) -> None:
        self._asking = False
        self.take(rows)
        self._once_more()

    def _refused(self, error: StationError) -> None:
        self._asking = False
        self.fail(error)
        self._once_more()

    def _once_more(self) -> None:
        if self._ask_again:
            self.refresh()
