"""设置 Settings: tabs by role; services, reader and desk are saved together, the rest at once."""

from typing import Protocol, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from station.domain.operator import PERMISSIONS, Permission
from ui.context import Context
from ui.presenters.backups import BackupsPresenter
from ui.presenters.operators import OperatorsPresenter
from ui.presenters.reader_check import ReaderCheckPresenter
from ui.presenters.settings import SettingsPresenter, SettingsState
from ui.theme import icons, tokens
from ui.widgets.panel import scrolling
from ui.widgets.settings_about import AboutTab
from ui.widgets.settings_backup import BackupTab
from ui.widgets.settings_desk import DeskTab
from ui.widgets.settings_look import LookTab
from ui.widgets.settings_operators import OperatorsTab
from ui.widgets.settings_reader import ReaderTab
from ui.widgets.settings_services import ServicesTab
from ui.widgets.texts import Texts
from ui.widgets.verdict import Verdict

SAVED_TOGETHER = ("services", "reader", "desk")


class _Form(Protocol):
    def render_state(self, state: SettingsState) -> None: ...


def build(context: Context) -> QWidget:
    """The page, for the navigation."""
    return SettingsPage(context)


class SettingsPage(QWidget):
    """See the module."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.texts = texts = Texts(context.words, "settings", self)
        self.presenter = SettingsPresenter(context)
        self.operators = OperatorsPresenter(context)
        self.own = OperatorsPresenter(context)
        self.check, self.backups = ReaderCheckPresenter(context), BackupsPresenter(context)
        for presenter in self._presenters:
            presenter.setParent(self)
        self.verdict = Verdict(context)
        self.save, self.undo = texts.button("save", "primary"), texts.button("undo")
        self.note = texts.label("save_note", "dim", wrap=True)
        self.footer = QFrame()
        self.about = AboutTab(context, texts)
        self.tabs = QTabWidget()
        self.inside: dict[str, QWidget] = {}
        self._fill()
        self._build()
        self._connect()
        self._recolour()
        self.retranslate()
        self.render_state(self.presenter.state)

    @property
    def _presenters(
        self,
    ) -> tuple[
        SettingsPresenter,
        OperatorsPresenter,
        OperatorsPresenter,
        ReaderCheckPresenter,
        BackupsPresenter,
    ]:
        return (self.presenter, self.operators, self.own, self.check, self.backups)

    def activated(self) -> None:
        """The page is shown: the tab up to date, the keyboard on the tabs."""
        self._tab_shown()
        self.tabs.tabBar().setFocus(Qt.FocusReason.OtherFocusReason)

    def function_key(self, number: int) -> bool:  # noqa: ARG002 - none of them belongs here
        """No function key works on settings."""
        return False

    def close_page(self) -> None:
        for presenter in self._presenters:
            presenter.close()
        self.about.close_tab()

    def show_tab(self, key: str) -> None:
        """Show a tab by its key, if the operator has it."""
        if key in self.inside:
            self.tabs.setCurrentIndex(list(self.inside).index(key))

    def render_state(self, state: SettingsState) -> None:
        """Show what is edited."""
        for key in SAVED_TOGETHER:
            if key in self.inside:
                cast("_Form", self.inside[key]).render_state(state)
        self.save.setEnabled(state.can_save)
        self.save.setText(self.texts("saving" if state.saving else "save"))
        self.undo.setEnabled(state.dirty and not state.saving)
        self.verdict.show_said(state.said)
        self._render_footer()

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        for place, key in enumerate(self.inside):
            self.tabs.setTabText(place, self.texts(f"tab_{key}"))
        self.tabs.tabBar().setAccessibleName(self.texts("title"))
        self.save.setText(self.texts("saving" if self.presenter.state.saving else "save"))

    def _render_footer(self) -> None:
        keys = list(self.inside)
        key = keys[self.tabs.currentIndex()] if keys else ""
        self.footer.setVisible(key in SAVED_TOGETHER)

    def _tab_shown(self) -> None:
        self._render_footer()
        keys = list(self.inside)
        shown = self.inside[keys[self.tabs.currentIndex()]]
        activate = getattr(shown, "activated", None)
        if activate is not None:
            activate()

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.save.setIcon(icons.icon("check", colours.accent_text, colours.text_dim))

    def _fill(self) -> None:
        context, texts = self._context, self.texts
        operator = context.session.need()
        allowed = PERMISSIONS[operator.role]
        if Permission.SETTINGS in allowed:
            self._add("services", ServicesTab(context, texts, self.presenter))
            self._add("reader", ReaderTab(context, texts, self.presenter, self.check))
            self._add("desk", DeskTab(context, texts, self.presenter))
        if Permission.OPERATORS in allowed:
            self._add("operators", OperatorsTab(context, texts, self.operators))
        self._add("look", LookTab(context, texts, self.own))
        if Permission.JOURNAL in allowed:
            self._add("backup", BackupTab(context, texts, self.backups))
        self._add("about", self.about)

    def _add(self, key: str, tab: QWidget) -> None:
        self.inside[key] = tab
        self.tabs.addTab(scrolling(tab), "")

    def _connect(self) -> None:
        self.presenter.changed.connect(self.render_state)
        self.tabs.currentChanged.connect(lambda _: self._tab_shown())
        self.save.clicked.connect(self.presenter.save)
        self.undo.clicked.connect(self.presenter.reset)
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self._recolour)

    def _build(self) -> None:
        foot = QHBoxLayout(self.footer)
        foot.setContentsMargins(0, tokens.GAP_SMALL, 0, 0)
        foot.setSpacing(tokens.GAP)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.undo)
        foot.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.GAP_LARGE, tokens.GAP, tokens.GAP_LARGE, tokens.GAP)
        layout.setSpacing(tokens.GAP_SMALL)
        layout.addWidget(self.texts.label("title", "title"))
        layout.addWidget(self.verdict)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.footer)
