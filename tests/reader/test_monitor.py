"""The monitor against a scripted service: Windows' codes, counted and blocked calls."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from station.ports import ReaderState, ReaderView
from station.reader.apdu import GET_UID, SIGNALS
from station.reader.monitor import Options
from station.reader.reader import PcscReader, list_readers
from station.reader.scard import PNP, Hresult, State
from tests.reader.fake import GOOD, FakeScard

ACS = "ACS ACR122 0"
LONG = 3600.0
QUIET = Options(heartbeat=LONG, search=LONG, settle=LONG, busy_retry=LONG, back_off=(0.0,))
"""Nothing happens by the clock: what is seen was caused."""


@contextmanager
def watching(fake: FakeScard, options: Options = QUIET) -> Iterator[PcscReader]:
    reader = PcscReader(options, fake)
    try:
        yield reader
    finally:
        reader.close()
        assert not reader.is_watching
        assert not fake.live


def expect(reader: PcscReader, state: ReaderState) -> ReaderView:
    view = reader.wait_for(lambda view: view.state is state, 20)
    assert view is not None, f"it stayed {reader.view()}"
    return view


def states_of(reader: PcscReader) -> list[ReaderState]:
    states: list[ReaderState] = []
    reader.subscribe(lambda view: states.append(view.state))
    return states


LOST = [
    Hresult.SERVICE_STOPPED,
    Hresult.SYSTEM_CANCELLED,
    Hresult.INVALID_HANDLE_WIN32,
    Hresult.INVALID_HANDLE,
    Hresult.COMM_ERROR,
    Hresult.NO_SERVICE,
    0x8010001F,
]


@pytest.mark.parametrize("call", ["wait", "list"])
@pytest.mark.parametrize("hresult", LOST, ids="{:08X}".format)
def test_after_an_unexpected_code_a_fresh_context_is_used(call: str, hresult: int) -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        states = states_of(reader)
        fake.give(call, hresult)
        fake.plug("another")  # any change, so that the list is looked at
        fake.until("establish", 2)
        expect(reader, ReaderState.EMPTY)
        assert states[0] is ReaderState.NO_SERVICE
        assert fake.live == {2}


@pytest.mark.parametrize("hresult", LOST[:4], ids="{:08X}".format)
@pytest.mark.parametrize("call", ["connect", "transmit"])
def test_a_context_lost_while_a_card_is_asked(call: str, hresult: int) -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.give(call, hresult)
        fake.put(ACS)
        assert expect(reader, ReaderState.CARD).tap == 2
        assert fake.live == {2}


def test_an_exception_out_of_the_library_costs_the_context_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.give("wait", TypeError("a handle of the wrong kind"))
        fake.until("establish", 2)
        fake.put(ACS)
        expect(reader, ReaderState.CARD)
    assert "goes on with a new context" in caplog.text


def test_the_number_of_readers_is_fed_back_and_nothing_spins() -> None:
    fake = FakeScard(ACS, "second")
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.until("wait", 2)
        assert dict(fake.known)[PNP] == 2 << 16
        fake.plug("third")
        # One wait ends by the count, the next by the new reader's own state, the next one lasts.
        fake.until("wait", 4)
        fake.put(ACS)
        expect(reader, ReaderState.CARD)
        fake.until("wait", 5)
    assert fake.calls["wait"] == 5
    assert fake.calls["establish"] == 1


def test_a_driver_that_reports_nothing_new_does_not_make_the_loop_spin() -> None:
    fake = FakeScard(ACS)
    with watching(fake, replace(QUIET, breath=LONG)) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.until("wait", 2)
        fake.give("wait", Hresult.SUCCESS, Hresult.SUCCESS, Hresult.SUCCESS)
        with fake.change:
            assert fake.change.wait_for(lambda: len(fake.script["wait"]) == 2, 20)
    assert fake.calls["wait"] == 2


@pytest.mark.parametrize(
    "hresult",
    [Hresult.UNKNOWN_READER, Hresult.READER_UNAVAILABLE, Hresult.NO_READERS_AVAILABLE],
    ids="{:08X}".format,
)
def test_a_reader_that_left_while_the_wait_began_costs_no_context(hresult: int) -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        states = states_of(reader)
        fake.give("wait", hresult)
        fake.put(ACS)
        expect(reader, ReaderState.CARD)
    assert states == [ReaderState.CARD_SEEN, ReaderState.CARD]
    assert fake.calls["establish"] == 1


@pytest.mark.parametrize("call", ["connect", "transmit"])
def test_a_card_reset_by_another_program_is_asked_again(call: str) -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        states = states_of(reader)
        fake.give(call, Hresult.RESET_CARD, Hresult.RESET_CARD)
        fake.put(ACS)
        assert expect(reader, ReaderState.CARD).uid == "A1B2C3D4"
    assert states == [ReaderState.CARD_SEEN, ReaderState.CARD]


def test_a_card_held_elsewhere_is_tried_several_times_then_busy_then_read() -> None:
    fake = FakeScard(ACS)
    with watching(fake, replace(QUIET, busy_retry=0.01)) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.give("connect", *[Hresult.SHARING_VIOLATION] * 7)
        fake.put(ACS)
        assert expect(reader, ReaderState.BUSY).detail == "8010000B"
        assert expect(reader, ReaderState.CARD).tap == 1
    assert fake.calls["connect"] == 8


def test_a_card_held_elsewhere_for_a_moment_is_not_called_busy() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        states = states_of(reader)
        fake.give("connect", *[Hresult.SHARING_VIOLATION] * 3)
        fake.put(ACS)
        expect(reader, ReaderState.CARD)
    assert states == [ReaderState.CARD_SEEN, ReaderState.CARD]


def test_success_without_any_byte_is_no_uid() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.put(ACS, b"")
        assert expect(reader, ReaderState.CARD_UNREADABLE).detail == "no answer"


def test_a_mute_card_may_be_reported_without_present() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.put(ACS, state=State.MUTE)
        assert expect(reader, ReaderState.CARD_UNREADABLE).detail == "mute"
        assert fake.calls["connect"] == 0
        fake.flag(ACS, State.PRESENT)
        assert expect(reader, ReaderState.CARD).tap == 2


def test_what_other_programs_do_with_a_card_is_no_tap() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.put(ACS)
        before = expect(reader, ReaderState.CARD)
        waits = fake.calls["wait"]
        for state in (State.PRESENT | State.INUSE, State.PRESENT | State.EXCLUSIVE, State.PRESENT):
            waits += 1
            fake.flag(ACS, state)
            fake.until("wait", waits)
        assert reader.view() == before
    assert fake.calls["connect"] == 1


def test_a_card_is_known_by_the_event_count_alone() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.put(ACS)
        expect(reader, ReaderState.CARD)
        states = states_of(reader)
        fake.put(ACS)  # gone and back between two looks: PRESENT before, PRESENT after
        assert reader.wait_for(lambda view: view.tap == 2 and bool(view.uid), 20) is not None
    assert states == [ReaderState.EMPTY, ReaderState.CARD_SEEN, ReaderState.CARD]


def test_read_again_notices_a_swap_that_the_service_did_not_count() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.put(ACS)
        assert expect(reader, ReaderState.CARD).tap == 1
        fake.answers[ACS] = bytes.fromhex("112233449000")
        again = reader.read_again(20)
        assert (again.uid, again.tap) == ("11223344", 2)


def test_read_again_sees_a_card_lifted_meanwhile() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.put(ACS)
        expect(reader, ReaderState.CARD)
        gate = threading.Event()
        reader.subscribe(lambda view: gate.set())
        fake.lift(ACS)
        assert reader.read_again(20).state is ReaderState.EMPTY


def test_the_watchdog_speaks_while_the_thread_is_blocked() -> None:
    fake = FakeScard(ACS)
    with watching(fake, Options(silent_after=0.01)) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.blocking = threading.Event()
        told: list[str] = []
        reader.subscribe(lambda view: told.append(threading.current_thread().name))
        fake.put(ACS)
        assert expect(reader, ReaderState.CARD_SILENT).tap == 1
        assert reader.read_again(timeout=0.01).state is ReaderState.CARD_SILENT
        fake.blocking.set()
        assert expect(reader, ReaderState.CARD).tap == 1
    assert told[:2] == ["pcsc-reader", "pcsc-watchdog"]


def test_a_card_that_answered_in_time_never_becomes_silent() -> None:
    fake = FakeScard(ACS)
    with watching(fake, Options(silent_after=0.05)) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.put(ACS)
        expect(reader, ReaderState.CARD)
        assert reader.wait_for(lambda view: view.state is ReaderState.CARD_SILENT, 0.2) is None


def test_a_read_again_that_ends_too_late_claims_no_card() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.put(ACS)
        expect(reader, ReaderState.CARD)
        fake.blocking = threading.Event()
        again = reader.read_again(timeout=0.01)
        assert (again.state, again.uid) == (ReaderState.CARD_SILENT, "")
        fake.blocking.set()


def test_read_again_from_an_observer_does_not_wait_for_itself() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        seen: list[ReaderView | None] = []

        def ask(view: ReaderView) -> None:
            if view.state is ReaderState.CARD and not seen:
                seen.append(reader.read_again(LONG))
                seen.append(reader.wait_for(lambda view: False, LONG))

        reader.subscribe(ask)
        fake.put(ACS)
        card = expect(reader, ReaderState.CARD)
        fake.lift(ACS)
        expect(reader, ReaderState.EMPTY)
        assert seen == [card, None]


def test_an_observer_may_close_the_reader() -> None:
    fake = FakeScard(ACS)
    with watching(fake) as reader:
        expect(reader, ReaderState.EMPTY)
        reader.subscribe(lambda view: reader.close())
        fake.put(ACS)
        fake.until("disconnect", 1)


def test_a_remote_session_is_named_only_where_nothing_else_is_there() -> None:
    fake = FakeScard()
    fake.give("establish", Hresult.NO_SERVICE)
    options = Options(heartbeat=LONG, search=LONG, back_off=(LONG,), is_remote=lambda: True)
    with watching(fake, options) as reader:
        assert expect(reader, ReaderState.REMOTE_SESSION).detail == "8010001D"
        # Asking ends the pause; now there is a service, and still no reader.
        assert reader.read_again(20).state is ReaderState.REMOTE_SESSION
        assert reader.wait_for(lambda view: not view.detail, 20) is not None
        fake.plug(ACS)
        expect(reader, ReaderState.EMPTY)


def test_a_reader_that_flashes_is_told_to_once_a_tap_and_its_refusal_is_nothing() -> None:
    fake = FakeScard(ACS)
    options = Options(heartbeat=LONG, settle=LONG, signal=True)
    with watching(fake, options) as reader:
        expect(reader, ReaderState.EMPTY)
        fake.give("transmit", Hresult.SUCCESS, Hresult.NOT_TRANSACTED)
        fake.put(ACS)
        expect(reader, ReaderState.CARD)
        fake.until("transmit", 2)
        assert reader.read_again(20).state is ReaderState.CARD
    assert fake.commands == [GET_UID, SIGNALS["ACR122"], GET_UID]


@pytest.mark.parametrize(
    ("readers", "options"),
    [((), replace(QUIET, search=0.01)), (("second",), replace(QUIET, settle=0.01))],
    ids=["none was there", "one was there"],
)
def test_a_reader_plugged_just_between_listing_and_waiting_is_found_by_itself(
    readers: tuple[str, ...], options: Options
) -> None:
    """pcscd says nothing of it; the loop lists again soon."""
    fake = FakeScard(*readers)
    with watching(fake, options) as reader:
        expect(reader, ReaderState.EMPTY if readers else ReaderState.NO_READER)
        fake.until("wait", 1 + len(readers))
        with fake.change:
            fake.words[ACS] = int(State.EMPTY)  # nobody is notified
        assert reader.wait_for(lambda view: ACS in view.reader, 20) is not None


@pytest.mark.parametrize(
    ("prepare", "names"),
    [
        (lambda fake: None, [ACS]),
        (lambda fake: fake.unplug(ACS), []),
        (lambda fake: fake.plug("ACS ACR1252 1S CL Reader SAM 0"), [ACS]),
    ],
)
def test_list_readers_uses_a_context_of_its_own(
    prepare: Callable[[FakeScard], None], names: list[str]
) -> None:
    fake = FakeScard(ACS)
    prepare(fake)
    assert list_readers(fake) == names
    assert not fake.live


def test_fake_answers_like_a_card() -> None:
    fake = FakeScard(ACS)
    fake.put(ACS)
    assert fake.transmit(0, 2, GET_UID) == (Hresult.SUCCESS, GOOD)
