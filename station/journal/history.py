"""The history: any filter, newest first, page by page, without sorting or scanning.

A filter is answered by one or several sources. Each walks an index that yields operation numbers
in descending order; several are merged as they are read. Which index is walked is chosen by looking
at the first rows of each: the sparsest wins. `INDEXED BY` makes SQLite refuse rather than scan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from typing import Any, Final

from station.domain.operation import OperationRow, State
from station.journal.engine import SQLITE, Raw, Tx
from station.journal.rows import OPERATION_COLUMNS, operation_row, utc_text
from station.journal.tables import BLOCK_BITS, HOUR
from station.journal.words import Needle
from station.ports import HistoryFilter

PROBE: Final = 200
"""How many rows of each possible walk are looked at to find the sparsest."""
_STATES: Final = tuple(state.value for state in State if state is not State.STEP)
_NUMBER: Final = "o.number"
_COLUMNS: Final = ", ".join(f"o.{name}" for name in OPERATION_COLUMNS)
_FIRST_BLOCK: Final = Raw(
    "SELECT block FROM time_blocks WHERE last_at >= :at ORDER BY block LIMIT 1"
)
_LAST_BLOCK: Final = Raw(
    "SELECT block FROM time_blocks WHERE first_at <= :at ORDER BY block DESC LIMIT 1"
)


@dataclass(slots=True)
class Source:
    """One walk: what drives it, and the conditions on the rows that it yields."""

    table: str
    where: list[str]
    number: str = "o.number"
    params: dict[str, Any] = field(default_factory=dict)

    def sql(self, limit: int, columns: str = "o.number") -> str:
        """Rows, newest first."""
        conditions = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        return (
            f"SELECT {columns} FROM {self.table}{conditions}"  # noqa: S608 - own text only
            f" ORDER BY {self.number} DESC LIMIT {limit}"
        )


def _operations(dialect: str, index: str) -> str:
    if dialect != SQLITE:
        return "operations o"
    return f"operations o INDEXED BY {index}" if index else "operations o NOT INDEXED"


@dataclass(slots=True)
class Way:
    """One way to the answer: what is walked, and whether the text is found by walking it."""

    sources: list[Source]
    by_text: bool = False


class Plan:
    """How one filter is answered."""

    def __init__(self, tx: Tx, wanted: HistoryFilter, digests: list[str]) -> None:
        self._tx = tx
        self._wanted = wanted
        self._digests = digests
        self._needle = Needle(wanted.text)

    def build(self) -> list[Source]:
        """The sources to walk; none when nothing can match."""
        has_text = bool(self._needle or self._digests)
        bounds = self._bounds()
        if bounds is None or (self._wanted.text.strip() and not has_text):
            return []
        ways = self._ways()
        for way in ways:
            for source in way.sources:
                self._within(source, bounds)
        way = min(ways, key=self._reach) if len(ways) > 1 else ways[0]
        for source in way.sources:
            if has_text and not way.by_text:
                self._add_text(source)
            self._restrict(source)
        return way.sources

    def _ways(self) -> list[Way]:
        """Everything that could be walked; where a card or a room is given, nothing else."""
        wanted = self._wanted
        if wanted.card:
            card = wanted.card.strip().upper()
            by_card = self._on("ix_operations_card", card_id=card)
            return [Way([by_card, self._on("ix_operations_uid", uid=card)])]
        if wanted.room_id:
            return [Way([self._on("ix_operations_room", room_id=wanted.room_id)])]
        found = []
        state = wanted.state.value if wanted.state else ""
        if wanted.kind:
            # The states in between are merged as they are read.
            states = (state,) if state else _STATES
            kind = wanted.kind.value
            found.append(
                Way([self._on("ix_operations_kind", kind=kind, state=each) for each in states])
            )
        elif state and state != State.DONE.value:
            found.append(Way([self._on("ix_operations_open", state=state)]))
        if wanted.operator:
            found.append(Way([self._on("ix_operations_operator", operator=wanted.operator)]))
        by_text = self._text_sources()
        if by_text:
            found.append(Way(by_text, by_text=True))
        return found or [Way([Source(_operations(self._tx.dialect, ""), [])])]

    def _on(self, index: str, **equal: str) -> Source:
        """A walk along one index with some of its columns given."""
        where = [f"o.{name} = :{name}" for name in equal]
        where += [f"o.{name} <> ''" for name in equal if name in ("card_id", "uid")]
        if index == "ix_operations_open":
            where.append("o.state <> 'done'")
        return Source(_operations(self._tx.dialect, index), where, params=dict(equal))

    def _text_sources(self) -> list[Source]:
        """The words' index, and the operations of a person of that name or number."""
        sources = []
        if self._needle:
            if self._tx.dialect != SQLITE:
                return []
            join = "operations_text t CROSS JOIN operations o ON o.number = t.rowid"
            match = ["operations_text MATCH :phrase"]
            sources.append(Source(join, match, "t.rowid", {"phrase": self._needle.phrase}))
            # Intents are not in the words' index; there are few, and they are read one by one.
            begun = self._on("ix_operations_open", state=State.INTENT.value)
            begun.where.append("instr(o.search, :inside) > 0")
            begun.params["inside"] = self._needle.inside
            sources.append(begun)
        for digest in self._digests:
            join = "person_digests d CROSS JOIN operations o"
            where = ["d.digest = :digest", "o.number = d.number"]
            sources.append(Source(join, where, "d.number", {"digest": digest}))
        return sources

    def _reach(self, way: Way) -> int:
        """How far back the walk's first rows reach: the sparser, the further, the better.

        A walk that ends before is the best of all.
        """
        numbers = list(islice(_merged(self._tx, way.sources, PROBE, "o.number"), PROBE))
        return int(numbers[-1][0]) if len(numbers) == PROBE else -1

    def _add_text(self, source: Source) -> None:
        """Text as a condition on rows that something narrower yields."""
        within = "instr" if self._tx.dialect == SQLITE else "strpos"
        ways = []
        if self._needle:
            ways.append(f"{within}(o.search, :inside) > 0")
            source.params["inside"] = self._needle.inside
        for place, digest in enumerate(self._digests):
            ways.append(
                "EXISTS (SELECT 1 FROM person_digests p"  # noqa: S608 - a number of ours
                f" WHERE p.digest = :digest{place} AND p.number = o.number)"
            )
            source.params[f"digest{place}"] = digest
        source.where.append(f"({' OR '.join(ways)})")

    def _within(self, source: Source, bounds: tuple[int, int]) -> None:
        """Where the walk begins and ends."""
        wanted = self._wanted
        if wanted.after is not None:
            source.where.append(f"{source.number} < :after")
            source.params["after"] = wanted.after
        if wanted.since is not None or wanted.until is not None:
            source.where.append(f"{source.number} BETWEEN :low AND :high")
            source.params["low"], source.params["high"] = bounds

    def _restrict(self, source: Source) -> None:
        """Everything that the filter asks and the walk does not give by itself."""
        wanted = self._wanted
        conditions: dict[str, Any] = {
            "room_id": wanted.room_id,
            "operator": wanted.operator,
            "kind": wanted.kind.value if wanted.kind else "",
            "state": wanted.state.value if wanted.state else "",
        }
        for name, value in conditions.items():
            if value and source.params.get(name) != value:
                if name in source.params:  # an intent, where another state is wanted
                    source.where.append("1 = 0")
                    continue
                source.where.append(f"o.{name} = :{name}")
                source.params[name] = value
        if wanted.since is not None:
            source.where.append("o.started_at >= :since")
            source.params["since"] = utc_text(wanted.since)
        if wanted.until is not None:
            source.where.append("o.started_at < :until")
            source.params["until"] = utc_text(wanted.until)

    def _bounds(self) -> tuple[int, int] | None:
        """The numbers between which a time range lies; None when it holds no operation.

        A clock that went back makes the range wider, never too narrow.
        """
        low, high = 0, (1 << 62)
        if self._wanted.since is not None:
            at = utc_text(self._wanted.since)[:HOUR]
            row = self._tx.run(_FIRST_BLOCK, {"at": at}).fetchone()
            if row is None:
                return None
            low = row[0] << BLOCK_BITS
        if self._wanted.until is not None:
            at = utc_text(self._wanted.until)[:HOUR]
            row = self._tx.run(_LAST_BLOCK, {"at": at}).fetchone()
            if row is None:
                return None
            high = ((row[0] + 1) << BLOCK_BITS) - 1
        return low, high


def _merged(tx: Tx, sources: list[Source], limit: int, columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows of several sources in one descending order, read only as far as they are taken."""
    walks = [tx.run(Raw(source.sql(limit, columns)), source.params) for source in sources]
    return merge(*walks, key=_number, reverse=True)


def walk(
    tx: Tx, wanted: HistoryFilter, digests: list[str], limit: int, columns: str
) -> Iterator[tuple[Any, ...]]:
    """The operations that match, newest first, each once, at most `limit`; number first."""
    sources = Plan(tx, wanted, digests).build()
    last = None
    left = limit
    for row in _merged(tx, sources, limit, columns):
        if row[0] == last:
            continue
        if left == 0:
            return
        left -= 1
        last = row[0]
        yield row


def _number(row: tuple[Any, ...]) -> int:
    return int(row[0])


def page(tx: Tx, wanted: HistoryFilter, digests: list[str]) -> list[OperationRow]:
    """One page of the history."""
    limit = max(0, wanted.limit)
    return [operation_row(row) for row in walk(tx, wanted, digests, limit, _COLUMNS)]


def count(tx: Tx, wanted: HistoryFilter, digests: list[str], cap: int) -> int:
    """How many match, counted no further than `cap`."""
    return sum(1 for _ in walk(tx, wanted, digests, cap, _NUMBER))
