"""What the desk does by itself while somebody sits there: upload what waits, daily care."""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from station import logs
from station.domain.operator import PERMISSIONS, Operator, Permission
from station.errors import StationError
from station.workflows.outbox import Push
from ui.context import Context
from ui.presenters.status import StatusPresenter

UPLOAD_MS: Final = 10_000
CARE_MS: Final = 60_000


class Chores(QObject):
    """Works on the cloud's lane, and only while that has nothing better to do."""

    def __init__(self, context: Context, status: StatusPresenter, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._status = context, status
        self._operator: Operator | None = None
        self._upload, self._care = QTimer(self), QTimer(self)
        self._upload.setInterval(UPLOAD_MS)
        self._care.setInterval(CARE_MS)
        self._upload.timeout.connect(self.upload)
        self._care.timeout.connect(self.care)

    def start(self, operator: Operator) -> None:
        """Somebody has logged in, in whose name things are uploaded, the desk locked or not."""
        if Permission.RESIDENTS in PERMISSIONS[operator.role]:
            self._operator = operator
        self._upload.start()
        self._care.start()
        self.upload()

    def stop(self) -> None:
        """The desk closes."""
        self._upload.stop()
        self._care.stop()

    def upload(self) -> None:
        """Push what is due; the cloud's answer shows in the status bar."""
        desk, lane, operator = self._context.desk, self._context.lanes.cloud, self._operator
        if desk.gate is None or operator is None or lane.busy:
            return

        def work() -> list[Push]:
            from station.workflows.outbox import sync

            return sync(desk, operator) if desk.journal.outbox() else []

        lane.submit(work, self._uploaded, _trouble)

    def care(self) -> None:
        """Once a day: forget whom the site need not know, copy the journal."""
        station, lane = self._context.station, self._context.lanes.cloud
        if station is None or lane.busy:
            return
        opened = station

        def work() -> None:
            from station.compose.care import daily

            daily(opened)

        lane.submit(work, failure=_trouble)

    def _uploaded(self, pushes: list[Push]) -> None:
        if pushes:
            last = pushes[-1]
            self._status.cloud_answered(last.error if last.state == "waiting" else None)
            self._context.bridge.changed.emit()


def _trouble(error: StationError) -> None:
    logs.get("ui").warning("chore: %s", error)
