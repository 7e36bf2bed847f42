"""A screen for the session, a warmed-up program for what comes before, a desk for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.place import Kept, Place, place
from tests.faults.program import Warm
from tests.ui.conftest import HARMLESS, desk_with_operators
from tests.window.screen import Screen, running_screen, what_is_missing
from tests.window.window import (
    CLERK,
    CLERK_PIN,
    Window,
    artefacts,
    running_window,
    sat_here_last,
)

PATIENT_S = 60.0
"""How long the program waits for the service; a test that holds a call back lets it go sooner."""

HERE = Path(__file__).parent
__all__ = ["desk_with_operators"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A Qt warning fails the test that it came in, as in the window's other tests."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(HARMLESS))
            item.add_marker(pytest.mark.linux("Xvfb and xdotool"))


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    """A display of these tests' own."""
    if missing := what_is_missing():
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    with running_screen() as made:
        yield made


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """The command line, imported once, for what must be there before."""
    with Warm() as made:
        yield made


@pytest.fixture(scope="session")
def furnished(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A desk with rooms and a supervisor; a clerk sat there last, so that the window knows her."""
    with place(tmp_path_factory.mktemp("furnished"), warm) as made:
        made.furnish()
        argv = ("operators", "add", CLERK, "--role", "clerk")
        ran = warm.run(argv, {**made.environment, "STATION_NEW_PIN": CLERK_PIN})
        assert ran.returncode == 0, ran
        sat_here_last(made, CLERK)
        return made.keep("furnished")


@pytest.fixture
def desk(warm: Warm, furnished: Kept, tmp_path: Path) -> Iterator[Place]:
    """A desk nobody sits at yet; its program is started by the test."""
    with place(tmp_path / "desk", warm) as made:
        made.restore(furnished)
        yield made


@pytest.fixture
def window(desk: Place, screen: Screen) -> Iterator[Window]:
    """The program in its window, the clerk logged in, a blank card on the encoder."""
    desk.write_settings(read_timeout_s=PATIENT_S)
    desk.put()
    with running_window(desk, screen) as made:
        made.log_in()
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """What was on the screen when a test failed, before the window goes."""
    report = yield
    shown = getattr(item, "funcargs", {}).get("screen")
    if report.failed and isinstance(shown, Screen):  # type: ignore[attr-defined]
        shown.save(artefacts() / "window" / f"failed-{item.name}.png")
    return report
