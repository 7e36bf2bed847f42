"""Copies of the journal: one now, with progress, and which there are."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal

from station.compose import Station
from station.domain.operation import Kind
from station.errors import StationError
from station.workflows import care
from ui.context import Context
from ui.presenters.listing import Listing
from ui.presenters.said import Said, Tone


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. `at` site-local."""

    name: str
    at: datetime
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class BackupsState:
    """`share` is 0-100 while a copy is made."""

    folder: str = ""
    copies: tuple[Copy, ...] = ()
    working: bool = False
    share: int = 0
    said: Said | None = None


class BackupsPresenter(Listing[BackupsState, list[Copy]]):
    """The copy is made on the cloud's lane: the screen goes on reading meanwhile."""

    _told = Signal(int)

    def __init__(self, context: Context) -> None:
        station = context.station
        super().__init__(context, BackupsState(folder=str(station.home.backups) if station else ""))
        self._told.connect(self._progress, Qt.ConnectionType.QueuedConnection)

    def back_up(self) -> None:
        """Copy the journal now."""
        station, operator = self.context.station, self.context.session.need()
        if self.state.working or station is None:
            return

        def progress(done: int, total: int) -> None:
            self._told.emit(done * 100 // total if total else 0)

        def work() -> Path:
            from station.compose.care import back_up

            care.allow(operator, Kind.BACKUP)
            made = back_up(station, progress=progress)
            care.note(station.desk, operator, Kind.BACKUP)
            return made

        self.show(replace(self.state, working=True, share=0, said=None))
        self.later(self.context.lanes.cloud, work, self._made, self._not_made)

    def ask(self) -> list[Copy]:
        station = self.context.station
        return list_copies(station) if station is not None else []

    def take(self, rows: list[Copy]) -> None:
        self.show(replace(self.state, copies=tuple(rows)))

    def fail(self, error: StationError) -> None:
        self.show(replace(self.state, said=Said(Tone.BAD, "settings.failed", error=error)))

    def _progress(self, share: int) -> None:
        if self.state.working:
            self.show(replace(self.state, share=share))

    def _made(self, path: Path) -> None:
        said = Said(Tone.GOOD, "settings.backed_up", facts={"file": path.name})
        self.show(replace(self.state, working=False, said=said))
        self.context.bridge.changed.emit()

    def _not_made(self, error: StationError) -> None:
        said = Said(Tone.BAD, "settings.not_backed_up", error=error)
        self.show(replace(self.state, working=False, said=said))


def list_copies(station: Station) -> list[Copy]:
    """The copies in the home's folder, newest first; one that vanishes meanwhile is left out."""
    found = []
    for path in station.home.backups.glob("*.db"):
        try:
            about = path.stat()
        except OSError:
            continue
        at = station.clock.to_local(datetime.fromtimestamp(about.st_mtime, UTC))
        found.append(Copy(path.name, at.replace(microsecond=0), about.st_size))
    return sorted(found, key=lambda copy: (copy.at, copy.name), reverse=True)
