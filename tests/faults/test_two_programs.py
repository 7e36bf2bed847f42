"""Two desk programs at once: the encoder belongs to one of them, and no two writes interleave."""

import threading
from concurrent.futures import ThreadPoolExecutor

from station.domain.operation import State
from station.errors import Code
from station.simulators.calls import Call
from tests.faults.agreement import check_agreement, check_once_each
from tests.faults.place import Place
from tests.faults.program import Ran

PATIENT_S = 60.0
WHOLE = ["ReadCard", "MarkRoomCard", "ReadCard"]
"""What the encoder sees of one write: look, write, read back."""


def issue(room: str) -> tuple[str, ...]:
    return ("issue", room, "--nights", "1", "--json")


def both(desk: Place, one: tuple[str, ...], two: tuple[str, ...]) -> list[Ran]:
    """Two `python -m station` started at the same moment."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda argv: desk.plain(*argv), (one, two)))


def calls(desk: Place) -> list[str]:
    return [call.name for call in desk.lock.calls.all()]


def check_one_card(desk: Place, ran: list[Ran], *codes: Code) -> None:
    """One card, one refusal, and the journal tells of both programs in one chain."""
    done, refused = sorted(ran, key=lambda each: each.returncode)
    assert done.returncode == 0, ran
    assert refused.returncode == 3, ran
    assert refused.json()["error"] in codes, refused
    assert calls(desk)[:3] == WHOLE
    assert len(desk.writes()) == 1
    with desk.journal() as journal:
        assert journal.verify().ok
        row = journal.operation(done.json()["operation"])
        assert row is not None
        assert row.state is State.DONE
        check_agreement(desk, journal)
        check_once_each(desk, journal, frozenset())


def test_the_second_program_is_refused_while_the_first_writes(desk: Place) -> None:
    desk.write_settings(read_timeout_s=PATIENT_S)
    second: list[Ran] = []

    def meanwhile(call: Call) -> None:
        if call.name == "MarkRoomCard" and not second:
            second.append(desk.plain(*issue("1-102")))

    desk.lock.before_call = meanwhile
    first = desk.plain(*issue("1-101"))
    desk.lock.before_call = None
    check_one_card(desk, [first, *second], Code.ENCODER_BUSY)
    assert calls(desk) == WHOLE, "the second program reached the encoder"


def test_two_programs_at_the_same_moment_make_one_card(desk: Place) -> None:
    """Whoever comes second finds the encoder busy, or the card that the first has just made."""
    ran = both(desk, issue("1-101"), issue("1-102"))
    check_one_card(desk, ran, Code.ENCODER_BUSY, Code.CARD_IN_USE, Code.CARD_OF_OCCUPIED_ROOM)


def test_a_double_enter_makes_one_card(desk: Place) -> None:
    ran = both(desk, issue("1-101"), issue("1-101"))
    expected = (
        Code.ENCODER_BUSY,
        Code.ROOM_OCCUPIED,
        Code.CARD_OF_OCCUPIED_ROOM,
        Code.CARD_ALREADY_OF_STAY,
        Code.ALREADY_WRITTEN,
    )
    check_one_card(desk, ran, *expected)


def test_a_program_waits_for_one_that_is_nearly_done(desk: Place) -> None:
    """The second begins while the first holds the encoder, and gets it within its patience."""
    desk.write_settings(read_timeout_s=PATIENT_S)
    begun = threading.Event()
    second: list[Ran] = []

    def read_meanwhile() -> None:
        second.append(desk.station("read", "--json"))

    reader = threading.Thread(target=read_meanwhile)

    def meanwhile(call: Call) -> None:
        if call.name == "MarkRoomCard" and not begun.is_set():
            begun.set()
            reader.start()

    desk.lock.before_call = meanwhile
    first = desk.plain(*issue("1-101"))
    reader.join(PATIENT_S)
    desk.lock.before_call = None
    assert first.returncode == 0, first
    assert second[0].returncode == 0, second
    assert second[0].json()["room"]["name"] == "1-101"
    assert calls(desk) == [*WHOLE, "ReadCard"]
    with desk.journal() as journal:
        assert journal.verify().ok
