"""One room's lock: what it says, what opens its door, and beside it tabs of what can be done."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from station.domain.operator import PERMISSIONS, Permission
from ui.context import Context
from ui.presenters.lock_clock import LockClock
from ui.presenters.lock_give import LockGive
from ui.presenters.lock_news import LockNews
from ui.presenters.lock_open import LockOpen
from ui.presenters.lock_state import OPEN, PASSCODE, RoomView, Wish
from ui.presenters.locks import LocksPresenter, LocksState
from ui.theme import tokens
from ui.widgets.calm import Calm
from ui.widgets.lock_biometric import BiometricForm
from ui.widgets.lock_give import PasscodeForm
from ui.widgets.lock_head import LockHead
from ui.widgets.lock_network import NetworkPane
from ui.widgets.lock_open import OpenForm
from ui.widgets.lock_ways import WaysPanel
from ui.widgets.panel import scrolling
from ui.widgets.texts import Texts

TABS_WIDTH = 102 * tokens.GRID


class RoomPane(QWidget):
    """The presenters of what can be done live here and end with `close_pane`."""

    def __init__(
        self, context: Context, texts: Texts, presenter: LocksPresenter, news: LockNews
    ) -> None:
        super().__init__()
        self._context, self._texts = context, texts
        self._wish: Wish | None = None
        self.giving, self.biometric = LockGive(context, news), LockGive(context, news)
        self.face = LockGive(context, news)
        self.opening, self.clock = LockOpen(context, news), LockClock(context, news)
        self.presenters = (self.giving, self.biometric, self.face, self.opening, self.clock)
        for one in self.presenters:
            one.setParent(self)
        self.head = LockHead(context, texts, presenter)
        self.ways = WaysPanel(context, texts, presenter)
        self.passcode: PasscodeForm | None = None
        self.open_form: OpenForm | None = None
        self.bio_form: BiometricForm | None = None
        self.network: NetworkPane | None = None
        self._network: QWidget | None = None
        self.tabs = QTabWidget()
        self._keys: list[str] = []
        self._fill()
        body = QHBoxLayout()
        body.setSpacing(tokens.GAP)
        body.addWidget(self.ways, 1)
        self._actions = actions = QFrame()
        actions.setProperty("role", "panel")
        actions.setFixedWidth(TABS_WIDTH)
        inside = QVBoxLayout(actions)
        inside.setContentsMargins(tokens.GAP, tokens.GAP_SMALL, tokens.GAP, tokens.GAP)
        inside.addWidget(self.tabs)
        body.addWidget(actions)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP)
        column.addWidget(self.head)
        column.addLayout(body, 1)
        context.words.changed.connect(self._retranslate)
        self._retranslate()

    def render_state(self, state: LocksState) -> None:
        """Show a state."""
        self.head.render_state(state)
        self.ways.render_state(state)
        view = state.room
        self.tabs.setEnabled(view is not None)
        if view is not None:
            self._show_room(view)

    def come_for(self, wish: Wish) -> None:
        """Begin what somebody comes for, as soon as the room is known."""
        self._wish = wish

    def begin(self) -> None:
        """A room was chosen: what doors were opened for lately, the keyboard on the ways."""
        self.opening.refresh()

    def leave(self) -> None:
        """The page is left: nothing typed or chosen stays."""
        for give in (self.biometric, self.face):
            give.drop()
        self.clock.drop()
        for form in (self.passcode, self.bio_form):
            if form is not None:
                form.clear()
        if self.network is not None:
            self.network.clear()

    def close_pane(self) -> None:
        for presenter in self.presenters:
            presenter.close()

    def show_tab(self, key: str) -> None:
        """Show a tab by its key, if the operator has it."""
        if key in self._keys:
            self.tabs.setCurrentIndex(self._keys.index(key))

    def _show_room(self, view: RoomView) -> None:
        for form in (self.passcode, self.open_form, self.bio_form, self.network):
            if form is not None:
                form.show_room(view)
        self._show_network(view)
        wish = self._wish
        if wish is not None and wish.room_id == view.room.id:
            self._wish = None
            self.show_tab(wish.tab)
            if wish.tab == PASSCODE and self.passcode is not None:
                self.passcode.wish(wish)
            elif wish.tab == OPEN and self.open_form is not None:
                self.open_form.begin()

    def _show_network(self, view: RoomView) -> None:
        """The last tab is there for rooms with a networked lock only."""
        if self._network is None:
            return
        wanted = self._context.desk.network_locks is not None and view.lock_id is not None
        place = self.tabs.indexOf(self._network)
        if wanted and place < 0:
            self.tabs.addTab(self._network, self._texts("tab_network"))
            self._keys.append("network")
        elif not wanted and place >= 0:
            self.tabs.removeTab(place)
            self._keys.remove("network")
        self._actions.setVisible(bool(self._keys))

    def _fill(self) -> None:
        context, texts = self._context, self._texts
        allowed = PERMISSIONS[context.session.need().role]
        site = context.desk.site
        if Permission.PASSCODES in allowed:
            self.passcode = PasscodeForm(context, texts, self.giving)
            self._add(PASSCODE, self.passcode)
        if Permission.OPEN_DOOR in allowed:
            self.open_form = OpenForm(context, texts, self.opening)
            self._add(OPEN, self.open_form)
        if Permission.BIOMETRICS in allowed:
            if site.faces or site.fingerprints:
                self.bio_form = BiometricForm(context, texts, self.biometric)
                self._add("biometric", self.bio_form)
            else:
                calm = Calm(context, texts, "scan-face", "bio_off", "bio_off_hint", "text_dim")
                self._add("biometric", calm)
        if allowed & {Permission.OPEN_DOOR, Permission.LOCKS}:
            self.network = NetworkPane(context, texts, self.opening, self.face, self.clock)
            self._network = self._add("network", self.network)

    def _add(self, key: str, pane: QWidget) -> QWidget:
        self._keys.append(key)
        pane.setProperty("role", "surface")
        pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        area = scrolling(pane)
        self.tabs.addTab(area, "")
        return area

    def _retranslate(self) -> None:
        for place, key in enumerate(self._keys):
            self.tabs.setTabText(place, self._texts(f"tab_{key}"))
        self.tabs.tabBar().setAccessibleName(self._texts("tabs"))
