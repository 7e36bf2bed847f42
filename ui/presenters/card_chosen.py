"""The room that is chosen and the card that lies there: the panel's presenter, first part."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from station.domain.person import Person
from station.domain.room import Room, RoomState
from station.errors import StationError
from station.ports import RoomRow
from station.workflows import people
from station.workflows.read import Standing
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.card_facts import facts_of_row, room_facts
from ui.presenters.card_next import reader_there
from ui.presenters.card_plan import fitting
from ui.presenters.card_row import with_left
from ui.presenters.card_state import Action, CardWorkState, Outcome, Phase, RoomFacts, Seen, Tone
from ui.presenters.card_watch import CardWatch

IDLE = frozenset({Phase.REST, Phase.FORM, Phase.RESULT})


class ChosenRoom(Presenter[CardWorkState]):
    """Knows room and card. `room_wanted`: a card's room is to be chosen; empty: search for one."""

    room_wanted = Signal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(CardWorkState(), parent)
        self._context = context
        self._reader_beside = False
        """Whether the reader is known not to see the encoder's card."""
        self.paused = False
        """A group is being encoded: the encoder is not asked and nothing begins."""
        self.watch = CardWatch(context, self._may_look, self)
        self.watch.seen.connect(self._saw)
        context.bridge.changed.connect(self.refresh)

    def choose(self, row: RoomRow | None) -> None:
        """Another room; while a card of one is being made, that one stays."""
        if row is not None:
            self._choose(facts_of_row(row, self._context.desk.clock.local()))
        elif self.state.phase in IDLE and self.state.room is not None:
            self._rest(room=None)

    def group(self, rooms: Sequence[Room]) -> None:
        """Several rooms are selected in the rack (two or more make a group)."""
        chosen = tuple(rooms) if len(rooms) > 1 else ()
        if self.state.phase in IDLE and chosen != self.state.group:
            self._rest(group=chosen)

    def refresh(self) -> None:
        """Ask the journal about the chosen room again."""
        if self.state.room is not None and self._context.station is not None:
            self._ask_about(self.state.room.room, self._know)

    def reveal(self) -> None:
        """Show the guest's name in full (journalled), or hide it again."""
        facts, desk = self.state.room, self._context.desk
        operator = self._context.session.operator
        holder = facts.stay.holder if facts is not None and facts.stay is not None else None
        if self.state.revealed is not None:
            self._show(revealed=None)
            return
        if holder is None or operator is None:
            return

        def shown(person: Person) -> None:
            now = self.state.room
            if now is not None and now.stay is not None and now.stay.holder == holder:
                self._show(revealed=person)
            self._context.bridge.changed.emit()

        self.later(
            self._context.lanes.journal,
            lambda: people.reveal(desk, operator, holder),
            shown,
            lambda error: self._finish(Outcome(Tone.BAD, Action.READ, error=error)),
        )

    def close(self) -> None:
        self.watch.close()
        self._context.bridge.changed.disconnect(self.refresh)
        super().close()

    def _ask_about(self, room: Room, answer: Callable[[RoomFacts], None]) -> None:
        desk = self._context.desk
        self.later(
            self._context.lanes.journal, lambda: room_facts(desk, room), answer, _not_answered
        )

    def _choose(self, facts: RoomFacts) -> None:
        old = self.state.room
        if old is not None and old.room.id == facts.room.id:
            known = replace(facts, cards=old.cards, guest=old.guest, others=old.others)
            known = replace(known, complete=old.complete)
            self._show(room=known if old.stay == facts.stay else facts)
        elif self.state.phase in IDLE:
            self._rest(room=facts)
            self.watch.look()
        else:
            return
        self.refresh()

    def _know(self, facts: RoomFacts) -> None:
        state = self.state
        if state.room is None or state.room.room.id != facts.room.id:
            return
        self._show(room=facts)
        if state.outcome is not None and state.outcome.action is Action.CHECK_OUT:
            self._show(outcome=with_left(state.outcome, facts))

    def _saw(self, seen: Seen) -> None:
        before = self.state.seen
        self._show(seen=seen)
        if seen.content is None:
            return
        if reader_there(self.watch.view):
            self._reader_beside = not seen.uid
        if seen.content != before.content:
            self._room_of_card(seen)

    def _room_of_card(self, seen: Seen) -> None:
        """A card of somebody who lives here was put down: show that room."""
        facts = self.state.room
        if self.state.phase is not Phase.REST or seen.room is None or self.state.group:
            return
        taken = facts is None or facts.by_stay is not RoomState.VACANT
        elsewhere = facts is None or facts.room.id != seen.room.id
        if seen.standing is Standing.CURRENT and taken and elsewhere:
            self.room_wanted.emit(seen.room.name)
            self._ask_about(seen.room, self._choose)

    def _may_look(self) -> bool:
        return self.state.phase is not Phase.WRITING and not self.paused

    def _finish(self, outcome: Outcome) -> None:
        raise NotImplementedError

    def _rest(self, **changes: object) -> None:
        """Back to the offer; forms, rows and results are left."""
        self.watch.poll_anyway(False)
        cleared: dict[str, object] = {
            "phase": Phase.REST,
            "form": None,
            "progress": None,
            "ask": None,
            "outcome": None,
        }
        if "room" in changes and changes["room"] != self.state.room:
            cleared["revealed"] = None
        self._show(**(cleared | changes))

    def _show(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        offer = fitting(state.seen, state.room, grouped=bool(state.group))
        self.show(replace(state, offer=offer))


def _not_answered(_: StationError) -> None:
    """What was shown stays; a write says for itself what is wrong with the journal."""
