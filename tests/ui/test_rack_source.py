"""After any card work the rack that was followed is the rack that is read anew."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from station.domain.room import Room
from station.domain.search import Traces
from station.workflows import recover
from station.workflows.copy import copy
from station.workflows.desk import Consent
from station.workflows.extend import extend
from station.workflows.issue import issue
from station.workflows.move import move
from station.workflows.read import read
from station.workflows.recycle import recycle
from station.workflows.replace import replace
from tests.desk_rig import LI, WANG, DeskRig, desk_rig
from ui.presenters.rack_source import RackSource
from ui.presenters.rack_tiles import Tile


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with desk_rig(tmp_path, read_timeout_s=0.5) as made:
        yield made


def followed(rig: DeskRig, source: RackSource) -> tuple[Tile, ...]:
    """What following gives, which must be what reading everything gives."""
    tiles = source.follow(rig.desk, {}).tiles
    assert tiles == RackSource().load(rig.desk, {}).tiles
    return tiles


def steps(rig: DeskRig) -> Iterator[Callable[[], object]]:
    """A day's work with its mishaps; each step is one operation."""
    insist = Consent(overwrite=True, reason="客人换了房间")
    first = rig.put()
    yield lambda: issue(rig.desk, WANG, rig.stay("1-101"))
    second = rig.put()
    yield lambda: copy(rig.desk, WANG, rig.room("1-101"))
    yield lambda: extend(rig.desk, WANG, rig.room("1-101"), rig.tomorrow(3))
    rig.put(first)
    yield lambda: move(rig.desk, WANG, rig.room("1-101"), rig.room("1-102"))
    rig.put(second)
    yield lambda: issue(rig.desk, LI, rig.stay("1-103", consent=insist))
    rig.put()
    yield lambda: replace(rig.desk, WANG, rig.room("1-102"))
    rig.put(second)
    yield lambda: read(rig.desk, WANG)
    yield lambda: recycle(rig.desk, WANG)
    for fault, settle in (("drop_after", True), ("drop_before", True), ("drop_after", False)):
        rig.put()
        rig.sim.inject(fault, "MarkRoomCard")
        yield lambda: issue(rig.desk, LI, rig.stay("1-104", consent=insist))
        if settle:
            yield lambda: recover.resolve(rig.desk, WANG)
    (row,) = recover.unresolved(rig.desk)
    yield lambda: recover.set_aside(rig.desk, LI, row.operation, "卡找不到了")


def test_every_operation_is_followed(rig: DeskRig) -> None:
    source = RackSource()
    source.load(rig.desk, {})
    seen = {followed(rig, source)}
    for step in steps(rig):
        rig.tick()
        step()
        seen.add(followed(rig, source))
    assert len(seen) > 10, "the steps changed the rack"


def test_only_rooms_that_changed_are_other_objects(rig: DeskRig) -> None:
    source = RackSource()
    before = source.load(rig.desk, {}).tiles
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-104"))
    after = source.follow(rig.desk, {}).tiles
    changed = [new for old, new in zip(before, after, strict=True) if old is not new]
    assert [tile.row.room.name for tile in changed] == ["1-104"]


def test_rooms_that_were_fetched_anew_are_read_anew(rig: DeskRig) -> None:
    source = RackSource()
    first = source.load(rig.desk, {})
    rig.tick()
    rig.journal.save_rooms([Room("1", "9-901"), *rig.journal.rooms()[:3]], rig.clock.utc())
    made = source.follow(rig.desk, {})
    assert len(made.tiles) == 4 < len(first.tiles)
    assert made.finder is not None, "the search knows the new rooms"
    assert followed(rig, source) == made.tiles


def test_what_was_made_ready_is_brought_up_to_date_for_the_page(rig: DeskRig) -> None:
    source = RackSource()
    source.prepare(rig.desk)
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-104"))
    begun = source.begin(rig.desk, {})
    assert begun.tiles == RackSource().load(rig.desk, {}).tiles
    assert begun.finder is not None
    assert begun.finder.find("1-104").best == begun.slots[rig.room("1-104").id]
    again = source.begin(rig.desk, {rig.room("1-101").id: Traces("张三", "13800000001")})
    assert again.finder is not None
    assert again.finder is not begun.finder, "what a page has learned stays with that page"
    assert again.finder.find("张三").positions == (again.slots[rig.room("1-101").id],)
    assert begun.finder.find("张三").positions == ()


def test_another_journal_is_read_from_its_beginning(rig: DeskRig) -> None:
    source = RackSource()
    source.prepare(rig.desk)
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-104"))
    rig.restart()
    assert source.follow(rig.desk, {}).tiles == RackSource().load(rig.desk, {}).tiles


def test_time_alone_changes_states(rig: DeskRig) -> None:
    source = RackSource()
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    states = []
    source.load(rig.desk, {})
    for _ in range(3):
        tile = next(one for one in source.name(rig.desk, {}).tiles if one.row.stay is not None)
        states.append(tile.state.value)
        rig.world.clock.advance(timedelta(hours=12).total_seconds())
    assert states == ["occupied", "due_out", "overdue"]
