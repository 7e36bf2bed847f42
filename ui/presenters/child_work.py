"""A piece of long work in a child process: its progress, its answer, and how to cancel it.

The child is asked to stop by closing its input; it cleans up after itself. One that does not
answer is ended, and what it left beside the wanted file is removed.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from station.compose.worker import Done, Failed, Job, Told, command, read_answer, write_job
from station.errors import Code, InputInvalid
from station.logs import redact_text

log = logging.getLogger("ui.child")

PATIENCE_MS: Final = 4000
"""How long a cancelled child may take to clean up."""


class ChildWork(QObject):
    """One job. Exactly one of `done` and `failed` comes, on the UI thread."""

    told = Signal(int, int)
    """(things done, thousandths of the way or 0)."""
    done = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        job: Job,
        parent: QObject | None = None,
        start: Callable[[], tuple[str, list[str], str]] = command,
    ) -> None:
        super().__init__(parent)
        self._job = job
        self._cancelled = self._silent = False
        self._answer: Done | Failed | None = None
        self._pid = 0
        self._sheets_before = _sheets(job)
        self._process = QProcess(self)
        program, arguments, folder = start()
        self._process.setProgram(program)
        self._process.setArguments(arguments)
        self._process.setWorkingDirectory(folder)
        self._process.readyReadStandardOutput.connect(self._hear)
        self._process.errorOccurred.connect(self._not_started)
        self._process.started.connect(self._started)
        self._process.finished.connect(self._ended)

    @property
    def pid(self) -> int:
        return self._process.processId()

    def begin(self) -> None:
        """Start the child and hand it its job."""
        self._process.start()
        self._process.write(write_job(self._job) + b"\n")

    def cancel(self) -> None:
        """Ask the child to stop; `failed` with COMMAND_CANCELLED follows."""
        if self._cancelled:
            return
        self._cancelled = True
        self._process.closeWriteChannel()
        QTimer.singleShot(PATIENCE_MS, self, self._process.kill)

    def abandon(self) -> None:
        """The window closes: nothing is answered any more, and the child does not outlive it."""
        self._silent = True
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(PATIENCE_MS)

    def _started(self) -> None:
        self._pid = self._process.processId()

    def _hear(self) -> None:
        while self._process.canReadLine():
            line = bytes(self._process.readLine().data())
            try:
                answer = read_answer(line)
            except msgspec.MsgspecError:
                log.warning("not an answer: %s", redact_text(line[:200].decode(errors="replace")))
                continue
            if not isinstance(answer, Told):
                self._answer = answer
            elif not self._silent:
                self.told.emit(answer.done, answer.share)

    def _ended(self) -> None:
        """The child has ended, so that nothing of it is left when its answer is passed on."""
        self._hear()
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        if said.strip():
            log.warning("child: %s", redact_text(said[-2000:]))
        if self._answer is None:
            self._tidy()
        self._pass_on(self._answer or Failed(Code.INTERNAL.value, {"detail": "child"}))

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._pass_on(Failed(Code.INTERNAL.value, {"detail": "child"}))

    def _pass_on(self, answer: Done | Failed) -> None:
        if self._silent:
            return
        self._silent = True
        if isinstance(answer, Done):
            self.done.emit(answer)
        else:
            cancelled = InputInvalid(Code.COMMAND_CANCELLED)
            self.failed.emit(cancelled if self._cancelled else answer.error())

    def _tidy(self) -> None:
        """Remove what a child that was ended could not: its half-written file and sheets."""
        if not self._job.path:
            return
        path = Path(self._job.path)
        with suppress(OSError):
            path.with_name(f".{path.name}.{self._pid}.part").unlink(missing_ok=True)
        for folder in _sheets(self._job) - self._sheets_before:
            rmtree(folder, ignore_errors=True)


def _sheets(job: Job) -> set[Path]:
    """Folders that hold the sheets of a workbook while it is written."""
    return set(Path(job.path).parent.glob(".xlsx-*")) if job.form == "xlsx" and job.path else set()
