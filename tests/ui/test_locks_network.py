"""Networked locks on the page: the lock table, the clock in two steps, opening, asking now."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.credential import CredentialKind
from station.domain.operation import Kind, State
from station.errors import Code
from station.ports import HistoryFilter
from station.simulators.kexin.sample import SAMPLE_FACE, SAMPLE_ID_NUM, SAMPLE_PERSON
from station.workflows import lock_table
from tests.ui.locks_rig import NETWORKED, LockBench, lock_bench
from ui.context import Context
from ui.presenters.lock_table import read_text
from ui.widgets.lock_network import ByFace, ByPassword, SetClock
from ui.widgets.lock_table import TablePanel

FIRST = 1000033
"""The lock of 2-101 in the sample."""


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[LockBench]:
    with lock_bench(qtbot, ui_context, simulation) as made:
        yield made


def panel(bench: LockBench) -> TablePanel:
    assert bench.page.table is not None
    return bench.page.table


def load(bench: LockBench, path: Path, text: str, encoding: str = "utf-8") -> TablePanel:
    path.write_bytes(text.encode(encoding))
    table = panel(bench)
    table.choose = lambda: str(path)
    table.pick.click()
    bench.until(lambda: bool(bench.page.table_work.state.file))
    bench.calm()
    return table


def entries(bench: LockBench) -> int:
    return len(lock_table.entries(bench.context.desk))


# the lock table


def test_each_wrong_line_is_named_with_its_reason_and_nothing_counts(
    bench: LockBench, tmp_path: Path
) -> None:
    before = entries(bench)
    lines = ["room,lock_id,mac", f"{NETWORKED},{FIRST},", "9-999,5,", "2-102,x,", "2-103,7,zz"]
    table = load(bench, tmp_path / "locks.csv", "\n".join(lines))
    assert [wrong.line for wrong in bench.page.table_work.state.wrong] == [3, 4, 5]
    assert table.list.count() == 3
    assert "9-999" in table.list.item(0).text()
    assert not table.use.isEnabled()
    bench.page.table_work.use()
    bench.calm()
    assert entries(bench) == before
    assert Kind.LOCKS_IMPORT not in bench.kinds()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_right_file_becomes_the_table(bench: LockBench, tmp_path: Path, encoding: str) -> None:
    table = load(bench, tmp_path / "锁.csv", f"房号,锁号\n{NETWORKED},{FIRST}\n", encoding)
    assert table.use.isEnabled()
    table.use.click()
    bench.until(lambda: bench.said == "imported")
    bench.calm()
    assert entries(bench) == 1
    assert Kind.LOCKS_IMPORT in bench.kinds()
    assert "1" in table.about.text()


def test_a_file_without_the_columns_or_none_at_all_is_said(
    bench: LockBench, tmp_path: Path
) -> None:
    for text in ("a,b\n1,2\n", "", "room,lock_id\n"):
        table = load(bench, tmp_path / "odd.csv", text)
        problem = bench.page.table_work.state.problem
        assert problem is not None
        assert problem.code is Code.FIELD_EMPTY
        assert not table.use.isVisible()
        table.drop.click()
    bench.page.table_work.read(tmp_path / "missing.csv")
    bench.until(lambda: bench.page.table_work.state.problem is not None)
    assert bench.page.table_work.state.problem is not None
    assert bench.page.table_work.state.problem.code is Code.FILE_UNREADABLE


def test_the_cloud_is_asked_about_each_line_and_a_difference_forbids_the_import(
    bench: LockBench, tmp_path: Path
) -> None:
    macs = {lock.lock_id: lock.mac for lock in bench.simulation.kexin.sim.cloud.locks.values()}
    text = f"room,lock_id,mac\n2-101,{FIRST},{macs[FIRST]}\n2-102,{FIRST + 1},{macs[FIRST + 2]}\n"
    table = load(bench, tmp_path / "locks.csv", text)
    table.check.click()
    bench.until(lambda: bench.page.table_work.state.asked == 2)
    bench.calm()
    [wrong] = bench.page.table_work.state.wrong
    assert (wrong.line, wrong.room, wrong.error.code) == (0, "2-102", Code.LOCK_DIFFERS)
    assert not table.use.isEnabled()
    table.drop.click()
    text = f"room,lock_id,mac\n2-101,{FIRST},{macs[FIRST]}\n2-102,{FIRST + 1},{macs[FIRST + 1]}\n"
    load(bench, tmp_path / "locks.csv", text).check.click()
    bench.until(lambda: bench.page.table_work.state.asked == 2)
    bench.calm()
    assert bench.page.table_work.state.can_import


def test_a_check_is_stopped_after_any_line(bench: LockBench, tmp_path: Path) -> None:
    rows = "".join(f"2-1{place:02},{FIRST + place - 1}\n" for place in range(1, 9))
    table = load(bench, tmp_path / "locks.csv", f"room,lock_id\n{rows}")
    table.check.click()
    assert bench.page.table_work.state.checking
    table.stop.click()
    bench.calm()
    state = bench.page.table_work.state
    assert not state.checking
    assert state.asked < state.entries
    assert state.can_import, "what was not asked is not wrong"


def test_a_cloud_that_is_away_ends_the_check_and_blames_no_line(
    bench: LockBench, tmp_path: Path
) -> None:
    table = load(bench, tmp_path / "locks.csv", f"room,lock_id\n2-101,{FIRST}\n")
    bench.simulation.kexin.stop()
    table.check.click()
    bench.until(lambda: bench.said == "not_checked")
    assert bench.page.table_work.state.wrong == ()
    assert bench.page.table_work.state.can_import


def test_old_chinese_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("房间,锁号".encode("gbk"))
    assert read_text(path) == "房间,锁号"


# asking, the clock, opening


def test_a_lock_is_asked_now_and_its_answer_is_kept(bench: LockBench) -> None:
    lock = bench.simulation.kexin.sim.cloud.locks[FIRST]
    lock.low_voltage, lock.online, lock.is_abnormal = True, False, True
    bench.choose(NETWORKED)
    head = bench.page.room.head
    assert head.look.isVisible()
    before = head.health.text()
    head.look.click()
    bench.calm()
    room = bench.page.presenter.state.room
    assert room is not None
    health = room.health
    assert (health.low, health.online, health.abnormal) == (True, False, True)
    assert head.health.text() != before
    assert [weak.room.name for weak in bench.page.presenter.state.house.weak] == [NETWORKED]


def test_a_lock_that_cannot_be_asked_says_why(bench: LockBench) -> None:
    bench.choose(NETWORKED)
    bench.simulation.kexin.stop()
    bench.page.room.head.look.click()
    bench.until(lambda: bench.said == "not_asked")


def test_low_batteries_of_the_platform_are_listed_with_their_age(bench: LockBench) -> None:
    bench.simulation.world.lock_of("1-301").set_percent(12)
    bench.give(CredentialKind.ONLINE_PASSCODE)
    bench.context.bridge.changed.emit()
    bench.calm()
    batteries = bench.page.house.batteries
    assert batteries.list.count() == 1
    assert "12%" in batteries.list.item(0).text()
    batteries.list.entered.emit(batteries.list.key())
    bench.calm()
    assert bench.page.presenter.state.room is not None


@pytest.mark.parametrize("ok", [True, False])
def test_the_clock_is_set_in_two_steps(bench: LockBench, *, ok: bool) -> None:
    bench.choose(NETWORKED)
    pane = bench.page.room.network
    assert pane is not None
    clock = pane.panes["clock"]
    assert isinstance(clock, SetClock)
    clock.begin.click()
    bench.until(lambda: bench.page.room.clock.state.begun is not None)
    begun = bench.page.room.clock.state.begun
    assert begun is not None
    assert clock.keys.text() == f"{begun.keys.key1}  {begun.keys.key2}"
    assert str(begun.keys.key1) not in repr(bench.page.room.clock.state)
    (clock.yes if ok else clock.no).click()
    bench.until(lambda: bench.said == ("clock_set" if ok else "clock_not_set"))
    assert clock.keys.text() == ""
    [row] = bench.context.desk.journal.history(HistoryFilter(kind=Kind.TIME_SYNC))
    assert row.state is (State.DONE if ok else State.FAILED)


def test_a_door_opens_with_a_password_of_its_lock(bench: LockBench) -> None:
    given = bench.give(CredentialKind.KEXIN_PASSWORD, NETWORKED)
    bench.choose(NETWORKED)
    pane = bench.page.room.network
    assert pane is not None
    form = pane.panes["by_password"]
    assert isinstance(form, ByPassword)
    form.digits.setText(given.code)
    form.reason.editor.setText("客人忘带卡")
    form.send()
    bench.page.ask.yes.click()
    bench.until(lambda: bench.said == "opened")
    assert form.digits.text() == ""


def test_a_door_opens_by_face_with_consent_and_nothing_stays(
    bench: LockBench, tmp_path: Path
) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(SAMPLE_FACE)
    bench.choose(NETWORKED)
    pane = bench.page.room.network
    assert pane is not None
    form = pane.panes["by_face"]
    assert isinstance(form, ByFace)
    form.who.setText(SAMPLE_PERSON)
    form.number.setText(SAMPLE_ID_NUM)
    form.reason.editor.setText("客人忘带卡")
    assert not form.go.isEnabled()
    form.file.picked.emit(str(path))
    bench.until(lambda: bench.page.room.face.state.chosen is not None)
    assert not form.go.isEnabled(), "nobody was asked yet"
    form.agreed.setChecked(True)
    form.send()
    bench.page.ask.yes.click()
    bench.until(lambda: bench.said == "opened")
    assert (form.number.text(), bench.page.room.face.loaded) == ("", b"")
    kept = b"".join(
        each.read_bytes()
        for each in bench.simulation.station.home.root.rglob("*")
        if each.is_file()
    )
    assert SAMPLE_ID_NUM.encode() not in kept


def test_what_was_typed_goes_with_the_page(bench: LockBench, tmp_path: Path) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(SAMPLE_FACE)
    bench.choose(NETWORKED)
    pane = bench.page.room.network
    assert pane is not None
    form = pane.panes["by_face"]
    assert isinstance(form, ByFace)
    form.number.setText(SAMPLE_ID_NUM)
    form.file.picked.emit(str(path))
    bench.until(lambda: bench.page.room.face.state.chosen is not None)
    bench.page.hide()
    assert (form.number.text(), bench.page.room.face.loaded) == ("", b"")
