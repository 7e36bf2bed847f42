"""Tells the operator about something unforeseen: cause, next step, where the report is."""

import os
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.crash import as_station_error
from ui.messages import Words
from ui.theme import tokens

WIDTH = 120 * tokens.GRID


class CrashDialog(QDialog):
    """Open it with `open()`: it never stops the event loop. Rejected means go on."""

    def __init__(
        self, words: Words, report: str, path: Path | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._report, self._path = words, report, path
        self._title, self._text, self._saved = QLabel(), QLabel(), QLabel()
        self.copy, self.quit, self.go_on = QPushButton(), QPushButton(), QPushButton()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self._title.setProperty("role", "title")
        self._saved.setProperty("role", "dim")
        for label in (self._text, self._saved):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.go_on.setProperty("role", "primary")
        self.go_on.setDefault(True)
        self.copy.clicked.connect(self._copy_report)
        self.quit.clicked.connect(self.accept)
        self.go_on.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.quit)
        buttons.addWidget(self.go_on)
        layout = QVBoxLayout(self)
        margin = tokens.GAP_LARGE
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(tokens.GAP)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addWidget(self._saved)
        layout.addSpacing(tokens.GAP)
        layout.addLayout(buttons)
        words.changed.connect(self._retranslate)
        self._retranslate()

    def _retranslate(self) -> None:
        words = self._words
        self.setWindowTitle(words("shell.crash_title"))
        self._title.setText(words("shell.crash_title"))
        self._text.setText(words.sentence(as_station_error()))
        saved = words("shell.crash_saved", path=_in_parts(self._path))
        self._saved.setText(saved if self._path else words("shell.crash_unsaved"))
        for button, key in (
            (self.copy, "shell.copy_details"),
            (self.quit, "shell.crash_quit"),
            (self.go_on, "shell.crash_continue"),
        ):
            button.setText(words(key))
            button.setAccessibleName(words(key))
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as the words of the moment."""
        layout = self.layout()
        if self.isVisible() and layout is not None:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self.copy.setText(self._words("shell.copied"))


def _in_parts(path: Path | None) -> str:
    """A path that lines may break after each folder: Windows' backslash is no place for it."""
    return str(path).replace(os.sep, f"{os.sep}\u200b")
