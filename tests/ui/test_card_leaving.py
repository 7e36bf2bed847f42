"""F7: check-out in one go; and what the card panel offers when no card can be written."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.credential import CredentialKind
from station.domain.operation import Kind, State
from station.domain.room import RoomState
from station.ports import HistoryFilter
from station.workflows.credentials import CredentialResult, Wanted, put
from tests.ui.card_bench import GUEST, CardBench, card_bench
from tests.ui.conftest import SUPERVISOR
from ui.context import Context
from ui.main_window import MainWindow
from ui.pages.locks import LocksPage
from ui.pages.rooms import RoomsPage
from ui.presenters.card_state import Action, Lying, Phase, RoomFacts, Seen, Tone
from ui.presenters.lock_state import OPEN, PASSCODE, Wish
from ui.widgets.card_panel import CardPanel
from ui.widgets.check_out_words import line_texts, others_text, remaining_texts

ROOM = "1-301"


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[CardBench]:
    with card_bench(qtbot, ui_context, simulation) as made:
        yield made


def give(bench: CardBench, kind: CredentialKind, room: str = ROOM) -> CredentialResult:
    desk = bench.context.desk
    return put(desk, SUPERVISOR, Wanted(desk.room(room), kind, bench.end(2), GUEST))


def lines(bench: CardBench) -> dict[str, State]:
    return {str(line.of): line.state for line in bench.outcome.lines}


# check-out in one go


def test_one_card_and_a_passcode_end_together(bench: CardBench) -> None:
    card = bench.lived_in(ROOM)
    code = give(bench, CredentialKind.ONLINE_PASSCODE).code
    bench.put(card)
    bench.choose(ROOM)
    bench.sees(Lying.CARD)
    bench.order(Action.CHECK_OUT)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert lines(bench) == dict.fromkeys(("card", "online_passcode", "stay"), State.DONE)
    assert bench.outcome.remaining == ()
    assert card.memory is None
    assert not bench.simulation.world.try_passcode(ROOM, code).opened
    [row] = bench.context.desk.journal.history(HistoryFilter(kind=Kind.CHECK_OUT))
    assert row.state is State.DONE
    bench.quiet()
    assert bench.state.room is not None
    assert bench.state.room.by_stay is RoomState.VACANT


def test_a_card_that_was_not_presented_is_listed_with_its_end(bench: CardBench) -> None:
    bench.lived_in(ROOM)
    bench.choose(ROOM)
    bench.order(Action.CHECK_OUT, clear=False)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.PART
    [way] = bench.outcome.remaining
    assert way.card is not None
    words, now = bench.context.words, bench.context.desk.clock.local()
    text = "\n".join([*line_texts(words, bench.outcome.lines), *remaining_texts(words, [way], now)])
    assert "1 张卡没有放上来" in text
    assert way.card.card_id in text
    assert bench.writes("ClearRoomCard") == 0


def test_a_stop_that_cannot_be_sent_waits_and_is_said(bench: CardBench) -> None:
    give(bench, CredentialKind.ONLINE_PASSCODE)
    bench.lived_in(ROOM)
    bench.simulation.world.lock_of(ROOM).reachable = False
    bench.choose(ROOM)
    bench.order(Action.CHECK_OUT, clear=False)
    bench.phase(Phase.RESULT)
    assert lines(bench)["online_passcode"] is State.WAITING
    assert lines(bench)["stay"] is State.DONE
    assert len(bench.context.desk.journal.outbox()) == 1
    assert bench.outcome.tone is Tone.PART


def test_the_gate_card_is_taken_back_if_wished_and_never_bound(bench: CardBench) -> None:
    bench.lived_in(ROOM)
    bench.choose(ROOM)
    bench.order(Action.CHECK_OUT, clear=False, gate=True)
    bench.phase(Phase.RESULT)
    assert "gate" in lines(bench)
    bench.quiet()
    bench.until(lambda: not bench.context.lanes.cloud.busy)
    kinds = [row.kind for row in bench.operations()]
    assert Kind.RESIDENT_UNBIND in kinds
    assert Kind.RESIDENT_BIND not in kinds
    assert bench.outcome.gate is None


def test_a_guest_without_any_card_leaves_too(bench: CardBench) -> None:
    desk = bench.context.desk
    wanted = Wanted(
        desk.room(ROOM), CredentialKind.OFFLINE_PASSCODE, bench.end(2), GUEST, begin_stay=True
    )
    put(desk, SUPERVISOR, wanted)
    bench.choose(ROOM)
    assert bench.state.room is not None
    assert bench.state.room.others == ("offline_passcode",)
    bench.work.begin(Action.CHECK_OUT)
    form = bench.state.form
    assert form is not None
    assert (form.clear_offered, form.start.clear) == (False, False)
    bench.work.submit(form.start)
    bench.phase(Phase.RESULT)
    assert lines(bench) == {"offline_passcode": State.DONE, "stay": State.DONE}
    assert bench.outcome.tone is Tone.GOOD


def test_an_unclear_answer_while_clearing_is_not_tried_again(bench: CardBench) -> None:
    card = bench.lived_in(ROOM)
    bench.put(card)
    bench.choose(ROOM)
    bench.sees(Lying.CARD)
    bench.fault("drop_after", "ClearRoomCard", times=1)
    bench.order(Action.CHECK_OUT)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.DOUBT
    assert not bench.outcome.again
    assert bench.writes("ClearRoomCard") == 1


def test_departure_with_other_ways_in_offers_the_check_out(bench: CardBench) -> None:
    card = bench.lived_in(ROOM, days=1)
    give(bench, CredentialKind.OFFLINE_PASSCODE)
    bench.put(card)
    bench.choose(ROOM)
    bench.sees(Lying.CARD)
    facts = bench.state.room
    assert facts is not None
    bench.work._know(replace(facts, by_stay=RoomState.DUE_OUT))
    offered = [bench.state.offer.primary]
    bench.work._know(replace(facts, by_stay=RoomState.DUE_OUT, others=()))
    offered.append(bench.state.offer.primary)
    assert offered == [Action.CHECK_OUT, Action.RECYCLE]


# when no card can be written


def test_the_issue_form_offers_a_way_out_only_while_the_encoder_is_down(bench: CardBench) -> None:
    bench.choose(ROOM)
    bench.work.begin(Action.ISSUE)
    assert not bench.work.offers_instead
    bench.simulation.door_lock.stop()
    bench.work.watch.look()
    bench.sees(Lying.UNREACHABLE)
    assert bench.work.offers_instead
    form = bench.state.form
    assert form is not None
    wish = bench.work.instead(replace(form.start, name="张三", mobile="13800000001"), PASSCODE)
    assert wish is not None
    assert (wish.until, wish.guest, wish.begin_stay) == (form.end, GUEST, True)
    assert bench.work.instead(replace(form.start, amount="x"), PASSCODE) is None
    assert bench.state.form is not None
    assert bench.state.form.problem is not None
    assert bench.work.instead(replace(form.start, amount="x"), OPEN) == Wish(
        bench.row(ROOM).room.id, OPEN
    )


def test_what_else_opens_the_door_is_said_and_leads_to_its_lock(
    qtbot: QtBot, bench: CardBench
) -> None:
    bench.lived_in(ROOM)
    give(bench, CredentialKind.OFFLINE_PASSCODE)
    give(bench, CredentialKind.ONLINE_PASSCODE)
    panel = CardPanel(bench.context)
    qtbot.addWidget(panel)
    panel.show()
    wanted: list[Wish] = []
    panel.lock_wanted.connect(wanted.append)
    panel.choose_room(bench.row(ROOM))
    bench.until(lambda: panel.room.lock.isVisible())
    assert panel.room.lock.text() == "另有 2 个密码能开门"
    panel.room.lock.click()
    assert [wish.room_id for wish in wanted] == [bench.row(ROOM).room.id]
    bench.quiet()
    panel.close_page()


def test_nothing_else_is_nothing_said(bench: CardBench) -> None:
    assert others_text(bench.context.words, ()) == ""
    both = others_text(bench.context.words, ("face", "fingerprint", "kexin_password"))
    assert both == "1 个密码、1 个人脸、1 枚指纹"


def test_a_passcode_in_place_of_a_card_in_the_whole_window(
    qtbot: QtBot, ui_context: Context, simulation: Simulation
) -> None:
    main = MainWindow(ui_context)
    qtbot.addWidget(main)
    main.enter(SUPERVISOR)
    main.resize(1366, 768)
    main.show()
    rooms = main.page("rooms")
    assert isinstance(rooms, RoomsPage)
    lanes = ui_context.lanes
    every = (lanes.encoder, lanes.journal, lanes.cloud, lanes.locks)

    def until(ready: Callable[[], bool]) -> None:
        qtbot.waitUntil(ready, timeout=20_000)

    until(lambda: rooms.presenter.state.loaded and not any(lane.busy for lane in every))
    work = rooms.panel.work
    room = ui_context.desk.room(ROOM)
    rooms.rack.select([room.id], room.id)
    rooms._give()
    until(lambda: work.state.room is not None and work.state.room.complete)
    seen = Seen(Lying.UNREACHABLE)
    work._show(seen=seen)
    work.begin(Action.ISSUE)
    work._show(seen=seen)
    instead = rooms.panel.form.instead
    until(instead.passcode.isVisible)
    rooms.panel.form.fields["name"].setText("张三")
    instead.passcode.click()
    locks = main.page("locks")
    assert isinstance(locks, LocksPage)
    assert main.current == "locks"
    until(lambda: locks.presenter.state.room is not None)
    form = locks.room.passcode
    assert form is not None
    assert form.begin.isChecked()
    form.go.click()
    until(lambda: locks.news.state.code is not None)
    code = locks.news.state.code
    assert code is not None
    assert simulation.world.try_passcode(ROOM, code.digits).opened
    assert isinstance(locks.code.digits, QLabel)
    until(lambda: not any(lane.busy for lane in every))
    facts: RoomFacts | None = work.state.room
    assert facts is not None
    main.close_window()
