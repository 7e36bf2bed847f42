"""Cards and other programs that misbehave: the state says so, and the next card reads well."""

import threading
from collections.abc import Callable, Iterator

import pytest

from station.errors import Code, Unreachable
from station.ports import ReaderState
from station.reader.monitor import Options
from station.reader.reader import PcscReader
from tests.pcsc.expect import DEADLINE, expect, expect_uid, expect_view, uid_now
from tests.pcsc.other import Other, other_program
from tests.pcsc.rig import Rig
from tests.pcsc.vcard import Faults, Vanish, VirtualCard

pytestmark = [pytest.mark.pcsc, pytest.mark.linux("pcscd and umockdev")]

GOOD = "04112233445566"
BAD = "A1B2C3D4"


@pytest.fixture
def other(rig: Rig) -> Iterator[Other]:
    with other_program() as program:
        yield program


def goes_on(reader: PcscReader, card: VirtualCard) -> None:
    """After the fault a good card is read as ever."""
    card.lift()
    expect(reader, ReaderState.EMPTY)
    card.tap(GOOD)
    expect_uid(reader, GOOD)


@pytest.mark.parametrize("answer", ["6300", "6A81", "9000", "A1B2C39000", "A1B2C3D46300"])
def test_an_answer_that_is_no_uid(answer: str, reader: PcscReader, card: VirtualCard) -> None:
    card.tap(BAD, Faults(answer=answer))
    view = expect(reader, ReaderState.CARD_UNREADABLE)
    assert (view.uid, view.detail) == ("", answer)
    with pytest.raises(Unreachable) as raised:
        uid_now(reader)
    assert raised.value.code is Code.PCSC_CARD_UNREADABLE
    goes_on(reader, card)


@pytest.mark.parametrize("vanish", [Vanish.BEFORE_ANSWER, Vanish.MID_ANSWER])
def test_a_card_pulled_in_mid_command(
    vanish: Vanish, reader: PcscReader, card: VirtualCard
) -> None:
    uids: list[str] = []
    reader.subscribe(lambda view: uids.append(view.uid))
    card.tap(BAD, Faults(vanish=vanish))
    assert card.was_asked.wait(DEADLINE)
    expect(reader, ReaderState.EMPTY)
    assert not any(uids)
    goes_on(reader, card)


def test_a_card_pulled_while_it_is_powered_up(reader: PcscReader, card: VirtualCard) -> None:
    card.tap(BAD, Faults(vanish=Vanish.AT_POWER_ON))
    expect_view(reader, lambda view: view.tap == 1)
    expect(reader, ReaderState.EMPTY)
    goes_on(reader, card)


def test_a_mute_card(reader: PcscReader, card: VirtualCard) -> None:
    card.tap(BAD, Faults(is_mute=True))
    assert expect(reader, ReaderState.CARD_UNREADABLE).tap == 1
    goes_on(reader, card)


def test_a_slow_card_is_silent_first_and_read_then(reader: PcscReader, card: VirtualCard) -> None:
    card.tap(BAD, Faults(delay=0.8))
    expect(reader, ReaderState.CARD_SEEN)
    assert expect(reader, ReaderState.CARD_SILENT).tap == 1
    assert expect_uid(reader, BAD).tap == 1


def test_a_hanging_card_is_silent_until_it_is_lifted(reader: PcscReader, card: VirtualCard) -> None:
    card.tap(BAD, Faults(hangs=True))
    expect(reader, ReaderState.CARD_SILENT)
    assert reader.read_again(timeout=0.05).state is ReaderState.CARD_SILENT
    with pytest.raises(Unreachable) as raised:
        uid_now(reader, timeout=0.05)
    assert raised.value.code is Code.PCSC_CARD_SILENT
    goes_on(reader, card)


def test_a_monitor_held_by_a_card_is_closed_all_the_same(
    rig: Rig, open_reader: Callable[[Options], PcscReader]
) -> None:
    reader = open_reader(Options(silent_after=0.1))
    card = rig.plug(1)
    expect(reader, ReaderState.EMPTY)
    card.tap(BAD, Faults(hangs=True))
    expect(reader, ReaderState.CARD_SILENT)
    closing = threading.Thread(target=reader.close)
    closing.start()
    assert reader.wait_for(lambda view: view.state is ReaderState.CARD, DEADLINE) is None
    card.lift()
    closing.join(DEADLINE)
    assert not reader.is_watching


def test_exclusive_use_by_another_program(
    reader: PcscReader, card: VirtualCard, other: Other
) -> None:
    card.tap(GOOD)
    expect_uid(reader, GOOD)
    other.do("exclusive")
    assert reader.read_again(DEADLINE).state is ReaderState.BUSY
    with pytest.raises(Unreachable) as raised:
        uid_now(reader, DEADLINE)
    assert raised.value.code is Code.PCSC_READER_BUSY
    other.do("release")
    assert expect_uid(reader, GOOD).tap == 1


def test_a_transaction_held_by_another_program(
    reader: PcscReader, card: VirtualCard, other: Other
) -> None:
    card.tap(GOOD)
    expect_uid(reader, GOOD)
    other.do("transaction")
    again = reader.read_again(timeout=0.05)
    assert (again.state, again.uid) == (ReaderState.CARD_SILENT, "")
    expect(reader, ReaderState.CARD_SILENT)
    other.do("release")
    assert expect_uid(reader, GOOD).tap == 1


def test_resets_by_another_program(reader: PcscReader, card: VirtualCard, other: Other) -> None:
    card.tap(GOOD)
    expect_uid(reader, GOOD)
    other.begin("reset 200")
    uids = {uid_now(reader, DEADLINE) for _ in range(100)}
    other.end()
    assert uids == {GOOD}
    assert reader.view().tap == 1
