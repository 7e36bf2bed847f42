"""The simulated reader means what the real one means."""

import subprocess
import sys
import threading

import pytest

from station.errors import Code, InputInvalid
from station.ports import Reader, ReaderState, ReaderView
from station.reader.simulated import SimulatedReader


@pytest.fixture
def reader() -> SimulatedReader:
    return SimulatedReader()


def test_a_card_put_down_and_lifted(reader: SimulatedReader) -> None:
    views: list[ReaderView] = []
    stop = reader.subscribe(views.append)
    assert reader.view().state is ReaderState.EMPTY
    reader.put("a1b2c3d4")
    reader.put("04112233445566")
    reader.lift()
    stop()
    reader.put("A1B2C3D4")
    assert [(view.state, view.uid, view.tap) for view in views] == [
        (ReaderState.CARD_SEEN, "", 1),
        (ReaderState.CARD, "A1B2C3D4", 1),
        (ReaderState.EMPTY, "", 1),
        (ReaderState.CARD_SEEN, "", 2),
        (ReaderState.CARD, "04112233445566", 2),
        (ReaderState.EMPTY, "", 2),
    ]


@pytest.mark.parametrize("uid", ["", "A1B2C3", "A1B2C3D4E5", "no hex"])
def test_what_is_no_uid_is_refused(uid: str, reader: SimulatedReader) -> None:
    with pytest.raises(InputInvalid) as raised:
        reader.put(uid)
    assert raised.value.code is Code.UID_MALFORMED


def test_a_random_uid_is_never_shown_as_one(reader: SimulatedReader) -> None:
    reader.put("08112233")
    view = reader.view()
    assert (view.state, view.uid, view.detail) == (ReaderState.CARD_RANDOM, "", "08112233")


def test_close_ends_waiting_and_claims_no_card(reader: SimulatedReader) -> None:
    port: Reader = reader
    reader.put("A1B2C3D4")
    threading.Timer(0.05, port.close).start()
    assert port.wait_for(lambda view: view.tap == 2, 20) is None
    assert port.view().state is ReaderState.STARTING
    assert port.read_again().uid == ""


def test_the_simulated_reader_and_the_port_need_no_pcsc() -> None:
    script = (
        "import sys, station.ports, station.reader.simulated;"
        "sys.exit(any(name.partition('.')[0] == 'smartcard' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
