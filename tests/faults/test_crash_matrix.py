"""The real program is killed at every boundary of every workflow; no card is lost or made twice.

A boundary is a step notice of the workflow (begin and done of each visible step) or the end of an
effect: a vendor's call that has returned, an event that is in the journal. Each kill is a SIGKILL
of a process that runs the program's own command line, with the vendors' servers outside of it.
"""

import pytest

from station.domain.operation import CARD_KINDS, Kind, Step
from tests.faults.agreement import check_after_the_end
from tests.faults.lanes import Lanes
from tests.faults.place import Place
from tests.faults.work import WORK, every, hands_off

WRITE_STEPS = (Step.RECORD, Step.LOOK, Step.WRITE, Step.READ_BACK, Step.COMPARE, Step.OUTCOME)


def places_to_kill(reached: tuple[str, ...]) -> list[int]:
    """Every boundary; of several notices with no effect between them (the end of one step and the
    beginning of the next) the last one stands for all."""
    return [
        number
        for number, boundary in enumerate(reached)
        if boundary in {"after write", "after clear"}
        or number + 1 == len(reached)
        or reached[number + 1].startswith("after ")
    ]


@pytest.mark.parametrize("name", every(WORK))
def test_killed_at_every_boundary(crash_lanes: Lanes, name: str) -> None:
    work, reached = WORK[name], crash_lanes.boundaries(name)
    in_doubt: list[int] = []

    def kill(lane: Place, number: int) -> None:
        before = crash_lanes.beginnings.begin(lane, work)
        ran = lane.station(*work.argv, stdin=work.lines, kill_at=number)
        hands_off(lane)
        assert ran.killed, ran
        assert ran.boundaries == reached[: number + 1]
        if check_after_the_end(lane, before):
            in_doubt.append(number)

    wrong = crash_lanes.each(places_to_kill(reached), kill)
    assert not wrong, "\n".join([f"{number} {one}" for number, one in enumerate(reached)] + wrong)
    if work.writes:
        assert in_doubt, "no kill left anything in doubt"


def test_every_step_of_every_card_workflow_is_among_the_boundaries(crash_lanes: Lanes) -> None:
    """The matrix covers what the screen shows: each step of a write, at its begin and its end."""
    seen = {notice for name in WORK for notice in crash_lanes.boundaries(name)}
    for kind in CARD_KINDS - {Kind.RECYCLE}:
        for step in WRITE_STEPS:
            for state in ("begin", "done"):
                assert f"{kind.value} {step.value} {state}" in seen
    for step in (Step.RECORD, Step.CLEAR, Step.READ_BACK, Step.OUTCOME):
        for state in ("begin", "done"):
            assert f"recycle {step.value} {state}" in seen
    for kind in (Kind.RESIDENT_BIND, Kind.RESIDENT_UNBIND):
        assert f"{kind.value} push begin" in seen


def test_the_check_finds_a_program_that_writes_twice(crash_lanes: Lanes) -> None:
    lane, work = crash_lanes.places[0], WORK["issue"]
    before = crash_lanes.beginnings.begin(lane, work)
    ran = lane.station(*work.argv, stdin=work.lines, spoil="eager_encoder")
    hands_off(lane)
    assert ran.returncode == 0, ran
    with pytest.raises(AssertionError):
        check_after_the_end(lane, before)


def test_the_check_finds_a_program_that_journals_only_at_the_end(crash_lanes: Lanes) -> None:
    lane, work = crash_lanes.places[0], WORK["issue"]
    # First: where nobody has asked before, this runs the work once, on this very place.
    killed_at = crash_lanes.boundaries("issue").index("after write")
    before = crash_lanes.beginnings.begin(lane, work)
    ran = lane.station(*work.argv, stdin=work.lines, spoil="careless_journal", kill_at=killed_at)
    hands_off(lane)
    assert ran.killed, ran
    assert ran.boundaries[-1] == "after write"
    with pytest.raises(AssertionError):
        check_after_the_end(lane, before)
