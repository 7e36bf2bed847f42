"""Long work on the history: a file, the chain verified, a shift counted; one at a time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from station.compose.worker import Done, Job, signed
from station.errors import Code, InputInvalid, StationError
from station.ports import HistoryFilter
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.child_work import ChildWork

Form = Literal["xlsx", "csv", "jsonl"]
FORMS: tuple[Form, ...] = ("xlsx", "csv", "jsonl")


class Task(StrEnum):
    """What is done, in the child but for papers."""

    EXPORT = "export"
    VERIFY = "verify"
    TALLY = "tally"
    PAPER = "paper"


_IN_CHILD: Final[dict[Task, Literal["export", "verify", "tally"]]] = {
    Task.EXPORT: "export",
    Task.VERIFY: "verify",
    Task.TALLY: "tally",
}


@dataclass(frozen=True, slots=True)
class WorkState:
    """What runs or ran. `share`: thousandths of the way, 0 while it is not known."""

    task: Task | None = None
    running: bool = False
    cancelling: bool = False
    done: int = 0
    share: int = 0
    path: str = ""
    result: Done | None = None
    error: StationError | None = None


class WorkPresenter(Presenter[WorkState]):
    """Runs the child and says how it goes. `tallied` carries a shift's figures."""

    tallied = Signal(object)

    def __init__(
        self,
        context: Context,
        make: Callable[[Job, QObject], ChildWork] = ChildWork,
    ) -> None:
        super().__init__(WorkState())
        self._context = context
        self._make = make
        self._work: ChildWork | None = None

    @property
    def work(self) -> ChildWork | None:
        """The child at work."""
        return self._work

    def export(self, wanted: HistoryFilter, path: Path, form: Form) -> None:
        """Write what is filtered; a file that is there has been agreed to go."""
        self._begin(
            Task.EXPORT, wanted, path=str(path.expanduser().absolute()), form=form, overwrite=True
        )

    def verify(self) -> None:
        """Follow the whole chain."""
        self._begin(Task.VERIFY, HistoryFilter())

    def tally(self, wanted: HistoryFilter) -> None:
        """Count a shift by kind and state."""
        self._begin(Task.TALLY, wanted)

    def cancel(self) -> None:
        """Stop what runs; nothing half-written stays."""
        if self._work is not None and not self.state.cancelling:
            self.show(replace(self.state, cancelling=True))
            self._work.cancel()

    def written(self, path: str) -> None:
        """A paper was written by other means: say where it is."""
        if not self.state.running:
            self.show(WorkState(Task.PAPER, path=path, result=Done()))

    def dismiss(self) -> None:
        """The result has been read."""
        if not self.state.running:
            self.show(WorkState())

    def close(self) -> None:
        if self._work is not None:
            self._work.abandon()
            self._drop()
        super().close()

    def _begin(
        self,
        task: Task,
        wanted: HistoryFilter,
        *,
        path: str = "",
        form: Form = "csv",
        overwrite: bool = False,
    ) -> None:
        station, who = self._context.station, self._context.session.operator
        if self.state.running or station is None or who is None:
            return
        job = Job(
            task=_IN_CHILD[task],
            home=str(station.home.root),
            operator=who.name,
            language=self._context.words.language,
            wanted=wanted,
            path=path,
            form=form,
            overwrite=overwrite,
        )
        self._work = self._make(signed(job, station.key), self)
        self._work.told.connect(self._told)
        self._work.done.connect(self._done)
        self._work.failed.connect(self._failed)
        self.show(WorkState(task, running=True, path=path))
        self._work.begin()

    def _told(self, done: int, share: int) -> None:
        self.show(replace(self.state, done=done, share=share))

    def _done(self, result: Done) -> None:
        task = self.state.task
        self._drop()
        self.show(replace(self.state, running=False, cancelling=False, result=result))
        if task is Task.EXPORT:
            self._context.bridge.changed.emit()
        if task is Task.TALLY:
            self.dismiss()
            self.tallied.emit(result)

    def _failed(self, error: StationError) -> None:
        self._drop()
        cancelled = isinstance(error, InputInvalid) and error.code is Code.COMMAND_CANCELLED
        if self.state.task is Task.EXPORT:
            self._context.bridge.changed.emit()
        if cancelled and self.state.task is not Task.EXPORT:
            self.show(WorkState())
            return
        self.show(replace(self.state, running=False, cancelling=False, error=error))

    def _drop(self) -> None:
        if self._work is not None:
            self._work.deleteLater()
            self._work = None
