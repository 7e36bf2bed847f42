"""The house tree: levels as they are opened, with their age; searching; one house chosen.

What the desk keeps is shown at once and works offline; the platform is asked on a lane of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from station.domain.house import Building, Community, Floor, House, HousePath, Unit
from station.errors import Code, StationError
from station.secrets import SecretName
from station.workflows import house_tree
from station.workflows.house_tree import Level, Node
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.house_index import HouseHits, HouseIndex

Key = tuple[str, str]
"""What kind of node it is, and its id; `ROOT` for what lies above the communities."""
ROOT: Final[Key] = ("", "")
NO_TOKEN: Final = frozenset({Code.SECRET_MISSING, Code.PROPERTY_TOKEN_LOST})


def key_of(node: Node | None) -> Key:
    """The key of a node."""
    return (type(node).__name__, node.id) if node is not None else ROOT


@dataclass(frozen=True, slots=True)
class Opened:
    """What lies under a node. `at` site-local; `error`: why it is not newer, or not there."""

    nodes: tuple[Node, ...] = ()
    at: datetime | None = None
    error: StationError | None = None


@dataclass(frozen=True, slots=True)
class HousesState:
    """What the tree shows. `known` houses can be found by the search."""

    there: bool = True
    """Whether the platform is set up."""
    trouble: StationError | None = None
    """There is no token, or it is lost: a technician has to paste one."""
    levels: Mapping[Key, Opened] = field(default_factory=dict)
    asking: frozenset[Key] = frozenset()
    known: int = 0
    search: str = ""
    hits: HouseHits = field(default_factory=HouseHits)
    chosen: HousePath | None = None


class HousesPresenter(Presenter[HousesState]):
    """Opens levels and finds houses. Fetching all of them is `HouseFetch`'s."""

    def __init__(self, context: Context) -> None:
        super().__init__(HousesState(there=context.desk.property is not None))
        self._context = context
        self._index = HouseIndex()
        self._indexing = self._index_again = False

    def begin(self) -> None:
        """The tab is shown: the communities, and what can be searched."""
        if not self.state.there:
            return
        if ROOT not in self.state.levels and ROOT not in self.state.asking:
            self._look_for_token()
            self.open(None)
            self.reindex()

    def open(self, node: Node | None) -> None:
        """Show what lies under a node: what is kept at once, and newer where that is old."""
        key = key_of(node)
        if key in self.state.asking or (key in self.state.levels and not self._failed(key)):
            return
        desk, operator = self._context.desk, self._context.session.need()

        def kept(level: Level | None) -> None:
            self._asked(key)
            if level is not None:
                self._take(key, level)
            self.refresh(node, firmly=False)

        self._ask(key)
        self.later(
            self._context.lanes.journal,
            lambda: house_tree.kept_level(desk, operator, node),
            kept,
            lambda error: self._not_there(key, error),
        )

    def refresh(self, node: Node | None, *, firmly: bool = True) -> None:
        """Ask the platform what lies under a node; not `firmly`, only where what is kept is old."""
        key = key_of(node)
        if key in self.state.asking:
            return
        desk, operator = self._context.desk, self._context.session.need()

        before = self.state.levels.get(key)

        def came(level: Level) -> None:
            self._take(key, level)
            newer = before is None or before.nodes != self.state.levels[key].nodes
            if newer and any(isinstance(each, House) for each in level.nodes):
                self.reindex()

        self._ask(key)
        self.later(
            self._context.lanes.property,
            lambda: house_tree.open_level(desk, operator, node, refresh=firmly),
            came,
            lambda error: self._not_there(key, error),
        )

    def reload(self) -> None:
        """Everything was fetched anew: show it."""
        shown = [node for level in self.state.levels.values() for node in level.nodes]
        opened = [None, *(node for node in shown if key_of(node) in self.state.levels)]
        self.show(replace(self.state, levels={}))
        for node in opened:
            self.open(node)
        self.reindex()

    def reindex(self) -> None:
        """What can be searched, made on the journal's lane; one after another, none is lost."""
        if self._indexing:
            self._index_again = True
            return
        self._indexing, self._index_again = True, False
        desk = self._context.desk

        def work() -> HouseIndex:
            return HouseIndex(house_tree.all_houses(desk))

        def made(index: HouseIndex | None) -> None:
            self._indexing = False
            if index is not None:
                self._index = index
                self.show(replace(self.state, known=len(index.houses)))
                self.search(self.state.search)
            if self._index_again:
                self.reindex()

        self.later(self._context.lanes.journal, work, made, lambda _: made(None))

    def search(self, text: str) -> None:
        """The houses that a text means; the tree again for an empty one."""
        self.show(replace(self.state, search=text, hits=self._index.find(text)))

    def take_best(self) -> None:
        """Enter in the search."""
        if self.state.hits.best is not None:
            self.choose(self.state.hits.best)

    def choose(self, path: HousePath | None) -> None:
        """One house, whose arrears and owner the rest of the page is about."""
        self.show(replace(self.state, chosen=path))

    def heard(self, error: StationError | None) -> None:
        """What became of a call elsewhere: whether the token is well shows here."""
        if error is None or error.code in NO_TOKEN:
            self.show(replace(self.state, trouble=error))

    def _look_for_token(self) -> None:
        station = self._context.station
        if station is None:
            return
        secrets = station.secrets

        def found(there: bool) -> None:
            if not there:
                self.heard(_missing())

        def work() -> bool:
            return secrets.find(SecretName.PROPERTY_TOKEN) is not None

        self.later(self._context.lanes.journal, work, found, lambda _: found(False))

    def _failed(self, key: Key) -> bool:
        opened = self.state.levels.get(key)
        return opened is not None and opened.at is None

    def _ask(self, key: Key) -> None:
        self.show(replace(self.state, asking=self.state.asking | {key}))

    def _asked(self, key: Key) -> None:
        self.show(replace(self.state, asking=self.state.asking - {key}))

    def _take(self, key: Key, level: Level) -> None:
        at = _local(self._context, level.at)
        levels = {**self.state.levels, key: Opened(level.nodes, at, level.error)}
        self._asked(key)
        self.show(replace(self.state, levels=levels))
        if level.error is not None:
            self.heard(level.error)

    def _not_there(self, key: Key, error: StationError) -> None:
        levels = {**self.state.levels, key: Opened(error=error)}
        self._asked(key)
        self.show(replace(self.state, levels=levels))
        self.heard(error)


def path_of(nodes: Sequence[Node]) -> HousePath | None:
    """A house with everything above it, out of the nodes from the community down."""
    match nodes:
        case [
            Community() as community,
            Building() as building,
            Unit() as unit,
            Floor() as floor,
            House() as house,
        ]:
            return HousePath(community, building, unit, floor, house)
    return None


def _missing() -> StationError:
    name = SecretName.PROPERTY_TOKEN
    return StationError(Code.SECRET_MISSING, name=name.value, variable=name.variable)


def _local(context: Context, at: datetime | None) -> datetime | None:
    station = context.station
    if at is None or station is None:
        return None
    return station.clock.to_local(at).replace(microsecond=0)
