"""The card panel's presenter: see the card, choose a room, do the one action that fits.

A write runs on the encoder's lane, one card at a time; between two cards of a row the lane is free
and the next card is noticed by the reader or by looking. Nothing is ever written twice: an action
begins only at rest or from its form, and both are left at once.
"""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from station.domain.operation import State
from station.domain.person import Person, parse_reason
from station.domain.room import RoomState
from station.errors import InputInvalid, Refused, StationError
from station.ports import ReaderView, StepNotice
from station.workflows import gate_too
from station.workflows.desk import Consent
from station.workflows.result import CardResult
from ui.context import Context
from ui.presenters.card_consent import asked, bound_elsewhere
from ui.presenters.card_form import Order
from ui.presenters.card_forms import FormWork
from ui.presenters.card_jobs import CardRead, do, others_to_reencode, read_card
from ui.presenters.card_next import Follow, card_there, reader_there
from ui.presenters.card_plan import is_own
from ui.presenters.card_row import CardsInARow, read_outcome, with_left
from ui.presenters.card_state import Action, AskKind, Lying, Outcome, Phase, RoomFacts, Seen, Tone
from ui.presenters.card_steps import advance, was_sent


class CardWork(FormWork):
    """See the module. `ended` once with each `Outcome`: for sounds and screen readers."""

    ended = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._row: CardsInARow | None = None
        self._last: tuple[Order, int] | None = None
        self.watch.tapped.connect(self._tapped)
        context.bridge.step.connect(self._step)
        context.session.changed.connect(self._operator_changed)

    # a row of cards

    def _start(self, order: Order, total: int) -> None:
        self._row = CardsInARow(order, self.state.room, total)
        self._last = order, total
        self._show(form=None, outcome=None)
        # One look at the reader for both: a card that comes in between must not be overlooked.
        view = self.watch.view
        if self._must_wait(order, view):
            self._wait(self._row, view)
        else:
            self._write()

    def _must_wait(self, order: Order, view: ReaderView | None) -> bool:
        """Whether the first card has to be put down yet."""
        seen, facts = self.state.seen, self.state.room
        own = facts is not None and is_own(seen, facts)
        if order.action is Action.RECYCLE:
            return False
        if order.action is Action.CHECK_OUT:
            return order.clear and not own
        if order.action is Action.COPY and own:
            return True
        if seen.content is not None:
            return False
        if order.action is Action.EXTEND:
            return True
        follows = reader_there(view) and not self._reader_beside
        return seen.lying is Lying.NOTHING and follows and not card_there(view)

    def _wait(
        self, row: CardsInARow, view: ReaderView | None, hint: StationError | None = None
    ) -> None:
        follows = reader_there(view) and not self._reader_beside
        row.await_next(self.state.seen, view, refused=hint is not None)
        progress = replace(row.progress(), hint=hint, by_itself=follows)
        self._show(phase=Phase.WAIT, progress=progress, ask=None)
        if follows and row.next is not None and row.next.lies_there(view):
            self.go_on()
            return
        self.watch.poll_anyway(not follows)
        self.watch.look()

    def _saw(self, seen: Seen) -> None:
        super()._saw(seen)
        if self.state.phase is Phase.WAIT and self._row is not None and self._row.next is not None:
            self._follow(self._row.next.looked(seen.content))

    def _tapped(self, view: ReaderView) -> None:
        if self.state.phase is Phase.WAIT and self._row is not None and self._row.next is not None:
            self._follow(self._row.next.reader(view))

    def _follow(self, follow: Follow) -> None:
        progress = self.state.progress
        if follow is Follow.GO:
            self.go_on()
        elif progress is not None and follow is Follow.LIFTED:
            self._show(progress=replace(progress, lifted=True, same_again=False))
        elif progress is not None and follow is Follow.SAME:
            self._show(progress=replace(progress, same_again=True))

    def go_on(self) -> None:
        """Enter or space while waiting: the card lies there."""
        if self.state.phase is Phase.WAIT:
            self._write()

    def _write(self) -> None:
        row = self._row
        assert row is not None  # noqa: S101 - only a row is written
        self.watch.poll_anyway(False)
        self._show(phase=Phase.WRITING, progress=row.progress(), ask=None)
        try:
            operator = self._context.session.need()
        except Refused as error:
            self._finish(row.outcome(error))
            return
        desk, turn = self._context.desk, row.turn
        self.later(
            self._context.lanes.encoder,
            lambda: do(desk, operator, turn),
            lambda result: self._came(row, result),
            lambda error: self._broke(row, error),
        )

    def _step(self, notice: StepNotice) -> None:
        progress = self.state.progress
        if self.state.phase is Phase.WRITING and progress is not None:
            self._show(progress=advance(progress, notice))

    def _came(self, row: CardsInARow, result: CardResult) -> None:
        """A card's outcome."""
        given = row.consent
        row.took(result)
        operator = self._context.session.operator
        ask = asked(result.error, operator, given) if operator is not None else None
        if result.state is State.DONE:
            self._done(row, result)
        elif result.state is State.REFUSED and ask is not None:
            row.consent = given
            self._show(phase=Phase.ASK, ask=ask)
        elif result.state is State.REFUSED and row.waits_on and not row.stopping:
            self._wait(row, self.watch.view, result.error)
        else:
            self._finish(row.outcome())
        self._context.bridge.changed.emit()
        self.watch.look()

    def _done(self, row: CardsInARow, result: CardResult) -> None:
        if reader_there(self.watch.view):
            self._reader_beside = not result.uid
        if row.order.gate and row.order.action is Action.ISSUE and len(row.made) == 1:
            self._bind(row, result)
        if row.order.action is Action.REPLACE and len(row.made) == 1:
            self._count_others(row)
        else:
            self._next_or_end(row)

    def _next_or_end(self, row: CardsInARow) -> None:
        if row.going_on:
            self._wait(row, self.watch.view)
        else:
            self._finish(row.outcome())

    def _count_others(self, row: CardsInARow) -> None:
        """A lost card was replaced: the stay's other cards have to come back too."""
        desk, old = self._context.desk, row.order.old_stay

        def counted(others: int) -> None:
            row.total = 1 + others
            self._next_or_end(row)

        self.later(
            self._context.lanes.journal,
            lambda: others_to_reencode(desk, old),
            counted,
            lambda _: counted(0),
        )

    def _bind(self, row: CardsInARow, result: CardResult) -> None:
        """The same card for the gates, on the cloud's lane; its outcome comes apart."""
        row.gate_pending = True

        def bound(gate: CardResult | None) -> None:
            row.gate_pending, row.gate = False, gate

        self._register(result, row.order.guest, Consent(), bound)

    def bind_anyway(self) -> None:
        """The gates know the card as somebody else's: it becomes this guest's all the same."""
        outcome, last = self.state.outcome, self._last
        if self.state.phase is not Phase.RESULT or outcome is None or last is None:
            return
        gate = outcome.gate
        if gate is None or not bound_elsewhere(gate) or not outcome.made or outcome.gate_pending:
            return
        uid = str(gate.error.context.get("uid", "")) if gate.error is not None else ""
        self._show(outcome=replace(outcome, gate_pending=True, gate=None))
        written = outcome.made[0]
        result = replace(written, uid=uid or written.uid)
        consent = Consent(overwrite=True)
        self._register(result, last[0].guest, consent, lambda _: None, shown=written)

    def _register(
        self,
        result: CardResult,
        guest: Person,
        consent: Consent,
        bound: Callable[[CardResult | None], None],
        *,
        shown: CardResult | None = None,
    ) -> None:
        """Push the gates' half; whoever still sees this card's outcome (`shown`) sees it too."""
        desk, who = self._context.desk, self._context.session.need()

        def came(both: CardResult) -> None:
            bound(both.gate)
            outcome = self.state.outcome
            if outcome is not None and outcome.made and outcome.made[0] is (shown or result):
                self._show(outcome=replace(outcome, gate_pending=False, gate=both.gate))
            self._context.bridge.changed.emit()

        def failed(error: StationError) -> None:
            came(replace(result, gate=replace(result, state=State.REFUSED, error=error)))

        self.later(
            self._context.lanes.cloud,
            lambda: gate_too.bind_too(desk, who, result, guest, consent),
            came,
            failed,
        )

    def _broke(self, row: CardsInARow, error: StationError) -> None:
        """The lane raised: the journal is unsafe, or something nobody expected."""
        row.last = None
        outcome = row.outcome(error)
        if was_sent(self.state.progress):
            outcome = replace(outcome, tone=Tone.DOUBT)
        self._finish(outcome)
        self._context.bridge.changed.emit()
        self.watch.look()

    # questions

    def agree(self, reason: str = "") -> None:
        """The operator says yes, or gives a reason; the same card is tried once more."""
        ask, row = self.state.ask, self._row
        if self.state.phase is not Phase.ASK or ask is None or row is None:
            return
        if ask.kind is AskKind.CONFIRM:
            row.consent = replace(row.consent, overwrite=True)
        else:
            try:
                row.consent = replace(row.consent, reason=parse_reason(reason))
            except InputInvalid as error:
                self._show(ask=replace(ask, problem=error))
                return
        self._write()

    # F3, results, leaving

    def _read(self) -> None:
        try:
            operator = self._context.session.need()
        except Refused as error:
            self._finish(Outcome(Tone.BAD, Action.READ, error=error))
            return
        desk = self._context.desk
        self._rest()
        self._show(phase=Phase.WRITING)
        self.later(
            self._context.lanes.encoder,
            lambda: read_card(desk, operator),
            self._was_read,
            lambda error: self._finish(Outcome(Tone.BAD, Action.READ, error=error)),
        )

    def _was_read(self, read: CardRead) -> None:
        self._show(seen=read.seen)
        self._finish(read_outcome(read))
        self._context.bridge.changed.emit()

    def _finish(self, outcome: Outcome) -> None:
        self.watch.poll_anyway(False)
        self._row = None
        facts = self.state.room
        if outcome.action is Action.CHECK_OUT and facts is not None:
            outcome = with_left(outcome, facts)
        moved = outcome.room if outcome.action is Action.MOVE and outcome.made else None
        if moved is not None:  # chosen before anybody is told, so that nobody chooses it anew
            facts = RoomFacts(moved, RoomState.OCCUPIED)
        self._show(phase=Phase.RESULT, outcome=outcome, ask=None, form=None, room=facts)
        self.ended.emit(outcome)
        if moved is not None:
            self.room_wanted.emit(moved.name)
        self.refresh()

    def again(self) -> None:
        """Nothing was written: try the same once more."""
        outcome = self.state.outcome
        ready = self.state.phase is Phase.RESULT and outcome is not None and outcome.again
        if ready and self._last is not None and not self.paused:
            self._start(*self._last)

    def cancel(self) -> bool:
        """Esc. A card that is being written is finished; whether there was anything to leave."""
        state, row = self.state, self._row
        if state.phase is Phase.WRITING:
            if row is not None and state.progress is not None:
                row.stopping = True
                self._show(progress=replace(state.progress, stopping=True))
        elif row is not None and (row.made or state.phase is Phase.ASK):
            self._finish(row.outcome())
        elif state.phase is Phase.REST:
            return False
        else:
            self._rest()
        return True

    def close(self) -> None:
        """The window closes: what is being written finishes on its lane."""
        self._context.bridge.step.disconnect(self._step)
        self._context.session.changed.disconnect(self._operator_changed)
        super().close()

    def _rest(self, **changes: object) -> None:
        self._row = None
        super()._rest(**changes)

    def _operator_changed(self) -> None:
        """Log-out or lock: names are hidden, forms and rows end."""
        self._show(revealed=None)
        if self.state.phase is not Phase.WRITING:
            self.cancel()
