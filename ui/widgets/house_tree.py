"""The houses at the left: search above, the tree or what was found, its age, and fetching anew."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from station.domain.house import House
from station.workflows.house_tree import Node
from ui.context import Context
from ui.presenters.house_fetch import FetchState, HouseFetch
from ui.presenters.houses import ROOT, HousesPresenter, HousesState, Key, Opened, key_of, path_of
from ui.theme import icons, tokens
from ui.widgets.card_parts import restyle
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.house_search import HouseSearch
from ui.widgets.house_words import age
from ui.widgets.texts import Texts, plain_label
from ui.widgets.verdict import Verdict

_NODE = Qt.ItemDataRole.UserRole
MAX_HITS = 200
_ICONS = {"Community": "building", "Building": "building", "Unit": "layers", "Floor": "layers"}


class HouseTree(QWidget):
    """Shows a `HousesPresenter` and a `HouseFetch` and works them."""

    taken = Signal()
    """A house was chosen by Enter: the keyboard goes on to it."""

    def __init__(
        self, context: Context, texts: Texts, presenter: HousesPresenter, fetch: HouseFetch
    ) -> None:
        super().__init__()
        self._context, self._texts = context, texts
        self._presenter, self._fetch = presenter, fetch
        self._items: dict[Key, QTreeWidgetItem] = {}
        self._shown: dict[Key, Opened] = {}
        self.search = HouseSearch(context, texts)
        self.tree, self.hits = QTreeWidget(), QListWidget()
        self.lists = QStackedWidget()
        self.lost = plain_label("warn", wrap=True)
        self.age, self.count = plain_label("small", wrap=True), plain_label("small", wrap=True)
        self.refresh, self.all = texts.button("refresh"), texts.button("fetch_all")
        self.progress, self.cancel = QProgressBar(), texts.button("fetch_stop")
        self.far = plain_label("small", wrap=True)
        self.fetching = QFrame()
        self.verdict = Verdict(context)
        self._build()
        self._connect()
        self._recolour()
        self.render_state(presenter.state)
        self.render_fetch(fetch.state)

    def focus_search(self) -> None:
        """The keyboard into the search, what stands there ready to be overwritten."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def render_state(self, state: HousesState) -> None:
        """Show a state; only levels that are others than before are filled anew."""
        for key, level in state.levels.items():
            if self._shown.get(key) is not level:
                self._shown[key] = level
                self._fill(key, level)
        searching = bool(state.search.strip())
        self.lists.setCurrentWidget(self.hits if searching else self.tree)
        if searching:
            self._render_hits(state)
        lost = self._context.words.sentence(state.trouble) if state.trouble else ""
        self.lost.setText(lost)
        self.lost.setVisible(bool(lost))
        self.refresh.setVisible(not searching)
        self.refresh.setEnabled(self._level() not in state.asking)
        self._render_age(state)

    def render_fetch(self, state: FetchState) -> None:
        """How far fetching all of them is."""
        self.fetching.setVisible(state.running)
        self.all.setVisible(not state.running)
        self.cancel.setEnabled(not state.stopping)
        self.progress.setRange(0, state.total)
        self.progress.setValue(state.done)
        key = "fetch_stopping" if state.stopping else "fetch_far"
        self.far.setText(self._texts(key, done=state.done, total=state.total))
        self.verdict.show_said(state.said)

    def retranslate(self) -> None:
        """Say what changes with the state in the language of the moment."""
        for key, level in self._shown.items():
            self._fill(key, level)
        self.render_state(self._presenter.state)
        self.render_fetch(self._fetch.state)

    # the tree

    def _fill(self, key: Key, level: Opened) -> None:
        above = self.tree.invisibleRootItem() if key == ROOT else self._items.get(key)
        if above is None:
            return
        if level.at is None:
            self._say_below(above, self._texts("level_failed"))
            return
        if not level.nodes:
            self._say_below(above, self._texts("level_empty"))
            return
        before = [above.child(row).data(0, _NODE) for row in range(above.childCount())]
        if before != list(level.nodes):
            open_now = {key_of(node) for node in before if node and self._is_open(node)}
            self._forget(above)
            above.takeChildren()
            for node in level.nodes:
                self._add(above, node, key_of(node) in open_now)
        self._decorate(above)
        if key == ROOT and len(level.nodes) == 1:
            above.child(0).setExpanded(True)

    def _add(self, above: QTreeWidgetItem, node: Node, expanded: bool) -> None:
        item = QTreeWidgetItem(above, [node.name])
        item.setData(0, _NODE, node)
        self._items[key_of(node)] = item
        if not isinstance(node, House):
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        level = self._shown.get(key_of(node))
        if level is not None:
            self._fill(key_of(node), level)
        item.setExpanded(expanded)

    def _is_open(self, node: Node) -> bool:
        item = self._items.get(key_of(node))
        return item is not None and item.isExpanded()

    def _forget(self, above: QTreeWidgetItem) -> None:
        """What lies below goes: no item of it may be touched any more."""
        for row in range(above.childCount()):
            node = above.child(row).data(0, _NODE)
            if node is not None:
                self._items.pop(key_of(node), None)
                self._forget(above.child(row))

    def _say_below(self, above: QTreeWidgetItem, text: str) -> None:
        self._forget(above)
        above.takeChildren()
        note = QTreeWidgetItem(above, [text])
        note.setFlags(Qt.ItemFlag.NoItemFlags)

    def _opened(self, item: QTreeWidgetItem) -> None:
        node = item.data(0, _NODE)
        if node is not None and not isinstance(node, House):
            if not item.childCount():
                self._say_below(item, self._texts("level_loading"))
            self._presenter.open(node)

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        nodes: list[Node] = []
        while item is not None:
            node = item.data(0, _NODE)
            if node is not None:
                nodes.insert(0, node)
            item = item.parent()
        path = path_of(nodes)
        if path is not None:
            self._presenter.choose(path)
        self._render_age(self._presenter.state)

    def _activated(self, item: QTreeWidgetItem) -> None:
        if isinstance(item.data(0, _NODE), House):
            self._chosen(item)
            self.taken.emit()

    def _level(self) -> Key:
        return key_of(self._node())

    def _node(self) -> Node | None:
        """The node whose level is meant: the current one, or the floor of a current house."""
        item = self.tree.currentItem()
        while item is not None:
            node: Node | None = item.data(0, _NODE)
            if node is not None and not isinstance(node, House):
                return node
            item = item.parent()
        return None

    def _refresh(self) -> None:
        node = self._node()
        self._presenter.refresh(node)

    # what was found

    def _render_hits(self, state: HousesState) -> None:
        houses = state.hits.houses[:MAX_HITS]
        with QSignalBlocker(self.hits):
            self.hits.clear()
            for path in houses:
                item = QListWidgetItem(path.full_name, self.hits)
                item.setData(_NODE, path)
                if path == state.chosen:
                    self.hits.setCurrentItem(item)

    def _hit(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._presenter.choose(item.data(_NODE))

    def _take(self) -> None:
        if self._presenter.state.hits.best is not None:
            self._presenter.take_best()
            self.taken.emit()

    def _to_list(self) -> None:
        shown = self.lists.currentWidget()
        shown.setFocus(Qt.FocusReason.TabFocusReason)
        if shown is self.hits and self.hits.currentRow() < 0:
            self.hits.setCurrentRow(0)

    # words and looks

    def _render_age(self, state: HousesState) -> None:
        texts, role, hint = self._texts, "small", ""
        if state.search.strip():
            found = len(state.hits.houses)
            key = "found_many" if found > MAX_HITS else "found" if found else "found_none"
            text = texts(key, count=found, shown=MAX_HITS, known=state.known)
        else:
            level = state.levels.get(self._level())
            text = ""
            if level is not None and level.at is not None:
                text = age(texts, level.at, self._context.desk.clock.local())
            if level is not None and level.error is not None:
                role, hint = "warn", self._context.words.sentence(level.error)
                text = texts("offline", age=text or None)
            if self._level() in state.asking:
                role, text = "small", texts("asking")
        self.age.setText(text)
        self.age.setToolTip(hint)
        self.age.setAccessibleDescription(hint)
        if self.age.property("role") != role:
            restyle(self.age, role)
        self.count.setText(texts("known", count=state.known) if state.known else "")
        self.count.setVisible(bool(self.count.text()) and not state.search.strip())

    def _decorate(self, above: QTreeWidgetItem) -> None:
        colour = self._context.theme.colours.text_dim
        for row in range(above.childCount()):
            item = above.child(row)
            node = item.data(0, _NODE)
            if node is not None:
                name = _ICONS.get(type(node).__name__, "door-closed")
                item.setIcon(0, icons.icon(name, colour))
                self._decorate(item)

    def _recolour(self) -> None:
        colour = self._context.theme.colours.text
        self.refresh.setIcon(icons.icon("refresh-cw", colour))
        self.all.setIcon(icons.icon("download", colour))
        self._decorate(self.tree.invisibleRootItem())

    def _connect(self) -> None:
        presenter, fetch = self._presenter, self._fetch
        presenter.changed.connect(self.render_state)
        fetch.changed.connect(self.render_fetch)
        fetch.fetched.connect(presenter.reload)
        self.search.textChanged.connect(presenter.search)
        self.search.taken.connect(self._take)
        self.search.left.connect(self._to_list)
        self.tree.itemExpanded.connect(self._opened)
        self.tree.currentItemChanged.connect(lambda item, _: self._chosen(item))
        self.tree.itemActivated.connect(lambda item, _: self._activated(item))
        self.hits.currentItemChanged.connect(lambda item, _: self._hit(item))
        self.hits.itemClicked.connect(self._hit)
        self.hits.itemActivated.connect(lambda _: self.taken.emit())
        self.refresh.clicked.connect(self._refresh)
        self.all.clicked.connect(fetch.start)
        self.cancel.clicked.connect(fetch.stop)
        self._context.theme.changed.connect(self._recolour)
        self._context.words.changed.connect(self.retranslate)

    def _build(self) -> None:
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        for shown, name in ((self.tree, "tree"), (self.hits, "hits")):
            self._texts.name(shown, name)
            shown.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            shown.setTextElideMode(Qt.TextElideMode.ElideMiddle)
            self.lists.addWidget(shown)
        self.hits.setSpacing(tokens.GRID // 2)
        self.lost.setMargin(tokens.GRID)
        self.progress.setTextVisible(False)
        self._texts.name(self.progress, "fetch_all")
        row = QHBoxLayout()
        row.setSpacing(tokens.GAP_SMALL)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel)
        box = QVBoxLayout(self.fetching)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.GRID)
        box.addWidget(self.far)
        box.addLayout(row)
        buttons = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, buttons)
        for button in (self.refresh, self.all):
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP_SMALL)
        column.addWidget(self.search)
        column.addWidget(self.lost)
        column.addWidget(self.lists, 1)
        for widget in (self.age, self.count, self.verdict, self.fetching, buttons):
            column.addWidget(widget)
