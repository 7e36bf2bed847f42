"""The rooms page's presenter over the simulated desk: live, searched, locked, fetched."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from station.compose.clock import SystemClock
from station.compose.demo import Simulation
from station.domain.person import Person
from station.domain.room import RoomState
from station.domain.search import Traces
from station.errors import Code
from station.workflows.issue import NewStay, issue
from station.workflows.people import erase
from tests.ui.conftest import CLERK, SUPERVISOR
from ui.context import Context
from ui.presenters.rooms import RoomsPresenter
from ui.presenters.search import spellings

DEADLINE_MS = 15_000


@pytest.fixture
def rooms(qtbot: QtBot, ui_context: Context) -> Iterator[RoomsPresenter]:
    made = RoomsPresenter(ui_context)
    made.begin()
    qtbot.waitUntil(lambda: settled(made), timeout=DEADLINE_MS)
    yield made
    made.close()


def settled(rooms: RoomsPresenter) -> bool:
    return rooms.state.loaded and rooms.everybody_known and not rooms.busy


def names(rooms: RoomsPresenter) -> list[str]:
    return [rooms.state.tiles[at].row.room.name for at in rooms.state.shown]


def check_in(
    qtbot: QtBot,
    context: Context,
    simulation: Simulation,
    rooms: RoomsPresenter,
    room: str,
    guest: Person,
    until: datetime | None = None,
) -> str:
    """A real card for a real stay; its card id."""
    desk = context.desk
    simulation.world.put(simulation.world.new_card(), swap=True)
    end = until or desk.clock.local().replace(microsecond=0) + timedelta(days=3)
    wanted = NewStay(desk.room(room), end, guest)
    made = issue(desk, SUPERVISOR, wanted)
    context.bridge.changed.emit()
    known: Callable[[], bool] = lambda: settled(rooms) and state_of(rooms, room) != "vacant"  # noqa: E731
    qtbot.waitUntil(known, timeout=DEADLINE_MS)
    return made.card_id


def state_of(rooms: RoomsPresenter, room: str) -> str:
    return next(tile.state.value for tile in rooms.state.tiles if tile.row.room.name == room)


def guest_of(rooms: RoomsPresenter, room: str) -> str:
    return next(tile.guest for tile in rooms.state.tiles if tile.row.room.name == room)


def test_all_rooms_stand_in_order_and_are_counted(rooms: RoomsPresenter) -> None:
    assert len(rooms.state.tiles) == 96
    assert names(rooms)[0] == "1-401"
    assert names(rooms)[-1] == "3-108"
    assert rooms.state.counts[RoomState.VACANT] == 96


def test_a_check_in_shows_at_once_and_the_guest_is_found(
    qtbot: QtBot, rooms: RoomsPresenter, ui_context: Context, simulation: Simulation
) -> None:
    guest = Person("张三", "13800000001")
    card = check_in(qtbot, ui_context, simulation, rooms, "1-203", guest)
    assert state_of(rooms, "1-203") == "occupied"
    assert guest_of(rooms, "1-203") == "张*"
    for text in ("zs", "zhangsan", "张三", "0001", "13800000001", card, card.lower(), "1-203"):
        rooms.search(text)
        assert names(rooms) == ["1-203"], text
        assert rooms.state.first == rooms.state.shown[0]
    assert "张三" not in repr(rooms.state)
    assert "13800000001" not in repr(rooms.state)


def test_a_search_follows_who_comes(
    qtbot: QtBot, rooms: RoomsPresenter, ui_context: Context, simulation: Simulation
) -> None:
    rooms.search("ls")
    assert names(rooms) == []
    check_in(qtbot, ui_context, simulation, rooms, "2-101", Person("李四", "13800000002"))
    assert names(rooms) == ["2-101"]
    erase(ui_context.desk, SUPERVISOR, "13800000002")


def test_filters_show_one_state_and_search_within_it(
    qtbot: QtBot, rooms: RoomsPresenter, ui_context: Context, simulation: Simulation
) -> None:
    check_in(qtbot, ui_context, simulation, rooms, "1-203", Person("张三", "13800000001"))
    rooms.filter(RoomState.OCCUPIED)
    assert names(rooms) == ["1-203"]
    rooms.search("203")
    assert names(rooms) == ["1-203"]
    rooms.filter(RoomState.VACANT)
    assert names(rooms) == ["2-203", "3-203"]
    first = rooms.state.first
    assert first is not None
    assert rooms.state.tiles[first].row.room.name == "2-203", "Enter takes what is seen"
    rooms.filter(None)
    assert rooms.state.counts[RoomState.OCCUPIED] == 1


def test_a_locked_desk_knows_nobody_and_the_next_operator_does_again(
    qtbot: QtBot, rooms: RoomsPresenter, ui_context: Context, simulation: Simulation
) -> None:
    check_in(qtbot, ui_context, simulation, rooms, "1-203", Person("张三", "13800000001"))
    rooms.search("zs")
    assert names(rooms) == ["1-203"]
    ui_context.session.set(None)
    assert names(rooms) == []
    assert rooms._guests.traces == {}
    qtbot.waitUntil(lambda: guest_of(rooms, "1-203") == "", timeout=DEADLINE_MS)
    ui_context.bridge.changed.emit()
    qtbot.waitUntil(lambda: settled(rooms), timeout=DEADLINE_MS)
    assert rooms._guests.traces == {}, "nobody is looked up for a locked desk"
    ui_context.session.set(CLERK)
    qtbot.waitUntil(lambda: names(rooms) == ["1-203"], timeout=DEADLINE_MS)


def test_the_lock_wins_over_an_answer_that_is_under_way(
    qtbot: QtBot, rooms: RoomsPresenter, ui_context: Context, simulation: Simulation
) -> None:
    simulation.world.put(simulation.world.new_card(), swap=True)
    desk = ui_context.desk
    end = desk.clock.local().replace(microsecond=0) + timedelta(days=1)
    issue(desk, SUPERVISOR, NewStay(desk.room("1-203"), end, Person("张三", "13800000001")))
    rooms.reload()
    qtbot.waitUntil(lambda: state_of(rooms, "1-203") != "vacant", timeout=DEADLINE_MS)
    ui_context.session.set(None)  # its guest is being looked up just now
    qtbot.waitUntil(lambda: not rooms.busy, timeout=DEADLINE_MS)
    assert rooms._guests.traces == {}
    assert guest_of(rooms, "1-203") == ""


class LaterClock(SystemClock):
    """The computer's clock, some time ahead."""

    ahead = timedelta()

    def utc(self) -> datetime:
        return super().utc() + self.ahead


def test_the_clock_alone_moves_a_room_on(
    qtbot: QtBot, rooms: RoomsPresenter, ui_context: Context, simulation: Simulation
) -> None:
    noon = (ui_context.desk.clock.local() + timedelta(days=2)).replace(hour=12, minute=0, second=0)
    guest = Person("张三", "13800000001")
    check_in(qtbot, ui_context, simulation, rooms, "1-203", guest, noon.replace(microsecond=0))
    assert state_of(rooms, "1-203") == "occupied"
    clock = LaterClock()
    simulation.station.desk = replace(simulation.station.desk, clock=clock)
    for moment, state in ((noon.replace(hour=1), "due_out"), (noon.replace(hour=13), "overdue")):
        clock.ahead += moment - clock.local()
        rooms._minute.timeout.emit()
        qtbot.waitUntil(
            lambda state=state: state_of(rooms, "1-203") == state,  # type: ignore[misc]
            timeout=DEADLINE_MS,
        )
        assert rooms.state.day == clock.local().date()
    assert 0 < rooms._minute.interval() <= 60_100, "the next look is at the next full minute"


def test_rooms_are_fetched_and_a_failure_is_told_and_forgotten(
    qtbot: QtBot, rooms: RoomsPresenter, simulation: Simulation
) -> None:
    simulation.door_lock.sim.inject("drop_before", "GetRoomList", times=None)
    rooms.fetch()
    assert rooms.state.fetching
    rooms.fetch()
    qtbot.waitUntil(lambda: not rooms.state.fetching, timeout=DEADLINE_MS)
    assert rooms.state.error is not None
    assert rooms.state.error.code is not Code.INTERNAL
    assert len(rooms.state.tiles) == 96, "the rooms that are known stay"
    simulation.door_lock.sim.faults.clear()
    simulation.world.set_rooms(list(simulation.world.rooms.values())[:10])
    rooms.search("101")
    rooms.fetch()
    assert rooms.state.error is None
    qtbot.waitUntil(lambda: len(rooms.state.tiles) == 10, timeout=DEADLINE_MS)
    assert names(rooms) == ["1-101"]


def test_a_range_is_all_its_rooms(rooms: RoomsPresenter) -> None:
    rooms.search("1-301-304")
    assert names(rooms) == ["1-301", "1-302", "1-303", "1-304"]
    assert rooms.state.is_range
    assert len(rooms.matches()) == 4


def test_a_journal_that_fails_is_told_and_the_next_reading_forgets_it(
    qtbot: QtBot, rooms: RoomsPresenter, ui_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    from station.errors import JournalUnsafe

    def refuse(_: object) -> object:
        raise JournalUnsafe(Code.JOURNAL_LOCKED)

    with monkeypatch.context() as patch:
        patch.setattr(type(ui_context.desk.journal), "rack", refuse)
        rooms.reload()
        qtbot.waitUntil(lambda: rooms.state.error is not None, timeout=DEADLINE_MS)
    rooms.reload()
    qtbot.waitUntil(lambda: rooms.state.error is None, timeout=DEADLINE_MS)


def test_nothing_arrives_after_closing(
    qtbot: QtBot, ui_context: Context, simulation: Simulation
) -> None:
    made = RoomsPresenter(ui_context)
    made.begin()
    seen: list[object] = []
    made.changed.connect(seen.append)
    made.close()
    ui_context.bridge.changed.emit()
    done: list[object] = []
    ui_context.lanes.journal.submit(lambda: 1, done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert seen == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("张三", {"zhangsan", "zs", "san"}),
        ("单雄信", {"shanxiongxin", "danxiongxin", "sxx", "dxx"}),
        ("曾国", {"zengguo", "zg", "cg"}),
        ("John Smith", {"johnsmith", "js", "smith"}),
        ("李John", {"lijohn", "lj"}),
        ("阿依古丽·买买提", {"ayigulimaimaiti", "ayglmmt"}),
        ("", set()),
        ("···", set()),
    ],
)
def test_names_are_spelled_in_every_way_they_are_said(name: str, wanted: set[str]) -> None:
    made = set(spellings(name))
    assert wanted <= made
    assert len(made) <= 48
    assert made or not wanted


def test_traces_do_not_print_whom_they_are_about() -> None:
    traces = Traces("张三", "13800000001", ("zs",), ("03F56240",))
    assert "张三" not in repr(traces)
    assert "0001" not in repr(traces)
