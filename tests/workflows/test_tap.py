"""The UID of the card on the reader, or the error that says why there is none."""

import threading

import pytest

from station.errors import Code, InputInvalid, StationError, Unreachable
from station.ports import ReaderState, ReaderView
from station.workflows import tap
from tests.desk_rig import DeskRig

ERRORS = {
    ReaderState.STARTING: Code.PCSC_NO_SERVICE,
    ReaderState.NO_SERVICE: Code.PCSC_NO_SERVICE,
    ReaderState.NO_READER: Code.PCSC_NO_READER,
    ReaderState.REMOTE_SESSION: Code.PCSC_REMOTE_SESSION,
    ReaderState.EMPTY: Code.PCSC_NO_CARD,
    ReaderState.CARD_SEEN: Code.PCSC_CARD_SILENT,
    ReaderState.CARD_SILENT: Code.PCSC_CARD_SILENT,
    ReaderState.CARD_UNREADABLE: Code.PCSC_CARD_UNREADABLE,
    ReaderState.BUSY: Code.PCSC_READER_BUSY,
    ReaderState.SEVERAL_CARDS: Code.PCSC_SEVERAL_CARDS,
    ReaderState.CARD_RANDOM: Code.UID_RANDOM,
}


@pytest.mark.parametrize("state", ReaderState)
def test_every_state_has_its_uid_or_its_error(state: ReaderState) -> None:
    view = ReaderView(state, uid="A1B2C3D4" if state is ReaderState.CARD else "")
    if state is ReaderState.CARD:
        assert tap.uid_of(view) == "A1B2C3D4"
        return
    with pytest.raises(StationError) as raised:
        tap.uid_of(view)
    assert raised.value.code is ERRORS[state]


def test_the_card_is_asked_again_right_when_it_counts(rig: DeskRig) -> None:
    rig.reader.put("A1B2C3D4")
    assert tap.read_now(rig.desk) == "A1B2C3D4"
    rig.reader.put("04112233445566")
    assert tap.read_now(rig.desk) == "04112233445566"


def test_waiting_for_a_card(rig: DeskRig) -> None:
    threading.Timer(0.05, rig.reader.put, ["04112233445566"]).start()
    assert tap.wait_for_tap(rig.desk, 20) == "04112233445566"


def test_waiting_in_vain_says_why(rig: DeskRig) -> None:
    with pytest.raises(Unreachable) as raised:
        tap.wait_for_tap(rig.desk, 0.01)
    assert raised.value.code is Code.PCSC_NO_CARD
    rig.reader.unplug()
    with pytest.raises(Unreachable) as raised:
        tap.wait_for_tap(rig.desk, 0.01)
    assert raised.value.code is Code.PCSC_NO_READER


def test_a_site_without_a_reader_says_so(rig: DeskRig) -> None:
    desk = rig.new_desk(reader=None)
    for ask in (tap.read_now, lambda desk: tap.wait_for_tap(desk, 1)):
        with pytest.raises(InputInvalid) as raised:
            ask(desk)
        assert raised.value.code is Code.PART_NOT_SET_UP
