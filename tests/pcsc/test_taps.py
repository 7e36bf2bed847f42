"""Cards that come and go on real readers: every tap is seen, once, with its own UID."""

import random
from collections.abc import Callable

import pytest

from station.domain.card import UidOrder
from station.ports import ReaderState, ReaderView
from station.reader.monitor import Options
from station.reader.reader import PcscReader, list_readers
from tests.pcsc.expect import expect, expect_tap, expect_uid, expect_view
from tests.pcsc.rig import OMNIKEY, SAM, Rig
from tests.pcsc.vcard import VirtualCard

pytestmark = [pytest.mark.pcsc, pytest.mark.linux("pcscd and umockdev")]

OpenReader = Callable[[Options], PcscReader]
UIDS = ("A1B2C3D4", "04112233445566", "04112233445566778899")


@pytest.mark.parametrize("uid", UIDS)
def test_a_uid_of_each_size_is_read(uid: str, reader: PcscReader, card: VirtualCard) -> None:
    card.tap(uid)
    assert expect_uid(reader, uid).tap == 1
    card.lift()
    assert expect(reader, ReaderState.EMPTY).uid == ""


def test_the_byte_order_of_the_site_is_applied(rig: Rig, open_reader: OpenReader) -> None:
    reader = open_reader(Options(order=UidOrder.REVERSED))
    card = rig.plug(1)
    expect(reader, ReaderState.EMPTY)
    card.tap("A1B2C3D4")
    expect_uid(reader, "D4C3B2A1")


def test_a_random_uid_is_named_and_never_given(reader: PcscReader, card: VirtualCard) -> None:
    card.tap("08112233")
    view = expect(reader, ReaderState.CARD_RANDOM)
    assert (view.uid, view.detail) == ("", "08112233")


def test_of_400_quick_re_taps_none_is_lost(reader: PcscReader, card: VirtualCard) -> None:
    seen: list[tuple[str, int]] = []
    reader.subscribe(
        lambda view: seen.append((view.uid, view.tap)) if view.state is ReaderState.CARD else None
    )
    uids = [f"04{random.getrandbits(48):012X}" for _ in range(400)]
    for number, uid in enumerate(uids, start=1):
        card.tap(uid)
        expect_tap(reader, number, uid)
        if number % 2:
            card.lift()
    assert seen == list(zip(uids, range(1, 401), strict=True))


def test_a_card_with_the_same_atr_in_its_place_is_another_tap(
    reader: PcscReader, card: VirtualCard
) -> None:
    card.tap("04112233445566")
    expect_uid(reader, "04112233445566")
    states: list[ReaderState] = []
    reader.subscribe(lambda view: states.append(view.state))
    card.tap("04AAAAAAAAAAAA")
    assert expect_uid(reader, "04AAAAAAAAAAAA").tap == 2
    assert states == [ReaderState.EMPTY, ReaderState.CARD_SEEN, ReaderState.CARD]


def test_a_swap_while_an_observer_is_busy_is_not_missed(
    reader: PcscReader, card: VirtualCard, open_reader: OpenReader
) -> None:
    witness = open_reader(Options())
    states: list[ReaderState] = []

    def swap_at_the_first(view: ReaderView) -> None:
        if view.tap == 1 and view.state is ReaderState.CARD:
            card.tap("04AAAAAAAAAAAA")
            expect_uid(witness, "04AAAAAAAAAAAA")
        else:
            states.append(view.state)

    reader.subscribe(swap_at_the_first)
    card.tap("04112233445566")
    assert expect_uid(reader, "04AAAAAAAAAAAA").tap == 2
    assert states == [
        ReaderState.CARD_SEEN,
        ReaderState.EMPTY,
        ReaderState.CARD_SEEN,
        ReaderState.CARD,
    ]


def test_the_same_card_again_is_a_new_tap(reader: PcscReader, card: VirtualCard) -> None:
    for tap in (1, 2, 3):
        card.tap("A1B2C3D4")
        expect_tap(reader, tap, "A1B2C3D4")
        card.lift()
        expect(reader, ReaderState.EMPTY)


def test_read_again_asks_the_card_anew(reader: PcscReader, card: VirtualCard) -> None:
    card.tap("A1B2C3D4")
    before = expect_uid(reader, "A1B2C3D4")
    for asked in (2, 3, 4):
        assert reader.read_again() == before
        assert len(card.commands) == asked
    card.lift()
    assert reader.read_again().uid == ""


def test_cards_on_two_readers_are_refused(rig: Rig, reader: PcscReader, card: VirtualCard) -> None:
    second = rig.plug(2, OMNIKEY)
    expect_view(reader, lambda view: "OMNIKEY" in view.reader)
    card.tap("A1B2C3D4")
    expect_uid(reader, "A1B2C3D4")
    second.tap("04112233445566")
    assert expect(reader, ReaderState.SEVERAL_CARDS).uid == ""
    card.lift()
    assert "OMNIKEY" in expect_uid(reader, "04112233445566").reader


def test_only_the_chosen_reader_counts(rig: Rig, open_reader: OpenReader) -> None:
    reader = open_reader(Options(wanted="omnikey"))
    other = rig.plug(1)
    assert expect(reader, ReaderState.NO_READER).reader == "omnikey"
    other.tap("A1B2C3D4")
    chosen = rig.plug(2, OMNIKEY)
    expect(reader, ReaderState.EMPTY)
    chosen.tap("04112233445566")
    assert expect_uid(reader, "04112233445566").tap == 1
    rig.unplug(2)
    expect(reader, ReaderState.NO_READER)


def test_sam_slots_are_ignored(rig: Rig, reader: PcscReader, card: VirtualCard) -> None:
    module = rig.plug(2, SAM)
    rig.plug(3, OMNIKEY)
    expect_view(reader, lambda view: "OMNIKEY" in view.reader)
    module.tap("A1B2C3D4")
    card.tap("04112233445566")
    expect_uid(reader, "04112233445566")
    assert sorted(name.split()[0] for name in list_readers()) == ["ACS", "HID"]


def test_an_observer_that_raises_costs_nothing(
    reader: PcscReader, card: VirtualCard, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(view: ReaderView) -> None:
        raise RuntimeError("broken")

    views: list[ReaderView] = []
    reader.subscribe(broken)
    reader.subscribe(views.append)
    card.tap("A1B2C3D4")
    expect_uid(reader, "A1B2C3D4")
    card.lift()
    expect(reader, ReaderState.EMPTY)
    assert [view.state for view in views] == [
        ReaderState.CARD_SEEN,
        ReaderState.CARD,
        ReaderState.EMPTY,
    ]
    assert "an observer of the reader failed" in caplog.text


def test_200_monitors_start_and_stop_at_random_moments(rig: Rig) -> None:
    card = rig.plug(1)
    try:
        card.tap("A1B2C3D4")
        for _ in range(200):
            reader = PcscReader(Options())
            reader.wait_for(lambda view: view.state is ReaderState.CARD, random.uniform(0, 0.004))
            reader.close()
            assert not reader.is_watching
    finally:
        rig.clear()
