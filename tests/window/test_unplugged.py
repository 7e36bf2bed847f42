"""Encoder and reader taken away while somebody works, and brought back, in the real window.

The encoder is the service that it hangs on; the reader is one of a private PC/SC service.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.simulators.hardware import SimCard
from tests.faults.place import Kept, Place, place
from tests.faults.program import Warm
from tests.pcsc.rig import Rig, build, running_rig, what_is_missing
from tests.pcsc.vcard import VirtualCard
from tests.window.conftest import PATIENT_S
from tests.window.screen import Screen, until
from tests.window.window import BAD, GOOD, Window, running_window


def issue(window: Window, room: str, cards: str = "1") -> None:
    window.type(room)
    window.keys("Return", "Return", "Return", cards, "Return")


def test_the_encoder_goes_and_comes_back(window: Window) -> None:
    place = window.place
    place.lock_server.stop()
    issue(window, "1-101")
    window.until_shown(BAD)
    assert window.writes() == 0
    (row,) = [row for row in window.rows() if row["kind"] == "issue"]
    assert row["state"] == "failed"
    place.lock_server.start()
    window.keys("Return")  # try again, as the big button says
    window.until_shown(GOOD)
    window.until_done("issue", "1-101")
    assert window.writes() == 1
    window.begin()
    window.put()  # noticed without a key
    issue(window, "1-102")
    window.until_done("issue", "1-102")


@pytest.fixture(scope="module")
def readers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    """A PC/SC service without readers."""
    if missing := what_is_missing():
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    assert request.config.cache is not None
    drivers, _ = build(Path(request.config.cache.mkdir("pcsc-build")))
    with running_rig(tmp_path_factory.mktemp("pcsc") / "pcscd", drivers) as running:
        yield running


@pytest.fixture
def desk_with_reader(warm: Warm, furnished: Kept, tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path / "desk", warm) as made:
        made.restore(furnished, read_timeout_s=PATIENT_S, desk="[reader]")
        yield made


def kinds(window: Window) -> list[str]:
    return [row["kind"] for row in window.rows()]


def lay(window: Window, on: VirtualCard, card: SimCard | None = None) -> SimCard:
    """Take away what lies there and lay a card (a new one) on the encoder and the reader."""
    world = window.place.world
    on.lift()
    laid = world.put(card or world.new_card(), swap=True)
    on.tap(laid.uid)
    return laid


@pytest.mark.pcsc
def test_the_reader_goes_and_comes_back(
    desk_with_reader: Place, readers: Rig, screen: Screen
) -> None:
    reader = readers.plug(1)
    service = {"PCSCLITE_CSOCK_NAME": str(readers.socket_path)}
    with running_window(desk_with_reader, screen, **service) as window:
        window.log_in()
        first = lay(window, reader)
        issue(window, "1-101", cards="2")
        window.until_done("issue", "1-101")
        second = lay(window, reader)
        window.until_done("copy", "1-101")  # no key was pressed for the second card
        window.until_shown(GOOD)
        assert {row["uid"] for row in window.rows()} >= {first.uid, second.uid}

        readers.unplug(1)
        looks = window.looks()
        until(lambda: window.looks() > looks + 1, "the encoder is not asked instead")
        window.begin()
        third = window.put()
        issue(window, "1-102")
        window.until_done("issue", "1-102")
        assert third.uid not in {row["uid"] for row in window.rows()}

        back = readers.plug(1)
        fourth = lay(window, back)

        def is_read_with_the_reader() -> bool:
            reads = kinds(window).count("read")
            window.begin()
            window.keys("F3")
            until(lambda: kinds(window).count("read") > reads, "F3 reads nothing")
            return bool(window.rows()[0]["uid"] == fourth.uid)

        until(is_read_with_the_reader, "the reader is not used again")
        window.close()
        assert window.wait() == 0
