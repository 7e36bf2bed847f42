"""The style sheet and palette of a look, made from the tokens; applied to the whole program."""

from importlib import resources
from string import Template

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette, QPixmapCache
from PySide6.QtWidgets import QApplication, QStyleFactory

from ui.theme import tokens
from ui.theme.tokens import COLOURS, Colours, Look

MIDDLE = 128
"""A lightness between a dark look's window and a light one's."""
PICTURES_KB = 2048
"""What Qt may keep of the pictures that it has painted; by itself it would keep 10 MB."""
HALF = 0.5
"""A luminance that is neither light nor dark."""
_SHEET = Template(
    """
QWidget { color: $text; }
QToolTip { background: $raised; color: $text; border: 1px solid $line_strong; padding: 4px; }
QFrame[role="surface"], QWidget[role="surface"] { background: $surface; }
QFrame[role="panel"] { background: $surface; border: 1px solid $line; border-radius: ${radius}px; }
QFrame[role="good"] { background: $good_soft; border: 1px solid $good;
  border-radius: ${radius}px; }
QFrame[role="bad"] { background: $bad_soft; border: 1px solid $bad;
  border-radius: ${radius}px; }
QFrame[role="warn"] { background: $warn_soft; border: 1px solid $warn;
  border-radius: ${radius}px; }
QFrame[role="line"] { background: $line; border: none; }
QLabel { background: transparent; }
QLabel[role="dim"] { color: $text_dim; }
QLabel[role="small"] { color: $text_dim; font-size: ${small}pt; }
QLabel[role="title"] { font-size: ${title}pt; font-weight: 600; }
QLabel[role="large"] { font-size: ${large}pt; }
QLabel[role="room"] { font-size: ${room}pt; font-weight: 600; }
QLabel[role="good"], QLabel[role="bad"], QLabel[role="warn"] { border: none;
  background: transparent; }
QLabel[role="good"] { color: $good; font-size: ${large}pt; font-weight: 600; }
QLabel[role="bad"] { color: $bad; font-size: ${large}pt; font-weight: 600; }
QLabel[role="warn"] { color: $warn; }
QPushButton { background: $raised; border: 1px solid $line_strong; border-radius: ${radius}px;
  padding: 4px 14px; min-height: ${inner}px; qproperty-iconSize: ${icon}px ${mark}px; }
QPushButton:hover { background: $accent_soft; }
QPushButton:pressed { background: $accent_soft; border-color: $accent; }
QPushButton:disabled { color: $text_dim; background: $window; border-color: $line; }
QPushButton:focus { border: 2px solid $focus; padding: 3px 13px; }
QPushButton[role="primary"] { background: $accent; color: $accent_text; border-color: $accent;
  font-weight: 600; }
QPushButton[role="primary"]:disabled { background: $window; color: $text_dim;
  border-color: $line; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="danger"] { color: $bad; border-color: $bad; }
QPushButton[role="danger"]:disabled { color: $text_dim; border-color: $line; }
QPushButton[role="menu"] { padding-right: 32px; }
QPushButton[role="menu"]:focus { padding-right: 31px; }
QPushButton::menu-indicator { image: url("$arrow"); width: 14px; height: 14px;
  subcontrol-origin: padding; subcontrol-position: right center; right: 10px; }
QToolButton { background: transparent; border: 2px solid transparent; border-radius: ${radius}px;
  padding: 4px; }
QToolButton:hover { background: $accent_soft; }
QToolButton:checked { background: $accent_soft; color: $accent; }
QToolButton:focus { border-color: $focus; }
QLineEdit, QComboBox, QSpinBox, QDateTimeEdit, QPlainTextEdit, QTimeEdit {
  background: $surface; border: 1px solid $line_strong; border-radius: ${radius}px;
  padding: 4px 8px; min-height: ${inner}px; selection-background-color: $accent;
  selection-color: $accent_text; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus, QPlainTextEdit:focus,
QTimeEdit:focus { border: 2px solid $focus; padding: 3px 7px; }
QSpinBox, QDateTimeEdit { padding: 2px 8px; min-height: ${spin}px; }
QSpinBox:focus, QDateTimeEdit:focus { padding: 1px 7px; }
QComboBox { padding-left: 10px; }
QComboBox:focus { padding-left: 9px; }
QPushButton[tall="big"], QLineEdit[tall="big"], QComboBox[tall="big"] {
  min-height: ${big}px; }
QPushButton[tall="most"] { min-height: ${tall}px; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled { color: $text_dim; background: $window; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line_strong;
  selection-background-color: $accent_soft; selection-color: $text; }
QTableView, QTreeView, QListView { background: $surface; alternate-background-color: $window;
  border: 1px solid $line; border-radius: ${radius}px; gridline-color: $line;
  selection-background-color: $accent_soft; selection-color: $text; }
QTableView::item { border: none; padding: 0 5px; }
QTableView:focus, QTreeView:focus, QListView:focus { border: 2px solid $focus; }
QFrame[role="panel"] QListView { border: 2px solid transparent; }
QFrame[role="panel"] QListView:focus { border-color: $focus; }
QHeaderView::section { background: $window; color: $text_dim; border: none;
  border-bottom: 1px solid $line; padding: 4px 8px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $line_strong; border-radius: 4px; min-height: 24px;
  min-width: 24px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QProgressBar { background: $line; border: none; border-radius: 4px; text-align: center;
  min-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QCheckBox, QRadioButton { spacing: 8px; min-height: ${inner}px; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $text_dim; }
QCheckBox::indicator, QRadioButton::indicator, QMenu::indicator { width: 14px; height: 14px;
  border: 1px solid $text_dim; background: $surface; }
QCheckBox::indicator, QMenu::indicator:non-exclusive { border-radius: 4px; }
QRadioButton::indicator, QMenu::indicator:exclusive { border-radius: 8px; }
QCheckBox::indicator:checked, QRadioButton::indicator:checked, QMenu::indicator:checked {
  background: $accent; border-color: $accent; }
QCheckBox::indicator:checked, QMenu::indicator:non-exclusive:checked { image: url("$check"); }
QRadioButton::indicator:checked, QMenu::indicator:exclusive:checked { image: url("$dot"); }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $focus;
  width: 12px; height: 12px; }
QCheckBox::indicator:checked:disabled, QRadioButton::indicator:checked:disabled {
  background: $line_strong; border-color: $line_strong; }
QTabBar::tab { padding: 6px 14px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { border-bottom-color: $accent; color: $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QMenu { background: $raised; border: 1px solid $line_strong; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 30px; border-radius: 4px; }
QMenu::item:disabled { color: $text_dim; }
QMenu::indicator { left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QComboBox::drop-down, QDateTimeEdit::drop-down { border: none; width: 24px; }
QComboBox::down-arrow, QDateTimeEdit::down-arrow, QSpinBox::down-arrow { image: url("$arrow");
  width: 14px; height: 14px; }
QSpinBox::up-arrow, QDateTimeEdit::up-arrow { image: url("$up"); width: 14px; height: 14px; }
QSpinBox::up-button, QTimeEdit::up-button, QSpinBox::down-button, QTimeEdit::down-button {
  subcontrol-origin: border; width: 24px; border: none; background: transparent; }
QSpinBox::up-button, QTimeEdit::up-button { subcontrol-position: top right; }
QSpinBox::down-button, QTimeEdit::down-button { subcontrol-position: bottom right; }
QLabel[role="key"] { background: $window; border: 1px solid $line_strong; border-radius: 4px;
  padding: 2px 8px; font-weight: 600; }
QMenu::item:selected { background: $accent_soft; }
QSplitter::handle { background: $line; }
"""
)


def _picture(name: str) -> str:
    """A style sheet takes pictures by path only."""
    return str(resources.files("resources") / "style" / f"{name}.svg").replace("\\", "/")


def sheet(colours: Colours) -> str:
    """The style sheet of one look."""
    named = {name: getattr(colours, name) for name in tokens.names()}
    ink = "white" if tokens.luminance(colours.accent_text) > HALF else "black"
    return _SHEET.substitute(
        named,
        arrow=_picture("combo-arrow"),
        up=_picture("spin-arrow"),
        check=_picture(f"check-{ink}"),
        dot=_picture(f"dot-{ink}"),
        radius=tokens.RADIUS,
        inner=tokens.CONTROL_HEIGHT - 10,
        spin=tokens.CONTROL_HEIGHT - 6,
        big=tokens.BIG_CONTROL_HEIGHT - tokens.GAP_SMALL - 10,
        tall=tokens.BIG_CONTROL_HEIGHT - 10,
        mark=tokens.MARK,
        icon=tokens.MARK + tokens.MARK_GAP,
        small=tokens.TEXT_SMALL_PT,
        large=tokens.TEXT_LARGE_PT,
        title=tokens.TEXT_TITLE_PT,
        room=tokens.TEXT_ROOM_PT,
    )


def palette(colours: Colours) -> QPalette:
    """What widgets without a rule of their own, and native parts, take their colours from."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, name in (
        (role.Window, "window"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "window"),
        (role.Text, "text"),
        (role.Button, "raised"),
        (role.ButtonText, "text"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "text_dim"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "accent_text"),
        (role.Link, "accent"),
    ):
        made.setColor(where, QColor(getattr(colours, name)))
    for where in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(colours.text_dim))
    return made


def base_font() -> QFont:
    """The first family of the tokens that this computer has, with figures of equal width."""
    known = set(QFontDatabase.families())
    families = [family for family in tokens.FAMILIES if family in known]
    font = QFont(families or [QFont().family()])
    font.setPointSizeF(tokens.TEXT_PT)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


class Theme(QObject):
    """The look of the moment. `changed` says that whatever paints itself must do so again."""

    changed = Signal()

    def __init__(self, app: QApplication, look: Look = Look.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._look = look
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(base_font())
        QPixmapCache.setCacheLimit(PICTURES_KB)
        # Fusion has asked the desktop; to ask it directly takes `Qt`, which takes 20 ms.
        window = app.style().standardPalette().color(QPalette.ColorRole.Window)
        self._dark = window.lightness() < MIDDLE
        app.styleHints().colorSchemeChanged.connect(self.ask_system)
        self._apply()

    def echo(self) -> "Theme":
        """The same look through an object that ends with a page; see `Context.for_page`."""
        return _Echo(self)

    @property
    def look(self) -> Look:
        """What was chosen, `SYSTEM` included."""
        return self._look

    @property
    def colours(self) -> Colours:
        return COLOURS[self.effective]

    @property
    def effective(self) -> Look:
        """The look that is shown."""
        if self._look is not Look.SYSTEM:
            return self._look
        return Look.DARK if self._dark else Look.LIGHT

    def choose(self, look: Look) -> None:
        """Show another look; nothing is painted anew where it comes to the same colours."""
        before, self._look = self.effective, look
        if self.effective is not before:
            self._apply()
        else:
            self.changed.emit()

    def ask_system(self) -> None:
        """Follow the desktop, where that was chosen; also once after the first paint."""
        from PySide6.QtCore import Qt

        before = self.effective
        self._dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        if self.effective is not before:
            self._apply()

    def forget_gone(self) -> None:
        """Have Qt drop what it keeps of pages that are gone: pictures, and rules of the sheet.

        With a sheet for the whole program Qt 6.8 works out rules for parts of a widget that is
        being destroyed, and keeps them: half a kilobyte for each list, table and choice. They go
        with the sheet. To be called where few widgets stand: each is worked out anew.
        """
        self._dress()

    def _apply(self) -> None:
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        QPixmapCache.clear()  # nothing is painted in the colours of before
        # Without the old sheet first, Qt works out every widget anew, one by one, which takes five
        # times as long: a second with all pages open.
        self._app.setStyleSheet("")
        self._app.setPalette(palette(self.colours))
        self._app.setStyleSheet(sheet(self.colours))


class _Echo(Theme):
    """Looks as its source does; what changes it goes to the source."""

    def __init__(self, source: Theme) -> None:
        QObject.__init__(self)
        self._source = source
        source.changed.connect(self.changed)

    @property
    def look(self) -> Look:
        return self._source.look

    @property
    def effective(self) -> Look:
        return self._source.effective

    def choose(self, look: Look) -> None:
        self._source.choose(look)

    def ask_system(self) -> None:
        self._source.ask_system()

    def forget_gone(self) -> None:
        self._source.forget_gone()
