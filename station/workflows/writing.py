"""Writing one card: intent → look → write → read back → compare → outcome, each step journalled.

Never written twice: `Encoder.write` is called at most once for an operation. What a killed program
leaves behind is an intent without an outcome, which `recover` turns into something to look at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from station.domain.card import (
    CardContent,
    check_same_card,
    require_read_back,
)
from station.domain.event import CardFacts, Payload, RoomFacts, StayFacts
from station.domain.operation import State, Step
from station.domain.room import Room
from station.domain.stay import Stay
from station.errors import (
    Code,
    InputInvalid,
    Mismatch,
    OutcomeUnknown,
    Refused,
    StationError,
    Unreachable,
    VendorRefused,
)
from station.workflows import settling
from station.workflows.doubt import mismatch_effects, unknown_effects
from station.workflows.looking import LookRule, look
from station.workflows.records import Record
from station.workflows.result import CardResult


@dataclass(frozen=True, slots=True)
class WritePlan:
    """One card to be written, and what becomes true once it is."""

    record: Record
    room: Room
    stay: Stay
    """The stay as it is once the card is written."""
    rule: LookRule
    closes: tuple[str, ...] = ()
    """Stays that are over once the card is written."""
    cards: tuple[CardFacts, ...] = ()
    """What else is true of cards then (a lost one, say)."""
    restart: Callable[[CardContent], Stay] | None = None
    """A new stay: its start again, now that a later start was read from a card of the room."""


@dataclass(slots=True)
class _Run:
    """What has become known while one card is being written."""

    plan: WritePlan
    before: CardContent | None = None
    after: CardContent | None = None
    uid: str = ""
    card_id: str = ""
    sent: bool = False
    settled: tuple[str, ...] = field(default=())


def write_card(plan: WritePlan) -> CardResult:
    """Write one card; the caller holds the encoder. Raises `JournalUnsafe`; else the outcome.

    When the journal cannot be written after the card was, the operation stays an intent without an
    outcome, and `recover` asks for the card.
    """
    run = _Run(plan)
    uid = plan.record.desk.uid_now()
    plan.record.intent(stay=plan.stay, closes=plan.closes, cards=plan.cards, uid=uid)
    try:
        return _steps(run)
    except (Refused, InputInvalid, VendorRefused) as error:
        return _ended(run, State.REFUSED, error)
    except Unreachable as error:
        return _ended(run, State.UNKNOWN if run.sent else State.FAILED, error)
    except OutcomeUnknown as error:
        return _ended(run, State.UNKNOWN, error)
    except Mismatch as error:
        return _ended(run, State.MISMATCH, error)


def _steps(run: _Run) -> CardResult:
    record, desk = run.plan.record, run.plan.record.desk
    encoder = desk.need_encoder()

    record.begin(Step.LOOK)
    run.before = look(desk)
    run.uid = desk.uid_now()
    record.step(Step.LOOK, before=run.before, uid=run.uid)
    _after_look(run)

    record.begin(Step.WRITE)
    authorisation = StayFacts.of(run.plan.stay).authorisation()
    run.card_id = encoder.write(authorisation)
    run.sent = True
    record.step(Step.WRITE, card_id=run.card_id)

    record.begin(Step.READ_BACK)
    after = run.after = _read_back(run)
    record.step(Step.READ_BACK, before=after, card_id=after.card_id)

    record.begin(Step.COMPARE)
    require_read_back(after, authorisation, run.card_id or None)
    run.card_id = after.card_id
    _same_card(run)
    record.passed(Step.COMPARE)
    return _done(run)


def _after_look(run: _Run) -> None:
    """Settle what this look settles, apply the rules, and start later if the card demands it."""
    record, desk, before = run.plan.record, run.plan.record.desk, run.before
    if before is None:
        run.plan.rule(None)
        return
    check_same_card(run.uid or None, before.card_id, desk.site.card_id_relation)
    run.settled = settling.settle_found(desk, record.operator, before, but=record.operation)
    for operation in run.settled:
        row = desk.journal.operation(operation)
        if row is not None and row.state is State.DONE and row.room_id == run.plan.room.id:
            raise Refused(Code.ALREADY_WRITTEN, operation=operation, room=run.plan.room.name)
    run.plan.rule(before)
    restart = run.plan.restart
    same_room = before.room_id == run.plan.room.id
    if restart and same_room and before.authorised_at >= run.plan.stay.authorised_at:
        run.plan = replace(run.plan, stay=restart(before))
        closes, cards = run.plan.closes, run.plan.cards
        record.intent(stay=run.plan.stay, closes=closes, cards=cards, uid=run.uid)


def _read_back(run: _Run) -> CardContent:
    try:
        return run.plan.record.desk.need_encoder().read()
    except VendorRefused as error:
        # The platform says it wrote, but the card cannot be read: lifted too early, most likely.
        words = {"vendor_code": error.context.get("vendor_code", "")}
        words["vendor_msg"] = error.context.get("vendor_msg", "")
        raise OutcomeUnknown(call="ReadCard", cause=error.code.value, **words) from error


def _same_card(run: _Run) -> None:
    """Catch a card that was swapped half way."""
    desk = run.plan.record.desk
    if run.before is not None and run.before.card_id != run.card_id:
        raise Mismatch(fields="card_id")
    uid = desk.uid_now()
    if uid and run.uid and uid != run.uid:
        raise Mismatch(fields="uid")
    run.uid = run.uid or uid
    try:
        check_same_card(run.uid or None, run.card_id, desk.site.card_id_relation)
    except Refused as error:
        raise Mismatch(fields="uid, card_id", cause=error.code.value) from error


def _done(run: _Run) -> CardResult:
    plan = run.plan
    intent = settling.Intended(
        StayFacts.of(plan.stay), plan.closes, plan.cards, plan.record.operation
    )
    effects = settling.done_effects(plan.record.desk, intent, run.card_id, run.uid)
    room = RoomFacts(plan.room.id, plan.room.name)
    plan.record.outcome(Payload(state=State.DONE, room=room, **effects))
    return _result(run, State.DONE, None)


def _ended(run: _Run, state: State, error: StationError) -> CardResult:
    """Write down an outcome that is not `done`, with the card that may or does exist."""
    plan = run.plan
    effects: dict[str, Any] = {"card_id": run.card_id, "uid": run.uid}
    stay, desk = StayFacts.of(plan.stay), plan.record.desk
    card_id = run.card_id or (run.before.card_id if run.before else "")
    if state is State.UNKNOWN:
        effects |= unknown_effects(desk, stay, plan.record.operation, card_id, run.uid)
    elif state is State.MISMATCH:
        intent = settling.Intended(stay, plan.closes, plan.cards, plan.record.operation)
        effects |= mismatch_effects(desk, intent, run.after, card_id, run.uid)
    plan.record.failure(state, error, **effects)
    return _result(run, state, error)


def _result(run: _Run, state: State, error: StationError | None) -> CardResult:
    plan = run.plan
    return CardResult(
        operation=plan.record.operation,
        kind=plan.record.kind,
        state=state,
        room=plan.room,
        authorisation=StayFacts.of(plan.stay).authorisation(),
        stay_id=plan.stay.id,
        card_id=run.card_id,
        uid=run.uid,
        error=error,
        settled=run.settled,
    )
