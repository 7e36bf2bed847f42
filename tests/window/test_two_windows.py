"""A second start of the program: it brings the window that is there to the front and ends.

The screen has no window manager, and a focus that nobody manages is given by the test.
"""

from tests.window.screen import DEADLINE, HEIGHT, WIDTH, Screen, until
from tests.window.window import Window, start_window


def test_the_second_shows_the_first_and_ends(window: Window, screen: Screen) -> None:
    cover = screen.display.cover(WIDTH, HEIGHT)
    try:
        until(lambda: not window.shows_rooms(), "it is not covered")
        second = start_window(window.place, screen)
        assert second.wait(DEADLINE) == 0
        until(lambda: screen.display.in_front() == window.id, "it is not in front")
        until(window.shows_rooms, "it is not seen")
    finally:
        screen.display.uncover(cover)
    assert window.is_running
    assert [row["kind"] for row in window.rows()].count("login") == 1
    window.type("1-101")
    window.keys("Return", "Return", "Return", "Return")
    window.until_done("issue", "1-101")
