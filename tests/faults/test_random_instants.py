"""The program is killed at 200 random instants, whatever it is doing then; nothing is ever lost.

At 20 on Windows, where each command is a new Python.

Most are commands of the warmed-up program, so that the instants fall into the work itself; some are
`python -m station`, started from nothing. A command that ended before its instant does not count.
"""

import random
from collections import Counter

from tests.faults.agreement import check_after_the_end
from tests.faults.lanes import Lanes
from tests.faults.place import Place
from tests.faults.program import Ran
from tests.faults.work import WORK, hands_off
from tests.systems import WINDOWS

WARM_INSTANTS, PLAIN_INSTANTS = (12, 8) if WINDOWS else (160, 40)
MOST_TRIES = 4
# the reader of the one-tap work is simulated inside the warmed-up program
PLAIN_WORK = tuple(name for name in WORK if "--gate" not in name)


def killed_at_instants(lanes: Lanes, count: int, seed: int, *, plain: bool) -> Counter[str]:
    """So many kills at random instants of random work; in doubt or not, by the work's name."""
    chance = random.Random(seed)
    names = PLAIN_WORK if plain else tuple(WORK)
    took = {name: _seconds(lanes, name, plain=plain) for name in names}
    kills: list[str] = []
    seen: Counter[str] = Counter()

    def one(lane: Place, drawn: tuple[str, float]) -> None:
        name, after = drawn
        if len(kills) >= count:
            return
        before = lanes.beginnings.begin(lane, WORK[name])
        ran = _run(lane, name, plain=plain, kill_after=after)
        hands_off(lane)
        if ran.killed:
            kills.append(name)
        listed = check_after_the_end(lane, before)
        seen[f"{name}: {'in doubt' if listed else 'clear'}"] += 1

    draws = [
        (name, took[name] * (0.4 + 0.6 * chance.random() if plain else chance.random()))
        for name in (chance.choice(names) for _ in range(MOST_TRIES * count))
    ]
    wrong = lanes.each(draws, one)
    assert not wrong, "\n".join(wrong)
    assert len(kills) >= count, f"{len(kills)} kills only: {seen}"
    return seen


def _run(lane: Place, name: str, *, plain: bool, kill_after: float | None = None) -> Ran:
    work = WORK[name]
    if plain:
        return lane.plain(*work.argv, lines=work.lines, kill_after=kill_after)
    return lane.station(*work.argv, stdin=work.lines, kill_after=kill_after)


def _seconds(lanes: Lanes, name: str, *, plain: bool) -> float:
    """How long the work takes, roughly: only for choosing instants."""
    if not plain:
        return lanes.whole(name).seconds
    if name != "issue":
        return _seconds(lanes, "issue", plain=True)
    lane = lanes.places[0]
    lanes.beginnings.begin(lane, WORK[name])
    ran = _run(lane, name, plain=True)
    assert ran.returncode == 0, ran
    return ran.seconds


def test_killed_at_random_instants(crash_lanes: Lanes) -> None:
    seen = killed_at_instants(crash_lanes, WARM_INSTANTS, 20261, plain=False)
    # so few as on Windows may all fall beside the write
    assert WINDOWS or any(name.endswith("in doubt") for name in seen), seen


def test_python_m_station_killed_at_random_instants(crash_lanes: Lanes) -> None:
    killed_at_instants(crash_lanes, PLAIN_INSTANTS, 20262, plain=True)
