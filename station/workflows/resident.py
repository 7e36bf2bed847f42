"""Residents' cards (住户卡): bind a UID to a mobile number, take it back, show whose it is."""

from dataclasses import dataclass

from station.domain.card import parse_uid
from station.domain.event import BindingFacts, OutboxFacts, Payload
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.domain.outbox import Call, Service
from station.domain.person import Person, parse_mobile, parse_name
from station.errors import Code, InputInvalid, Mismatch, Refused, StationError
from station.ports import BindingRow, GateCard, PersonRef, ReaderState
from station.workflows import outbox, tap
from station.workflows.desk import NO_CONSENT, Consent, Desk, new_operation_id
from station.workflows.records import Record
from station.workflows.result import CardResult


@dataclass(frozen=True, slots=True)
class Binding:
    """What the operator wants. Without `uid` it comes from the reader."""

    person: Person
    uid: str = ""
    consent: Consent = NO_CONSENT


def checked_resident(name: str, mobile: str) -> Person:
    """A resident needs both. Raises `InputInvalid`."""
    return Person(parse_name(name, field="name"), parse_mobile(mobile))


def bind(desk: Desk, operator: Operator, wanted: Binding, *, parent: str = "") -> CardResult:
    """Register a card for a resident and push it to the gates (Shankai 5).

    Raises, with nothing begun: `InputInvalid` (UID, mobile, name), UID_BOUND_ELSEWHERE unless the
    operator consents, PCSC_… for the reader. Otherwise `done`, `waiting` (not yet in the cloud) or
    `refused` with the vendor's words.
    """
    operator.require(Permission.RESIDENTS)
    desk.need_gate()
    person = checked_resident(wanted.person.name, wanted.person.mobile)
    from_reader = not wanted.uid
    uid = tap.read_now(desk) if from_reader else parse_uid(wanted.uid)
    _check_owner(desk, uid, person, wanted.consent)
    reference = desk.journal.remember_person(person)
    record = Record(
        desk,
        operator,
        Kind.RESIDENT_BIND,
        new_operation_id(desk.clock.local()),
        parent=parent,
        person=reference,
        reason=wanted.consent.reason,
    )
    facts = OutboxFacts(call=Call.SET_CARD, person=reference.id, uid=uid)
    _begin(record, uid, reference, facts, bound=True)
    return _pushed(desk, operator, record, uid, check_tap=from_reader)


def unbind(desk: Desk, operator: Operator, mobile: str, *, parent: str = "") -> CardResult:
    """Take a resident's card back (Shankai 7).

    A number that the desk never bound is tried all the same: another desk may have.
    """
    operator.require(Permission.RESIDENTS)
    desk.need_gate()
    number = parse_mobile(mobile)
    known = desk.journal.find_person(number)
    reference = known or desk.journal.remember_person(Person(mobile=number))
    bound = bound_cards(desk, reference)
    uid = bound[0].uid if bound else ""
    record = Record(
        desk,
        operator,
        Kind.RESIDENT_UNBIND,
        new_operation_id(desk.clock.local()),
        parent=parent,
        person=reference,
    )
    person = bound[0].person if bound else reference.id
    facts = OutboxFacts(call=Call.REMOVE_USER, person=person, uid=uid)
    _begin(record, uid, reference, facts, bound=False)
    return _pushed(desk, operator, record, uid)


@dataclass(frozen=True, slots=True)
class ResidentCards:
    """What the desk knows of a resident, and the cloud where it was asked."""

    masked: str
    bound: tuple[BindingRow, ...]
    waiting: int
    cloud: GateCard | None = None
    operation: str = ""


def show(desk: Desk, operator: Operator, mobile: str) -> ResidentCards:
    """The resident's cards in the desk's own registry. Raises `InputInvalid` RESIDENT_UNKNOWN."""
    operator.require(Permission.RESIDENTS)
    reference = desk.journal.find_person(parse_mobile(mobile))
    if reference is None:
        raise InputInvalid(Code.RESIDENT_UNKNOWN, field="mobile")
    bound = tuple(bound_cards(desk, reference))
    people = {reference.id, *(row.person for row in bound)}
    waiting = sum(row.facts.person in people for row in desk.journal.outbox())
    return ResidentCards(desk.journal.person(reference.id).masked, bound, waiting)


def ask_cloud(desk: Desk, operator: Operator, person: Person) -> ResidentCards:
    """Ask Shankai for the resident's number (Shankai 6), which *allocates* one if there is none.

    An operation of its own, therefore. Raises `VendorRefused`, `Unreachable`.
    """
    operator.require(Permission.RESIDENTS)
    gate = desk.need_gate()
    wanted = Person(person.name, parse_mobile(person.mobile))
    reference = desk.journal.remember_person(wanted)
    record = Record(
        desk,
        operator,
        Kind.RESIDENT_ALLOCATE,
        new_operation_id(desk.clock.local()),
        person=reference,
    )
    record.intent()
    try:
        card = gate.get_card(wanted)
    except StationError as error:
        record.failure(State.REFUSED if error.exit_status == 4 else State.FAILED, error)
        raise
    record.outcome(Payload(state=State.DONE, uid=card.card_no, data={"is_new": card.is_new}))
    bound = tuple(bound_cards(desk, reference))
    return ResidentCards(wanted.masked, bound, 0, card, record.operation)


def bound_cards(desk: Desk, reference: PersonRef) -> list[BindingRow]:
    """The cards now bound to a mobile number."""
    return [row for row in desk.journal.bindings_of(reference.mobile_digest) if row.bound]


def _check_owner(desk: Desk, uid: str, person: Person, consent: Consent) -> None:
    """The registry knows whose a UID is, and asks before it moves one."""
    row = desk.journal.binding(uid)
    if row is None or not row.bound or consent.overwrite:
        return
    owner = desk.journal.person(row.person)
    if owner.mobile != person.mobile:
        raise Refused(Code.UID_BOUND_ELSEWHERE, uid=uid, owner=owner.masked)


def _begin(
    record: Record, uid: str, reference: PersonRef, facts: OutboxFacts, *, bound: bool
) -> None:
    """Intent and outbox in one: what is meant for the cloud survives whatever comes next."""
    binding = BindingFacts(uid, reference.id, reference.mobile_digest, bound) if uid else None
    payload = Payload(
        state=State.WAITING,
        parent=record.parent,
        person=reference.id,
        person_digests=reference.digests,
        uid=uid,
        reason=record.reason,
        binding=binding,
        outbox=facts,
    )
    record.begin(Step.RECORD)
    record.outcome(payload)


def _pushed(
    desk: Desk, operator: Operator, record: Record, uid: str, *, check_tap: bool = False
) -> CardResult:
    record.begin(Step.PUSH)
    gates = (Service.GATE,)  # another program may be pushing: then it waits like everything else
    pushes = {
        each.operation: each for each in outbox.sync(desk, operator, now=True, services=gates)
    }
    push = pushes.get(record.operation)
    state = State.WAITING
    error: StationError | None = None
    if push is not None:
        state = {"done": State.DONE, "stopped": State.REFUSED}.get(push.state, State.WAITING)
        error = push.error
    if check_tap and state is State.DONE:
        view = desk.reader.view() if desk.reader else None
        if view is not None and view.state is ReaderState.CARD and view.uid != uid:
            error = Mismatch(fields="uid")
            state = State.MISMATCH
            record.failure(state, error, uid=uid)
    return CardResult(record.operation, record.kind, state, uid=uid, error=error)
