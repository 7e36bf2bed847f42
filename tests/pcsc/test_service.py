"""Readers unplugged, the service killed: the badge shows it and comes back by itself."""

import pytest

from station.errors import Code, Unreachable
from station.ports import ReaderState
from station.reader.reader import PcscReader, list_readers, pcsc_reader
from tests.pcsc.expect import expect, expect_uid, expect_view, uid_now
from tests.pcsc.rig import ACS, MODELS, OMNIKEY, Rig
from tests.pcsc.vcard import Faults, VirtualCard

pytestmark = [pytest.mark.pcsc, pytest.mark.linux("pcscd and umockdev")]


def test_no_reader_is_plugged(reader: PcscReader) -> None:
    expect(reader, ReaderState.NO_READER)
    assert list_readers() == []
    with pytest.raises(Unreachable) as raised:
        uid_now(reader)
    assert raised.value.code is Code.PCSC_NO_READER


def test_a_reader_unplugged_with_a_card_on_it_and_plugged_again(
    rig: Rig, reader: PcscReader, card: VirtualCard
) -> None:
    card.tap("A1B2C3D4")
    expect_uid(reader, "A1B2C3D4")
    rig.unplug(1)
    assert expect(reader, ReaderState.NO_READER).uid == ""
    assert reader.read_again().state is ReaderState.NO_READER
    again = rig.plug(1)
    assert MODELS[ACS] in expect(reader, ReaderState.EMPTY).reader
    again.tap("A1B2C3D4")
    assert expect_uid(reader, "A1B2C3D4").tap == 2


def test_a_reader_unplugged_in_mid_command(rig: Rig, reader: PcscReader, card: VirtualCard) -> None:
    card.tap("A1B2C3D4", Faults(delay=0.6))
    expect(reader, ReaderState.CARD_SILENT)
    rig.unplug(1)
    expect(reader, ReaderState.NO_READER)
    rig.plug(1).tap("04112233445566")
    expect_uid(reader, "04112233445566")


def test_one_of_two_readers_unplugged(rig: Rig, reader: PcscReader, card: VirtualCard) -> None:
    rig.plug(2, OMNIKEY)
    expect_view(reader, lambda view: "OMNIKEY" in view.reader)
    rig.unplug(2)
    expect_view(reader, lambda view: "OMNIKEY" not in view.reader)
    card.tap("A1B2C3D4")
    expect_uid(reader, "A1B2C3D4")


@pytest.mark.parametrize("asked", [False, True])
def test_the_service_ends_and_comes_back(
    asked: bool, rig: Rig, reader: PcscReader, card: VirtualCard
) -> None:
    card.tap("A1B2C3D4")
    expect_uid(reader, "A1B2C3D4")
    rig.stop(asked=asked)
    assert expect(reader, ReaderState.NO_SERVICE).uid == ""
    with pytest.raises(Unreachable) as raised:
        uid_now(reader)
    assert raised.value.code is Code.PCSC_NO_SERVICE
    with pytest.raises(Unreachable) as raised:
        list_readers()
    assert raised.value.code is Code.PCSC_NO_SERVICE
    rig.start()
    expect(reader, ReaderState.EMPTY)
    card.tap("04112233445566")
    assert expect_uid(reader, "04112233445566").tap == 2


def test_the_service_killed_ten_times(rig: Rig, reader: PcscReader, card: VirtualCard) -> None:
    for number in range(10):
        rig.stop()
        expect(reader, ReaderState.NO_SERVICE)
        rig.start()
        expect(reader, ReaderState.EMPTY)
        card.tap(f"A1B2C3{number:02X}")
        expect_uid(reader, f"A1B2C3{number:02X}")


def test_no_service_at_the_start(rig: Rig) -> None:
    rig.stop()
    reader = pcsc_reader()
    try:
        expect(reader, ReaderState.NO_SERVICE)
        rig.start()
        expect(reader, ReaderState.NO_READER)
        rig.plug(1).tap("A1B2C3D4")
        expect_uid(reader, "A1B2C3D4")
    finally:
        rig.clear()
        reader.close()
