"""The fields of the settings page: bound to a value of `section.key`, checked as it is typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTime
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QTimeEdit, QWidget

from station.errors import Code, InputInvalid
from ui.context import Context
from ui.presenters.settings import OFF, ON, SettingsPresenter, SettingsState
from ui.widgets.field import Field
from ui.widgets.texts import Texts

MOST = 9999
MAX_TYPED = 400
_TIME = "HH:mm"
_PROBLEMS = {Code.URL_NOT_HTTPS: "problem_https", Code.URL_MALFORMED: "problem_url"}


@dataclass(frozen=True, slots=True)
class _Bound:
    name: str
    field: Field
    put: Callable[[str], None]


class SettingFields(QObject):
    """Makes fields for one tab and shows the state in them."""

    def __init__(
        self, context: Context, texts: Texts, presenter: SettingsPresenter, owner: QWidget
    ) -> None:
        super().__init__(owner)
        self._context, self._texts, self._presenter = context, texts, presenter
        self._bound: list[_Bound] = []
        self._flags: dict[str, QCheckBox] = {}
        self._choices: list[tuple[QComboBox, Mapping[str, Callable[[], str]]]] = []
        context.words.changed.connect(self._retranslate)

    def line(self, name: str, *, hint: str = "") -> Field:
        """One line of text."""
        editor = QLineEdit()
        editor.setMaxLength(MAX_TYPED)
        editor.textEdited.connect(lambda text: self._presenter.edit(name, text))
        return self._add(name, editor, editor.setText, hint)

    def number(self, name: str) -> Field:
        """A whole number; which ones go is the settings' business."""
        editor = QSpinBox()
        editor.setRange(0, MOST)
        editor.textChanged.connect(lambda text: self._presenter.edit(name, text))
        return self._add(name, editor, lambda text: editor.setValue(int(text or 0)))

    def flag(self, name: str) -> QCheckBox:
        """On or off; its words are those of a field."""
        box = self._texts.check(name.replace(".", "_"))
        box.toggled.connect(lambda on: self._presenter.edit(name, ON if on else OFF))
        self._flags[name] = box
        return box

    def time(self, name: str) -> Field:
        """A time of day."""
        editor = QTimeEdit()
        editor.setDisplayFormat(_TIME)
        editor.timeChanged.connect(lambda time: self._presenter.edit(name, time.toString(_TIME)))
        return self._add(name, editor, lambda text: editor.setTime(QTime.fromString(text, _TIME)))

    def choice(self, name: str, words: Mapping[str, Callable[[], str]]) -> Field:
        """One of a few values, each with its words."""
        editor = QComboBox()
        for value, word in words.items():
            editor.addItem(word(), value)
        self._choices.append((editor, words))
        editor.currentIndexChanged.connect(
            lambda place: self._presenter.edit(name, editor.itemData(place))
        )
        return self._add(name, editor, lambda v: editor.setCurrentIndex(editor.findData(v)))

    def typed_choice(self, name: str, *, hint: str = "") -> Field:
        """Text with suggestions."""
        editor = QComboBox()
        editor.setEditable(True)
        editor.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        editor.editTextChanged.connect(lambda text: self._presenter.edit(name, text))
        return self._add(name, editor, editor.setEditText, hint)

    def render_state(self, state: SettingsState) -> None:
        """Show values and problems; a field of a part that the site does not have is off."""
        for bound in self._bound:
            section = bound.name.partition(".")[0]
            editor, text = bound.field.editor, state.values.get(bound.name, "")
            with QSignalBlocker(editor):
                if text != _text_of(editor):
                    bound.put(text)
            editor.setEnabled(state.may and section in state.parts)
            bound.field.say(self._problem(state.problems.get(bound.name)))
        for name, box in self._flags.items():
            with QSignalBlocker(box):
                box.setChecked(state.values.get(name) == ON)
            box.setEnabled(state.may and name.partition(".")[0] in state.parts)

    def _problem(self, error: InputInvalid | None) -> str:
        if error is None:
            return ""
        key = _PROBLEMS.get(error.code, "problem")
        return self._texts.sentence(key, **error.context)

    def _add(self, name: str, editor: QWidget, put: Callable[[str], None], hint: str = "") -> Field:
        editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        editor.installEventFilter(self)
        field = Field(self._texts, name.replace(".", "_"), editor, hint=hint)
        self._bound.append(_Bound(name, field, put))
        return field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The wheel scrolls the page; it must not turn a value that it only passes over."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return False

    def _retranslate(self) -> None:
        for combo, words in self._choices:
            for place in range(combo.count()):
                combo.setItemText(place, words[combo.itemData(place)]())
        self.render_state(self._presenter.state)


def _text_of(editor: QWidget) -> str:
    if isinstance(editor, QLineEdit):
        return editor.text()
    if isinstance(editor, QSpinBox):
        return editor.text()
    if isinstance(editor, QTimeEdit):
        return editor.time().toString(_TIME)
    if isinstance(editor, QComboBox):
        return editor.currentText() if editor.isEditable() else str(editor.currentData())
    return ""
