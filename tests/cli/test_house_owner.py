"""An owner's yes by command: within one program, by stdin or terminal; members, applications."""

from typing import TYPE_CHECKING

from station.simulators.faults import Fault
from tests.cli.conftest import WAIT_S
from tests.cli.houses_desk import FIRST, NAMES, OWNER, Houses
from tests.cli.terminal import Terminal, needs_a_terminal
from tests.systems import WINDOWS, ask_to_end

if TYPE_CHECKING:
    import subprocess


def test_the_owner_says_yes_within_one_program(houses: Houses) -> None:
    status, found, said = houses.proved("house", "owner", FIRST, codes=("000001", "right"))
    assert status == 0, said
    assert found["owner"]["mobile"] == OWNER
    assert {each["name"] for each in found["members"]} == {"张三", "李四", "王五", "赵六"}
    assert [each["state"] for each in found["reviews"]] == ["waiting", "refused"]
    assert "138****0001" in said
    assert OWNER not in said
    [row] = houses.desk.history(kind="owner_check")
    assert (row["operation"], row["state"]) == (found["operation"], "done")
    kept = houses.written_down()
    for needle in (OWNER, *NAMES, houses.sim.sms()[-1].code, houses.sim.sms()[-1].key):
        assert needle.encode() not in kept, needle


def test_wrong_codes_show_nobody(houses: Houses) -> None:
    status, found, _ = houses.proved("house", "owner", FIRST, codes=("000001",) * 9)
    assert (status, found["error"]) == (4, "property_sms_code_wrong")
    assert houses.calls("security/yezhu-code") == 5
    assert houses.calls("house/detail") == 0
    [row] = houses.desk.history(kind="owner_check")
    assert (row["state"], row["error"]) == ("refused", "owner_not_proved")
    again = houses.desk.json("house", "owner", FIRST, "--code-stdin", status=3)
    assert again["error"] == "code_too_soon"


def test_nobody_there_to_read_it_out(houses: Houses) -> None:
    answer = houses.desk.json("house", "owner", FIRST, status=2)
    assert answer["error"] == "fields_one_needed"
    assert houses.sim.sms() == [], "no code is sent that nobody can enter"
    status, found, _ = houses.proved("house", "owner", FIRST, codes=())
    assert (status, found["error"]) == (2, "command_cancelled")
    [row] = houses.desk.history(kind="owner_check")
    assert row["state"] == "refused"


@needs_a_terminal
def test_a_person_at_the_terminal(houses: Houses) -> None:
    houses.desk.json("house", "tree")
    with_terminal = Terminal(houses.desk, "house", "member", "unbind", FIRST, "赵六")
    with_terminal.answer("PIN of", "2468")
    with_terminal.answer("The code", "000001")
    with_terminal.answer("The code", houses.sim.sms(OWNER)[-1].code)
    with_terminal.answer("Take 赵六 out of the house?", "y")
    assert with_terminal.finish() == 0
    assert "赵六 is no longer of this house" in with_terminal.seen
    assert {each.name for each in houses.sim.estate.members(1)} == {"张三", "李四", "王五"}


@needs_a_terminal
def test_a_person_who_thinks_better_of_it_changes_nothing(houses: Houses) -> None:
    houses.desk.json("house", "tree")
    terminal = Terminal(houses.desk, "house", "member", "unbind", FIRST, "赵六")
    terminal.answer("PIN of", "2468")
    terminal.answer("The code", "")
    assert terminal.finish() == 2
    assert houses.calls("house/shouquan", "security/yezhu-code") == 0


def test_members_are_changed_within_the_proof(houses: Houses) -> None:
    status, done, said = houses.proved("house", "member", "managing", FIRST, "赵六")
    assert status == 0, said
    assert done["changes"] == [
        {"what": "managing", "member": {"id": "4", "name": "赵六"}, "allowed": True}
    ]
    [row] = houses.desk.history(kind="household")
    assert row["state"] == "done"


def test_several_members_and_strangers(houses: Houses) -> None:
    status, done, _ = houses.proved("house", "member", "unbind", FIRST, "3", "赵六")
    assert (status, len(done["changes"])) == (0, 2)
    assert {each.name for each in houses.sim.estate.members(1)} == {"张三", "李四"}
    before = houses.calls("house/shouquan")
    bad = houses.desk.json("house", "member", "evict", FIRST, "李四", status=2)
    assert bad["error"] == "field_choice"
    assert houses.calls("house/shouquan") == before


def test_an_unknown_outcome_is_said_and_journalled(houses: Houses) -> None:
    houses.sim.inject(Fault.DROP_AFTER, "house/shouquan")
    status, answer, _ = houses.proved("house", "member", "unbind", FIRST, "赵六")
    assert (status, answer["error"]) == (6, "property_outcome_unknown")
    [row] = houses.desk.history(kind="household")
    assert row["state"] == "unknown"
    assert houses.calls("house/shouquan") == 1


def test_an_application_is_shown_and_taken_back(houses: Houses) -> None:
    listed = houses.desk.json("house", "reviews")
    assert all(set(each) == {"id", "state", "action", "address"} for each in listed)
    assert "waiting" in houses.desk.run("house", "reviews").out
    status, found, _ = houses.proved("house", "review", FIRST, "1", "--delete")
    assert (status, found) == (0, {"review": "1", "deleted": True})
    assert sorted(houses.sim.estate.records.reviews) == [2, 3]


def test_an_application_of_another_house_is_not_shown(houses: Houses) -> None:
    status, found, _ = houses.proved("house", "review", FIRST, "3")
    assert (status, found["error"]) == (2, "review_unknown")


def test_ctrl_c_in_the_middle_of_a_change_leaves_it_unknown(houses: Houses) -> None:
    houses.sim.inject(Fault.HANG_AFTER_EFFECT, "house/shouquan")

    def interrupt(program: "subprocess.Popen[bytes]") -> None:
        assert houses.sim.faults.wait_hanging(1, WAIT_S)
        ask_to_end(program)
        if WINDOWS:  # where Ctrl-C is noticed when the call is over
            houses.sim.faults.release()

    status, answer, _ = houses.proved(
        "house", "member", "unbind", FIRST, "赵六", meanwhile=interrupt
    )
    houses.sim.faults.release()
    assert (status, answer["error"]) == (6, "property_outcome_unknown")
    [row] = houses.desk.history(kind="household")
    assert (row["state"], row["error"]) == ("unknown", "interrupted")


def test_ctrl_c_while_waiting_for_the_owner_gives_the_check_up(houses: Houses) -> None:
    def interrupt(program: "subprocess.Popen[bytes]") -> None:
        assert program.stderr is not None
        assert b"138****0001" in program.stderr.readline()
        ask_to_end(program)

    status, answer, _ = houses.proved("house", "owner", FIRST, codes=(), meanwhile=interrupt)
    assert (status, answer["error"]) == (2, "command_cancelled")
    [row] = houses.desk.history(kind="owner_check")
    assert row["state"] == "refused"
