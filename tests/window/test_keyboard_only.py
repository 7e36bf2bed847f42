"""Each card operation by keyboard alone, from the log-in to the line in the journal, keys counted.

One window for all of them, as at a desk. The counts are left in `keys.md` among the artefacts.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.simulators.hardware import SimCard
from tests.faults.agreement import check_agreement
from tests.faults.place import GUEST, Kept, Place, place
from tests.faults.program import Warm
from tests.window.screen import Screen, until
from tests.window.window import CLERK, CLERK_PIN, GOOD, NEWS, Window, artefacts, running_window

MOST_KEYS = 12
LIVED_IN = ("1-103", "1-104", "1-105", "1-107", "1-108", "1-202", "1-207")


class Sitting:
    """One clerk's turn at the window; `cards` are those of the rooms that were lived in before."""

    def __init__(self, window: Window, cards: dict[str, SimCard], log_in: int) -> None:
        self.window, self.cards = window, cards
        self.table: dict[str, tuple[str, int]] = {"log-in": ("↓ ↓ ⏎ PIN ⏎", log_in)}
        self._before = 0

    def put(self, card: SimCard | None = None) -> SimCard:
        """Lay a card down; from now on keys are counted."""
        laid = self.window.put(card)
        self._before = self.window.screen.pressed
        return laid

    def note(self, operation: str, keys: str) -> int:
        """Write down how many keys it took."""
        count = self.window.screen.pressed - self._before
        self.table[operation] = (keys, count)
        return count

    def save(self, path: Path) -> None:
        """The table, for people."""
        head = ["| operation | keys | key presses |", "|---|---|---:|"]
        rows = [f"| {name} | {keys} | {count} |" for name, (keys, count) in self.table.items()]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*head, *rows]) + "\n", "utf-8")


@pytest.fixture(scope="module")
def sitting(
    warm: Warm, furnished: Kept, screen: Screen, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sitting]:
    """A desk with guests in some rooms; the clerk logs in with keys."""
    with place(tmp_path_factory.mktemp("sitting"), warm) as desk:
        desk.restore(furnished)
        (desk.home / "window.ini").unlink()  # nobody sat here before
        cards = {}
        for room in LIVED_IN:
            cards[room] = desk.put()
            ran = desk.station("issue", room, "--nights", "3", "--guest", GUEST)
            assert ran.returncode == 0, ran
        desk.world.lift()
        with running_window(desk, screen) as window:
            made = Sitting(window, cards, window.log_in("Down", "Down", "Return"))
            yield made
            window.close()
            assert window.wait() == 0
        with desk.journal() as journal:
            assert journal.verify().ok
            check_agreement(desk, journal)
        made.save(artefacts() / "window" / "keys.md")


@pytest.fixture
def desk_window(sitting: Sitting) -> Window:
    """The window at rest, the keyboard in the search field, no call counted."""
    sitting.window.begin()
    sitting.window.place.lock.calls.clear()
    return sitting.window


def opens(place: Place, card: SimCard, room: str) -> bool:
    """Whether the door would open; its lock does not notice, so that the journal can agree."""
    return card in place.world.opening_cards(room)


def test_the_log_in_stands_in_the_journal(sitting: Sitting) -> None:
    (row,) = [row for row in sitting.window.rows() if row["kind"] == "login"]
    assert (row["operator"], row["state"]) == (CLERK, "done")
    assert sitting.table["log-in"][1] == len(CLERK_PIN) + 4


def test_issue_with_defaults(sitting: Sitting, desk_window: Window) -> None:
    card = sitting.put()
    desk_window.type("1-101")
    desk_window.keys("Return", "Return", "Return", "Return")
    desk_window.until_done("issue", "1-101")
    assert sitting.note("issue with defaults", "1-101 ⏎ nights ⏎ name ⏎ cards ⏎") <= MOST_KEYS
    desk_window.until_shown(GOOD)
    assert desk_window.writes() == 1
    assert opens(desk_window.place, card, "1-101")


def test_issue_with_a_name(sitting: Sitting, desk_window: Window) -> None:
    card = sitting.put()
    desk_window.type("102")
    desk_window.keys("Return", "3", "Return")
    desk_window.type("Zhang San")
    desk_window.keys("Return", "Return")
    desk_window.until_done("issue", "1-102")
    sitting.note("issue, 3 nights, with a name", "102 ⏎ 3 ⏎ Zhang San ⏎ ⏎")
    desk_window.until_shown(GOOD)
    assert opens(desk_window.place, card, "1-102")
    assert desk_window.rows()[0]["person"] != ""


def test_copy(sitting: Sitting, desk_window: Window) -> None:
    card = sitting.put()
    desk_window.type("1-103")
    desk_window.keys("Return", "Return")
    desk_window.until_done("copy", "1-103")
    sitting.note("copy", "1-103 ⏎ cards ⏎")
    desk_window.until_shown(GOOD)
    assert opens(desk_window.place, card, "1-103")
    assert opens(desk_window.place, sitting.cards["1-103"], "1-103")


def test_extend(sitting: Sitting, desk_window: Window) -> None:
    card = sitting.put(sitting.cards["1-104"])
    before = card.memory
    desk_window.type("1-104")
    desk_window.keys("Return", "Return", "Return")
    desk_window.until_done("extend", "1-104")
    sitting.note("extend by a night", "1-104 ⏎ nights ⏎ cards ⏎")
    desk_window.until_shown(GOOD)
    assert before is not None
    assert card.memory is not None
    assert card.memory.unvalid > before.unvalid


def test_move(sitting: Sitting, desk_window: Window) -> None:
    card = sitting.put(sitting.cards["1-105"])
    desk_window.type("1-106")
    desk_window.keys("Return")
    desk_window.until_form()
    until(desk_window.shows_lived_in, "the guest's present room is not shown")
    desk_window.keys("Return")
    desk_window.until_done("move", "1-106")
    sitting.note("move: the guest's card lies there, the new room is typed", "1-106 ⏎ ⏎")
    desk_window.until_shown(GOOD)
    assert opens(desk_window.place, card, "1-106")


def test_move_from_the_old_room(sitting: Sitting, desk_window: Window) -> None:
    card = sitting.put(sitting.cards["1-207"])
    desk_window.type("1-207")
    desk_window.keys("Down", "ctrl+m")
    desk_window.type("1-208")
    desk_window.keys("Return")
    desk_window.until_done("move", "1-208")
    sitting.note("move: the old room is chosen", "1-207 ↓ Ctrl+M 1-208 ⏎")
    desk_window.until_shown(GOOD)
    assert opens(desk_window.place, card, "1-208")


def test_replace_a_lost_card(sitting: Sitting, desk_window: Window) -> None:
    card = sitting.put()
    desk_window.type("1-107")
    desk_window.keys("Down", "F10", "Return")
    desk_window.until_done("replace", "1-107")
    sitting.note("replace a lost card", "1-107 ↓ F10 ⏎")
    desk_window.until_shown(GOOD)
    assert opens(desk_window.place, card, "1-107")


def test_recycle(sitting: Sitting, desk_window: Window) -> None:
    card = sitting.put(sitting.cards["1-108"])
    desk_window.keys("F4")
    desk_window.until_done("recycle", "1-108")
    sitting.note("recycle", "F4")
    desk_window.until_shown(GOOD)
    assert card.memory is None


def test_read(sitting: Sitting, desk_window: Window) -> None:
    sitting.put(sitting.cards["1-103"])
    desk_window.keys("F3")
    desk_window.until_done("read", "1-103")
    sitting.note("read", "F3")
    desk_window.until_shown(NEWS)
    assert desk_window.writes() == 0


def test_check_out(sitting: Sitting, desk_window: Window) -> None:
    card = sitting.put(sitting.cards["1-202"])
    desk_window.type("1-202")
    desk_window.keys("Down")
    until(desk_window.offers_all)
    desk_window.keys("F7")
    desk_window.until_form()
    desk_window.keys("Return")
    desk_window.until_done("recycle", "1-202")
    sitting.note("check-out of one card", "1-202 ↓ F7 ⏎")
    desk_window.until_shown(GOOD)
    assert card.memory is None


def test_two_cards_in_a_row(sitting: Sitting, desk_window: Window) -> None:
    first = sitting.put()
    desk_window.type("1-203")
    desk_window.keys("Return", "Return", "Return", "2", "Return")
    desk_window.until_done("issue", "1-203")
    second = desk_window.put()
    desk_window.keys("Return")
    desk_window.until_done("copy", "1-203")
    sitting.note("two cards in a row (no reader)", "1-203 ⏎ nights ⏎ name ⏎ 2 ⏎, next card ⏎")
    desk_window.until_shown(GOOD)
    assert opens(desk_window.place, first, "1-203")
    assert opens(desk_window.place, second, "1-203")
    assert desk_window.writes() == 2


def test_a_group(sitting: Sitting, desk_window: Window) -> None:
    rooms = ("1-204", "1-205", "1-206")
    made = [sitting.put()]
    desk_window.type("204-206")
    desk_window.keys("Return", "Return")
    desk_window.until_done("issue", rooms[0])
    for room in rooms[1:]:
        made.append(desk_window.put())
        desk_window.keys("Return")
        desk_window.until_done("issue", room)
    sitting.note("a group of three rooms (no reader)", "204-206 ⏎ nights ⏎, each next card ⏎")
    until(lambda: desk_window.rows()[0]["kind"] != "intent")
    assert desk_window.writes() == 3
    for card, room in zip(made, rooms, strict=True):
        assert opens(desk_window.place, card, room)
