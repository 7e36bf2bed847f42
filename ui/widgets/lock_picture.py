"""A file that is dropped or chosen, with a small picture of it; nothing of it is kept."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QVBoxLayout

from ui.context import Context
from ui.theme import icons, tokens
from ui.widgets.texts import Texts, plain_label

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 24 * tokens.GRID


class FilePick(QFrame):
    """`picked` with a path. `choose(title, filter)` asks for one."""

    picked = Signal(str)

    def __init__(self, context: Context, texts: Texts) -> None:
        super().__init__()
        self._context, self._texts = context, texts
        self._icon = "scan-face"
        self._image = QImage()
        self.filter = ""
        self.choose: Callable[[str, str], str] = self._choose
        self.setProperty("role", "panel")
        self.setAcceptDrops(True)
        self.shown, self.about = QLabel(), plain_label("dim", wrap=True)
        self.shown.setFixedSize(SIDE, SIDE)
        self.shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = texts.button("pick_file")
        self.button.clicked.connect(self._pick)
        side = QVBoxLayout()
        side.setSpacing(tokens.GAP_SMALL)
        side.addWidget(self.about, 1)
        side.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[tokens.GAP_SMALL] * 4)
        row.setSpacing(tokens.GAP)
        row.addWidget(self.shown)
        row.addLayout(side, 1)
        context.theme.changed.connect(self._draw)
        self._draw()

    def show_file(self, text: str, icon: str, image: QImage) -> None:
        """What was chosen, in words and as a picture; an empty image shows the icon."""
        self.about.setText(text)
        self._icon, self._image = icon, image
        self._draw()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if event.mimeData().hasUrls() and self.button.isEnabled():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if len(local) == 1 and self.button.isEnabled():
            self.picked.emit(local[0])
            event.acceptProposedAction()

    def _pick(self) -> None:
        path = self.choose(self._texts("pick_file"), self.filter)
        if path:
            self.picked.emit(str(Path(path)))

    def _choose(self, title: str, shown: str) -> str:
        return QFileDialog.getOpenFileName(self, title, "", shown)[0]

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        if self._image.isNull():
            colour = self._context.theme.colours.text_dim
            self.shown.setPixmap(icons.pixmap(self._icon, colour, 2 * tokens.ICON, ratio))
            return
        side = round(SIDE * ratio)
        scaled = self._image.scaled(
            side,
            side,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        pixmap = QPixmap.fromImage(scaled)
        pixmap.setDevicePixelRatio(ratio)
        self.shown.setPixmap(pixmap)
