"""Rule 2 through the command line: the clock jumps back, a year ahead, or the zone changes.

A new stay starts strictly later than every start known for its room, whatever the clock says; a
clock that stands further behind is refused, and a supervisor's reason passes it.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from station.errors import Code
from tests.faults.place import Place

HOUR, YEAR = 3600, 365 * 24 * 3600
REASON = "时钟走慢了"
REPLACE = ("replace", "1-101", "--json")


def stay(document: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(document["stay"]["authorised_at"])


def issued(desk: Place, **more: Any) -> datetime:
    ran = desk.station("issue", "1-101", "--nights", "3", "--json", **more)
    assert ran.returncode == 0, ran
    desk.put()
    desk.lock.calls.clear()
    return stay(ran.json())


def check_refused_then_passed(desk: Place, last: datetime, **more: Any) -> None:
    """Refused with nothing sent; with a supervisor's reason it starts a second after the last."""
    ran = desk.station(*REPLACE, **more)
    assert ran.returncode == 3, ran
    assert ran.json()["error"] == Code.CLOCK_WENT_BACK
    assert desk.lock.calls.all() == []
    ran = desk.station(*REPLACE, "--reason", REASON, **more)
    assert ran.returncode == 0, ran
    assert stay(ran.json()) == last + timedelta(seconds=1)
    with desk.journal() as journal:
        row = journal.operation(ran.json()["operation"])
        assert row is not None
        assert row.reason == REASON
        assert journal.verify().ok


@pytest.mark.parametrize("back_s", [60, HOUR, YEAR])
def test_rule_2_the_clock_jumps_back(desk: Place, back_s: int) -> None:
    last = issued(desk)
    check_refused_then_passed(desk, last, clock_s=-back_s)


def test_rule_2_a_few_seconds_behind_nobody_notices(desk: Place) -> None:
    last = issued(desk)
    ran = desk.station(*REPLACE, clock_s=-3)
    assert ran.returncode == 0, ran
    assert last < stay(ran.json()) <= last + timedelta(seconds=60)


def test_rule_2_the_clock_jumps_a_year_ahead_and_comes_back(desk: Place) -> None:
    """The card made in the wrong year was refused nothing; afterwards the room says why it asks."""
    issued(desk)
    ran = desk.station("issue", "1-101", "--nights", "1", "--json", clock_s=YEAR)
    assert ran.returncode == 0, ran
    wrong = stay(ran.json())
    assert wrong > datetime.now() + timedelta(days=300)
    desk.put()
    desk.lock.calls.clear()
    check_refused_then_passed(desk, wrong)
    # other rooms never had a start in the wrong year
    desk.put()
    assert desk.station("issue", "1-102", "--nights", "1").returncode == 0


COMPUTER = pytest.mark.linux("a variable for the time zone")


@pytest.mark.parametrize("by", ["setting", pytest.param("computer", marks=COMPUTER)])
def test_rule_2_the_zone_changes(desk: Place, by: str) -> None:
    """Locks know local time alone: thirteen hours to the west are thirteen hours back."""
    for zone in ("Asia/Shanghai", "America/New_York"):
        if by == "setting":
            desk.write_settings(desk=f'time_zone = "{zone}"')
        else:
            desk.extra_environment["TZ"] = zone
        if zone == "Asia/Shanghai":
            ran = desk.plain("issue", "1-101", "--nights", "3", "--json")
            assert ran.returncode == 0, ran
            last = stay(ran.json())
            desk.put()
            desk.lock.calls.clear()
    check_refused_then_passed(desk, last)
    ran = desk.plain(*REPLACE)
    assert ran.returncode == 3, ran
    assert ran.json()["error"] == Code.CLOCK_WENT_BACK
