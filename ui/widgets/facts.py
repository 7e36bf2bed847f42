"""A few facts below one another, each with its name in front, that can be selected and copied."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ui.theme import tokens
from ui.widgets.texts import Texts, plain_label


class Facts(QWidget):
    """`names` are keys of the page's texts; a fact without a value is not shown."""

    def __init__(self, texts: Texts, names: Sequence[str]) -> None:
        super().__init__()
        self._values: dict[str, tuple[QLabel, QLabel]] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.GAP_LARGE)
        grid.setVerticalSpacing(tokens.GAP_SMALL)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(names):
            title, value = texts.label(name, "dim"), plain_label(wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
            self._values[name] = (title, value)

    def show_facts(self, facts: Mapping[str, str]) -> None:
        """Show values by name."""
        for name, (title, value) in self._values.items():
            text = facts.get(name, "")
            value.setText(text)
            for label in (title, value):
                label.setVisible(bool(text))

    def value(self, name: str) -> str:
        """What is shown for a name."""
        return self._values[name][1].text()
