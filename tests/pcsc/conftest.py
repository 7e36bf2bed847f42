"""A private PC/SC service for the session, and a reader on it for each test."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station.ports import ReaderState
from station.reader.monitor import Options
from station.reader.reader import PcscReader
from tests.pcsc.expect import expect
from tests.pcsc.rig import Rig, build, running_rig, what_is_missing
from tests.pcsc.vcard import VirtualCard

# libpcsclite reads this once, at the process's first use of it: so at import, before any test runs.
_FOLDER = Path(tempfile.mkdtemp(prefix="pcsc-socket-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["PCSCLITE_CSOCK_NAME"] = str(_FOLDER / "pcscd")


@pytest.fixture(scope="session")
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """The service. Its readers are plugged by the tests."""
    if missing := what_is_missing():
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    assert request.config.cache is not None
    drivers, _ = build(Path(request.config.cache.mkdir("pcsc-build")))
    with running_rig(_FOLDER / "pcscd", drivers) as running:
        yield running


@pytest.fixture
def open_reader(rig: Rig) -> Iterator[Callable[[Options], PcscReader]]:
    """Makes readers that are closed, and a service that is bare and running, after the test."""
    opened: list[PcscReader] = []

    def open_one(options: Options) -> PcscReader:
        opened.append(PcscReader(options))
        return opened[-1]

    yield open_one
    rig.clear()
    for reader in opened:
        reader.close()
        assert not reader.is_watching
    if not rig.is_running:
        rig.start()


@pytest.fixture
def reader(open_reader: Callable[[Options], PcscReader]) -> PcscReader:
    """A monitor whose watchdog bites after 0.3 s."""
    return open_reader(Options(silent_after=0.3))


@pytest.fixture
def card(rig: Rig, reader: PcscReader) -> VirtualCard:
    """The card of reader 1, which is plugged in and empty."""
    card = rig.plug(1)
    expect(reader, ReaderState.EMPTY)
    return card
