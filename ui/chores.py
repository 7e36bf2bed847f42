"""What the desk does by itself while somebody sits there: uploads, daily care, a token renewed."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from station import logs
from station.domain.operator import PERMISSIONS, Operator, Permission
from station.domain.outbox import Service
from station.errors import StationError
from station.secrets import SecretName
from station.workflows.outbox import Push
from ui.context import Context
from ui.lanes import Lane
from ui.presenters.outbox import CLOUDS, LOCKS
from ui.presenters.status import StatusPresenter

UPLOAD_MS: Final = 10_000
CARE_MS: Final = 60_000
TOKEN_MS: Final = 240_000


class Chores(QObject):
    """Works on the clouds' and the locks' lanes, and only while they have nothing better to do."""

    def __init__(self, context: Context, status: StatusPresenter, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._status = context, status
        self._operator: Operator | None = None
        self._upload, self._care = QTimer(self), QTimer(self)
        self._upload.setInterval(UPLOAD_MS)
        self._care.setInterval(CARE_MS)
        self._upload.timeout.connect(self.upload)
        self._care.timeout.connect(self.care)
        self._token = QTimer(self)
        self._token.setInterval(TOKEN_MS)
        self._token.timeout.connect(self.keep_token)

    def start(self, operator: Operator) -> None:
        """Somebody has logged in, in whose name things are uploaded, the desk locked or not."""
        if Permission.RESIDENTS in PERMISSIONS[operator.role]:
            self._operator = operator
        self._upload.start()
        self._care.start()
        self._token.start()
        self.upload()
        self.keep_token()

    def stop(self) -> None:
        """The desk closes."""
        self._upload.stop()
        self._care.stop()
        self._token.stop()

    def upload(self) -> None:
        """Push what is due, to clouds and locks side by side; the gates' answer is shown."""
        desk, lanes = self._context.desk, self._context.lanes
        if desk.gate is not None:
            self._push(lanes.cloud, CLOUDS, self._uploaded)
        if desk.gateway is not None or desk.network_locks is not None:
            self._push(lanes.locks, LOCKS, self._stopped)

    def _push(
        self, lane: Lane, services: frozenset[Service], pushed: Callable[[list[Push]], None]
    ) -> None:
        desk, operator = self._context.desk, self._operator
        if operator is None or lane.busy:
            return

        def work() -> list[Push]:
            from station.workflows.outbox import sync

            return sync(desk, operator, services=services) if desk.journal.outbox() else []

        lane.submit(work, pushed, _trouble)

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

    def keep_token(self) -> None:
        """Renew the property platform's token in time; a lost one shows in the status bar."""
        station = self._context.station
        if station is None or station.desk.property is None:
            return
        platform, secrets = station.desk.property, station.secrets

        def work() -> bool:
            secrets.get(SecretName.PROPERTY_TOKEN)
            return platform.keep_alive()

        def failed(error: StationError) -> None:
            self._status.property_answered(error)
            _trouble(error)

        well = lambda _: self._status.property_answered(None)  # noqa: E731
        self._context.lanes.cloud.submit(work, well, failed)

    def _uploaded(self, pushes: list[Push]) -> None:
        if pushes:
            last = pushes[-1]
            self._status.cloud_answered(last.error if last.state == "waiting" else None)
            self._context.bridge.changed.emit()

    def _stopped(self, pushes: list[Push]) -> None:
        if pushes:
            self._context.bridge.changed.emit()


def _trouble(error: StationError) -> None:
    logs.get("ui").warning("chore: %s", error)
