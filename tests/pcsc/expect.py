"""Waiting for what a reader shows, instead of sleeping."""

from collections.abc import Callable
from typing import Final

from station.ports import Reader, ReaderState, ReaderView
from station.workflows.tap import uid_of

DEADLINE: Final = 20.0
"""Seconds after which a test gives up; nothing is asserted about how long a thing took."""


def uid_now(reader: Reader, timeout: float = 3.0) -> str:
    """What the card that lies there answers now, or the error that a workflow would meet."""
    return uid_of(reader.read_again(timeout))


def expect(reader: Reader, state: ReaderState) -> ReaderView:
    """Wait for a state; the view."""
    return expect_view(reader, lambda view: view.state is state)


def expect_uid(reader: Reader, uid: str) -> ReaderView:
    """Wait for a readable card with this UID; the view."""
    return expect_view(reader, lambda view: view.state is ReaderState.CARD and view.uid == uid)


def expect_tap(reader: Reader, tap: int, uid: str) -> ReaderView:
    """Wait for that tap, or a later one, to be read; it must be that very card."""
    view = expect_view(reader, lambda view: view.tap >= tap and bool(view.uid))
    assert (view.tap, view.uid) == (tap, uid)
    return view


def expect_view(reader: Reader, wanted: Callable[[ReaderView], bool]) -> ReaderView:
    """Wait for a view; fails with the one that stands there instead."""
    view = reader.wait_for(wanted, DEADLINE)
    assert view is not None, f"it stayed {reader.view()}"
    return view
