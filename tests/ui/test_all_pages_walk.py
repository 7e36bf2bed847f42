"""Every page in its states, both languages, 100 and 150 %: nothing cut off, all named, all by Tab.

The walk is a program of its own for each scaling, as Qt takes one scaling for each process.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.all_pages_rig import Findings
from tests.ui.all_pages_stage import LANGUAGES
from tests.ui.conftest import SUPERVISOR
from ui.main_window import pages_for

ROOT = Path(__file__).parents[2]
SCALES = ("1", "1.5")
PATIENCE_S = 900
HARMLESS = "This plugin does not support"
Walk = dict[str, Findings]


@pytest.fixture(scope="module")
def walks() -> Iterator[dict[str, Walk]]:
    """Check → state → findings, by scaling; both walks at the same time."""
    command = [sys.executable, "-m", "tests.ui.all_pages_rig"]
    usual = {name: value for name, value in os.environ.items() if not name.startswith("STATION_")}
    running = {
        scale: subprocess.Popen(
            [*command, scale],
            cwd=ROOT,
            env=usual,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for scale in SCALES
    }
    try:
        found = {}
        for scale, process in running.items():
            said, warned = process.communicate(timeout=PATIENCE_S)
            lines = warned.decode().splitlines()
            assert [line for line in lines if HARMLESS not in line] == []
            assert process.returncode == 0
            found[scale] = json.loads(said)
        yield found
    finally:
        for process in running.values():
            process.kill()
            process.communicate()


def wrong(walk: Walk, check: str) -> Findings:
    return {state: found for state, found in walk[check].items() if found}


@pytest.mark.slow
@pytest.mark.parametrize("scale", SCALES)
def test_every_page_and_language_was_looked_at(walks: dict[str, Walk], scale: str) -> None:
    states = set(walks[scale]["cut off"])
    for language in LANGUAGES:
        assert {f"{spec.key}: first shown ({language})" for spec in pages_for(SUPERVISOR)} <= states
        assert {f"settings: tab {place} ({language})" for place in range(1, 8)} <= states
        assert sum(state.startswith("rooms") for state in states) >= 40
    for spec in pages_for(SUPERVISOR):
        assert f"{spec.key}: first shown" in walks[scale]["Tab"]


@pytest.mark.parametrize("scale", SCALES)
def test_no_text_is_cut_off(walks: dict[str, Walk], scale: str) -> None:
    assert wrong(walks[scale], "cut off") == {}


@pytest.mark.parametrize("scale", SCALES)
def test_the_window_is_not_larger_than_a_small_screen(walks: dict[str, Walk], scale: str) -> None:
    assert wrong(walks[scale], "size") == {}


@pytest.mark.parametrize("scale", SCALES)
def test_every_control_has_a_name_in_the_language_of_the_moment(
    walks: dict[str, Walk], scale: str
) -> None:
    assert wrong(walks[scale], "name") == {}


@pytest.mark.parametrize("scale", SCALES)
def test_every_control_has_its_role(walks: dict[str, Walk], scale: str) -> None:
    assert wrong(walks[scale], "role") == {}


@pytest.mark.parametrize("scale", SCALES)
def test_tab_comes_to_every_control(walks: dict[str, Walk], scale: str) -> None:
    assert wrong(walks[scale], "Tab") == {}


@pytest.mark.parametrize("scale", SCALES)
def test_nothing_is_shown_as_a_window_for_a_moment(walks: dict[str, Walk], scale: str) -> None:
    assert wrong(walks[scale], "window") == {}


@pytest.mark.parametrize("scale", SCALES)
def test_the_main_page_has_no_scroll_bar_on_a_small_screen(
    walks: dict[str, Walk], scale: str
) -> None:
    assert wrong(walks[scale], "scroll bar") == {}
