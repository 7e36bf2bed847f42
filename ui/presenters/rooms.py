"""The rooms page: what the rack shows, how it is searched and filtered, and fetching the rooms."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, QTimer

from station.domain.room import RoomState
from station.domain.search import Finder, Found, Traces
from station.errors import StationError
from station.ports import RoomRow
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.rack_source import Loaded
from ui.presenters.rack_tiles import Tile
from ui.presenters.search import GuestBook

MINUTE_MS = 60_000
RELOAD_MINUTES = 10
"""How often everything is read anew, for what another program of this desk has written."""


class _Make(IntEnum):
    """How thoroughly the rack is made anew; the higher does the lower's work too."""

    NAMES = 1
    """The same rooms at this moment, with the guests that are known now."""
    CHANGES = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class RoomsState:
    """`shown` are positions in `tiles`; `first` is what Enter in the search field takes."""

    tiles: tuple[Tile, ...] = ()
    shown: tuple[int, ...] = ()
    counts: Mapping[RoomState, int] = field(default_factory=dict)
    only: RoomState | None = None
    text: str = field(default="", repr=False)
    first: int | None = None
    is_range: bool = False
    loaded: bool = False
    fetching: bool = False
    error: StationError | None = None
    fetched_at: datetime | None = None
    """UTC; None while the rooms were never fetched."""
    day: date | None = None
    """Site-local: `today` and `tomorrow` are said by it."""


class RoomsPresenter(Presenter[RoomsState]):
    """Keeps the rack true: by the journal, by the clock, and by who is found."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(RoomsState(), parent)
        self._context = context
        self._source = context.rack
        self._finder = Finder()
        self._found = Found(())
        self._slots: Mapping[str, int] = {}
        self._wanted: _Make | None = None
        self._begun = False
        self._loading = self._unnamed = self._load_failed = False
        self._guests = GuestBook(lambda: context.desk.journal, self._ask, self._learned)
        self._minutes = 0
        self._minute = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._minute.timeout.connect(self._clock_moved)
        context.bridge.changed.connect(self.follow)
        context.session.changed.connect(self._operator_changed)

    # what the page asks for

    def begin(self) -> None:
        """The page is shown: bring it up to date, and keep it so by the clock."""
        self._wait_for_minute()
        self.follow()

    def search(self, text: str) -> None:
        """Show only what this text finds."""
        if text != self.state.text:
            self.show(self._filtered(replace(self.state, text=text), find=True))

    def filter(self, only: RoomState | None) -> None:
        """Show only rooms in one state, or all."""
        self.show(self._filtered(replace(self.state, only=only)))

    def fetch(self) -> None:
        """Ask the platform for its rooms (door lock 1.1)."""
        if self.state.fetching:
            return
        self.show(replace(self.state, fetching=True, error=None))
        self.later(
            self._context.lanes.encoder,
            self._context.desk.refresh_rooms,
            lambda _: self._fetched(None),
            self._fetched,
        )

    def row(self, room: str) -> RoomRow | None:
        """A room as the rack knows it just now."""
        at = self._slots.get(room)
        return None if at is None else self.state.tiles[at].row

    def matches(self) -> list[str]:
        """The ids of all rooms that are shown, in order."""
        return [self.state.tiles[at].id for at in self.state.shown]

    @property
    def everybody_known(self) -> bool:
        """Whether every guest in the house can be found by now."""
        return self._guests.complete and not self._loading

    def reload(self) -> None:
        """Read the whole rack anew."""
        self._want(_Make.ALL)

    def follow(self) -> None:
        """Something was written: read the rooms anew that it concerns."""
        self._want(_Make.CHANGES)

    def _want(self, make: "_Make") -> None:
        """What is wanted while something is under way is done once, after it, and thoroughly."""
        if self._loading:
            self._wanted = max(make, self._wanted or make)
            return
        self._loading = True
        desk, guests, source = self._context.desk, self._guests.traces, self._source
        work = {
            _Make.NAMES: source.name,
            _Make.CHANGES: source.follow,
            _Make.ALL: source.load,
        }[make]
        if not self._begun:
            work = source.begin
        self.later(
            self._context.lanes.journal, lambda: work(desk, guests), self._take, self._failed
        )

    # what comes back

    def _take(self, loaded: Loaded) -> None:
        if loaded.finder is not None:
            self._begun = True
            self._finder, self._slots = loaded.finder, loaded.slots
            self._catch_up(loaded.guests)
        state = replace(
            self.state,
            tiles=loaded.tiles,
            counts=loaded.counts,
            loaded=True,
            fetched_at=loaded.fetched_at,
            day=self._context.desk.clock.local().date(),
        )
        if self._load_failed:
            self._load_failed = False
            state = replace(state, error=None)
        self.show(self._filtered(state, find=loaded.finder is not None))
        if self._context.session.operator is not None:
            self._guests.update(loaded.stays, loaded.changed)
        self._loaded()

    def _catch_up(self, guests: Mapping[str, Traces]) -> None:
        """Whoever was learned or forgotten while the lane made a new finder."""
        now = self._guests.traces
        if not now:
            self._finder.forget()
        for room, traces in now.items():
            if guests.get(room) is not traces and room in self._slots:
                self._finder.note(self._slots[room], traces)

    def _failed(self, error: StationError) -> None:
        self._load_failed = True
        self.show(replace(self.state, loaded=True, error=error))
        self._loaded()

    def _loaded(self) -> None:
        self._loading = False
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._want(wanted)
        elif self._unnamed and self._guests.complete:
            self._unnamed = False
            self._want(_Make.NAMES)

    def _fetched(self, error: StationError | None) -> None:
        self.show(replace(self.state, fetching=False, error=error))
        if error is None:
            self._context.bridge.changed.emit()

    def _filtered(self, state: RoomsState, *, find: bool = False) -> RoomsState:
        if find:
            self._found = self._finder.find(state.text)
        found = self._found
        tiles, shown, first = state.tiles, found.positions, found.best
        if state.only is not None:
            shown = tuple(at for at in shown if tiles[at].state is state.only)
            if first is not None and tiles[first].state is not state.only:
                first = shown[0] if shown else None
        return replace(state, shown=shown, first=first, is_range=found.is_range)

    # guests

    def _ask(self, work: object, then: object) -> None:
        self.later(
            self._context.lanes.journal,
            work,  # type: ignore[arg-type]
            then,  # type: ignore[arg-type]
            lambda _: then({}),  # type: ignore[operator]
        )

    def _learned(self, learned: Mapping[str, Traces]) -> None:
        for room, traces in learned.items():
            at = self._slots.get(room)
            if at is not None:
                self._finder.note(at, traces)
        if self.state.text:
            self.show(self._filtered(self.state, find=True))
        if self._loading or not self._guests.complete:
            self._unnamed = True
        else:
            self._want(_Make.NAMES)

    def _operator_changed(self) -> None:
        self._guests.forget()
        self._finder.forget()
        if self._context.session.operator is None:
            self._want(_Make.NAMES)
            self.show(self._filtered(self.state, find=True))
        else:
            self.reload()

    # the clock

    def _clock_moved(self) -> None:
        self._wait_for_minute()
        self._minutes += 1
        self._want(_Make.NAMES if self._minutes % RELOAD_MINUTES else _Make.ALL)

    def _wait_for_minute(self) -> None:
        now = self._context.desk.clock.local()
        into = now.second * 1000 + now.microsecond // 1000
        self._minute.start(MINUTE_MS - into + 50)

    def close(self) -> None:
        """As any presenter; nobody stays known and no clock runs."""
        self._minute.stop()
        self._context.bridge.changed.disconnect(self.follow)
        self._context.session.changed.disconnect(self._operator_changed)
        self._guests.forget()
        self._finder.forget()
        super().close()
