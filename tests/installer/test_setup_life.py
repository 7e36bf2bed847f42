"""The whole life of a setup under Wine, with stand-ins for the programs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from installer.lifecycle.life import USUAL, Life, Setup, awake, kill, until
from installer.lifecycle.whole import setup_chapters
from installer.windows.wine import Wine
from tests.installer.conftest import need


@pytest.mark.slow
def test_the_life_of_a_setup(
    setups: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("wine", "osslsigncode")
    said: list[str] = []
    work = tmp_path / "work"
    work.mkdir()
    older = Setup(setups("0.1.0"), "0.1.0")
    newer = Setup(setups("0.2.0"), "0.2.0")
    wine = Wine(tmp_path / "prefix")
    life = Life(wine, newer, older, work, said.append)
    with awake(wine):
        setup_chapters(life, None, None)
        _another_users_program(life)
    print("\n".join(said))
    assert not life.failed
    assert life.passed > 80


def _another_users_program(life: Life) -> None:
    """Its mutex is there and may not be opened: it runs all the same."""
    life.install(life.newer)
    process = life.start([f"{USUAL}\\station.exe", "simulate", "guarded"])
    try:
        seen = until(lambda: life.can_begin() == 10, pause=0.2)
        life.check("a program of another user is seen (10)", seen)
    finally:
        kill(process)
    life.uninstall()
