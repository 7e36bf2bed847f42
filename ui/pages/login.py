"""The log-in page: the first thing painted, so it imports next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from station.version import VERSION
from ui.presenters.login import LoginState, Phase
from ui.theme import tokens
from ui.widgets.panel import scrolling

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from station.errors import StationError
    from ui.messages import Words
    from ui.theme.style import Theme
    from ui.widgets.error_panel import ErrorPanel

PANEL_WIDTH: Final = 96 * tokens.GRID
BRAND: Final = 12 * tokens.GRID
LOW: Final = 160 * tokens.GRID


class LoginView(QWidget):
    """Operator and PIN, the first supervisor, or why the desk cannot be opened."""

    submitted = Signal(str, str)
    first_added = Signal(str, str, str)
    retried = Signal()
    quit_wanted = Signal()
    language_wanted = Signal(str)

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._state = LoginState()
        self._brand, self._title, self._site = QLabel(), QLabel(), QLabel()
        self._hint, self._note = QLabel(), QLabel()
        self._working = QProgressBar()
        self._error: ErrorPanel | None = None
        self._form = _LoginForm()
        self._first = _FirstForm()
        self._failed = _FailedForm()
        self._language = QToolButton()
        self._version = QLabel()
        self._build()
        self._form.entered.connect(self._submit)
        self._first.entered.connect(self.first_added)
        self._failed.retry.clicked.connect(self.retried)
        self._failed.quit.clicked.connect(self.quit_wanted)
        self._language.clicked.connect(self._other_language)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def decorate(self) -> None:
        """Draw what can wait until the page has been painted once."""
        # `Qt` alone, with its hundred enumerations, takes 20 ms.
        from PySide6.QtCore import Qt

        from ui.theme import icons

        colour = self._theme.colours.accent
        ratio = self.devicePixelRatioF()
        self._brand.setPixmap(icons.pixmap("credit-card", colour, BRAND, ratio))
        self._theme.changed.connect(self.decorate, Qt.ConnectionType.UniqueConnection)

    def focus(self) -> None:
        """Put the focus where the operator goes on."""
        if self._state.phase is Phase.FIRST:
            self._first.name.setFocus()
        elif self._state.phase is Phase.FAILED:
            self._failed.retry.setFocus()
        else:
            field = self._form.pin if self._form.operator.currentText() else self._form.operator
            field.setFocus()

    def render_state(self, state: LoginState) -> None:
        """Show a state; what is being typed stays."""
        before, self._state = self._state, state
        self._form.show_names(state.names, state.chosen)
        if state.attempts != before.attempts:
            self._form.pin.clear()
        # While a PIN is checked the field keeps the focus, so that a wrong one is typed over.
        self._form.pin.setReadOnly(state.phase is Phase.CHECKING or state.waiting)
        forms = {Phase.FIRST: self._first, Phase.FAILED: self._failed}
        shown = forms.get(state.phase, self._form)
        for form in (self._form, self._first, self._failed):
            form.setVisible(form is shown)
        self._show_error(state.error)
        self._working.setVisible(state.phase in {Phase.OPENING, Phase.CHECKING})
        self.retranslate()
        if state.phase is not before.phase:
            self.focus()

    def _show_error(self, error: StationError | None) -> None:
        if self._error is None and error is not None:
            from ui.widgets.error_panel import ErrorPanel

            self._error = ErrorPanel(self._words)
            self._inside.insertWidget(self._inside.indexOf(self._form), self._error)
        if self._error is not None:
            self._error.show_error(error)

    def retranslate(self) -> None:
        """Say everything in the language of the moment."""
        words, state = self._words, self._state
        title = {Phase.FIRST: "login.first_title", Phase.FAILED: "login.failed_title"}
        locked = "login.locked" if state.locked else "login.title"
        self._title.setText(words(title.get(state.phase, locked)))
        self._site.setText(state.site)
        self._site.setVisible(bool(state.site))
        self._hint.setText(words("login.first_hint"))
        self._hint.setVisible(state.phase is Phase.FIRST)
        note = self._note_text()
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._version.setText(words("login.version", version=VERSION))
        other = _other(words.language)
        self._language.setText(words(f"shell.language_{other}"))
        self._language.setAccessibleName(words(f"shell.language_{other}"))
        self._form.retranslate(words, locked=state.locked)
        if state.phase is Phase.FIRST:
            self._first.retranslate(words)
        self._failed.retranslate(words)

    def _note_text(self) -> str:
        state = self._state
        if state.pins_differ:
            return self._words("login.pins_differ")
        if state.phase is Phase.OPENING:
            return self._words("login.waiting" if state.waiting else "login.opening")
        if state.phase is Phase.CHECKING:
            return self._words("login.checking")
        return ""

    def _submit(self, name: str, pin: str) -> None:
        if self._state.phase in {Phase.OPENING, Phase.READY}:
            self.submitted.emit(name, pin)

    def _other_language(self) -> None:
        self.language_wanted.emit(_other(self._words.language))

    def _build(self) -> None:
        self._brand.setFixedSize(BRAND, BRAND)
        self._title.setProperty("role", "title")
        self._site.setProperty("role", "dim")
        for label in (self._hint, self._note):
            label.setProperty("role", "dim")
            label.setWordWrap(True)
        self._version.setProperty("role", "small")
        self._working.setRange(0, 0)
        self._working.setTextVisible(False)
        self._working.setFixedHeight(tokens.GRID)
        panel = QFrame()
        panel.setProperty("role", "panel")
        panel.setFixedWidth(PANEL_WIDTH)
        inside = self._inside = QVBoxLayout(panel)
        inside.setSpacing(tokens.GAP)
        inside.addWidget(self._brand)
        inside.addWidget(self._title)
        inside.addWidget(self._site)
        inside.addWidget(self._hint)
        for form in (self._form, self._first, self._failed):
            inside.addWidget(form)
        self._first.hide()
        self._failed.hide()
        inside.addWidget(self._note)
        inside.addWidget(self._working)
        footer = QHBoxLayout()
        footer.addWidget(self._version, 1)
        footer.addWidget(self._language)
        column = QVBoxLayout()
        column.addStretch(1)
        column.addWidget(panel)
        column.addLayout(footer)
        column.addStretch(1)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        # The window below is told by being painted.
        outer.addWidget(scrolling(middle, see_through=True))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """A low screen at 150 % has no room for air and picture."""
        low = self.height() < LOW
        margin = tokens.GAP if low else tokens.GAP_LARGE + tokens.GAP_SMALL
        self._inside.setContentsMargins(margin, margin, margin, margin)
        self._inside.setSpacing(tokens.GAP_SMALL if low else tokens.GAP)
        self._brand.setVisible(not low)


class _Stack(QWidget):
    """A form: its parts below one another."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(tokens.GAP_SMALL)

    def add(self, *parts: QWidget) -> None:
        for part in parts:
            self.column.addWidget(part)


class _Names(QComboBox):
    """`taken`: this is the name. Arrow keys and letters go from name to name and take none."""

    taken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.activated.connect(lambda _: self.taken.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        from PySide6.QtCore import Qt

        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.taken.emit()
            return
        with QSignalBlocker(self):
            super().keyPressEvent(event)


class _LoginForm(_Stack):
    entered = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._operator_label, self._pin_label = QLabel(), QLabel()
        self.operator = _Names()
        self.pin = _pin_field()
        self.button = _primary()
        self._operator_label.setBuddy(self.operator)
        self._pin_label.setBuddy(self.pin)
        self.operator.setProperty("tall", "big")
        self.add(self._operator_label, self.operator, self._pin_label, self.pin)
        self.column.addSpacing(tokens.GAP_SMALL)
        self.add(self.button)
        self.pin.returnPressed.connect(self._enter)
        self.button.clicked.connect(self._enter)
        self.operator.taken.connect(self.pin.setFocus)

    def show_names(self, names: tuple[str, ...], chosen: str) -> None:
        """The names to choose from; what the operator has chosen in the meantime stays."""
        known = tuple(self.operator.itemText(place) for place in range(self.operator.count()))
        current = self.operator.currentText()
        if known != names:
            self.operator.clear()
            self.operator.addItems(list(names))
        wanted = chosen or current
        if wanted in names:
            self.operator.setCurrentText(wanted)
        elif known != names:
            self.operator.setCurrentIndex(-1)

    def retranslate(self, words: Words, *, locked: bool) -> None:
        self._operator_label.setText(words("login.operator"))
        self._pin_label.setText(words("login.pin"))
        self.operator.setAccessibleName(words("login.operator"))
        chosen = self.operator.currentIndex()
        self.operator.setPlaceholderText(
            "" if self.operator.count() else words("login.opening_names")
        )
        self.operator.setCurrentIndex(chosen)  # Qt takes the first where nobody is chosen
        self.pin.setAccessibleName(words("login.pin"))
        self.button.setText(words("login.unlock" if locked else "login.log_in"))
        self.button.setAccessibleName(self.button.text())

    def _enter(self) -> None:
        if not self.pin.text():
            self.pin.setFocus()
        elif not self.pin.isReadOnly():
            self.entered.emit(self.operator.currentText(), self.pin.text())


class _FirstForm(_Stack):
    entered = Signal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        self._labels = [QLabel(), QLabel(), QLabel()]
        self.name, self.pin, self.again = QLineEdit(), _pin_field(), _pin_field()
        self.button = _primary()
        for label, field in zip(self._labels, self._fields(), strict=True):
            label.setBuddy(field)
            field.setProperty("tall", "big")
            field.returnPressed.connect(self._enter)
            self.add(label, field)
        self.column.addSpacing(tokens.GAP_SMALL)
        self.add(self.button)
        self.button.clicked.connect(self._enter)

    def retranslate(self, words: Words) -> None:
        from station.domain.operator import PIN_LENGTH

        texts = (
            words("login.first_name"),
            words("login.first_pin", low=PIN_LENGTH[0]),
            words("login.first_again"),
        )
        for label, field, text in zip(self._labels, self._fields(), texts, strict=True):
            label.setText(text)
            field.setAccessibleName(text)
        self.button.setText(words("login.first_add"))
        self.button.setAccessibleName(words("login.first_add"))

    def _fields(self) -> tuple[QLineEdit, QLineEdit, QLineEdit]:
        return self.name, self.pin, self.again

    def _enter(self) -> None:
        for field in self._fields():
            if not field.text():
                field.setFocus()
                return
        self.entered.emit(self.name.text(), self.pin.text(), self.again.text())


class _FailedForm(_Stack):
    def __init__(self) -> None:
        super().__init__()
        self.retry, self.quit = _primary(), QPushButton()
        self.quit.setProperty("tall", "big")
        self.add(self.retry, self.quit)

    def retranslate(self, words: Words) -> None:
        for button, key in ((self.retry, "login.retry"), (self.quit, "login.quit")):
            button.setText(words(key))
            button.setAccessibleName(words(key))


def _pin_field() -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setProperty("tall", "big")
    field.setMaxLength(64)
    return field


def _primary() -> QPushButton:
    button = QPushButton()
    button.setProperty("role", "primary")
    button.setProperty("tall", "big")
    button.setAutoDefault(True)
    return button


def _other(language: str) -> str:
    return "en" if language == "zh_CN" else "zh_CN"
