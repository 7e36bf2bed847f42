"""The style sheet and palette of a look, made from the tokens; applied to the whole program."""

from importlib import resources
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from ui.theme import tokens
from ui.theme.tokens import COLOURS, Colours, Look

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
  padding: 4px 14px; min-height: ${inner}px; }
QPushButton:hover { background: $accent_soft; }
QPushButton:pressed { background: $line; }
QPushButton:disabled { color: $text_dim; background: $window; border-color: $line; }
QPushButton:focus { border: 2px solid $focus; padding: 3px 13px; }
QPushButton[role="primary"] { background: $accent; color: $accent_text; border-color: $accent;
  font-weight: 600; }
QPushButton[role="primary"]:disabled { background: $line; color: $text_dim; border-color: $line; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="danger"] { color: $bad; border-color: $bad; }
QToolButton { background: transparent; border: 2px solid transparent; border-radius: ${radius}px;
  padding: 4px; }
QToolButton:hover { background: $accent_soft; }
QToolButton:checked { background: $accent_soft; color: $accent; }
QToolButton:focus { border-color: $focus; }
QLineEdit, QComboBox, QSpinBox, QDateTimeEdit, QPlainTextEdit, QTimeEdit {
  background: $surface; border: 1px solid $line_strong; border-radius: ${radius}px;
  padding: 3px 8px; min-height: ${inner}px; selection-background-color: $accent;
  selection-color: $accent_text; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus, QPlainTextEdit:focus,
QTimeEdit:focus { border: 2px solid $focus; padding: 2px 7px; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled { color: $text_dim; background: $window; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line_strong;
  selection-background-color: $accent_soft; selection-color: $text; }
QTableView, QTreeView, QListView { background: $surface; alternate-background-color: $window;
  border: 1px solid $line; border-radius: ${radius}px; gridline-color: $line;
  selection-background-color: $accent_soft; selection-color: $text; }
QTableView:focus, QTreeView:focus, QListView:focus { border: 2px solid $focus; }
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
QTabBar::tab { padding: 6px 14px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { border-bottom-color: $accent; color: $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QMenu { background: $raised; border: 1px solid $line_strong; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 30px; border-radius: 4px; }
QMenu::item:disabled { color: $text_dim; }
QMenu::indicator { width: 14px; height: 14px; left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$arrow"); width: 14px; height: 14px; }
QLabel[role="key"] { background: $window; border: 1px solid $line_strong; border-radius: 4px;
  padding: 2px 8px; font-weight: 600; }
QMenu::item:selected { background: $accent_soft; }
QSplitter::handle { background: $line; }
"""
)


def _arrow() -> str:
    """A style sheet takes pictures by path only."""
    return str(resources.files("resources") / "style" / "combo-arrow.svg").replace("\\", "/")


def sheet(colours: Colours) -> str:
    """The style sheet of one look."""
    named = {name: getattr(colours, name) for name in tokens.names()}
    return _SHEET.substitute(
        named,
        arrow=_arrow(),
        radius=tokens.RADIUS,
        inner=tokens.CONTROL_HEIGHT - 10,
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
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

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
        dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return Look.DARK if dark else Look.LIGHT

    def choose(self, look: Look) -> None:
        """Show another look."""
        self._look = look
        self._apply()

    def _system_changed(self) -> None:
        if self._look is Look.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        self._app.setPalette(palette(self.colours))
        self._app.setStyleSheet(sheet(self.colours))
        self.changed.emit()
