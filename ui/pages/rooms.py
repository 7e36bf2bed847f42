"""房卡 Rooms & cards: the rack with its search at the left, the card panel at the right.

The page joins the two: what is chosen on the rack goes to the panel, a room that the panel asks
for is shown on the rack.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.context import Context
from ui.presenters.rooms import RoomsPresenter, RoomsState
from ui.theme import icons, tokens
from ui.widgets.card_panel import CardPanel
from ui.widgets.error_panel import ErrorPanel
from ui.widgets.rack import Rack
from ui.widgets.rack_empty import Emptiness, RackEmpty
from ui.widgets.rack_filters import RackFilters
from ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from station.ports import RoomRow

GROUP_KEY = 11
CHOICE_MS = 40
"""A held arrow key passes over rooms without the panel asking the journal about each."""


def build(context: Context) -> QWidget:
    """The page, for the navigation."""
    return RoomsPage(context)


class RoomsPage(QWidget):
    """Rack and card panel; see the module. `page_wanted`: another page, by its key.

    `lock_wanted` with a `Wish`: a room's lock.
    """

    page_wanted = Signal(str)
    lock_wanted = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.presenter = RoomsPresenter(context, self)
        self.search = SearchField(context)
        self.filters = RackFilters(context)
        self.rack = Rack(context)
        self.empty = RackEmpty(context)
        self.error = ErrorPanel(context.words)
        self.panel = CardPanel(context)
        self.info = QLabel()
        self.fewer, self.refresh = QToolButton(), QToolButton()
        self.progress = QProgressBar()
        self._given: list[RoomRow] = []
        self._awaited = ""
        self._choice = QTimer(self, singleShot=True, interval=CHOICE_MS)
        self._build()
        self._connect()
        self.retranslate()
        self._recolour()
        self.render_state(self.presenter.state)

    # what the main window asks for

    def activated(self) -> None:
        """The page is shown: bring it up to date, the keyboard in the search field."""
        self.presenter.begin()
        self.panel.activated()
        self.search.begin()

    def function_key(self, number: int) -> bool:
        """F2 looks for a room; the others are the panel's, for the room that is chosen now."""
        if number == 2:
            self.search.begin()
            return True
        self._give()
        return self.panel.function_key(number)

    def close_page(self) -> None:
        """Nothing that is awaited arrives any more."""
        self._choice.stop()
        self.panel.close_page()
        self.presenter.close()

    def come_for(self, room: str) -> None:
        """Somebody comes for a room (its id): it is chosen, once the rooms are known."""
        self._awaited = room
        self.render_state(self.presenter.state)

    # showing

    def render_state(self, state: RoomsState) -> None:
        """Show a state."""
        self.rack.show_tiles(state.tiles, state.shown, state.day)
        first = state.tiles[state.first].id if state.first is not None and state.text else None
        self.rack.point_at(first if self.search.hasFocus() else None)
        self.filters.render_counts(state.counts, state.only)
        self.error.show_error(state.error)
        self.refresh.setEnabled(not state.fetching)
        self.progress.setVisible(state.fetching)
        self._render_emptiness(state)
        self._render_info()
        if self._awaited and state.loaded:
            awaited, self._awaited = self._awaited, ""
            self._room_wanted(awaited)
        self._give_anew()

    def _render_emptiness(self, state: RoomsState) -> None:
        if state.shown:
            self._stack.setCurrentWidget(self.rack)
            return
        why = Emptiness.NOTHING_FOUND if state.tiles else Emptiness.NO_ROOMS
        self.empty.say(why if state.loaded else Emptiness.LOADING, fetching=state.fetching)
        self._stack.setCurrentWidget(self.empty)

    def _render_info(self) -> None:
        words, state = self._context.words, self.presenter.state
        chosen = len(self.rack.selection.selected)
        text = ""
        if state.text and state.is_range:
            text = words("rooms.range", rooms=str(len(state.shown)))
        elif state.text:
            text = words("rooms.found", rooms=str(len(state.shown)))
        elif chosen > 1:
            text = words("rooms.selected", rooms=str(chosen))
        self.info.setText(text)
        self.fewer.setVisible(chosen > 1)

    def retranslate(self) -> None:
        """Say it all in the language of the moment."""
        words = self._context.words
        self.rack.setAccessibleName(words("rooms.rack_name"))
        self.refresh.setAccessibleName(words("rooms.fetch"))
        self.progress.setAccessibleName(words("rooms.fetching"))
        self.fewer.setAccessibleName(words("rooms.select_none"))
        self.fewer.setToolTip(words("rooms.select_none"))
        at = self.presenter.state.fetched_at
        tip = words("rooms.fetch_tip", at=at) if at else words("rooms.fetch")
        self.refresh.setToolTip(tip)
        self._render_info()

    # what the hand does

    def _take(self) -> None:
        """Enter in the search field: the first match, or the whole range."""
        state = self.presenter.state
        if not state.text:
            if self.rack.selection.selected:
                self._start("")
            return
        if state.first is None:
            return
        first = state.tiles[state.first].id
        self.rack.select(self.presenter.matches() if state.is_range else [first], first)
        self.search.clear()
        self.rack.show_room(first)
        self._start(first)

    def _start(self, _: str) -> None:
        """Enter or a double click: the panel's fitting action for what is chosen."""
        self._give()
        if len(self._given) > 1:
            self.panel.function_key(GROUP_KEY)
        else:
            self.panel.start_fitting()

    def _search_focused(self, _: bool) -> None:
        self.render_state(self.presenter.state)

    def _to_rack(self) -> None:
        state = self.presenter.state
        if state.text and state.first is not None:
            first = state.tiles[state.first].id
            self.rack.select([first], first)
        self.rack.setFocus(Qt.FocusReason.TabFocusReason)

    def _show_all(self) -> None:
        self.search.clear()
        self.presenter.filter(None)
        self.search.begin()

    def _select_none(self) -> None:
        self.rack.select_none()
        self.rack.setFocus(Qt.FocusReason.OtherFocusReason)

    # the panel

    def _chosen(self) -> None:
        self._render_info()
        self._choice.start()

    def _give(self) -> None:
        """Tell the panel what is chosen, unless it knows."""
        self._choice.stop()
        known = (self.presenter.row(room) for room in self.rack.selected())
        rows = [row for row in known if row is not None]
        if rows == self._given:
            return
        was_group, self._given = len(self._given) > 1, rows
        if len(rows) > 1:
            self.panel.set_group(rows)
            return
        if was_group:
            self.panel.set_group([])
        self.panel.choose_room(rows[0] if rows else None)

    def _give_anew(self) -> None:
        """The journal says something else about what the panel was given."""
        if self._given and not self._choice.isActive():
            self._give()

    def _room_wanted(self, wanted: str) -> None:
        """The panel wants this room (its id or name) chosen; an empty text: let one be searched."""
        if not wanted:
            self.search.begin()
            return
        for tile in self.presenter.state.tiles:
            if wanted in (tile.id, tile.row.room.name):
                self.search.clear()
                if self.rack.slot_of(tile.id) is None:
                    self.presenter.filter(None)
                self.rack.select([tile.id], tile.id)
                self._give()
                return

    # making it

    def _build(self) -> None:
        for button in (self.fewer, self.refresh):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.info.setProperty("role", "dim")
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(2 * tokens.BIG_CONTROL_HEIGHT)
        first = QHBoxLayout()
        first.setSpacing(tokens.GAP_SMALL)
        for widget in (self.search, self.info, self.fewer, self.progress, self.refresh):
            first.addWidget(widget, int(widget is self.search))
        head = QVBoxLayout()
        head.setContentsMargins(tokens.GAP, tokens.GAP, tokens.GAP, tokens.GAP_SMALL)
        head.setSpacing(tokens.GAP_SMALL)
        head.addLayout(first)
        head.addWidget(self.filters)
        head.addWidget(self.error)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.rack)
        self._stack.addWidget(self.empty)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(head)
        left.addWidget(self._stack, 1)
        line = QFrame()
        line.setProperty("role", "line")
        line.setFixedWidth(1)
        self.panel.setFixedWidth(tokens.CARD_PANEL_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(line)
        row.addWidget(self.panel)

    def _connect(self) -> None:
        self.presenter.changed.connect(self.render_state)
        self.search.textChanged.connect(self.presenter.search)
        self.search.taken.connect(self._take)
        self.search.left.connect(self._to_rack)
        self.search.focused.connect(self._search_focused)
        self.filters.wanted.connect(self.presenter.filter)
        self.rack.chosen.connect(self._chosen)
        self.rack.started.connect(self._start)
        self.rack.typed.connect(self.search.begin)
        self.refresh.clicked.connect(self.presenter.fetch)
        self.empty.fetch_wanted.connect(self.presenter.fetch)
        self.empty.all_wanted.connect(self._show_all)
        self.fewer.clicked.connect(self._select_none)
        self.panel.room_wanted.connect(self._room_wanted)
        self.panel.page_wanted.connect(self.page_wanted)
        self.panel.lock_wanted.connect(self.lock_wanted)
        self._choice.timeout.connect(self._give)
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self._recolour)
        for keys, act in (("Ctrl+F", self.search.begin), ("Ctrl+R", self.presenter.fetch)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.refresh.setIcon(icons.icon("refresh-cw", colours.text, colours.line_strong))
        self.fewer.setIcon(icons.icon("x", colours.text))
