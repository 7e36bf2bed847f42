"""What goes wrong while a card is made: on the screen, with cause and next step, and a picture."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import filelock
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station.domain.event import Entry, Event
from station.errors import Code, JournalUnsafe
from station.simulators.hardware import CardDefect
from tests.ui.card_bench import CardBench
from tests.ui.conftest import CLERK, SUPERVISOR
from tests.window.inside import Inside, expected, inside, page_text
from ui.presenters.card_state import Action, Phase, Tone

YEAR_S = 365 * 24 * 3600.0
ROOMS = iter(
    f"{house}-{floor}0{door}"
    for house in (1, 2, 3)
    for floor in (1, 2, 3, 4)
    for door in range(1, 9)
)


@pytest.fixture(scope="module")
def desk(
    qapp: QApplication, desk_with_operators: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    """One window for all; each fault gets a room and a card of its own."""
    home = tmp_path_factory.mktemp("cards") / "home"
    copytree(desk_with_operators, home)
    with inside(qapp, home) as made:
        yield made


@pytest.fixture
def bench(desk: Inside, qtbot: QtBot) -> Iterator[CardBench]:
    """A blank card on the encoder and a vacant room chosen."""
    if desk.program.context.session.operator is None:
        desk.enter(qtbot)
    bench = desk.bench(qtbot)
    bench.put()
    bench.choose(next(ROOMS))
    yield bench
    sim = bench.simulation.door_lock.sim
    sim.faults.clear()
    sim.faults.release()
    bench.simulation.door_lock.start()
    bench.work.cancel()
    bench.work.dismiss()
    bench.quiet()


@pytest.mark.parametrize(
    ("fault", "options", "tone", "code"),
    [
        ("refuse", {}, Tone.BAD, Code.DOOR_LOCK_REFUSED),
        ("hang", {}, Tone.DOUBT, Code.OUTCOME_UNKNOWN),
        ("late", {"delay": 0.8}, Tone.DOUBT, Code.OUTCOME_UNKNOWN),
        ("drop_after", {}, Tone.DOUBT, Code.OUTCOME_UNKNOWN),
        ("half_body", {}, Tone.DOUBT, Code.OUTCOME_UNKNOWN),
        ("not_json", {}, Tone.DOUBT, Code.OUTCOME_UNKNOWN),
        ("wrong_shape", {}, Tone.DOUBT, Code.OUTCOME_UNKNOWN),
        ("http_500", {}, Tone.DOUBT, Code.OUTCOME_UNKNOWN),
        ("redirect_302", {}, Tone.DOUBT, Code.OUTCOME_UNKNOWN),
        ("huge_body", {"size": 20_000_000}, Tone.DOUBT, Code.OUTCOME_UNKNOWN),
        ("code_string", {}, Tone.GOOD, None),
        ("data_null", {}, Tone.GOOD, None),
        ("gbk", {}, Tone.GOOD, None),
    ],
)
def test_the_service_while_a_card_is_written(
    desk: Inside,
    bench: CardBench,
    fault: str,
    options: dict[str, Any],
    tone: Tone,
    code: Code | None,
) -> None:
    bench.fault(fault, "MarkRoomCard", **options)
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is tone
    name = f"door-lock-writes-{fault}"
    if code is None:
        desk.picture(name, bench.qtbot, lambda language: page_text("card.done_issue", language))
    else:
        desk.picture(name, bench.qtbot, lambda language: expected(code, language))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("hang", Code.SERVICE_TIMEOUT),
        ("drop_before", Code.SERVICE_DROPPED),
        ("half_body", Code.SERVICE_DROPPED),
        ("not_json", Code.REPLY_NOT_JSON),
        ("wrong_shape", Code.REPLY_SHAPE),
        ("http_500", Code.SERVICE_HTTP_STATUS),
        ("redirect_302", Code.SERVICE_HTTP_STATUS),
    ],
)
def test_the_service_while_a_card_is_looked_at(
    desk: Inside, bench: CardBench, fault: str, code: Code
) -> None:
    bench.quiet()
    bench.fault(fault, "ReadCard", times=None)
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.BAD
    desk.picture(f"door-lock-looks-{fault}", bench.qtbot, lambda said: expected(code, said))


def test_the_service_is_not_running(desk: Inside, bench: CardBench) -> None:
    bench.quiet()
    bench.simulation.door_lock.stop()
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    wanted = Code.SERVICE_NOT_RUNNING
    desk.picture("door-lock-not-running", bench.qtbot, lambda said: expected(wanted, said))


def test_a_card_that_reads_back_wrong(desk: Inside, bench: CardBench) -> None:
    bench.put(defect=CardDefect.GARBLES)
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    wanted = Code.READ_BACK_MISMATCH
    desk.picture("card-reads-back-wrong", bench.qtbot, lambda said: expected(wanted, said))


def test_another_program_has_the_encoder(desk: Inside, bench: CardBench) -> None:
    bench.quiet()
    with filelock.FileLock(desk.home.encoder_lock):
        bench.order(Action.ISSUE)
        bench.phase(Phase.RESULT)
    wanted = Code.ENCODER_BUSY
    desk.picture("encoder-busy", bench.qtbot, lambda said: expected(wanted, said))


@pytest.mark.parametrize(
    "code",
    [Code.JOURNAL_FULL, Code.JOURNAL_READ_ONLY, Code.JOURNAL_LOCKED, Code.JOURNAL_IO],
)
def test_the_journal_is_not_safe(
    desk: Inside, bench: CardBench, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal's own tests fill a disk; here it only says so."""

    def fails(entry: Entry, *, durable: bool = True) -> Event:
        raise JournalUnsafe(code)

    writes = bench.writes()
    monkeypatch.setattr(bench.context.desk.journal, "append", fails)
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    assert bench.writes() == writes
    name = code.value.replace("_", "-")
    desk.picture(name, bench.qtbot, lambda said: expected(code, said))


@pytest.mark.parametrize(("name", "ahead_s"), [("clock-back", 3600.0), ("clock-year", YEAR_S)])
def test_the_clock_jumps(desk: Inside, bench: CardBench, name: str, ahead_s: float) -> None:
    """A stay was begun by a clock that stood ahead; now it stands where it belongs."""
    clock = bench.simulation.clock
    room = bench.state.room
    assert room is not None
    clock.ahead = ahead_s
    bench.issue(room.room.name, days=1 if ahead_s == YEAR_S else 2)
    clock.ahead = 0.0
    bench.put()
    bench.context.bridge.changed.emit()
    bench.quiet()
    bench.context.session.set(CLERK)
    bench.order(Action.REPLACE)
    bench.phase(Phase.RESULT)
    desk.picture(name, bench.qtbot, lambda said: expected(Code.CLOCK_WENT_BACK, said))
    bench.context.session.set(SUPERVISOR)


def test_locked_in_mid_write(desk: Inside, bench: CardBench) -> None:
    bench.quiet()
    bench.fault("late", "MarkRoomCard", delay=0.25)
    bench.order(Action.ISSUE)
    bench.until(lambda: bench.writes("MarkRoomCard") > 0)
    desk.program.lock()
    desk.picture(
        "locked-in-mid-write", bench.qtbot, lambda said: page_text("shell.lock_later", said)
    )
