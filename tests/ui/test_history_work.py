"""Files, the chain and the handover sheet: by the real child process, to the end and cancelled."""

import csv
import json
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station.compose import Station
from station.compose.worker import Done, Failed, Job, command, read_answer, signed, write_job
from station.domain.operation import Kind
from station.domain.operator import Operator, Role
from station.errors import Code
from station.ports import HistoryFilter
from station.workflows import operators
from tests.systems import is_running, kill
from tests.ui.history_rig import LI, big_journal, context_over
from ui.context import Context
from ui.presenters.child_work import ChildWork
from ui.presenters.history_export import FORMS, Form, Task, WorkPresenter
from ui.presenters.paper_list import PaperList
from ui.presenters.papers import ROWS, Shift, handover_paper
from ui.widgets.printing import to_pdf

OPERATIONS = 3000
PATIENCE = 60_000
"""Milliseconds; a child is started on a machine that does other work as well."""


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with big_journal(tmp_path_factory.mktemp("history"), OPERATIONS) as made:
        yield made


@pytest.fixture
def context(qapp: QApplication, station: Station) -> Iterator[Context]:
    with context_over(qapp, station) as made:
        yield made


@pytest.fixture
def work(context: Context) -> Iterator[WorkPresenter]:
    made = WorkPresenter(context)
    yield made
    made.close()


def ended(qtbot: QtBot, work: WorkPresenter) -> None:
    qtbot.waitUntil(lambda: not work.state.running, timeout=PATIENCE)


def names(folder: Path) -> list[str]:
    """Everything in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())


def write_job_to_child(job: Job) -> bytes:
    """What a worker answers last when it is started by hand."""
    program, arguments, folder = command()
    with subprocess.Popen(
        [program, *arguments], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(write_job(job) + b"\n")
        child.stdin.flush()
        return child.stdout.readlines()[-1]


def rows_of(path: Path) -> int:
    """How many operations a file holds."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return len(list(csv.reader(file))) - 1
    if path.suffix == ".jsonl":
        return len([json.loads(line) for line in path.read_text("utf-8").splitlines()])
    with zipfile.ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml").count(b"<row ") - 1


@pytest.mark.parametrize("form", FORMS)
def test_a_file_holds_just_what_is_filtered_and_the_journal_says_who_made_it(
    qtbot: QtBot, work: WorkPresenter, station: Station, tmp_path: Path, form: Form
) -> None:
    path = tmp_path / f"历史 {form}.{form}"
    wanted = HistoryFilter(kind=Kind.COPY)
    exact = station.store.count(wanted)
    assert exact > 100
    work.export(wanted, path, form)
    assert work.state.running
    ended(qtbot, work)
    assert work.state.error is None
    assert work.state.result is not None
    assert work.state.result.rows == exact == rows_of(path)
    assert names(tmp_path) == [path.name]
    [newest] = station.desk.journal.history(HistoryFilter(kind=Kind.EXPORT, limit=1))
    assert newest.operator == LI.name


@pytest.mark.parametrize("under_way", [False, True])
def test_a_cancelled_export_leaves_nothing_and_the_file_that_was_there(
    qtbot: QtBot, work: WorkPresenter, tmp_path: Path, *, under_way: bool
) -> None:
    path = tmp_path / "all.xlsx"
    path.write_text("before")
    work.export(HistoryFilter(), path, "xlsx")
    assert work.work is not None
    if under_way:
        with qtbot.waitSignal(work.work.told, timeout=PATIENCE):
            pass
    work.cancel()
    assert work.state.cancelling
    ended(qtbot, work)
    assert work.state.error is not None
    assert work.state.error.code is Code.COMMAND_CANCELLED
    assert path.read_text() == "before"
    assert names(tmp_path) == [path.name]


def test_a_child_that_is_killed_is_told_apart_from_one_that_is_done(
    qtbot: QtBot, work: WorkPresenter, tmp_path: Path
) -> None:
    path = tmp_path / "all.xlsx"
    work.export(HistoryFilter(), path, "xlsx")
    qtbot.waitUntil(lambda: bool(names(tmp_path)), timeout=PATIENCE)
    assert work.work is not None
    kill(work.work.pid)
    ended(qtbot, work)
    assert work.state.error is not None
    assert work.state.error.code is Code.INTERNAL
    assert names(tmp_path) == []


def test_closing_the_page_ends_the_child(qtbot: QtBot, context: Context, tmp_path: Path) -> None:
    work = WorkPresenter(context)
    work.export(HistoryFilter(), tmp_path / "all.xlsx", "xlsx")
    qtbot.waitUntil(lambda: work.work is not None and work.work.pid > 0, timeout=PATIENCE)
    assert work.work is not None
    pid = work.work.pid
    work.close()
    assert not is_running(pid)


def test_a_place_that_cannot_be_written_is_named(
    qtbot: QtBot, work: WorkPresenter, tmp_path: Path
) -> None:
    work.export(HistoryFilter(kind=Kind.COPY), tmp_path / "missing" / "all.csv", "csv")
    ended(qtbot, work)
    assert work.state.error is not None
    assert work.state.error.code is Code.FILE_UNWRITABLE


def test_a_clerk_gets_no_file_whoever_starts_the_child(
    qtbot: QtBot, work: WorkPresenter, context: Context, station: Station, tmp_path: Path
) -> None:
    operators.add(station.desk, LI, "王芳", Role.CLERK, "7364")
    # The window believes in a supervisor; the child looks the role up.
    codes = []
    for name in ("王芳", "没有的人"):
        context.session.set(Operator(name, Role.SUPERVISOR))
        work.export(HistoryFilter(), tmp_path / "all.csv", "csv")
        ended(qtbot, work)
        codes.append(work.state.error.code if work.state.error else None)
    assert codes == [Code.NOT_ALLOWED, Code.NOT_LOGGED_IN]
    assert names(tmp_path) == []


def test_a_job_that_no_open_desk_made_is_refused_and_leaves_nothing(
    station: Station, tmp_path: Path
) -> None:
    """Whoever has the program and no key: the supervisor's name alone opens nothing."""
    path = tmp_path / "all.csv"
    mine = Job(task="export", home=str(station.home.root), operator=LI.name, path=str(path))
    proved = signed(mine, station.key)
    assert read_answer(write_job_to_child(proved)) == Done(
        rows=station.store.count(HistoryFilter(), 10_000)
    )
    path.unlink()
    for job in (
        mine,
        msgspec.structs.replace(proved, wanted=HistoryFilter(kind=Kind.ISSUE)),
        signed(mine, bytes(32)),
    ):
        answer = read_answer(write_job_to_child(job))
        assert isinstance(answer, Failed)
        assert answer.code == Code.NOT_LOGGED_IN.value
    nowhere = msgspec.structs.replace(mine, home=str(tmp_path / "nowhere"))
    answer = read_answer(write_job_to_child(signed(nowhere, station.key)))
    assert isinstance(answer, Failed)
    assert answer.code == Code.JOURNAL_KEY.value
    assert names(tmp_path) == []


def test_the_chain_is_verified_to_its_head(
    qtbot: QtBot, work: WorkPresenter, station: Station
) -> None:
    work.verify()
    ended(qtbot, work)
    found = work.state.result
    assert found is not None
    assert found.ok
    assert (found.events, found.head) == station.store.head()


def test_a_changed_event_is_found(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with big_journal(tmp_path, 200) as station:
        path = station.home.journal()
        with closing(sqlite3.connect(path)) as connection:
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("UPDATE events SET operator = '别人' WHERE id = 57")
            connection.commit()
        with context_over(qapp, station) as context:
            work = WorkPresenter(context)
            work.verify()
            ended(qtbot, work)
            assert work.state.result is not None
            assert not work.state.result.ok
            assert work.state.result.first_bad == 57
            work.close()


def test_progress_comes_while_the_child_works_and_one_job_at_a_time(
    qtbot: QtBot, work: WorkPresenter, tmp_path: Path
) -> None:
    shares: list[int] = []
    work.changed.connect(lambda state: shares.append(state.share))
    work.export(HistoryFilter(), tmp_path / "all.xlsx", "xlsx")
    work.verify()
    assert work.state.task is Task.EXPORT
    ended(qtbot, work)
    assert work.state.result is not None
    assert sorted(shares) == shares
    assert max(shares) > 0


def test_the_handover_sheet_counts_a_shift_and_bears_the_chains_head(
    qtbot: QtBot, work: WorkPresenter, context: Context, station: Station, tmp_path: Path
) -> None:
    with qtbot.waitSignal(work.tallied, timeout=PATIENCE) as caught:
        work.tally(HistoryFilter(operator="clerk5"))
    assert work.state.task is None
    [found] = caught.args or []
    assert isinstance(found, Done)
    assert found.rows == station.store.count(HistoryFilter(operator="clerk5"), 10_000)
    assert sum(one.count for one in found.counted) == found.rows
    where = PaperList(context).occasion()
    text = handover_paper(found, Shift(None, None, "clerk5"), where, context.words)
    assert found.head[:8] in text
    assert "clerk5" in text
    to_pdf(text, tmp_path / "交班单.pdf", wide=False)
    assert (tmp_path / "交班单.pdf").read_bytes().startswith(b"%PDF")
    assert names(tmp_path) == ["交班单.pdf"]


def test_a_printed_list_is_journalled_as_an_export(
    qtbot: QtBot, context: Context, station: Station
) -> None:
    papers = PaperList(context)
    before = station.store.count(HistoryFilter(kind=Kind.EXPORT))
    with qtbot.waitSignal(papers.ready) as caught:
        papers.make(HistoryFilter(kind=Kind.ISSUE))
    assert caught.args is not None
    assert caught.args[0].count("<tr>") == ROWS + 1
    assert station.store.count(HistoryFilter(kind=Kind.EXPORT)) == before + 1
    papers.close()


def test_a_child_that_cannot_be_started_is_a_failure(
    qtbot: QtBot, context: Context, tmp_path: Path
) -> None:
    job = Job(task="verify", home=str(tmp_path), operator=LI.name)
    nowhere = (str(tmp_path / "nothing-here"), list[str](), str(tmp_path))
    child = ChildWork(job, start=lambda: nowhere)
    with qtbot.waitSignal(child.failed, timeout=PATIENCE) as caught:
        child.begin()
    assert caught.args is not None
    assert caught.args[0].code is Code.INTERNAL
