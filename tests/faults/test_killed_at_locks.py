"""The real program is killed at every boundary of giving and taking passcodes, and of check-out.

Whatever opens the door afterwards is said by a fresh program; the same check-out once more, and
nothing opens any more. No door is opened twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from station.simulators.room_lock import Kind
from tests.faults.place import GUEST, MOBILE, Place
from tests.faults.test_crash_matrix import places_to_kill
from tests.faults.work import FAR, done, every

ROOM = "1-101"
CODE = "73915286"
EVERYTHING = {"card", "offline_passcode", "online_passcode"}


@dataclass(frozen=True, slots=True)
class Work:
    """One command, and what must be there before."""

    argv: tuple[str, ...]
    before: Callable[[Place], None]
    stdin: str = ""


def _nothing(_: Place) -> None:
    return


def _a_passcode(desk: Place) -> None:
    done_with(desk, CODE, "passcode", "online", ROOM, "--until", FAR, "--code-stdin")


def _a_guest(desk: Place) -> None:
    """With a card on the encoder, both passcodes, and a card at the gates."""
    done(desk, "issue", ROOM, "--nights", "1", "--guest", GUEST, "--mobile", MOBILE, "--gate")
    done(desk, "passcode", "offline", ROOM, "--until", FAR)
    _a_passcode(desk)


def done_with(desk: Place, stdin: str, *argv: str) -> None:
    ran = desk.station(*argv, stdin=f"{stdin}\n")
    assert ran.returncode == 0, ran


WORK = {
    "passcode online": Work(
        ("passcode", "online", ROOM, "--until", FAR, "--begin-stay", "--code-stdin"),
        _nothing,
        f"{CODE}\n",
    ),
    "passcode offline": Work(("passcode", "offline", ROOM, "--until", FAR), _nothing),
    "passcode stop": Work(("passcode", "stop", ROOM, "--code-stdin"), _a_passcode, f"{CODE}\n"),
    "unlock": Work(("unlock", ROOM, "--reason", "客人忘带卡"), _nothing),
    "checkout": Work(("checkout", ROOM, "--gate"), _a_guest),
}


@pytest.mark.parametrize("name", every(WORK))
def test_killed_at_every_boundary(desk: Place, name: str) -> None:
    work = WORK[name]
    work.before(desk)
    beginning = desk.keep("beginning")
    whole = desk.station(*work.argv, stdin=work.stdin)
    assert whole.returncode == 0, whole
    effects = [each for each in whole.boundaries if each.startswith("after ")]
    assert len(effects) >= 3, whole.boundaries
    for number in places_to_kill(whole.boundaries):
        desk.restore(beginning)
        ran = desk.station(*work.argv, stdin=work.stdin, kill_at=number)
        assert ran.killed, ran
        desk.wait_quiet()
        what = f"killed at {number}: {ran.boundaries[-3:]}"
        assert opening(desk) <= listed(desk), what
        assert desk.world.lock_of(ROOM).opened <= 1, what
        _afterwards(desk, what)


def opening(desk: Place) -> set[str]:
    """What a person can open the door with; a code that nobody was told is in nobody's hands."""
    with desk.journal() as journal:
        room = desk.world.room(ROOM).rm_id
        sealed = {each.code for each in journal.credentials(room)}
        told = {journal.unseal(code) for code in sealed if code}
    return {
        opener.kind.value
        for opener in desk.world.openers(ROOM)
        if opener.kind is not Kind.OFFLINE or opener.ref in told
    }


def listed(desk: Place) -> set[str]:
    ran = desk.station("opens", ROOM, "--json")
    assert ran.returncode == 0, ran
    return {way["kind"] for way in _ways(ran.json())}


def _ways(document: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["opens"] if isinstance(document, dict) else document
    return found


def _afterwards(desk: Place, what: str) -> None:
    """The operator looks at the card, checks out again, and lets go what waits."""
    if desk.unresolved():
        desk.station("unresolved", "--resolve")
    ran = desk.station("checkout", ROOM, "--gate")
    assert ran.returncode in {0, 3}, (what, ran)  # 3: nothing was there any more
    assert desk.station("resident", "sync").returncode == 0
    assert listed(desk) == set(), what
    assert opening(desk) == set(), what
    with desk.journal() as journal:
        assert journal.verify().ok, what
        assert journal.outbox(stopped=True) == [], what


def test_the_beginning_is_worth_it(desk: Place) -> None:
    _a_guest(desk)
    assert opening(desk) == listed(desk) == EVERYTHING
