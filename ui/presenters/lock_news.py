"""What the locks page says above everything else: a question, what came of it, and a passcode.

A passcode is on the screen for a minute, and gone at once when the page or the operator is left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QTimer

from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.said import Said, Tone
from ui.sounds import sounds

SHOWN_S: Final = 60
_TICK_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: a key of the page's words with its facts, and what happens on yes."""

    key: str
    go: Callable[[], None] = field(repr=False, compare=False)
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A passcode for the guest. `until` site-local."""

    digits: str = field(repr=False)
    room: str = ""
    kind: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewsState:
    """`left`: seconds until the passcode goes from the screen."""

    said: Said | None = None
    ask: Asked | None = None
    code: ShownCode | None = None
    left: int = 0


class LockNews(Presenter[NewsState]):
    """Each part of the page tells its news here, so that one thing is said at a time."""

    def __init__(self, context: Context) -> None:
        super().__init__(NewsState())
        self._context = context
        self._second = QTimer(self)
        self._second.setInterval(_TICK_MS)
        self._second.timeout.connect(self.tick)
        context.session.changed.connect(self.clear)

    def say(self, said: Said) -> None:
        """Something has ended."""
        self.show(replace(self.state, said=said, ask=None))
        (sounds().failure if said.tone is Tone.BAD else sounds().success)()

    def begin(self) -> None:
        """Something begins: what was said before goes, a passcode too."""
        self.clear()

    def ask(self, key: str, go: Callable[[], None], **facts: object) -> None:
        """Ask before something is done."""
        self._second.stop()
        self.show(NewsState(ask=Asked(key, go, facts)))

    def agree(self) -> None:
        """The operator says yes."""
        ask = self.state.ask
        if ask is not None:
            self.show(replace(self.state, ask=None))
            ask.go()

    def decline(self) -> None:
        """The operator says no: nothing is done."""
        self.show(replace(self.state, ask=None))

    def show_code(self, code: ShownCode) -> None:
        """A passcode that the guest is to be told."""
        self.show(NewsState(code=code, left=SHOWN_S))
        self._second.start()
        sounds().success()

    def hide_code(self) -> None:
        """The passcode goes from the screen."""
        self._second.stop()
        self.show(replace(self.state, code=None, left=0))

    def clear(self) -> None:
        """Nothing is said, asked or shown."""
        self._second.stop()
        self.show(NewsState())

    def tick(self) -> None:
        """A second has gone by."""
        left = self.state.left - 1
        if left <= 0:
            self.hide_code()
        else:
            self.show(replace(self.state, left=left))

    def close(self) -> None:
        self.clear()
        self._context.session.changed.disconnect(self.clear)
        super().close()
