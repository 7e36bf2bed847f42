"""One line for long work on the history: how far it is, how it ended; the chain's result is big."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from station.compose.worker import Done
from station.errors import Code
from ui.messages import Words
from ui.presenters.history_export import Task, WorkState
from ui.theme import tokens

_WHOLE = 1000


class WorkBar(QFrame):
    """`cancelled`: stop it. `dismissed`: the result was read. `open_folder`: where the file is."""

    cancelled = Signal()
    dismissed = Signal()
    open_folder = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._state = WorkState()
        self.title, self.more = QLabel(), QLabel()
        for label in (self.title, self.more):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel, self.dismiss, self.folder = QPushButton(), QPushButton(), QPushButton()
        self.cancel.clicked.connect(self.cancelled)
        self.dismiss.clicked.connect(self.dismissed)
        self.folder.clicked.connect(lambda: self.open_folder.emit(self._state.path))
        texts = QVBoxLayout()
        texts.setSpacing(tokens.GRID)
        for widget in (self.title, self.bar, self.more):
            texts.addWidget(widget)
        line = QHBoxLayout(self)
        line.setContentsMargins(tokens.GAP, tokens.GAP_SMALL, tokens.GAP, tokens.GAP_SMALL)
        line.addLayout(texts, 1)
        for button in (self.folder, self.cancel, self.dismiss):
            line.addWidget(button)
        self.hide()

    def render_state(self, state: WorkState) -> None:
        """Show what runs or how it ended."""
        self._state = state
        self.retranslate()
        self.setVisible(state.task is not None)

    def retranslate(self) -> None:
        """In the language of the moment."""
        state, words = self._state, self._words
        for button, key in ((self.cancel, "cancel"), (self.dismiss, "ok"), (self.folder, "folder")):
            button.setText(words(f"history.{key}"))
            button.setAccessibleName(words(f"history.{key}"))
        self.bar.setAccessibleName(words("history.progress"))
        if state.task is None:
            return
        self.cancel.setVisible(state.running)
        self.cancel.setEnabled(not state.cancelling)
        self.dismiss.setVisible(not state.running)
        self.folder.setVisible(state.result is not None and state.task in (Task.EXPORT, Task.PAPER))
        self.bar.setVisible(state.running)
        if state.running:
            self._running(state)
        elif state.error is not None:
            cancelled = state.error.code is Code.COMMAND_CANCELLED
            said = words("history.cancelled") if cancelled else words.cause(state.error)
            after = "" if cancelled else words.next_step(state.error)
            small = "" if cancelled else f"\n{state.error.code.value}"
            self._say("warn" if cancelled else "bad", said, f"{after}{small}")
        elif state.result is not None:
            self._ended(state.task, state.result, state.path)

    def _running(self, state: WorkState) -> None:
        self.bar.setRange(0, _WHOLE if state.share else 0)
        self.bar.setValue(state.share)
        key = "cancelling" if state.cancelling else f"running_{state.task}"
        percent = f"{state.share // 10} %" if state.share else ""
        self._say("panel", self._words(f"history.{key}", count=state.done, percent=percent), "")

    def _ended(self, task: Task, result: Done, path: str) -> None:
        words = self._words
        if task is Task.PAPER:
            self._say("good", words("history.paper_written"), path)
        elif task is Task.EXPORT:
            self._say("good", words("history.exported", rows=result.rows), path)
        elif result.ok:
            whole = words("history.whole", events=f"{result.events:,}")
            self._say("good", whole, words("history.head", head=result.head))
        else:
            broken = words("history.broken", first_bad=result.first_bad)
            self._say("bad", broken, words("history.broken_next"))

    def _say(self, role: str, title: str, more: str) -> None:
        big = "title" if role in ("good", "bad") else ""
        for widget, value in ((self, role), (self.title, big), (self.more, "dim")):
            if widget.property("role") != value:
                widget.setProperty("role", value)
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        self.title.setText(title)
        self.more.setText(more)
        self.more.setVisible(bool(more))
        self.setAccessibleName(title)
