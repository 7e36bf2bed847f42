"""A card in the air: its number as a drag carries it, and the frames that it can be dropped on."""

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame

MIME = "application/x-card-station-demo-card"


def carried(number: str) -> QMimeData:
    """What a drag of this card carries."""
    data = QMimeData()
    data.setData(MIME, number.encode())
    return data


def number_of(data: QMimeData) -> str:
    """The number of the card that is carried; empty for anything else."""
    return bytes(data.data(MIME).data()).decode(errors="replace")


class Spot(QFrame):
    """A frame that cards can be dropped on. `dropped` carries the card's number."""

    dropped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setProperty("role", "panel")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            self.dropped.emit(number_of(event.mimeData()))
