"""The table of faults once more: which tests show what an operator sees of each.

A row that the window has nothing to say of stands in `UNSEEN` with the reason. A row that the table
gains, and a test that is renamed, fail here.
"""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.faults.test_fault_table import TABLE, functions_of

CARDS = "window/test_pictures_of_cards.py::"
WRITING = CARDS + "test_the_service_while_a_card_is_written"
LOOKING = CARDS + "test_the_service_while_a_card_is_looked_at"
UNSAFE = CARDS + "test_the_journal_is_not_safe"
CLOCK = CARDS + "test_the_clock_jumps"
RESIDENTS = "window/test_pictures_of_residents.py::"
CLOUD = RESIDENTS + "test_the_cloud"
READER = RESIDENTS + "test_the_reader"
OPENING = "window/test_pictures_of_openings.py::"
DAMAGED = OPENING + "test_a_damaged_journal"
MID_WRITE = "window/test_mid_write.py::"
KILLED = MID_WRITE + "test_killed_in_mid_write_unresolved_shows_it_and_one_look_settles_it"
UNPLUGGED = "window/test_unplugged.py::"
FORMS = "window/test_pictures_of_forms.py::"
STAY, RESIDENT = FORMS + "test_the_form_of_a_stay", FORMS + "test_the_form_of_a_residents_card"
SEARCH = FORMS + "test_a_room_that_there_is_not"

SEEN: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("the program", "killed at every step boundary of every workflow"): (KILLED,),
    ("the program", "killed at random times"): (KILLED, OPENING + "test_what_is_unresolved"),
    ("disk", "full"): (UNSAFE,),
    ("disk", "read-only"): (UNSAFE,),
    ("disk", "journal locked by another program"): (
        UNSAFE,
        OPENING + "test_a_journal_that_another_program_holds",
    ),
    ("disk", "file truncated"): (DAMAGED,),
    ("disk", "file bit-flipped"): (DAMAGED,),
    ("door-lock service", "not running"): (
        CARDS + "test_the_service_is_not_running",
        UNPLUGGED + "test_the_encoder_goes_and_comes_back",
    ),
    ("door-lock service", "refuses"): (WRITING,),
    ("door-lock service", "accepts and never answers"): (WRITING, LOOKING),
    ("door-lock service", "answers after the time-out"): (WRITING,),
    ("door-lock service", "half a body"): (WRITING, LOOKING),
    ("door-lock service", "not JSON"): (WRITING, LOOKING),
    ("door-lock service", "JSON of the wrong shape"): (WRITING, LOOKING),
    ("door-lock service", "HTTP 500/302"): (WRITING, LOOKING),
    ("door-lock service", "code as string"): (WRITING,),
    ("door-lock service", "data null"): (WRITING,),
    ("door-lock service", "GBK bytes"): (WRITING,),
    ("door-lock service", "100 MB body"): (WRITING,),
    ("clouds", "DNS failure"): (RESIDENTS + "test_a_name_that_no_server_has",),
    ("clouds", "TLS failure"): (RESIDENTS + "test_a_certificate_that_nobody_trusts",),
    ("clouds", "captive portal"): (CLOUD,),
    ("clouds", "token expired in mid-flight"): (RESIDENTS + "test_a_cloud_that_is_only_awkward",),
    ("clouds", "429/503"): (CLOUD,),
    ("clouds", "slow"): (RESIDENTS + "test_a_cloud_that_is_only_awkward",),
    ("clouds", "the outbox pushes later, in order, once"): (
        RESIDENTS + "test_the_cloud_is_not_running",
    ),
    ("reader", "none"): (READER, RESIDENTS + "test_the_reader_is_asked_about"),
    ("reader", "unplugged and replugged"): (
        READER,
        UNPLUGGED + "test_the_reader_goes_and_comes_back",
    ),
    ("reader", "service stopped and started"): (READER,),
    ("reader", "card pulled in mid-APDU"): (READER,),
    ("reader", "mute card"): (READER,),
    ("reader", "exclusive use by another program"): (READER,),
    ("reader", "two cards"): (READER,),
    ("reader", "random UID"): (READER, RESIDENT),
    ("clock", "jumps back"): (CLOCK,),
    ("clock", "jumps ahead a year"): (CLOCK,),
    ("clock", "time zone changed"): (CLOCK,),
    ("operator", "double Enter"): (MID_WRITE + "test_a_double_enter_writes_once",),
    ("operator", "stopped in mid-write"): (
        MID_WRITE + "test_esc_in_mid_write_finishes_the_card_and_begins_no_other",
        MID_WRITE + "test_closed_in_mid_write_it_waits_and_ends_settled",
        MID_WRITE + "test_a_machine_that_sleeps_in_mid_write",
        CARDS + "test_locked_in_mid_write",
    ),
    ("operator", "two desk programs started"): (
        "window/test_two_windows.py::test_the_second_shows_the_first_and_ends",
        CARDS + "test_another_program_has_the_encoder",
    ),
    ("bad input", "empty"): (STAY, RESIDENT),
    ("bad input", "too long"): (STAY,),
    ("bad input", "emoji, RTL, control characters"): (STAY, SEARCH),
    ("bad input", "'; DROP"): (SEARCH, RESIDENT),
    ("bad input", "past dates, 1e9 nights"): (STAY,),
    ("bad input", "wrong room id"): (SEARCH,),
    ("bad input", "malformed UID"): (RESIDENT,),
    ("bad input", "malformed settings file"): (OPENING + "test_a_settings_file",),
}
UNSEEN: Final[Mapping[tuple[str, str], str]] = {
    ("the program", "the power goes"): "what it leaves is what a kill leaves",
    ("clouds", "clock skew"): "it changes nothing at the desk but when a token is renewed",
    ("secrets", "none in any log, file or answer"): "nothing is what there is to see",
}


@pytest.mark.parametrize(("where", "fault"), TABLE)
def test_a_row_is_seen(where: str, fault: str) -> None:
    if (where, fault) in UNSEEN:
        assert (where, fault) not in SEEN
        return
    for proof in SEEN[where, fault]:
        file, _, name = proof.partition("::")
        assert name in functions_of(file), f"{where}, {fault}: there is no {proof}"


def test_no_row_is_left_over() -> None:
    assert {*SEEN, *UNSEEN} <= {*TABLE}
