"""What came of an action, large enough for arm's length: a headline, one sentence, the code."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton

from ui.context import Context
from ui.presenters.said import Said, Tone
from ui.theme import icons, tokens
from ui.widgets.error_panel import announce
from ui.widgets.texts import plain_label, sentence

_ICONS = {Tone.GOOD: "circle-check", Tone.WARN: "triangle-alert", Tone.BAD: "circle-x"}


class Verdict(QFrame):
    """Shows one `Said` of a page, or is hidden. It follows language and look by itself."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._said: Said | None = None
        self._mark, self._title = QLabel(), plain_label("large", wrap=True)
        self._text, self._code = plain_label(wrap=True), plain_label("small")
        self._copy = QToolButton()
        self._copy.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._copy.clicked.connect(self._copy_details)
        self._build()
        self.hide()
        context.words.changed.connect(self._retranslate)
        context.theme.changed.connect(self._recolour)

    @property
    def said(self) -> Said | None:
        """What is shown."""
        return self._said

    @property
    def text(self) -> str:
        """Everything that is said, in one line; empty while hidden."""
        if self._said is None:
            return ""
        return " ".join(part for part in (self._title.text(), self._text.text()) if part)

    def show_said(self, said: Said | None) -> None:
        """Show an outcome; None hides it."""
        if said == self._said:
            return
        self._said = said
        self.setVisible(said is not None)
        if said is None:
            return
        self.setProperty("role", said.tone.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._retranslate()
        self._recolour()
        announce(self, self.text)

    def _retranslate(self) -> None:
        words, said = self._context.words, self._said
        if said is None:
            return
        self._title.setText(words(said.title, **said.facts))
        if said.error is not None:
            self._text.setText(words.sentence(said.error))
            self._code.setText(words("shell.code", code=said.error.code.value))
        else:
            self._text.setText(sentence(words(said.text, **said.facts)) if said.text else "")
        self._text.setVisible(bool(self._text.text()))
        self._code.setVisible(said.error is not None)
        self._copy.setVisible(said.error is not None)
        self._copy.setText(words("shell.copy_details"))
        self._copy.setAccessibleName(words("shell.copy_details"))
        self.setAccessibleName(self.text)

    def _recolour(self) -> None:
        if self._said is not None:
            colour = getattr(self._context.theme.colours, self._said.tone.value)
            ratio = self.devicePixelRatioF()
            mark = icons.pixmap(_ICONS[self._said.tone], colour, tokens.GAP_LARGE, ratio)
            self._mark.setPixmap(mark)

    def _copy_details(self) -> None:
        from ui.details import details_of

        if self._said is not None and self._said.error is not None:
            QGuiApplication.clipboard().setText(details_of(self._said.error))
            self._copy.setText(self._context.words("shell.copied"))

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(tokens.GAP, tokens.GAP_SMALL, tokens.GAP, tokens.GAP_SMALL)
        grid.setHorizontalSpacing(tokens.GAP)
        grid.setVerticalSpacing(tokens.GRID)
        grid.addWidget(self._mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._title, 0, 1, 1, 2)
        grid.addWidget(self._text, 1, 1, 1, 2)
        grid.addWidget(self._code, 2, 1)
        grid.addWidget(self._copy, 2, 2)
        grid.setColumnStretch(1, 1)
