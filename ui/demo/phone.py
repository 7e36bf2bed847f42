"""A phone: the newest SMS code of the simulated property platform, as its owner would read it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from station.compose.drawer import Message
from station.domain.person import mask_mobile
from ui.context import Context
from ui.theme import icons, tokens
from ui.widgets.texts import plain_label


class Phone(QFrame):
    """Shows the newest code, and is not there before the first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._message: Message | None = None
        self.setProperty("role", "panel")
        self._sign = QLabel()
        self._from = plain_label("dim", wrap=True)
        self.code = plain_label("title")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._from)
        words.addWidget(self.code)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(tokens.GAP, tokens.GAP_SMALL, tokens.GAP, tokens.GAP_SMALL)
        layout.setSpacing(tokens.GAP)
        layout.addWidget(self._sign)
        layout.addLayout(words, 1)
        context.words.changed.connect(self._say)
        context.theme.changed.connect(self._say)
        self.hide()

    def show_message(self, message: Message | None) -> None:
        """Show the newest code; None: nothing came yet."""
        if message != self._message:
            self._message = message
            self._say()

    def _say(self) -> None:
        words, colours, message = self._context.words, self._context.theme.colours, self._message
        self.setVisible(message is not None)
        if message is None:
            return
        sign = icons.pixmap(
            "rectangle-ellipsis", colours.accent, 2 * tokens.ICON, self.devicePixelRatioF()
        )
        self._sign.setPixmap(sign)
        phone = mask_mobile(message.phone)
        self._from.setText(words("demo.phone", phone=phone, house=message.house or None))
        self.code.setText(message.code)
        self.setAccessibleName(f"{self._from.text()} {self.code.text()}".strip())
