"""The desk's window once somebody has logged in: navigation, the page, messages, status bar.

It navigates and nothing else: pages are built when they are first shown and stay until another
operator sits down or the window closes.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from station.domain.operator import PERMISSIONS, Operator
from ui.context import Context
from ui.pages.registry import PAGES, Page, PageSpec
from ui.presenters.lock_state import Wish
from ui.presenters.status import Part, PartState, StatusPresenter, StatusState
from ui.sounds import sounds
from ui.widgets.help_overlay import HelpOverlay
from ui.widgets.look_menu import look_menu
from ui.widgets.message_bar import MessageBar, Tone
from ui.widgets.navigation import Navigation
from ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from ui.pages.locks import LocksPage
    from ui.pages.rooms import RoomsPage

FUNCTION_KEYS = (2, 3, 4, 5, 6, 7, 8, 10, 11)
HOME_PAGE = "rooms"
WAITING_PAGE = "residents"
UNRESOLVED_PAGE = "unresolved"
LOCKS_PAGE = "locks"
DELETION = QEvent.Type.DeferredDelete.value


def pages_for(operator: Operator) -> list[PageSpec]:
    """The pages that an operator's role may use, those that this installation has."""
    allowed = PERMISSIONS[operator.role]
    return [spec for spec in PAGES if spec.permission in allowed and find_spec(spec.module)]


class MainWindow(QWidget):
    """`enter` when somebody has logged in, `close_pages` when they go for good."""

    lock_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._operator: Operator | None = None
        self._specs: dict[str, PageSpec] = {}
        self._pages: dict[str, QWidget] = {}
        self._current = ""
        words, theme = context.words, context.theme
        self.navigation = Navigation(words, theme)
        self.messages = MessageBar(words, theme)
        self.stack = QStackedWidget()
        self.status_bar = StatusBar(words, theme)
        self.status = StatusPresenter(context)
        self.help = HelpOverlay(words, self)
        self._build()
        self._connect()
        self.status.start()

    @property
    def current(self) -> str:
        """The key of the page that is shown."""
        return self._current

    def page(self, key: str) -> QWidget | None:
        """A page's widget; None while it was never shown."""
        return self._pages.get(key)

    def enter(self, operator: Operator) -> None:
        """Somebody sits down. The pages of whoever sat there before go; one's own stay."""
        if operator != self._operator:
            self._clear_away()
            self._operator = operator
            specs = pages_for(operator)
            self._specs = {spec.key: spec for spec in specs}
            self.navigation.show_pages(specs)
            self.navigation.show_count(UNRESOLVED_PAGE, self.status.state.unresolved)
            self.navigation.show_count(LOCKS_PAGE, self.status.state.doubtful)
        self.status.count()
        self.show_page(self._current or next(iter(self._specs), ""))

    def show_page(self, key: str) -> bool:
        """Show a page, building it when it is first shown; whether the operator has it."""
        spec = self._specs.get(key)
        if spec is None:
            return False
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = spec.build(self._context)
            self.stack.addWidget(page)
            if hasattr(page, "page_wanted"):
                page.page_wanted.connect(self.show_page)
            if hasattr(page, "lock_wanted"):
                page.lock_wanted.connect(self._show_lock)
            if hasattr(page, "card_wanted"):
                page.card_wanted.connect(self._show_cards)
        self._current = key
        self.stack.setCurrentWidget(page)
        self.navigation.mark(key)
        _page(page).activated()
        return True

    def _show_lock(self, wish: Wish) -> None:
        """A room's lock, and what is to be begun there."""
        if self.show_page(LOCKS_PAGE):
            cast("LocksPage", self._pages[LOCKS_PAGE]).come_for(wish)

    def _show_cards(self, room: str) -> None:
        """A room's cards (its id), where they are made and taken back."""
        if self.show_page(HOME_PAGE):
            cast("RoomsPage", self._pages[HOME_PAGE]).come_for(room)

    def function_key(self, number: int) -> bool:
        """F2-F11: the page that is shown takes it, or else the rooms page; whether one did."""
        page = self._pages.get(self._current)
        if page is not None and _page(page).function_key(number):
            return True
        if self._current == HOME_PAGE or not self.show_page(HOME_PAGE):
            return False
        return _page(self._pages[HOME_PAGE]).function_key(number)

    def close_pages(self) -> None:
        """Drop every page; what they have submitted is still done."""
        for page in self._pages.values():
            _page(page).close_page()
            self.stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._current = ""
        self._operator = None

    def _clear_away(self) -> None:
        """No trace of whoever sat here before, nor of what Qt has kept of their pages."""
        gone = list(self._pages.values())
        self.close_pages()
        for page in gone:
            QCoreApplication.sendPostedEvents(page, DELETION)
        if gone:
            self._context.theme.forget_gone()

    def close_window(self) -> None:
        """The end: no page, no presenter."""
        self.close_pages()
        self.status.close()

    def _numbered(self, number: int) -> None:
        keys = list(self._specs)
        if number <= len(keys):
            self.show_page(keys[number - 1])

    def _show_status(self, state: StatusState) -> None:
        self.status_bar.render_state(state)
        self.navigation.show_count(UNRESOLVED_PAGE, state.unresolved)
        self.navigation.show_count(LOCKS_PAGE, state.doubtful)

    def _explain(self, part: Part) -> None:
        """A device was clicked: say what is wrong with it, if anything is."""
        error = self.status.state.errors.get(part)
        if error is not None and self.status.state.parts[part] is PartState.TROUBLE:
            self.messages.show_error(error, Tone.WARN)

    def _show_waiting(self) -> None:
        """The page that lists it; one with several parts shows the right one."""
        if self.show_page(WAITING_PAGE):
            page = self._pages[WAITING_PAGE]
            if hasattr(page, "show_waiting"):
                page.show_waiting()

    def _open_menu(self) -> None:
        context, button = self._context, self.navigation.menu
        menu = look_menu(context.words, context.theme, sounds(), self.help.toggle, self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(
            button.mapToGlobal(QPoint(button.width(), button.height() - menu.sizeHint().height()))
        )

    def _connect(self) -> None:
        self.navigation.chosen.connect(self.show_page)
        self.navigation.menu_wanted.connect(self._open_menu)
        self.status.changed.connect(self._show_status)
        self.status.journal_failed.connect(self.messages.show_error)
        self.status_bar.part_wanted.connect(self._explain)
        self.status_bar.waiting_wanted.connect(self._show_waiting)
        self.status_bar.unresolved_wanted.connect(lambda: self.show_page(UNRESOLVED_PAGE))
        self.status_bar.doubtful_wanted.connect(lambda: self.show_page(LOCKS_PAGE))
        self.status_bar.lock_wanted.connect(self.lock_wanted)
        _key(self, "F1", self.help.toggle)
        _key(self, "F9", self.lock_wanted.emit)
        for number in FUNCTION_KEYS:
            _key(self, f"F{number}", lambda wanted=number: self.function_key(wanted))
        for number in range(1, len(PAGES) + 1):
            _key(self, f"Ctrl+{number}", lambda wanted=number: self._numbered(wanted))

    def _build(self) -> None:
        centre = QVBoxLayout()
        centre.setContentsMargins(0, 0, 0, 0)
        centre.setSpacing(0)
        centre.addWidget(self.messages)
        centre.addWidget(self.stack, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.navigation)
        middle.addWidget(_hairline(vertical=True))
        middle.addLayout(centre, 1)
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(0, 0, 0, 0)
        self.outer.setSpacing(0)
        self.outer.addLayout(middle, 1)
        self.outer.addWidget(_hairline(vertical=False))
        self.outer.addWidget(self.status_bar)


def _page(widget: QWidget) -> Page:
    return cast("Page", widget)


def _key(parent: QWidget, sequence: str, act: object) -> None:
    shortcut = QShortcut(QKeySequence(sequence), parent)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(act)


def _hairline(*, vertical: bool) -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
