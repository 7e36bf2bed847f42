"""F1: the keys of the desk, laid over the window. F1 or Esc takes it away."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.messages import Words
from ui.theme import tokens

LEFT: Final = ("f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8")
RIGHT: Final = ("f9", "f10", "f11", "pages", "tab", "enter", "escape")
_KEYS: Final = {"pages": "Ctrl+1 … 5", "tab": "Tab", "enter": "Enter", "escape": "Esc"}


class HelpOverlay(QFrame):
    """Covers its parent; the focus goes back where it came from."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words, self._below = words, parent
        self._before: QWidget | None = None
        self._title = QLabel()
        self._lines: dict[str, QLabel] = {}
        self.close_button = QPushButton()
        self.close_button.clicked.connect(self.hide_help)
        self._build()
        self.hide()
        parent.installEventFilter(self)
        words.changed.connect(self._retranslate)
        self._retranslate()

    def toggle(self) -> None:
        """Show or hide."""
        if self.isHidden():
            self._before = self.window().focusWidget()
            self.setGeometry(self._below.rect())
            self.show()
            self.raise_()
            self.close_button.setFocus()
        else:
            self.hide_help()

    def hide_help(self) -> None:
        """Take it away."""
        self.hide()
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.hide_help()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, _: bool) -> bool:  # noqa: N802 - Qt's
        """Nothing behind the overlay takes the focus while it is shown."""
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._below.rect())
        return super().eventFilter(watched, event)

    def _retranslate(self) -> None:
        words = self._words
        self._title.setText(words("shell.help_title"))
        for key, label in self._lines.items():
            label.setText(words(f"shell.help_{key}"))
        self.close_button.setText(words("shell.help_close"))
        self.close_button.setAccessibleName(words("shell.help_close"))
        self.setAccessibleName(words("shell.help_title"))

    def _build(self) -> None:
        self.setAutoFillBackground(True)
        panel = QFrame()
        panel.setProperty("role", "panel")
        self._title.setProperty("role", "title")
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.GAP)
        grid.setVerticalSpacing(tokens.GAP_SMALL)
        grid.setColumnMinimumWidth(2, tokens.GAP_LARGE)
        for column, keys in ((0, LEFT), (3, RIGHT)):
            for row, key in enumerate(keys):
                self._add(grid, row, column, key)
        inside = QVBoxLayout(panel)
        margin = tokens.GAP_LARGE + tokens.GAP_SMALL
        inside.setContentsMargins(margin, margin, margin, margin)
        inside.setSpacing(tokens.GAP_LARGE)
        inside.addWidget(self._title)
        inside.addLayout(grid)
        inside.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        outer = QVBoxLayout(self)
        outer.addWidget(panel, 0, Qt.AlignmentFlag.AlignCenter)

    def _add(self, grid: QGridLayout, row: int, column: int, key: str) -> None:
        cap, line = QLabel(_KEYS.get(key, key.upper())), QLabel()
        cap.setProperty("role", "key")
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lines[key] = line
        grid.addWidget(cap, row, column)
        grid.addWidget(line, row, column + 1)
