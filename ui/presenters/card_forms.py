"""Actions and their forms: the panel's presenter, second part."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from station.domain.room import Room, RoomState
from station.errors import InputInvalid, StationError
from station.workflows import gate_too
from station.workflows.read import Standing
from ui.context import Context
from ui.presenters.card_chosen import IDLE, ChosenRoom
from ui.presenters.card_facts import room_facts
from ui.presenters.card_form import GATED, Order, Place, end_of, order_of, target_of, until_text
from ui.presenters.card_plan import is_own
from ui.presenters.card_state import (
    FUNCTION_KEYS,
    Action,
    Form,
    Lying,
    Phase,
    RoomFacts,
    StayInput,
    Unit,
)
from ui.presenters.lock_state import PASSCODE, Wish


class FormWork(ChosenRoom):
    """Begins an action; `_start` makes the cards of what a form said."""

    group_wanted = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._rooms: Sequence[Room] = ()
        self._typed = StayInput()
        self._asking = False
        """A form waits for the journal: Enter begins nothing else meanwhile."""

    def start_fitting(self, *, firmly: bool = False) -> None:
        """The action that fits. From the rack (not `firmly`) nothing is written straight away."""
        if self.state.phase is Phase.RESULT:
            self.dismiss()
        elif self.state.phase is Phase.REST and not self._asking:
            action = self.state.offer.primary
            if action is None:
                self.room_wanted.emit("")
            elif firmly or action not in {Action.READ, Action.RECYCLE}:
                self.begin(action)

    def function_key(self, number: int) -> bool:
        """F2-F11 as lock desks have them; whether it was one of the panel's."""
        if number == 2:
            self.room_wanted.emit("")
            return True
        action = FUNCTION_KEYS.get(number)
        if action is None:
            return False
        self.begin(action)
        return True

    def begin(self, action: Action) -> None:
        """Open the action's form, or do it where it has none. Ignored while a card is made."""
        if self.state.phase not in IDLE or self.paused:
            return
        facts, seen = self.state.room, self.state.seen
        if action is Action.GROUP:
            self._rest()
            self.group_wanted.emit()
        elif action is Action.READ:
            self._read()
        elif action is Action.RECYCLE:
            card_id = seen.content.card_id if seen.content else ""
            self._start(Order(action, seen.room, card_id=card_id), 1)
        elif facts is None:
            self._rest()
            self.room_wanted.emit("")
        elif action is Action.MOVE and seen.standing is Standing.CURRENT and _other(self, facts):
            assert seen.room is not None  # noqa: S101 - a card of a current stay has one
            target = facts.room.name
            self._ask_first(seen.room, lambda source: self._move_here(source, target))
        elif action is Action.CHECK_OUT and not facts.complete:
            self._ask_first(facts.room, self._check_out)
        else:
            self._open(action, facts)

    def edit(self, typed: StayInput) -> None:
        """Something was typed: show what it means now."""
        form = self.state.form
        if form is None:
            return
        self._typed = typed
        place = self._place()
        target, end = None, None
        problem: InputInvalid | None = None
        try:
            end = end_of(form.action, typed, place)
            if form.action is Action.MOVE and typed.target.strip():
                target = target_of(typed, place)
        except InputInvalid as error:
            problem = error
        self._show(form=replace(form, end=end, target=target, problem=problem))

    def default_amount(self, unit: Unit) -> str:
        """What a unit starts with: one night, three hours, or the end shown just now."""
        form = self.state.form
        if unit is Unit.UNTIL and form is not None and form.end is not None:
            return until_text(form.end)
        return "3" if unit is Unit.HOURS else "1"

    def submit(self, typed: StayInput) -> None:
        """Enter in the form's last field: check it all, then make the first card."""
        form, facts = self.state.form, self.state.room
        if self.state.phase is not Phase.FORM or form is None or facts is None:
            return
        try:
            order = order_of(form.action, typed, self._place())
            if order.gate and form.action is Action.ISSUE:
                desk, who = self._context.desk, self._context.session.need()
                order = replace(order, guest=gate_too.check_before(desk, who, order.guest))
        except StationError as error:
            self._show(form=replace(form, problem=error))
            return
        if form.action is not Action.CHECK_OUT:
            self._start(order, order.cards)
        elif facts.to_collect and order.clear:
            self._start(order, len(facts.to_collect))
        else:
            self._start(replace(order, clear=False), 1)

    @property
    def offers_instead(self) -> bool:
        """Whether a guest could be let in although no card can be written just now."""
        form, desk = self.state.form, self._context.desk
        down = desk.encoder is None or self.state.seen.lying is Lying.UNREACHABLE
        others = desk.gateway is not None or desk.network_locks is not None
        return form is not None and form.action is Action.ISSUE and down and others

    def instead(self, typed: StayInput, tab: str) -> Wish | None:
        """The form's room, guest and end for the room's lock; None where something is wrong."""
        form, facts = self.state.form, self.state.room
        if form is None or facts is None:
            return None
        if tab != PASSCODE:
            return Wish(facts.room.id, tab)
        try:
            order = order_of(form.action, typed, self._place())
        except StationError as error:
            self._show(form=replace(form, problem=error))
            return None
        begin = facts.by_stay is not RoomState.OCCUPIED
        return Wish(facts.room.id, tab, order.end, order.guest, begin_stay=begin)

    def dismiss(self) -> None:
        """The result was read."""
        if self.state.phase is Phase.RESULT:
            self._rest()

    def _ask_first(self, room: Room, go: Callable[[RoomFacts], None]) -> None:
        def answered(facts: RoomFacts | None) -> None:
            self._asking = False
            if facts is not None:
                go(facts)

        desk, self._asking = self._context.desk, True
        self.later(
            self._context.lanes.journal,
            lambda: room_facts(desk, room),
            answered,
            lambda _: answered(None),
        )

    def _check_out(self, facts: RoomFacts) -> None:
        self._know(facts)
        room = self.state.room
        if room is not None and room.room.id == facts.room.id and self.state.phase in IDLE:
            self._open(Action.CHECK_OUT, facts)

    def _open(self, action: Action, facts: RoomFacts) -> None:
        out = len(facts.to_collect) if facts.complete else facts.cards_out
        clear = action is Action.CHECK_OUT and out > 0 and self._context.desk.encoder is not None
        cards = str(max(out, 1)) if action is Action.EXTEND else "1"
        start = StayInput(cards=cards, clear=clear)
        offered = action in GATED and self._context.desk.gate is not None
        debt = self._context.house.debt if offered and action is Action.ISSUE else None
        form = Form(action, start, gate_offered=offered, debt=debt, clear_offered=clear)
        self._rest()
        self._show(phase=Phase.FORM, form=form)
        self.edit(start)
        if action is Action.MOVE:
            self._load_rooms()

    def _move_here(self, source: RoomFacts, target: str) -> None:
        """The guest of another room is to move into the one that was chosen."""
        if self.state.phase not in IDLE:
            return
        self._rest(room=source)
        start = StayInput(target=target)
        self._show(phase=Phase.FORM, form=Form(Action.MOVE, start))
        self._typed = start
        self._load_rooms()

    def _load_rooms(self) -> None:
        def known(rooms: Sequence[Room]) -> None:
            self._rooms = rooms
            self.edit(self._typed)

        self.later(
            self._context.lanes.journal, self._context.desk.journal.rooms, known, lambda _: None
        )

    def _place(self) -> Place:
        desk = self._context.desk
        return Place(self.state.room, desk.clock.local(), desk.site.stay_rules, self._rooms)

    def _start(self, order: Order, total: int) -> None:
        raise NotImplementedError

    def _read(self) -> None:
        raise NotImplementedError


def _other(work: FormWork, facts: RoomFacts) -> bool:
    return not is_own(work.state.seen, facts)
