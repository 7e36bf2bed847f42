"""The history: pages of operations as one scrolls, what is filtered, and what came in meanwhile.

The list never jumps: new operations are counted and offered, operations that changed are changed
in their place. Rows travel by signals of their own, in batches; the state holds the rest.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeVar

from PySide6.QtCore import QTimer, Signal

from station.compose.clock import SystemClock
from station.domain.operation import OperationRow
from station.domain.operator import Permission
from station.errors import InputInvalid, StationError
from station.ports import HistoryFilter
from station.workflows.history import allowed
from ui.context import Context
from ui.presenters.base import Answer, Presenter
from ui.presenters.history_filters import Filters, asked, may, remember, remembered, sees_all
from ui.presenters.history_lines import Line, line_of
from ui.presenters.history_pages import (
    COUNTED,
    WINDOW,
    Page,
    as_they_are,
    first_page,
    newer,
    page_at,
    page_between,
)

AT_ONCE: Final = 20
"""Lines of a page handed over in one turn of the event loop: some milliseconds of it."""
LOOK_AGAIN_MS: Final = 10_000
"""How often a shown history asks whether another program wrote something."""


T = TypeVar("T")


def _parts(many: Sequence[T]) -> list[list[T]]:
    """A page in portions."""
    return [list(many[at : at + AT_ONCE]) for at in range(0, len(many), AT_ONCE)]


@dataclass(frozen=True, slots=True)
class HistoryState:
    """What the page shows besides its rows. `count` stops at `COUNTED` + 1; -1: not known yet."""

    filters: Filters = field(default_factory=Filters)
    operator: str = ""
    own_only: bool = False
    may_export: bool = False
    may_verify: bool = False
    operators: tuple[str, ...] = ()
    loading: bool = False
    rows: int = 0
    count: int = -1
    fresh: int = 0
    error: StationError | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A first page with all that belongs to it."""

    wanted: HistoryFilter
    page: Page
    lines: tuple[Line, ...]
    operators: tuple[str, ...]


class HistoryPresenter(Presenter[HistoryState]):
    """Signals carry `Line`s: `reset` (the beginning of a new list), `appended`, `prepended`,
    `updated` (by number), `dropped` (how many at the top, at the bottom).
    """

    reset = Signal(list)
    appended = Signal(list)
    prepended = Signal(list)
    updated = Signal(list)
    dropped = Signal(int, int)

    def __init__(self, context: Context) -> None:
        super().__init__(HistoryState(filters=remembered(context.session)))
        self._context = context
        self._asked = 0
        self._wanted = HistoryFilter()
        self._pages: list[Page] = []
        self._before: list[int] = []  # keys of the pages above the window, the nearest last
        self._top = 0
        self._looking = self._once_more = self._shown = False
        self._sight = 0, 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_AGAIN_MS)
        self._timer.timeout.connect(self.look_again)
        self._turns: deque[Callable[[], None]] = deque()
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._next_turn)
        context.bridge.changed.connect(self.look_again)

    @property
    def wanted(self) -> HistoryFilter:
        """What the journal was asked for, for exports and papers of just this list."""
        return self._wanted

    def watch(self, shown: bool) -> None:
        """Whether the page is in sight: only then what is written elsewhere is looked for."""
        self._shown = shown
        if not shown:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
            self.look_again()

    def sight(self, first: int, last: int) -> None:
        """Which rows of those held are in sight."""
        self._sight = first, last

    def recall(self) -> None:
        """Somebody sits down: their own filters and rights, and nothing of who sat there before."""
        self._asked += 1
        self._pages, self._before = [], []
        self._forget_turns()
        self.reset.emit([])
        self.filter(remembered(self._context.session))

    def filter(self, filters: Filters) -> None:
        """Show something else."""
        who = self._context.session.operator
        if who is None:
            return
        remember(self._context.session, filters)
        self.show(
            replace(
                self.state,
                filters=filters,
                operator=who.name,
                own_only=not sees_all(who),
                may_export=may(who, Permission.EXPORT),
                may_verify=may(who, Permission.JOURNAL),
            )
        )
        if not filters.wrong_way_round:
            self.refresh()

    def refresh(self) -> None:
        """The list anew, from the newest operation on."""
        who = self._context.session.operator
        if who is None:
            return
        self._asked += 1
        asked_now, filters, desk = self._asked, self.state.filters, self._context.desk
        clock, words = self._clock(), self._context.words.catalogue
        self.show(replace(self.state, loading=True, error=None))

        def work() -> Opened:
            wanted = asked(filters, desk.journal, clock)
            page = first_page(desk, who, wanted)
            people = desk.need_operators().list() if sees_all(who) else ()
            names = tuple(row.name for row in people)
            lines = tuple(line_of(row, words, clock) for row in page.rows)
            return Opened(wanted, page, lines, names)

        self._on_lane(work, lambda found: self._opened(asked_now, found), asked_now)

    def load_more(self) -> None:
        """The end of the list comes near: one page more."""
        key = self._pages[-1].behind if self._pages else None
        who = self._context.session.operator
        if key is None or who is None or self.state.loading:
            return
        desk, wanted, asked_now = self._context.desk, self._wanted, self._asked
        self.show(replace(self.state, loading=True))
        self._on_lane(
            lambda: self._with_lines(page_at(desk, who, wanted, key)),
            lambda found: self._add_below(asked_now, *found),
            asked_now,
        )

    def load_back(self) -> None:
        """The beginning of what is held comes near, and there is something above it."""
        who = self._context.session.operator
        if not self._before or who is None or self.state.loading:
            return
        desk, wanted, asked_now = self._context.desk, self._wanted, self._asked
        key, behind = self._before[-1], self._pages[0].key
        self.show(replace(self.state, loading=True))
        self._on_lane(
            lambda: self._with_lines(page_between(desk, who, wanted, key, behind)),
            lambda found: self._add_above(asked_now, *found),
            asked_now,
        )

    def look_again(self) -> None:
        """Something was written: count what is new, and bring what is in sight up to date."""
        who = self._context.session.operator
        if who is None or not self._shown or self.state.loading:
            return
        if self._looking:
            self._once_more = True
            return
        self._looking, self._once_more = True, False
        desk, wanted, asked_now = self._context.desk, self._wanted, self._asked
        key, pages = self._top, self._in_sight()

        def work() -> tuple[int, list[Line]]:
            fresh = newer(desk, who, wanted, key)
            known = {row.number: row for page in pages for row in page.rows}
            rows = as_they_are(desk, who, wanted, pages)
            changed = [row for row in rows if known.get(row.number, row) != row]
            return fresh, self._lines(changed)

        def seen(found: tuple[int, list[Line]]) -> None:
            self._looking = False
            if asked_now == self._asked:
                self._bring_up_to_date(*found)
            if self._once_more:
                self.look_again()

        def failed(_: StationError) -> None:
            self._looking = False

        self.later(self._context.lanes.journal, work, seen, failed)

    def _bring_up_to_date(self, fresh: int, lines: list[Line]) -> None:
        rows = {line.row.number: line.row for line in lines}
        for place, page in enumerate(self._pages):
            if any(row.number in rows for row in page.rows):
                now = tuple(rows.get(row.number, row) for row in page.rows)
                self._pages[place] = replace(page, rows=now)
        if lines:
            self.updated.emit(lines)
        self.show(replace(self.state, fresh=fresh))

    def _in_sight(self) -> list[Page]:
        """The pages that hold what is in sight."""
        first, last = self._sight
        found, row = [], 0
        for page in self._pages:
            if row <= last and first < row + len(page.rows):
                found.append(page)
            row += len(page.rows)
        return found

    def reword(self) -> None:
        """Another language: the same operations in other words."""
        if self._turns:
            self.refresh()  # what is still to come is said in the language of before
            return
        rows = [row for page in self._pages for row in page.rows]
        if rows:
            self.updated.emit(self._lines(rows))

    def close(self) -> None:
        self._timer.stop()
        self._forget_turns()
        super().close()

    def _opened(self, asked_now: int, found: Opened) -> None:
        if asked_now != self._asked:
            return
        self._forget_turns()
        self._wanted, self._pages, self._before = found.wanted, [found.page], []
        self._top = found.page.key
        first, *others = _parts(found.lines) or [[]]
        self.reset.emit(first)
        self._turns.extend(partial(self.appended.emit, part) for part in others)
        self._turns.append(partial(self._opened_whole, asked_now, found))
        self._turn.start()

    def _opened_whole(self, asked_now: int, found: Opened) -> None:
        """Every line of the first page has been handed over."""
        if asked_now != self._asked:
            return
        self.show(
            replace(
                self.state,
                operators=found.operators,
                loading=False,
                rows=len(found.lines),
                count=len(found.lines) if found.page.behind is None else -1,
                fresh=0,
                error=None,
            )
        )
        if found.page.behind is not None:
            self._count(asked_now)

    def _count(self, asked_now: int) -> None:
        """How many there are, as far as anybody wants to know; never all of them."""
        station, who = self._context.station, self._context.session.operator
        if station is None or who is None:
            return
        wanted = self._wanted
        store = station.store

        def work() -> int:
            return store.count(allowed(station.desk, who, wanted), COUNTED + 1)

        def counted(count: int) -> None:
            if asked_now == self._asked:
                self.show(replace(self.state, count=count))

        self.later(self._context.lanes.journal, work, counted, lambda _: None)

    def _add_below(self, asked_now: int, page: Page, lines: list[Line]) -> None:
        if asked_now != self._asked:
            return
        self._pages.append(page)
        self._turns.extend(partial(self.appended.emit, part) for part in _parts(lines))
        if len(self._pages) > WINDOW:
            gone = self._pages.pop(0)
            self._before.append(gone.key)
            self._turns.extend(
                partial(self.dropped.emit, len(part), 0) for part in _parts(gone.rows)
            )
        self._turns.append(self._loaded)
        self._turn.start()

    def _add_above(self, asked_now: int, page: Page, lines: list[Line]) -> None:
        if asked_now != self._asked:
            return
        self._before.pop()
        self._pages.insert(0, page)
        self._turns.extend(partial(self.prepended.emit, part) for part in reversed(_parts(lines)))
        if len(self._pages) > WINDOW:
            gone = self._pages.pop()
            self._turns.extend(
                partial(self.dropped.emit, 0, len(part)) for part in _parts(gone.rows)
            )
        self._turns.append(self._loaded)
        self._turn.start()

    def _next_turn(self) -> None:
        """A little of what a page changes; keys and painting come between."""
        if self._turns:
            self._turns.popleft()()
        if not self._turns:
            self._turn.stop()

    def _forget_turns(self) -> None:
        """Another list: what was still to come of the one before does not."""
        self._turns.clear()
        self._turn.stop()

    def _loaded(self) -> None:
        held = sum(len(page.rows) for page in self._pages)
        self.show(replace(self.state, loading=False, rows=held))

    def _with_lines(self, page: Page) -> tuple[Page, list[Line]]:
        return page, self._lines(page.rows)

    def _lines(self, rows: Sequence[OperationRow]) -> list[Line]:
        words, clock = self._context.words.catalogue, self._clock()
        return [line_of(row, words, clock) for row in rows]

    def _clock(self) -> SystemClock:
        if self._context.station is None:
            raise AssertionError("the desk is not open yet")
        return self._context.station.clock

    def _on_lane(
        self, work: Callable[[], Answer], done: Callable[[Answer], None], asked_now: int
    ) -> None:
        def failed(error: StationError) -> None:
            if asked_now == self._asked:
                self._failed(error)

        self.later(self._context.lanes.journal, work, done, failed)

    def _failed(self, error: StationError) -> None:
        """A filter that means nothing shows nothing; other trouble leaves what is shown."""
        rows = self.state.rows
        if isinstance(error, InputInvalid):
            self._forget_turns()
            self._pages, self._before, rows = [], [], 0
            self.reset.emit([])
        self.show(replace(self.state, loading=False, error=error, rows=rows, count=-1, fresh=0))
