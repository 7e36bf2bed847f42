"""The things an operator does, each with what must be there before, for tests that end programs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from station.simulators.calls import Call
from station.simulators.faults import Fault
from tests.faults.agreement import rows_of
from tests.faults.place import GUEST, MOBILE, Kept, Place

ROOM, OTHER, THIRD = "1-101", "1-102", "1-103"
RESIDENT_UID = "04A1B2C3D4E5F6"
FAR: Final = (datetime.now() + timedelta(days=5)).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class Work:
    """One command. `lines` are the operator's Enters; `cards` come onto the encoder one by one."""

    argv: tuple[str, ...]
    before: str
    first: int | None = 0
    """Which of the world's cards lies on the encoder; None for a new one."""
    more: tuple[int | None, ...] = ()
    writes: int = 1

    @property
    def lines(self) -> str:
        return "\n" * (len(self.more) + 1)


def _nothing(place: Place) -> None:
    """Rooms and a blank card."""
    place.put()
    place.lock.calls.clear()


def _a_stay(place: Place) -> None:
    """A guest in 1-101 with two cards, the first on the encoder."""
    first = place.put()
    done(place, "issue", ROOM, "--nights", "1", "--guest", GUEST)
    place.put()
    done(place, "copy", ROOM)
    place.put(first)


def _a_resident(place: Place) -> None:
    """A resident with a card at the gates."""
    place.put()
    uid = ("--uid", "04FFEEDDCCBBAA")
    done(place, "resident", "bind", "--mobile", MOBILE, "--name", GUEST, *uid)


def _an_answer_lost(place: Place) -> None:
    """A stay, and a card of another room that was written without an answer."""
    _a_stay(place)
    place.put()
    place.lock.inject(Fault.DROP_AFTER, "MarkRoomCard")
    assert place.station("issue", THIRD, "--nights", "1").returncode == 6


def done(place: Place, *argv: str) -> None:
    """A command that goes well."""
    ran = place.station(*argv)
    assert ran.returncode == 0, ran


BEFORE: Mapping[str, Callable[[Place], None]] = {
    "nothing": _nothing,
    "a stay": _a_stay,
    "a resident": _a_resident,
    "an answer lost": _an_answer_lost,
}
GUEST_OPTIONS = ("--guest", GUEST, "--mobile", MOBILE)
WORK: Mapping[str, Work] = {
    "issue": Work(("issue", ROOM, "--nights", "1", "--guest", GUEST), "nothing"),
    "issue --cards 2": Work(
        ("issue", ROOM, "--nights", "1", "--cards", "2"), "nothing", more=(None,), writes=2
    ),
    "issue --gate": Work(("issue", ROOM, "--nights", "1", "--gate", *GUEST_OPTIONS), "nothing"),
    "copy": Work(("copy", ROOM), "a stay", first=None),
    "extend": Work(("extend", ROOM, "--until", FAR), "a stay"),
    "move": Work(("move", ROOM, OTHER), "a stay"),
    # the first card is lost, the second is encoded again
    "replace": Work(("replace", ROOM), "a stay", first=None, more=(1,), writes=2),
    "recycle": Work(("recycle",), "a stay"),
    "read": Work(("read",), "an answer lost", first=2, writes=0),
    "group": Work(("group", ROOM, OTHER, "--until", FAR), "nothing", more=(None,), writes=2),
    "resident bind": Work(
        ("resident", "bind", "--mobile", MOBILE, "--name", GUEST, "--uid", RESIDENT_UID),
        "a resident",
        writes=0,
    ),
    "resident unbind": Work(("resident", "unbind", "--mobile", MOBILE), "a resident", writes=0),
    "unresolved --resolve": Work(("unresolved", "--resolve"), "an answer lost", first=2, writes=0),
}


REPRESENTATIVE: Final = frozenset({"issue", "recycle", "resident bind", "passcode online"})
"""Work whose every boundary is tried on Windows too: a new card, a card cleared, a push, a code."""


def every(names: Iterable[str]) -> list[Any]:
    """Names of work as parameters; on Windows, where nothing forks, some stand for all."""
    one_of_many = pytest.mark.linux("some work stands for all: each kill is a new Python there")
    return [
        name if name in REPRESENTATIVE else pytest.param(name, marks=one_of_many) for name in names
    ]


class Beginnings:
    """How a place is before a piece of work, made once."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Kept, frozenset[str]]] = {}

    def make(self, place: Place) -> None:
        """Make them all, with the real program."""
        place.furnish()
        empty = place.keep("empty")
        for name, prepare in BEFORE.items():
            place.restore(empty)
            prepare(place)
            with place.journal() as journal:
                operations = frozenset(rows_of(journal))
            self._kept[name] = place.keep(name.replace(" ", "-")), operations

    def begin(self, place: Place, work: Work) -> frozenset[str]:
        """Bring a place back to the beginning of this work; the operations that there are then."""
        kept, operations = self._kept[work.before]
        place.restore(kept)
        cards = place.world.cards()
        place.in_order = [
            place.world.new_card() if number is None else cards[number]
            for number in (work.first, *work.more)
        ]
        place.put(place.in_order[0])
        place.lock.after_effect = _hands(place)
        return operations


def _hands(place: Place) -> Callable[[Call], None]:
    """Lays the next card down when a written card was read back: before the operator is asked."""
    waiting = iter(place.in_order[1:])
    written = [False]

    def after(call: Call) -> None:
        if call.name == "ReadCard" and written[0]:
            written[0] = False
            for card in waiting:
                place.put(card)
                break
        elif call.name == "MarkRoomCard":
            written[0] = True

    return after


def hands_off(place: Place) -> None:
    """The card that lies there stays there."""
    place.lock.after_effect = None
