"""The table of faults that the program lives through, each with the tests that prove it.

A row names its tests as `file::function`; a test that is renamed or removed fails here. Rows of the
window (sleep, closed in mid-write) stand with the window.
"""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LOCK = "faults/test_services_in_trouble.py::"
WRITING = LOCK + "test_the_door_lock_service_in_trouble_while_a_card_is_written"
LOOKING = LOCK + "test_the_door_lock_service_in_trouble_while_the_desk_looks"
CLOUD = LOCK + "test_a_cloud_in_trouble"
CLIENT = "vendors/test_door_lock_faults.py::test_a_write_is_sent_once_and_its_outcome_is_unknown"
UNSAFE = "faults/test_unsafe_journal.py::"
CLOCK = "faults/test_clock.py::"
PCSC = "pcsc/test_service.py::"
CARD = "pcsc/test_card_faults.py::"
MATRIX = "faults/test_crash_matrix.py::"
OUTBOX = "workflows/test_resident.py::"
TWO_SIDES = "vendors/test_against_simulators.py::"
BAD = "cli/test_bad_input.py::test_bad_input"

TABLE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("the program", "killed at every step boundary of every workflow"): (
        MATRIX + "test_killed_at_every_boundary",
        MATRIX + "test_every_step_of_every_card_workflow_is_among_the_boundaries",
        "workflows/test_recover.py::test_cut_at_every_boundary_one_read_settles_it",
    ),
    ("the program", "killed at random times"): (
        "faults/test_random_instants.py::test_killed_at_random_instants",
        "faults/test_random_instants.py::test_python_m_station_killed_at_random_instants",
        "journal/test_durability.py::test_no_acknowledged_event_is_lost_to_a_kill",
    ),
    ("the program", "the power goes"): (
        "faults/test_power_loss.py::test_no_card_is_written_before_its_intent_is_on_the_disk",
        "faults/test_power_loss.py::test_no_card_is_cleared_before_its_intent_is_on_the_disk",
        "journal/test_durability.py::test_a_durable_append_ends_with_a_flush_and_a_step_does_not",
    ),
    ("disk", "full"): (
        UNSAFE + "test_a_full_disk",
        UNSAFE + "test_a_disk_that_fills_up_between_the_card_and_its_outcome",
        "journal/test_faults.py::test_a_full_disk_refuses_and_loses_nothing",
    ),
    ("disk", "read-only"): (UNSAFE + "test_read_only",),
    ("disk", "journal locked by another program"): (
        UNSAFE + "test_locked_by_another_program",
        UNSAFE + "test_locked_in_the_middle_of_a_write",
    ),
    ("disk", "file truncated"): (
        UNSAFE + "test_a_damaged_file",
        UNSAFE + "test_a_journal_that_vanished",
        "journal/test_damage.py::test_a_truncated_file_is_noticed",
        "journal/test_damage.py::test_a_truncated_wal_leaves_a_chain_that_verifies",
    ),
    ("disk", "file bit-flipped"): (
        UNSAFE + "test_a_damaged_file",
        "journal/test_damage.py::test_a_flipped_bit_is_noticed_or_harms_no_event",
        "journal/test_damage.py::test_the_best_copy_is_the_newest_that_is_whole",
    ),
    ("door-lock service", "not running"): (
        LOCK + "test_a_door_lock_service_that_is_not_running",
        "vendors/test_door_lock_faults.py::test_a_write_that_was_never_sent_is_unreachable",
    ),
    ("door-lock service", "refuses"): (
        WRITING,
        "vendors/test_door_lock_faults.py::test_a_no_of_the_vendor_is_refused_with_its_words",
    ),
    ("door-lock service", "accepts and never answers"): (WRITING, LOOKING, CLIENT),
    ("door-lock service", "answers after the time-out"): (
        WRITING,
        "workflows/test_recover.py::test_an_answer_after_the_time_out_is_still_one_card",
    ),
    ("door-lock service", "half a body"): (WRITING, LOOKING, CLIENT),
    ("door-lock service", "not JSON"): (WRITING, LOOKING, CLIENT),
    ("door-lock service", "JSON of the wrong shape"): (WRITING, LOOKING, CLIENT),
    ("door-lock service", "HTTP 500/302"): (
        WRITING,
        LOOKING,
        "vendors/test_door_lock_faults.py::test_a_redirect_is_not_followed",
    ),
    ("door-lock service", "code as string"): (WRITING, LOOKING),
    ("door-lock service", "data null"): (WRITING, LOOKING),
    ("door-lock service", "GBK bytes"): (
        WRITING,
        "vendors/test_door_lock_faults.py::test_gbk_is_read",
    ),
    ("door-lock service", "100 MB body"): (
        WRITING,
        LOOKING,
        "simulators/test_faults.py::test_a_huge_body_is_100_mb_and_can_be_left_unread",
    ),
    ("clouds", "DNS failure"): (LOCK + "test_a_name_that_no_server_has",),
    ("clouds", "TLS failure"): (
        LOCK + "test_a_certificate_that_nobody_trusts",
        "vendors/test_tls.py::test_a_bad_certificate_is_refused_before_anything_is_sent",
    ),
    ("clouds", "captive portal"): (
        CLOUD,
        "vendors/test_shankai_faults.py::test_a_captive_portal_is_named",
    ),
    ("clouds", "token expired in mid-flight"): (
        LOCK + "test_a_cloud_that_is_only_awkward",
        "vendors/test_against_simulators.py::test_a_token_that_ends_in_mid_flight_costs_nothing",
    ),
    ("clouds", "clock skew"): (
        "vendors/test_shankai_token.py::test_a_short_life_is_used_to_its_half",
        "cli/test_setup_and_doctor.py::test_a_clock_apart_from_the_services",
    ),
    ("clouds", "429/503"): (CLOUD, "vendors/test_shankai_faults.py::test_a_busy_cloud_says_when"),
    ("clouds", "slow"): (LOCK + "test_a_cloud_that_is_only_awkward",),
    ("clouds", "the outbox pushes later, in order, once"): (
        LOCK + "test_what_waits_goes_in_order",
        OUTBOX + "test_while_the_cloud_is_away_it_waits_and_goes_later_in_order_and_once",
    ),
    ("reader", "none"): (PCSC + "test_no_reader_is_plugged",),
    ("reader", "unplugged and replugged"): (
        PCSC + "test_a_reader_unplugged_with_a_card_on_it_and_plugged_again",
        PCSC + "test_a_reader_unplugged_in_mid_command",
    ),
    ("reader", "service stopped and started"): (
        PCSC + "test_the_service_ends_and_comes_back",
        PCSC + "test_the_service_killed_ten_times",
        PCSC + "test_no_service_at_the_start",
    ),
    ("reader", "card pulled in mid-APDU"): (CARD + "test_a_card_pulled_in_mid_command",),
    ("reader", "mute card"): (CARD + "test_a_mute_card",),
    ("reader", "exclusive use by another program"): (
        CARD + "test_exclusive_use_by_another_program",
    ),
    ("reader", "two cards"): ("pcsc/test_taps.py::test_cards_on_two_readers_are_refused",),
    ("reader", "random UID"): ("pcsc/test_taps.py::test_a_random_uid_is_named_and_never_given",),
    ("clock", "jumps back"): (CLOCK + "test_rule_2_the_clock_jumps_back",),
    ("clock", "jumps ahead a year"): (
        CLOCK + "test_rule_2_the_clock_jumps_a_year_ahead_and_comes_back",
    ),
    ("clock", "time zone changed"): (CLOCK + "test_rule_2_the_zone_changes",),
    ("operator", "double Enter"): (
        "faults/test_two_programs.py::test_a_double_enter_makes_one_card",
    ),
    ("operator", "stopped in mid-write"): (
        "cli/test_history_and_journal.py::test_an_interrupted_write_is_unknown_and_never_repeated",
    ),
    ("operator", "two desk programs started"): (
        "faults/test_two_programs.py::test_the_second_program_is_refused_while_the_first_writes",
        "faults/test_two_programs.py::test_two_programs_at_the_same_moment_make_one_card",
    ),
    ("bad input", "empty"): (BAD,),
    ("bad input", "too long"): (BAD,),
    ("bad input", "emoji, RTL, control characters"): (
        BAD,
        "domain/test_person.py::test_bad_names_name_the_rule",
    ),
    ("bad input", "'; DROP"): (BAD, "domain/test_room.py::test_bad_words_are_one_clear_error"),
    ("bad input", "past dates, 1e9 nights"): (
        BAD,
        "domain/test_stay.py::test_rule_3_absurd_nights_and_hours_are_refused",
    ),
    ("bad input", "wrong room id"): (BAD,),
    ("bad input", "malformed UID"): (
        BAD,
        "domain/test_card.py::test_malformed_uids_name_the_field",
    ),
    ("bad input", "malformed settings file"): (
        "cli/test_bad_input.py::test_a_malformed_settings_file",
        "fuzz/test_settings_files.py::test_flipped_and_cut_files",
    ),
    ("secrets", "none in any log, file or answer"): (
        "faults/test_nothing_leaks.py::test_no_secret_in_any_file",
        "faults/test_nothing_leaks.py::test_nobodys_name_or_number_in_any_file",
        "faults/test_nothing_leaks.py::test_nothing_secret_or_personal_was_said",
    ),
}


@cache
def functions_of(file: str) -> frozenset[str]:
    """The test functions of a file, from its text: nothing is imported."""
    path = TESTS / file
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize(("where", "fault"), TABLE)
def test_a_row_is_proven(where: str, fault: str) -> None:
    proofs = TABLE[where, fault]
    assert proofs, f"nobody proves: {where}, {fault}"
    for proof in proofs:
        file, _, name = proof.partition("::")
        assert name in functions_of(file), f"{where}, {fault}: there is no {proof}"


def test_every_part_has_rows() -> None:
    parts = {where for where, _ in TABLE}
    core = {"the program", "disk", "door-lock service", "clouds", "reader", "clock", "operator"}
    assert core | {"bad input", "secrets"} == parts


def test_a_test_that_is_gone_is_noticed() -> None:
    assert "test_a_full_disk" in functions_of("faults/test_unsafe_journal.py")
    assert "test_a_disk_of_gold" not in functions_of("faults/test_unsafe_journal.py")
    assert functions_of("faults/test_that_is_not_there.py") == frozenset()
