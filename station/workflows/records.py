"""How an operation is written down: its intent, steps and outcome, and what its outcome changes."""

from dataclasses import dataclass

import msgspec

from station.domain.card import CardContent, CardState
from station.domain.event import (
    CardFacts,
    ContentFacts,
    CredentialFacts,
    Entry,
    Payload,
    RoomFacts,
    StayFacts,
    VendorFacts,
)
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator
from station.domain.room import Room
from station.domain.stay import Stay, format_time
from station.errors import StationError
from station.ports import CardRow, PersonRef
from station.workflows.desk import Desk
from station.workflows.result import vendor_words

OUTSIDE = frozenset({CardState.OUT, CardState.LOST, CardState.POSSIBLE, CardState.WRONG})


@dataclass(frozen=True, slots=True)
class Record:
    """One operation's place in the journal."""

    desk: Desk
    operator: Operator
    kind: Kind
    operation: str
    room: Room | None = None
    parent: str = ""
    person: PersonRef | None = None
    reason: str = ""
    overrides: tuple[str, ...] = ()

    def intent(
        self,
        stay: Stay | None = None,
        *,
        closes: tuple[str, ...] = (),
        cards: tuple[CardFacts, ...] = (),
        card_id: str = "",
        uid: str = "",
        credential: CredentialFacts | None = None,
        data: dict[str, str | int | bool] | None = None,
    ) -> None:
        """Write down what is about to be done; on the disk when this returns.

        `closes` and `cards` are what becomes true once it is done: a look after a crash needs them.
        """
        self._tell(Step.RECORD, "begin")
        self._append(
            Payload(
                state=State.INTENT,
                parent=self.parent,
                room=self.room_facts(),
                stay=StayFacts.of(stay) if stay else None,
                closes=closes,
                cards=cards,
                card_id=card_id,
                uid=uid,
                person=self.person.id if self.person else "",
                person_digests=self.person.digests if self.person else (),
                reason=self.reason,
                overrides=self.overrides,
                credential=credential,
                data=data or {},
            ),
            durable=True,
        )
        self._tell(Step.RECORD, "done")

    def step(
        self, step: Step, *, before: CardContent | None = None, card_id: str = "", uid: str = ""
    ) -> None:
        """Write down that a step is over. Survives the program's end, not the power's."""
        payload = Payload(
            state=State.STEP,
            step=step.value,
            before=ContentFacts.of(before) if step is Step.LOOK else None,
            found=ContentFacts.of(before) if before else None,
            card_id=card_id,
            uid=uid,
        )
        self._append(payload, durable=False)
        self._tell(step, "done")

    def begin(self, step: Step) -> None:
        """Show that a step begins."""
        self._tell(step, "begin")

    def passed(self, step: Step) -> None:
        """A step that took no time is over; the outcome, which follows at once, says so too."""
        self._tell(step, "done")

    def outcome(self, payload: Payload) -> None:
        """Write down how it ended; on the disk when this returns."""
        self._tell(Step.OUTCOME, "begin")
        self._append(payload, durable=True)
        well = payload.state in {State.DONE, State.WAITING}
        self._tell(Step.OUTCOME, "done" if well else "failed")

    def failure(self, state: State, error: StationError, **effects: object) -> None:
        """The outcome of something that did not go well; `effects` are fields of `Payload`."""
        code, msg = vendor_words(error)
        facts = Payload(
            state=state,
            room=self.room_facts(),
            error=_cause(error),
            vendor=VendorFacts(code, msg) if code or msg else None,
        )
        self.outcome(_with(facts, effects))

    def _append(self, payload: Payload, *, durable: bool) -> None:
        entry = Entry(self.kind, self.operation, self.operator.name, payload)
        self.desk.journal.append(entry, durable=durable)

    def _tell(self, step: Step, state: str) -> None:
        room = self.room.name if self.room else ""
        self.desk.tell(self.operation, self.kind, step.value, state, room=room)

    def room_facts(self) -> RoomFacts | None:
        """The room as an event names it."""
        return RoomFacts(self.room.id, self.room.name) if self.room else None


def _with(payload: Payload, effects: dict[str, object]) -> Payload:
    return msgspec.structs.replace(payload, **effects)


def _cause(error: StationError) -> str:
    cause = error.context.get("cause")
    return f"{error.code.value}: {cause}" if cause else error.code.value


def card_facts_of(
    stay: StayFacts, state: CardState, card_id: str, uid: str = "", operation: str = ""
) -> CardFacts:
    """The card of a stay as it is from now on."""
    return CardFacts(
        stay_id=stay.id,
        key=card_id or f"?{operation}",
        state=state,
        expires_at=stay.expires_at,
        card_id=card_id,
        uid=uid,
    )


def returned(row: CardRow) -> CardFacts:
    """The same card of the same stay, no longer outside."""
    return changed(row, CardState.RETURNED)


def changed(row: CardRow, state: CardState) -> CardFacts:
    """The same card of the same stay in another state."""
    return CardFacts(
        stay_id=row.stay_id,
        key=row.key,
        state=state,
        expires_at=format_time(row.expires_at),
        card_id=row.card_id,
        uid=row.uid,
    )


def taken_back(
    desk: Desk, card_id: str, *, keep: str = ""
) -> tuple[tuple[CardFacts, ...], tuple[str, ...]]:
    """What it means that a card no longer carries its earlier stays: (cards, stays that are over).

    `keep` is the stay the card carries now. A stay with no card left outside is closed (rule 7).
    """
    cards: list[CardFacts] = []
    closes: list[str] = []
    for row in desk.journal.stays_of_card(card_id, outside=True) if card_id else ():
        if (row.stay_id, row.key) == (keep, card_id):
            continue
        cards.append(returned(row))
        if row.stay_id == keep:
            continue  # it was in doubt there, under another key
        others = [
            other
            for other in desk.journal.cards(row.stay_id)
            if other.key != row.key and other.card_id != card_id and other.state in OUTSIDE
        ]
        if not others:
            closes.append(row.stay_id)
    return tuple(cards), tuple(closes)
