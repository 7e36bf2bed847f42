"""A passcode for the guest, as large as a room's number; copied, printed, and gone after a minute.

The digits stand in one label and nowhere else: in no title, no tool tip, no description.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.context import Context
from ui.presenters.lock_news import LockNews, NewsState, ShownCode
from ui.theme import icons, tokens
from ui.widgets.card_words import moment
from ui.widgets.error_panel import announce
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.lock_slip import slip
from ui.widgets.lock_words import grouped, kind_word
from ui.widgets.texts import Texts, plain_label, sentence

if TYPE_CHECKING:
    from collections.abc import Callable


class CodeCard(QFrame):
    """Shows the news' passcode. `print_html` is what puts a slip on paper."""

    def __init__(self, context: Context, texts: Texts, news: LockNews) -> None:
        super().__init__()
        self._context, self._texts, self._news = context, texts, news
        self._code: ShownCode | None = None
        self.print_html: Callable[[str], None] = self._print_html
        self.setProperty("role", "good")
        self.what = plain_label("large", wrap=True)
        self.digits = plain_label("room")
        self.digits.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.until, self.left = plain_label("large", wrap=True), plain_label("dim", wrap=True)
        self.copy, self.print = texts.button("copy"), texts.button("print")
        self.hide_button = texts.button("hide")
        self.copy.clicked.connect(self._copy)
        self.print.clicked.connect(self._print)
        self.hide_button.clicked.connect(news.hide_code)
        self._build()
        self.hide()
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def render_state(self, state: NewsState) -> None:
        """Show the passcode, or nothing of it."""
        code, words = state.code, self._context.words
        fresh = code is not None and code != self._code
        self._code = code
        self.digits.setText(grouped(code.digits) if code else "")
        self.setVisible(code is not None)
        if code is None:
            return
        now = self._context.desk.clock.local()
        what = self._texts("code_of", room=code.room, what=kind_word(words, code.kind))
        self.what.setText(what)
        self.until.setText(sentence(self._texts("code_until", end=moment(words, code.until, now))))
        self.left.setText(self._texts("code_left", seconds=state.left))
        self.setAccessibleName(what)
        if fresh:
            self.copy.setText(self._texts("copy"))
            self.copy.setFocus(Qt.FocusReason.OtherFocusReason)
            announce(self, what)

    def _copy(self) -> None:
        if self._code is not None:
            QGuiApplication.clipboard().setText(self._code.digits)
            self.copy.setText(self._texts("copied"))

    def _print(self) -> None:
        station = self._context.station
        if self._code is not None and station is not None:
            site = station.settings.desk.site
            now = station.clock.local().replace(microsecond=0)
            self.print_html(slip(self._code, site, now, self._context.words))

    def _print_html(self, html: str) -> None:
        from ui.widgets.printing import to_printer

        to_printer(html, self, wide=False)

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        for button, name in (
            (self.copy, "copy"),
            (self.print, "printer"),
            (self.hide_button, "eye-off"),
        ):
            button.setIcon(icons.icon(name, colours.text))

    def _build(self) -> None:
        text = QVBoxLayout()
        text.setSpacing(tokens.GRID)
        for label in (self.what, self.digits, self.until):
            text.addWidget(label)
        side = QVBoxLayout()
        side.setSpacing(tokens.GAP_SMALL)
        buttons = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, buttons)
        for button in (self.copy, self.print, self.hide_button):
            flow.addWidget(button)
        side.addWidget(buttons)
        side.addWidget(self.left)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[tokens.GAP] * 4)
        row.setSpacing(tokens.GAP_LARGE)
        row.addLayout(text, 1)
        row.addLayout(side, 1)
