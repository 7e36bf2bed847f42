"""关于: which program this is, and what it is made of under which licences."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from station.version import VERSION
from ui.context import Context
from ui.presenters.licences import Library, libraries
from ui.theme import tokens
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label

if TYPE_CHECKING:
    from ui.lanes import Task


class AboutTab(QWidget):
    """The libraries are asked for on a lane when the tab is first shown."""

    def __init__(self, context: Context, texts: Texts) -> None:
        super().__init__()
        self._context, self._texts = context, texts
        self._task: Task[list[Library]] | None = None
        self.version = plain_label("large")
        self.program = plain_label("dim", wrap=True)
        self.program.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = texts.button("copy_about")
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        texts.name(self.list, "libraries")
        self._build()
        self.copy.clicked.connect(self._copy)
        context.words.changed.connect(self.retranslate)
        self.retranslate()

    def activated(self) -> None:
        """The tab is shown."""
        if self._task is None:
            self._task = self._context.lanes.journal.submit(libraries, self._show)

    def close_tab(self) -> None:
        """No answer is wanted any more."""
        if self._task is not None:
            self._task.forget()

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        texts = self._texts
        self.version.setText(texts("version", version=VERSION))
        self.list.setHeaderLabels([texts("library"), texts("version_of"), texts("licence")])

    def _show(self, found: list[Library]) -> None:
        rows = [QTreeWidgetItem([one.name, one.version, one.licence]) for one in found]
        self.list.addTopLevelItems(rows)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.program.text())

    def _build(self) -> None:
        from ui.details import program

        texts = self._texts
        self.program.setText("\n".join(program()))
        about = Panel(texts, "about")
        for widget in (self.version, self.program):
            about.body.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addStretch(1)
        about.body.addLayout(row)
        about.body.addSpacing(tokens.GAP)
        for key in ("about_licence", "about_qt", "about_icons"):
            about.body.addWidget(texts.label(key, "dim", wrap=True))
        made_of = Panel(texts, "libraries")
        made_of.body.addWidget(self.list, 1)
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        left = QVBoxLayout()
        left.addWidget(about)
        left.addStretch(1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, tokens.GAP, 0, 0)
        whole.setSpacing(tokens.GAP)
        whole.addLayout(left, 2)
        whole.addWidget(made_of, 3)
