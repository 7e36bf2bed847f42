"""The rail at the left: one entry a page with icon and word, and the menu at its foot."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.messages import Words
from ui.pages.registry import PageSpec
from ui.theme import icons, tokens
from ui.theme.style import Theme

MOST_SHOWN = 99


class NavButton(QToolButton):
    """One entry, with a small count at its corner where there is something to count."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme, self._icon = theme, icon
        self._count = 0
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(tokens.TILE_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggled.connect(self.recolour)
        self.recolour()

    @property
    def count(self) -> int:
        return self._count

    def show_count(self, count: int) -> None:
        """How many things wait there; 0 shows nothing."""
        if count != self._count:
            self._count = count
            self.update()

    def recolour(self) -> None:
        """Take the colours of the look."""
        colours = self._theme.colours
        colour = colours.accent if self.isChecked() else colours.text_dim
        self.setIcon(icons.icon(self._icon, colour))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if not self._count:
            return
        colours = self._theme.colours
        text = str(self._count) if self._count <= MOST_SHOWN else f"{MOST_SHOWN}+"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPointSizeF(tokens.TEXT_SMALL_PT)
        font.setBold(True)
        painter.setFont(font)
        height = float(painter.fontMetrics().height())
        width = max(height, painter.fontMetrics().horizontalAdvance(text) + 2.0 * tokens.GRID)
        place = QRectF(QPointF(self.width() / 2 + tokens.GRID, tokens.GRID), QSize(0, 0))
        place.setSize(QRectF(0, 0, width, height).size())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.unresolved_mark))
        painter.drawRoundedRect(place, height / 2, height / 2)
        painter.setPen(QColor(colours.surface))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


class Navigation(QFrame):
    """The pages that the operator may use. `chosen` names the page that is wanted."""

    chosen = Signal(str)
    menu_wanted = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._buttons: dict[str, NavButton] = {}
        self._numbers: dict[str, int] = {}
        self._current = ""
        self.menu = NavButton(theme, "monitor")
        self.menu.clicked.connect(self.menu_wanted)
        self.setProperty("role", "surface")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(
            tokens.GRID, tokens.GAP_SMALL, tokens.GRID, tokens.GAP_SMALL
        )
        self._column.setSpacing(tokens.GRID // 2)
        self._column.addStretch(1)
        self._column.addWidget(self.menu)
        words.changed.connect(self.retranslate)
        theme.changed.connect(self._recolour)

    @property
    def shown(self) -> list[str]:
        """The keys of the entries that can be seen, in their order."""
        return [key for key, button in self._buttons.items() if not button.isHidden()]

    def button(self, key: str) -> NavButton:
        """The entry of a page."""
        return self._buttons[key]

    def show_pages(self, specs: list[PageSpec]) -> None:
        """Offer these pages; Ctrl+1 … counts them from the top."""
        for button in self._buttons.values():
            self._column.removeWidget(button)
            button.deleteLater()
        self._buttons.clear()
        for number, spec in enumerate(specs, start=1):
            button = NavButton(self._theme, spec.icon)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, key=spec.key: self._clicked(key))
            self._buttons[spec.key] = button
            self._numbers[spec.key] = number
            self._column.insertWidget(number - 1, button)
        self.retranslate()
        self._hide_empty()

    def mark(self, key: str) -> None:
        """Show which page is open."""
        self._current = key
        for name, button in self._buttons.items():
            button.setChecked(name == key)
        self._hide_empty()

    def show_count(self, key: str, count: int) -> None:
        """How many things wait on a page; `unresolved` is offered only when there are some."""
        if key in self._buttons:
            self._buttons[key].show_count(count)
            self.retranslate()
            self._hide_empty()

    def retranslate(self) -> None:
        """Say everything in the language of the moment, and be as wide as the words need."""
        words, widest = self._words, 0
        for key, button in self._buttons.items():
            name = words(f"shell.page_{key}")
            button.setText(name)
            button.setToolTip(words("shell.page_hint", page=name, number=self._numbers[key]))
            spoken = words("shell.page_count", page=name, count=button.count)
            button.setAccessibleName(spoken if button.count else name)
        self.menu.setText(words("shell.menu"))
        self.menu.setToolTip(words("shell.menu_hint"))
        self.menu.setAccessibleName(words("shell.menu_hint"))
        self.setAccessibleName(words("shell.navigation"))
        for button in (*self._buttons.values(), self.menu):
            widest = max(widest, button.sizeHint().width())
        self.setFixedWidth(max(tokens.NAV_WIDTH, widest + 2 * tokens.GRID))

    def _clicked(self, key: str) -> None:
        # A click on the open page must not switch its mark off.
        self.mark(self._current)
        self.chosen.emit(key)

    def _hide_empty(self) -> None:
        for key, button in self._buttons.items():
            empty = key == "unresolved" and not button.count and key != self._current
            button.setVisible(not empty)

    def _recolour(self) -> None:
        for button in (*self._buttons.values(), self.menu):
            button.recolour()
