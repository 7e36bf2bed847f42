"""The owner's code: sent, counted down, tried; and how long what it proved may be shown.

Until the code was accepted only the masked number is in the state. What was proved is hidden when
the page is left, and forgotten with another house, another operator, the lock, or its time.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal

from station.domain.house import HousePath
from station.domain.owner import Owner
from station.errors import Code, StationError
from station.workflows import owner_check
from station.workflows.owner_check import TRIES, OwnerAsked, OwnerProved
from ui.context import Context
from ui.presenters.base import Presenter

if TYPE_CHECKING:
    from station.domain.operator import Operator

TICK_MS: Final = 500


class Check(StrEnum):
    """How far the check of the chosen house is."""

    NONE = "none"
    SENDING = "sending"
    SENT = "sent"
    TRYING = "trying"
    ENDED = "ended"
    """The code is over, by time or by tries: another one has to be sent."""
    PROVED = "proved"
    HIDDEN = "hidden"
    """Proved, and out of sight: the page was left in between."""


@dataclass(frozen=True, slots=True)
class OwnerState:
    """`resend_s` and `left_s` count down (seconds); `left_s` is the code's life or the proof's."""

    house: HousePath | None = None
    check: Check = Check.NONE
    masked: str = ""
    nobody: bool = False
    """The house has no owner."""
    resend_s: int = 0
    left_s: int = 0
    tries_left: int = TRIES
    owner: Owner | None = field(default=None, repr=False)
    problem: StationError | None = None


class OwnerPresenter(Presenter[OwnerState]):
    """One house, one code, one operator at a time."""

    proof_changed = Signal()
    """`proof` is another one, or there is none to be shown any more."""
    answered = Signal(object)
    """The platform answered (None), or why not (`StationError`)."""

    def __init__(self, context: Context) -> None:
        super().__init__(OwnerState())
        self._context = context
        self._asked: OwnerAsked | None = None
        self._proved: OwnerProved | None = None
        self._by: Operator | None = None
        """Who had the code sent."""
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.count)
        context.session.changed.connect(self.forget)

    @property
    def proof(self) -> OwnerProved | None:
        """What may be shown now; None while nothing may."""
        return self._proved if self.state.check is Check.PROVED else None

    def choose(self, house: HousePath | None) -> None:
        """Another house: what was proved about the one before is forgotten."""
        if house != self.state.house:
            self.forget()
            self.show(OwnerState(house=house))

    def look(self) -> None:
        """Whose phone a code would go to, masked; or that there is none."""
        house = self.state.house
        if house is None or self.state.check is not Check.NONE:
            return
        desk, operator = self._context.desk, self._context.session.need()

        def came(masked: str) -> None:
            self.answered.emit(None)
            if self.state.house == house and self.state.check is Check.NONE:
                self.show(replace(self.state, masked=masked, nobody=not masked, problem=None))

        lane = self._context.lanes.property
        look = lambda: owner_check.masked_owner(desk, operator, house)  # noqa: E731
        self.later(lane, look, came, self.answered.emit)

    def send(self) -> None:
        """Send the owner a code, the first or another one."""
        house, before = self.state.house, self._asked
        if house is None or self.state.check in {Check.SENDING, Check.TRYING}:
            return
        desk, operator = self._context.desk, self._context.session.need()
        shown, self._by = self.state, operator

        def sent(asked: OwnerAsked) -> None:
            self.answered.emit(None)
            if self.state.house != house or self._context.session.operator != operator:
                self._give_up(asked)
                return
            self._give_up(before)
            self._asked, self._proved = asked, None
            self.show(OwnerState(house=house, check=Check.SENT, masked=asked.masked))
            self._tick.start()
            self.count()

        def failed(error: StationError) -> None:
            self.answered.emit(error)
            if self.state.house == house:
                self.show(replace(shown, problem=error))
                self.count()

        self.show(replace(self.state, check=Check.SENDING, problem=None))
        lane = self._context.lanes.property
        ask = lambda: owner_check.ask(desk, operator, house, before=before)  # noqa: E731
        self.later(lane, ask, sent, failed)

    def try_code(self, code: str) -> None:
        """Check what the owner read out."""
        asked = self._asked
        if asked is None or self.state.check is not Check.SENT:
            return
        desk, operator = self._context.desk, self._context.session.need()
        self.show(replace(self.state, check=Check.TRYING, problem=None))

        def proved(proof: OwnerProved) -> None:
            self.answered.emit(None)
            self._context.bridge.changed.emit()
            if self._asked is asked and self._context.session.operator == operator:
                self._asked, self._proved = None, proof
                self._show_proof()

        def failed(error: StationError) -> None:
            self.answered.emit(error)
            if self._asked is asked:
                self._not_proved(asked, error)
            else:
                self._give_up(asked)

        lane = self._context.lanes.property
        prove = lambda: owner_check.prove(desk, operator, asked, code)  # noqa: E731
        self.later(lane, prove, proved, failed)

    def hide(self) -> None:
        """The page is left: what was proved is not shown there when somebody comes back."""
        if self.state.check is Check.PROVED:
            self.show(replace(self.state, check=Check.HIDDEN, owner=None))
            self.proof_changed.emit()

    def show_again(self) -> None:
        """Show once more what was proved and is still good."""
        if self.state.check is Check.HIDDEN:
            self._show_proof()

    def forget(self) -> None:
        """Nothing is proved any more; a code that is out proves nothing either."""
        self._tick.stop()
        if self.state.check is not Check.TRYING:  # else its answer says how the check ended
            self._give_up(self._asked)
        had = self._proved is not None
        self._asked = self._proved = None
        masked, nobody = self.state.masked, self.state.nobody
        self.show(OwnerState(house=self.state.house, masked=masked, nobody=nobody))
        if had:
            self.proof_changed.emit()

    def count(self) -> None:
        """Time goes by: the countdowns, the end of a code and of a proof."""
        now = self._context.desk.clock.local()
        if self._proved is not None:
            left = _seconds(now, self._proved.until)
            if left <= 0:
                self.forget()
            else:
                self.show(replace(self.state, left_s=left))
        elif self._asked is not None:
            left = _seconds(now, self._asked.expires_at)
            self.show(
                replace(
                    self.state,
                    left_s=left,
                    resend_s=_seconds(now, self._asked.resend_at()),
                    tries_left=TRIES - self._asked.tries,
                )
            )
            if self.state.check is Check.SENT and (left <= 0 or self._asked.tries >= TRIES):
                self._end()

    def close(self) -> None:
        self._context.session.changed.disconnect(self.forget)
        self.forget()
        super().close()

    def _show_proof(self) -> None:
        proof = self._proved
        if proof is None or self._context.session.operator is None:
            return
        state = OwnerState(
            house=proof.house, check=Check.PROVED, masked=proof.owner.masked, owner=proof.owner
        )
        self.show(state)
        self._tick.start()
        self.count()
        self.proof_changed.emit()

    def _not_proved(self, asked: OwnerAsked, error: StationError) -> None:
        self.show(replace(self.state, check=Check.SENT, problem=error))
        if error.code is Code.PROPERTY_SMS_CODE_WRONG:
            self._asked = owner_check.again(asked)
        if error.code is Code.CODE_EXPIRED:
            self._end()
        self.count()

    def _end(self) -> None:
        """This code proves nothing any more; `_asked` stays for the minute between two codes."""
        self._give_up(self._asked)
        self.show(replace(self.state, check=Check.ENDED))

    def _give_up(self, asked: OwnerAsked | None) -> None:
        """Write down that nobody said yes; a code that was given up before stays so."""
        if asked is None:
            return
        desk, by = self._context.desk, self._by
        if by is not None:
            self._context.lanes.journal.submit(lambda: owner_check.give_up(desk, by, asked))


def _seconds(now: datetime, end: datetime) -> int:
    """Until then, counted up to whole seconds; 0 once it has passed."""
    left = (end - now).total_seconds()
    return max(0, int(left) + (left > int(left)))
