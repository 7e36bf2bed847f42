"""Which control says which text of a page, said again when the language changes."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QPushButton, QWidget

from ui.messages import Words


class Texts(QObject):
    """The fixed texts of one page; `page` is the name of its file and the owner's child."""

    def __init__(self, words: Words, page: str, owner: QWidget) -> None:
        super().__init__(owner)
        self._words, self._page = words, page
        self._said: list[tuple[str, tuple[Callable[[str], object], ...]]] = []
        words.changed.connect(self.retranslate)

    def __call__(self, key: str, **facts: object) -> str:
        """A text of this page in the language of the moment."""
        return self._words(f"{self._page}.{key}", **facts)

    def sentence(self, key: str, **facts: object) -> str:
        """The same, beginning with a capital whatever its first fact is."""
        return sentence(self(key, **facts))

    def say(self, key: str, *setters: Callable[[str], object]) -> None:
        """Hand a text to setters now and at each change of language."""
        self._said.append((key, setters))
        self._tell(key, setters)

    def label(self, key: str, role: str = "", *, wrap: bool = False) -> QLabel:
        """A label; `role` as the style sheet knows it."""
        made = plain_label(role, wrap=wrap)
        self.say(key, made.setText)
        return made

    def button(self, key: str, role: str = "") -> QPushButton:
        """A push button whose text is its accessible name too."""
        made = QPushButton()
        made.setAutoDefault(False)
        if role:
            made.setProperty("role", role)
        self.on(made, key)
        return made

    def check(self, key: str) -> QCheckBox:
        """A check box with its text."""
        made = QCheckBox()
        self.on(made, key)
        return made

    def on(self, button: QAbstractButton, key: str) -> None:
        """The text and accessible name of any button."""
        self.say(key, button.setText, button.setAccessibleName)

    def name(self, widget: QWidget, key: str) -> None:
        """The accessible name of a control whose label stands beside it."""
        self.say(key, widget.setAccessibleName)

    def retranslate(self) -> None:
        """Say everything in the language of the moment."""
        for key, setters in self._said:
            self._tell(key, setters)

    def _tell(self, key: str, setters: tuple[Callable[[str], object], ...]) -> None:
        text = self(key)
        for setter in setters:
            setter(text)


def sentence(text: str) -> str:
    """A text that begins with a capital."""
    return text[:1].upper() + text[1:]


def plain_label(role: str = "", *, wrap: bool = False) -> QLabel:
    """A label that shows its text as it is, never as HTML."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made
