"""Two sounds: one long tone when a card is done, two short ones when it is not.

A sound is never awaited and never fails. `Sounds` is silent until it is switched on, so tests and
programs without a window make no noise.
"""

import shutil
import sys
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QProcess, Signal

SUCCESS: Final = "success.wav"
FAILURE: Final = "failure.wav"
_STILL: Final = QProcess.ProcessState.NotRunning
_PLAYERS: Final = (("paplay",), ("pw-play",), ("aplay", "-q"), ("afplay",))


class Sounds(QObject):
    """Plays the program's sounds, one at a time. `changed` when switched on or off."""

    changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on = False
        self._playing: QProcess | None = None
        self.played: list[str] = []
        """The last sounds that were asked for, for tests."""

    @property
    def on(self) -> bool:
        return self._on

    def switch(self, on: bool) -> None:
        """Make sounds, or be silent."""
        if on != self._on:
            self._on = on
            self.changed.emit(on)

    def success(self) -> None:
        """One long tone."""
        self._play(SUCCESS)

    def failure(self) -> None:
        """Two short tones."""
        self._play(FAILURE)

    def close(self) -> None:
        """The program ends: what still sounds is cut off."""
        if self._playing is not None and self._playing.state() is not _STILL:
            self._playing.kill()
            self._playing.waitForFinished(500)

    def _play(self, name: str) -> None:
        self.played = [*self.played[-9:], name]
        if not self._on:
            return
        path = str(Path(str(resources.files("resources"))) / "sounds" / name)
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(path, winsound.SND_FILENAME | winsound.SND_ASYNC)
            return
        command = player()
        if command:
            self._run([*command, path])

    def _run(self, command: list[str]) -> None:
        """One player at a time; while one still runs the next sound is left out."""
        if self._playing is None:
            self._playing = QProcess(self)
            self._playing.setStandardOutputFile(QProcess.nullDevice())
            self._playing.setStandardErrorFile(QProcess.nullDevice())
        if self._playing.state() is _STILL:
            self._playing.start(command[0], command[1:])


@lru_cache(maxsize=1)
def player() -> tuple[str, ...]:
    """The command that plays a WAV file here; empty where there is none."""
    for name, *options in _PLAYERS:
        found = shutil.which(name)
        if found:
            return (found, *options)
    return ()


_shared: list[Sounds] = []


def sounds() -> Sounds:
    """The program's loudspeaker: there is one for all, like the computer's own."""
    if not _shared:
        _shared.append(Sounds())
    return _shared[0]
