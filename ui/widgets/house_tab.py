"""房屋: the houses at the left; of the chosen one what it owes, its owner's yes, and its people."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.context import Context
from ui.presenters.house_debts import HouseDebts
from ui.presenters.house_fetch import HouseFetch
from ui.presenters.household import Change, HouseholdPresenter, HouseholdState
from ui.presenters.houses import ROOT, HousesPresenter, HousesState
from ui.presenters.owner_check import Check, OwnerPresenter, OwnerState
from ui.presenters.resident_form import RegisterPresenter
from ui.theme import icons, tokens
from ui.widgets.ask_frame import AskFrame
from ui.widgets.calm import Calm
from ui.widgets.house_money import HouseMoney
from ui.widgets.house_tree import HouseTree
from ui.widgets.household_panel import HouseholdPanel
from ui.widgets.owner_panel import OwnerPanel
from ui.widgets.panel import scrolling
from ui.widgets.register_form import RegisterForm
from ui.widgets.texts import Texts, plain_label
from ui.widgets.verdict import Verdict

TREE_WIDTH = 68 * tokens.GRID
SOON_MS = 150
"""How long a house is chosen before anything is asked about it: arrow keys pass over many."""
SIDE_BY_SIDE = 160 * tokens.GRID
"""From this width on the owner stands beside what is owed, else below it."""


class HouseTab(QWidget):
    """`bind_wanted` carries name and mobile number of somebody who is to get a card."""

    bind_wanted = Signal(str, str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.texts = texts = Texts(context.words, "houses", self)
        self.houses, self.fetch = HousesPresenter(context), HouseFetch(context)
        self.debts, self.owner = HouseDebts(context), OwnerPresenter(context)
        self.people = HouseholdPresenter(context, self.owner)
        self.register = RegisterPresenter(context)
        self._presenters = (
            self.people,
            self.owner,
            self.debts,
            self.register,
            self.fetch,
            self.houses,
        )
        for presenter in self._presenters:
            presenter.setParent(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._ask)
        self._seen = Check.NONE
        self._into_sight = QTimer(self)
        self._into_sight.setSingleShot(True)
        self._into_sight.timeout.connect(self._show_next)
        self.tree = HouseTree(context, texts, self.houses, self.fetch)
        self.money = HouseMoney(context, texts, self.debts)
        self.owner_panel = OwnerPanel(context, texts, self.owner)
        self.household = HouseholdPanel(context, texts, self.people)
        self.form = RegisterForm(context, texts, self.register)
        self.name, self.new = plain_label("title", wrap=True), texts.button("register_open")
        self.ask, self.verdict = AskFrame(context, texts), Verdict(context)
        self.nothing = Calm(context, texts, "building", "choose", "choose_hint", "text_dim")
        self.not_there = Calm(
            context, texts, "cloud-off", "not_there", "not_there_hint", "text_dim"
        )
        self.no_token = Calm(context, texts, "key-round", "no_token", "no_token_hint", "text_dim")
        self._build()
        self._connect()
        self._recolour()
        self.render_houses(self.houses.state)
        self.render_people(self.people.state)

    def activated(self) -> None:
        """The tab is shown: the tree begins, the keyboard is in the search."""
        self.houses.begin()
        self.debts.remind()
        self.tree.focus_search()

    def leave(self) -> None:
        """The page is left: what was proved goes out of sight, a form that was begun is dropped."""
        self.owner.hide()
        self.register.forget()
        self.form.clear()
        self._close_form()

    def close_tab(self) -> None:
        """The page closes: nobody waits for anything any more."""
        for timer in (self._soon, self._into_sight):
            timer.stop()
        for presenter in self._presenters:
            presenter.close()

    def render_houses(self, state: HousesState) -> None:
        """Show whether there are houses, and which one is chosen."""
        root = state.levels.get(ROOT)
        known = root is not None and bool(root.nodes)
        shown: QWidget = self._work
        if not state.there:
            shown = self.not_there
        elif state.trouble is not None and not known:
            shown = self.no_token
        self._stack.setCurrentWidget(shown)
        chosen = state.chosen
        if chosen != self.debts.state.house:
            self._close_form()
            self.debts.choose(chosen)
            self.owner.choose(chosen)
            self.fetch.dismiss()
            self._soon.start()
        self.name.setText(chosen.full_name if chosen is not None else "")
        if self._right.currentWidget() is not self.form:
            self._right.setCurrentWidget(self._house if chosen is not None else self.nothing)

    def _render_owner(self, state: OwnerState) -> None:
        """On a low screen the next step of the check comes into sight by itself."""
        if state.check is not self._seen:
            self._seen = state.check
            if state.check in {Check.SENT, Check.PROVED}:
                self._into_sight.start()

    def _show_next(self) -> None:
        step = self.owner_panel.bind if self.owner.proof else self.owner_panel.try_it
        self._area.ensureWidgetVisible(step)

    def render_people(self, state: HouseholdState) -> None:
        """Show a question, and what came of the last change."""
        self.verdict.show_said(state.said)
        if state.ask is None:
            self.ask.hide()
            return
        about = state.ask.about
        facts = {"name": getattr(about, "name", ""), "action": getattr(about, "action", "")}
        key = f"ask_{state.ask.change.value}"
        if state.ask.change is Change.MANAGING and getattr(about, "grant", "") == "allowed":
            key = "ask_managing_off"
        self.ask.ask(self.texts(key, **facts), self.texts(f"{key}_yes"))

    def retranslate(self) -> None:
        """Say what changes with the state in the language of the moment."""
        self.render_people(self.people.state)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def _ask(self) -> None:
        """The house that the keyboard came to rest on."""
        if self._context.session.operator is not None:
            self.debts.ask()
            self.owner.look()

    def _arrange(self) -> None:
        wide = self.width() - TREE_WIDTH >= SIDE_BY_SIDE
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._pair.setDirection(direction)

    def _open_form(self) -> None:
        self.register.begin(self.houses.state.chosen)
        self._right.setCurrentWidget(self.form)
        self.form.focus_first()

    def _close_form(self) -> None:
        if self._right.currentWidget() is self.form:
            self.register.forget()
            self.form.clear()
            there = self.houses.state.chosen is not None
            self._right.setCurrentWidget(self._house if there else self.nothing)

    def _bind_owner(self) -> None:
        owner = self.owner.state.owner
        if owner is not None:
            self.bind_wanted.emit(self.people.state.owner_name, owner.mobile)

    def _bind_member(self, name: str) -> None:
        owner = self.owner.state.owner
        is_owner = owner is not None and name == self.people.state.owner_name
        self.bind_wanted.emit(name, owner.mobile if owner is not None and is_owner else "")

    def _recolour(self) -> None:
        self.new.setIcon(icons.icon("user-plus", self._context.theme.colours.text))

    def _connect(self) -> None:
        self.houses.changed.connect(self.render_houses)
        self.people.changed.connect(self.render_people)
        for presenter in (self.debts, self.owner, self.people, self.register):
            presenter.answered.connect(self.houses.heard)
        self.tree.taken.connect(self.owner_panel.focus_first)
        self.owner.changed.connect(self._render_owner)
        self.new.clicked.connect(self._open_form)
        self.form.left.connect(self._close_form)
        self.owner_panel.bind_wanted.connect(self._bind_owner)
        self.household.bind_wanted.connect(self._bind_member)
        self.ask.agreed.connect(self.people.agree)
        self.ask.declined.connect(self.people.decline)
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self._recolour)

    def _build(self) -> None:
        self.tree.setFixedWidth(TREE_WIDTH)
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.new, 0, Qt.AlignmentFlag.AlignTop)
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(tokens.GAP)
        self._pair.addWidget(self.money, 1)
        self._pair.addWidget(self.owner_panel, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP)
        column.addLayout(self._pair)
        column.addWidget(self.household)
        column.addStretch(1)
        self._house = QWidget()
        house = QVBoxLayout(self._house)
        house.setContentsMargins(0, 0, 0, 0)
        house.setSpacing(tokens.GAP_SMALL)
        house.addLayout(head)
        house.addWidget(self.ask)
        house.addWidget(self.verdict)
        self._area = scrolling(inside)
        house.addWidget(self._area, 1)
        self._right = QStackedWidget()
        for widget in (self.nothing, self._house, self.form):
            self._right.addWidget(widget)
        self._work = QWidget()
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.GAP)
        row.addWidget(self.tree)
        row.addWidget(self._right, 1)
        self._stack = QStackedWidget()
        for shown in (self._work, self.not_there, self.no_token):
            self._stack.addWidget(shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, tokens.GAP, 0, 0)
        layout.addWidget(self._stack)
