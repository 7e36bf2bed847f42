"""Recycle (回收): read, show what is on the card, clear it, read back, count the cards down."""

from dataclasses import replace

from station.domain.card import CardContent, check_same_card
from station.domain.event import ContentFacts, Payload, RoomFacts
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.domain.room import Room
from station.errors import (
    Code,
    Mismatch,
    OutcomeUnknown,
    Refused,
    StationError,
    Unreachable,
    VendorRefused,
)
from station.workflows import settling
from station.workflows.desk import Desk, new_operation_id
from station.workflows.doubt import now_possible
from station.workflows.looking import look
from station.workflows.records import Record, taken_back
from station.workflows.result import CardResult


def recycle(
    desk: Desk,
    operator: Operator,
    *,
    card_id: str = "",
    room: Room | None = None,
    parent: str = "",
) -> CardResult:
    """Clear the card on the encoder (rule 7; door lock 2.2).

    `card_id` or `room` say which card it must be; a card that cannot be read is cleared by the
    one of them that was given. Raises ENCODER_BUSY and `JournalUnsafe`; else returns the outcome.
    """
    operator.require(Permission.CARDS)
    with desk.need_encoder().exclusive():
        operation = new_operation_id(desk.clock.local())
        record = Record(desk, operator, Kind.RECYCLE, operation, room=room, parent=parent)
        # the platform has to be asked before anything can be meant: this look needs no intent
        try:
            found = look(desk)
        except Unreachable as error:
            record.failure(State.FAILED, error)
            return _result(record, State.FAILED, None, error=error)
        return _Recycling(record, found, card_id, room, desk.uid_now()).run()


class _Recycling:
    """One card being cleared."""

    def __init__(
        self,
        record: Record,
        found: CardContent | None,
        card_id: str,
        room: Room | None,
        uid: str,
    ) -> None:
        self.desk = record.desk
        self.found = found
        self.card_id = found.card_id if found else card_id
        self.wanted_card, self.wanted_room = card_id, room
        self.room = self.desk.room_by_id(found.room_id) if found else room
        self.record = replace(record, room=self.room)
        self.uid = uid
        if not self.card_id and room is not None:
            self.card_id = _card_with_uid(self.desk, room, uid)
        self.settled: tuple[str, ...] = ()
        self.swapped = False
        """Whether another card lay there in the end: nobody saw what became of this one."""

    def run(self) -> CardResult:
        cards, closes = taken_back(self.desk, self.card_id)
        try:
            self._check()
        except Refused as error:
            self.record.failure(State.REFUSED, error, found=self._facts())
            return self._result(State.REFUSED, error)
        if self.found is not None:
            self.settled = settling.settle_found(self.desk, self.record.operator, self.found)
            cards, closes = taken_back(self.desk, self.card_id)
        self.record.intent(cards=cards, closes=closes, card_id=self.card_id, uid=self.uid)
        self.record.step(Step.LOOK, before=self.found, uid=self.uid)
        try:
            self._clear()
        except VendorRefused as error:
            return self._ended(State.REFUSED, error)
        except (Unreachable, OutcomeUnknown) as error:
            unknown = isinstance(error, OutcomeUnknown)
            return self._ended(State.UNKNOWN if unknown else State.FAILED, error)
        except Mismatch as error:
            return self._ended(State.MISMATCH, error)
        room = RoomFacts(self.room.id, self.room.name) if self.room else None
        self.record.outcome(
            Payload(
                state=State.DONE,
                room=room,
                cards=cards,
                closes=closes,
                card_id=self.card_id,
                uid=self.uid,
            )
        )
        return self._result(State.DONE, None)

    def _check(self) -> None:
        found, room = self.found, self.wanted_room
        if found is None:
            if not self.wanted_card and room is None:
                raise Refused(Code.CARD_ALREADY_BLANK)
            return
        check_same_card(self.uid or None, found.card_id, self.desk.site.card_id_relation)
        if self.wanted_card and found.card_id != self.wanted_card:
            raise Refused(Code.WRONG_CARD, room="-", card_id=found.card_id)
        if room is not None and found.room_id != room.id:
            raise Refused(Code.WRONG_CARD, room=room.name, card_id=found.card_id)

    def _clear(self) -> None:
        encoder = self.desk.need_encoder()
        self.record.begin(Step.CLEAR)
        if self.card_id:
            encoder.clear(card_id=self.card_id)
        else:
            assert self.wanted_room is not None  # noqa: S101 - _check saw to it
            encoder.clear(room_id=self.wanted_room.id)
        self.record.step(Step.CLEAR, card_id=self.card_id)
        self.record.begin(Step.READ_BACK)
        try:
            left = look(self.desk)
        except Unreachable as error:
            raise OutcomeUnknown(call="ReadCard", cause=error.code.value) from error
        self.record.step(Step.READ_BACK, before=left)
        if left is not None:
            self.swapped = left.card_id != self.card_id
            raise Mismatch(fields="rm_id, authorised_at, expires_at")

    def _ended(self, state: State, error: StationError) -> CardResult:
        cards = now_possible(self.desk, self.card_id) if self.swapped else ()
        self.record.failure(state, error, card_id=self.card_id, uid=self.uid, cards=cards)
        return self._result(state, error)

    def _result(self, state: State, error: StationError | None) -> CardResult:
        return _result(
            self.record,
            state,
            self.found,
            card_id=self.card_id,
            uid=self.uid,
            error=error,
            settled=self.settled,
        )

    def _facts(self) -> ContentFacts | None:
        return ContentFacts.of(self.found) if self.found else None


def _card_with_uid(desk: Desk, room: Room, uid: str) -> str:
    """The number of a card that the platform cannot read, where the reader knows it."""
    known = {row.card_id for row in desk.journal.live_cards(room.id) if uid and row.uid == uid}
    return known.pop() if len(known) == 1 else ""


def _result(
    record: Record,
    state: State,
    found: CardContent | None,
    *,
    card_id: str = "",
    uid: str = "",
    error: StationError | None = None,
    settled: tuple[str, ...] = (),
) -> CardResult:
    return CardResult(
        record.operation,
        record.kind,
        state,
        room=record.room,
        card_id=card_id,
        uid=uid,
        error=error,
        found=found,
        settled=settled,
    )
