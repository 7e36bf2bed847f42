"""住户 Residents: cards bound, looked up and taken back; houses with their arrears and owners."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from ui.context import Context
from ui.presenters.outbox import OutboxPresenter
from ui.presenters.residents import ResidentsPresenter, ResidentsState
from ui.theme import tokens
from ui.widgets.ask_frame import AskFrame
from ui.widgets.bind_form import BindForm
from ui.widgets.calm import Calm
from ui.widgets.house_tab import HouseTab
from ui.widgets.outbox_panel import OutboxPanel
from ui.widgets.panel import scrolling
from ui.widgets.resident_lookup import ResidentLookup
from ui.widgets.texts import Texts
from ui.widgets.verdict import Verdict

FORM_WIDTH = 104 * tokens.GRID


def build(context: Context) -> QWidget:
    """The page, for the navigation."""
    return ResidentsPage(context)


class ResidentsPage(QWidget):
    """See the module."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.presenter, self.outbox = ResidentsPresenter(context), OutboxPresenter(context)
        self.presenter.setParent(self)
        self.outbox.setParent(self)
        self.texts = texts = Texts(context.words, "residents", self)
        self.verdict, self.ask = Verdict(context), AskFrame(context, texts)
        self.form, self.look_up = BindForm(context, texts), ResidentLookup(context, texts)
        self.waiting = OutboxPanel(context, texts, self.outbox)
        self.houses = HouseTab(context)
        self.tabs = QTabWidget()
        self.not_there = Calm(
            context, texts, "cloud-off", "not_there", "not_there_hint", "text_dim"
        )
        self._build()
        self._connect()
        self.retranslate()

    def activated(self) -> None:
        """The page is shown: what waits anew, the keyboard in the first field."""
        if self.presenter.state.there:
            self.outbox.refresh()
        if self.tabs.currentWidget() is self.houses:
            self.houses.activated()
        elif self.presenter.state.there:
            self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def function_key(self, number: int) -> bool:
        """F5 begins a new card here, F2 looks for a house; the others belong to the rooms."""
        if number == 5 and self.presenter.state.there:
            self.tabs.setCurrentWidget(self._stack)
            self.form.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
        if number == 2:
            self.tabs.setCurrentWidget(self.houses)
            self.houses.tree.focus_search()
            return True
        return False

    def show_waiting(self) -> None:
        """What waits for the cloud."""
        self.tabs.setCurrentWidget(self._stack)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Another page, or the log-in: nobody of a house stays in sight."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.houses.leave()
            self.form.forget()

    def close_page(self) -> None:
        self.houses.close_tab()
        self.presenter.close()
        self.outbox.close()

    def render_state(self, state: ResidentsState) -> None:
        """Show a state."""
        self._stack.setCurrentWidget(self._work if state.there else self.not_there)
        self.verdict.show_said(state.said)
        self.form.render_state(state)
        self.look_up.render_state(state)
        if state.ask is None:
            self.ask.hide()
        else:
            key = f"ask_{state.ask.kind.value}"
            self.ask.ask(self.texts(key, **state.ask.facts), self.texts(f"{key}_yes"))

    def retranslate(self) -> None:
        """Say what changes with the state in the language of the moment."""
        for place, key in enumerate(("tab_cards", "tab_houses")):
            self.tabs.setTabText(place, self.texts(key))
        self.tabs.tabBar().setAccessibleName(self.texts("title"))
        self.render_state(self.presenter.state)

    def _tab_shown(self) -> None:
        if self.tabs.currentWidget() is self.houses and self.isVisible():
            self.houses.activated()

    def _bind_of_house(self, name: str, mobile: str) -> None:
        """Somebody of a house gets a card: the form is filled in, the card lies on the reader."""
        self.tabs.setCurrentWidget(self._stack)
        if self.presenter.state.there:
            self.form.prefill(name, mobile)

    def _bind(self, name: str, mobile: str, number: str) -> None:
        self.presenter.bind(name, mobile, number)
        self.form.focus_problem()

    def _connect(self) -> None:
        presenter = self.presenter
        presenter.changed.connect(self.render_state)
        self.form.wanted.connect(self._bind)
        self.look_up.looked_up.connect(presenter.look_up)
        self.look_up.unbind_wanted.connect(presenter.unbind)
        self.look_up.cloud_wanted.connect(presenter.ask_cloud)
        self.look_up.reveal_wanted.connect(presenter.reveal)
        self.ask.agreed.connect(presenter.agree)
        self.ask.declined.connect(presenter.decline)
        self.tabs.currentChanged.connect(lambda _: self._tab_shown())
        self.houses.bind_wanted.connect(self._bind_of_house)
        self._context.words.changed.connect(self.retranslate)

    def _build(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP)
        column.addWidget(self.form)
        column.addWidget(self.look_up)
        column.addStretch(1)
        area = scrolling(left)
        area.setFixedWidth(FORM_WIDTH)
        body = QHBoxLayout()
        body.setSpacing(tokens.GAP)
        body.addWidget(area)
        body.addWidget(scrolling(self.waiting), 1)
        self._work = QWidget()
        work = QVBoxLayout(self._work)
        work.setContentsMargins(0, tokens.GAP, 0, 0)
        work.setSpacing(tokens.GAP)
        for widget in (self.ask, self.verdict):
            work.addWidget(widget)
        work.addLayout(body, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._work)
        self._stack.addWidget(self.not_there)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.GAP_LARGE, tokens.GAP, tokens.GAP_LARGE, tokens.GAP_LARGE)
        layout.setSpacing(tokens.GAP)
        layout.addWidget(self.texts.label("title", "title"))
        self.tabs.addTab(self._stack, "")
        self.tabs.addTab(self.houses, "")
        layout.addWidget(self.tabs, 1)
