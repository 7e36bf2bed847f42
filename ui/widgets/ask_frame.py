"""A question above the page that has to be answered before anything is done."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from ui.context import Context
from ui.theme import icons, tokens
from ui.widgets.error_panel import announce
from ui.widgets.texts import Texts, plain_label


class AskFrame(QFrame):
    """`agreed` or `declined` (Esc too). The safe answer has the focus first."""

    agreed = Signal()
    declined = Signal()

    def __init__(self, context: Context, texts: Texts) -> None:
        super().__init__()
        self._theme = context.theme
        self.setProperty("role", "warn")
        self._mark, self.question = QLabel(), plain_label("large", wrap=True)
        self.yes, self.no = texts.button("yes", "danger"), texts.button("no")
        self.yes.clicked.connect(self.agreed)
        self.no.clicked.connect(self.declined)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[tokens.GAP] * 4)
        row.setSpacing(tokens.GAP)
        row.addWidget(self._mark)
        row.addWidget(self.question, 1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        self.hide()
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def ask(self, question: str, yes: str) -> None:
        """Show a question with the words of its yes."""
        self.question.setText(question)
        self.yes.setText(yes)
        self.yes.setAccessibleName(yes)
        self.setAccessibleName(question)
        if self.isHidden():
            self.show()
            self.no.setFocus(Qt.FocusReason.OtherFocusReason)
            announce(self, question)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.declined.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            (self.agreed if self.yes.hasFocus() else self.declined).emit()
        else:
            super().keyPressEvent(event)

    def _recolour(self) -> None:
        mark = icons.pixmap(
            "triangle-alert", self._theme.colours.warn, tokens.GAP_LARGE, self.devicePixelRatioF()
        )
        self._mark.setPixmap(mark)
