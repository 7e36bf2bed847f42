"""门锁 Locks: find a room, see what its lock says and what opens its door, act on it.

Without a room the page shows the house: what needs attention, low batteries, the lock table.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from station.domain.operator import PERMISSIONS, Permission
from ui.context import Context
from ui.presenters.lock_news import LockNews, NewsState
from ui.presenters.lock_state import Wish
from ui.presenters.lock_table import LockTableWork
from ui.presenters.locks import LocksPresenter, LocksState
from ui.presenters.rack_tiles import Tile
from ui.presenters.rooms import RoomsPresenter, RoomsState
from ui.theme import icons, tokens
from ui.widgets.ask_frame import AskFrame
from ui.widgets.calm import Calm
from ui.widgets.error_panel import ErrorPanel
from ui.widgets.lock_code import CodeCard
from ui.widgets.lock_house import HousePane
from ui.widgets.lock_list import Entry, LockList
from ui.widgets.lock_room import RoomPane
from ui.widgets.lock_table import TablePanel
from ui.widgets.panel import scrolling
from ui.widgets.search_field import SearchField
from ui.widgets.texts import Texts, sentence
from ui.widgets.verdict import Verdict

MOST_FOUND = 60


def build(context: Context) -> QWidget:
    """The page, for the navigation."""
    return LocksPage(context)


class LocksPage(QWidget):
    """See the module. `card_wanted`: the cards of this room (its id), where cards are made."""

    card_wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.texts = texts = Texts(context.words, "locks", self)
        self.news = LockNews(context)
        self.rooms = RoomsPresenter(context, self)
        self.presenter = LocksPresenter(context, self.news)
        self.table_work = LockTableWork(context, self.news)
        for presenter in (self.news, self.presenter, self.table_work):
            presenter.setParent(self)
        self.search, self.back = SearchField(context), texts.button("all_locks")
        self.verdict, self.ask = Verdict(context), AskFrame(context, texts)
        self.code, self.error = CodeCard(context, texts, self.news), ErrorPanel(context.words)
        self.found = LockList(context)
        texts.name(self.found, "found")
        self.nothing = Calm(context, texts, "search", "nothing", "nothing_hint", "text_dim")
        keeps = Permission.LOCKS in PERMISSIONS[context.session.need().role]
        networked = context.desk.network_locks is not None
        self.table = TablePanel(context, texts, self.table_work) if keeps and networked else None
        self.house = HousePane(context, texts, self.presenter, self.table)
        self.room = RoomPane(context, texts, self.presenter, self.news)
        self._build()
        self._connect()
        self._recolour()
        self.render_state(self.presenter.state)

    def activated(self) -> None:
        """The page is shown: all of it anew, the keyboard in the search field."""
        self.rooms.begin()
        self.presenter.refresh()
        if self.presenter.state.wanted:
            self.room.begin()
        self.search.begin()

    def come_for(self, wish: Wish) -> None:
        """Somebody comes for a room, and may have begun something there already."""
        self.search.clear()
        self.room.come_for(wish)
        self._choose(wish.room_id)
        if not wish.tab:
            self.room.ways.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def function_key(self, number: int) -> bool:
        """F2 looks for a room; the others belong to the cards."""
        if number == 2:
            self.search.begin()
            return True
        return False

    def close_page(self) -> None:
        self.room.close_pane()
        for presenter in (self.table_work, self.presenter, self.rooms, self.news):
            presenter.close()

    def render_state(self, state: LocksState) -> None:
        """Show a state."""
        self.back.setVisible(bool(state.wanted))
        self.error.show_error(state.error)
        self.house.render_state(state)
        self.room.render_state(state)
        if self.table is not None:
            self.table.show_mapped(state.house.mapped)
        self._turn()

    def retranslate(self) -> None:
        """Say what changes with the state in the language of the moment."""
        self.render_state(self.presenter.state)
        self._render_found(self.rooms.state)
        self.code.render_state(self.news.state)
        self._render_ask(self.news.state)
        if self.table is not None:
            self.table.render_state(self.table_work.state)

    def _render_news(self, state: NewsState) -> None:
        self.verdict.show_said(state.said)
        self.code.render_state(state)
        self.room.head.setVisible(state.code is None)  # the passcode says the room as well
        self._render_ask(state)

    def _render_ask(self, state: NewsState) -> None:
        if state.ask is None:
            if self.ask.isAncestorOf(QApplication.focusWidget() or self):
                self.search.setFocus()
            self.ask.hide()
        else:
            key = state.ask.key
            self.ask.ask(self.texts(key, **state.ask.facts), self.texts(f"{key}_yes"))

    def _render_found(self, state: RoomsState) -> None:
        words = self._context.words
        tiles = [state.tiles[at] for at in state.shown[:MOST_FOUND]] if state.text else []
        first = state.tiles[state.first].id if state.first is not None and state.text else ""
        entries = [
            Entry(
                tile.id,
                self._found_line(tile, sentence(words.word("room_state", tile.state))),
                "door-closed",
                f"{tile.state.value}_mark",
            )
            for tile in tiles
        ]
        self.found.show_entries(entries, first)
        self._turn()

    def _found_line(self, tile: Tile, state: str) -> str:
        return self.texts("found_line", room=tile.row.room.name, state_=state, guest=tile.guest)

    def _turn(self) -> None:
        """What is searched goes before the room, the room before the house."""
        shown: QWidget = self.room if self.presenter.state.wanted else self._house
        if self.search.text().strip():
            shown = self.found if self.found.count() else self.nothing
        self._stack.setCurrentWidget(shown)

    def _take(self) -> None:
        state = self.rooms.state
        if state.text and state.first is not None:
            self._found(state.tiles[state.first].id)

    def _found(self, room_id: str) -> None:
        self.search.clear()
        self._choose(room_id)
        self.room.ways.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, room_id: str) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self.room.isAncestorOf(focus):
            self.search.setFocus()  # what has the keyboard may not be there for another room
        self.presenter.choose(room_id)
        self.room.begin()

    def _leave_room(self) -> None:
        self.room.leave()
        self.presenter.leave()
        self.search.begin()

    def _to_list(self) -> None:
        shown = self._stack.currentWidget()
        (shown if shown is self.found else self.room.ways.list).setFocus()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Left for another page or the lock: no passcode stays on the screen."""
        super().hideEvent(event)
        self.news.clear()
        self.room.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.presenter.state.wanted:
            self._leave_room()
        else:
            super().keyPressEvent(event)

    def _recolour(self) -> None:
        self.back.setIcon(icons.icon("chevron-left", self._context.theme.colours.text))
        self.render_state(self.presenter.state)
        self._render_found(self.rooms.state)

    def _connect(self) -> None:
        self.presenter.changed.connect(self.render_state)
        self.news.changed.connect(self._render_news)
        self.rooms.changed.connect(self._render_found)
        self.search.textChanged.connect(self.rooms.search)
        self.search.textChanged.connect(lambda _: self._turn())
        self.search.taken.connect(self._take)
        self.search.left.connect(self._to_list)
        self.found.entered.connect(self._found)
        self.found.itemClicked.connect(lambda _: self._found(self.found.key()))
        self.house.room_wanted.connect(self._choose)
        self.room.ways.card_wanted.connect(self._want_card)
        self.back.clicked.connect(self._leave_room)
        self.ask.agreed.connect(self.news.agree)
        self.ask.declined.connect(self.news.decline)
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self._recolour)

    def _want_card(self) -> None:
        room = self.presenter.state.room
        if room is not None:
            self.card_wanted.emit(room.room.id)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(tokens.GAP)
        head.addWidget(self.texts.label("title", "title"))
        head.addWidget(self.search, 1)
        head.addWidget(self.back)
        self._stack = QStackedWidget()
        self._house = scrolling(self.house)
        for widget in (self._house, self.room, self.found, self.nothing):
            self._stack.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.GAP_LARGE, tokens.GAP, tokens.GAP_LARGE, tokens.GAP_LARGE)
        layout.setSpacing(tokens.GAP)
        layout.addLayout(head)
        for above in (self.ask, self.verdict, self.code, self.error):
            layout.addWidget(above)
        layout.addWidget(self._stack, 1)
