"""Check-out in one go (退房): clear the card, stop whatever else opens the door, close the stay.

One line per system with its result. What cannot be done now waits in the outbox or is listed: a
guest who leaves never waits for a cloud, and nothing that still opens the door is left unsaid.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from station.domain.credential import Credential
from station.domain.event import Payload, RoomFacts
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.domain.room import Room
from station.domain.stay import Stay, current_stay
from station.errors import Code, JournalUnsafe, Refused, StationError
from station.workflows import outbox, resident
from station.workflows.credentials import CredentialResult
from station.workflows.desk import Desk, new_operation_id
from station.workflows.records import OUTSIDE, Record
from station.workflows.recycle import recycle
from station.workflows.stop_credential import record_stop, result_of, service_for
from station.workflows.ways_in import WayIn, ways_in


class LineOf(StrEnum):
    """Which part of a check-out a line is about; a credential's line carries its kind instead."""

    CARD = "card"
    GATE = "gate"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the operator wants.

    `card`: clear the card on the encoder. `gate`: take the resident's gate card back too.
    """

    room: Room
    card: bool = True
    gate: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One system's result. `cards`: those not presented, which stay listed until their end."""

    of: str
    state: State
    operation: str = ""
    credential: Credential | None = None
    cards: int = 0
    error: StationError | None = None


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """`left` is what still opens the door afterwards."""

    operation: str
    state: State
    room: Room
    lines: tuple[Line, ...]
    left: tuple[WayIn, ...]


_ORDER = (State.DONE, State.WAITING, State.REFUSED, State.FAILED, State.MISMATCH, State.UNKNOWN)


def check_out(desk: Desk, operator: Operator, wanted: Leaving) -> CheckedOut:
    """Close the room's current stay and everything that the desk gave its guest.

    Raises, with nothing begun: `Refused` NOT_ALLOWED, NO_STAY where there is neither a stay nor
    anything else that opens the room. Each part may fail by itself; the others go on.
    """
    operator.require(Permission.CARDS)
    room = wanted.room
    stay = current_stay(desk.journal.stays(room.id))
    ways = ways_in(desk, room)
    if stay is None and not ways:
        raise Refused(Code.NO_STAY, room=room.name)
    record = Record(desk, operator, Kind.CHECK_OUT, new_operation_id(desk.clock.local()), room=room)
    record.intent(stay=stay)
    lines: list[Line] = []
    if wanted.card:
        lines += _clear(desk, operator, room, stay, record.operation)
    given = [way.credential for way in ways if way.credential and way.credential.revocable]
    lines += _stop(desk, operator, given, record.operation)
    if wanted.gate and stay is not None:
        lines += _gate(desk, operator, stay, record.operation)
    if stay is not None:
        lines.append(_close(desk, stay))
    state = _worst(line.state for line in lines)
    kinds = dict.fromkeys(line.of for line in lines)
    record.outcome(
        Payload(
            state=state if state in {State.DONE, State.WAITING} else State.FAILED,
            room=RoomFacts(room.id, room.name),
            closes=(stay.id,) if stay else (),
            data={
                str(of): _worst(line.state for line in lines if line.of == of).value for of in kinds
            },
        )
    )
    return CheckedOut(record.operation, state, room, tuple(lines), tuple(ways_in(desk, room)))


def _clear(
    desk: Desk, operator: Operator, room: Room, stay: Stay | None, parent: str
) -> list[Line]:
    """The card on the encoder, if it is one of the stay's; the others are only counted."""
    out = _outside(desk, stay)
    if desk.encoder is None or not out:
        return [Line(LineOf.CARD, State.DONE, cards=out)] if out else []
    try:
        result = recycle(desk, operator, room=room, parent=parent)
    except StationError as error:
        return [Line(LineOf.CARD, State.FAILED, cards=out, error=error)]
    return [
        Line(
            LineOf.CARD,
            result.state,
            result.operation,
            cards=_outside(desk, stay),
            error=result.error,
        )
    ]


def _outside(desk: Desk, stay: Stay | None) -> int:
    now = desk.clock.local()
    cards = desk.journal.cards(stay.id) if stay else []
    return sum(card.state in OUTSIDE and card.expires_at > now for card in cards)


def _stop(desk: Desk, operator: Operator, given: list[Credential], parent: str) -> list[Line]:
    """Every stop is written down before the first is sent: what is slow or fails loses none."""
    begun: dict[str, str] = {}
    errors: dict[str, StationError] = {}
    for credential in given:
        try:
            _, begun[credential.id] = record_stop(desk, operator, credential.id, parent=parent)
        except JournalUnsafe:
            raise
        except StationError as error:
            errors[credential.id] = error
    desk.tell(parent, Kind.CHECK_OUT, Step.SEND.value, "begin")
    services = {service_for(each) for each in given if each.id in begun}
    pushes = outbox.sync(desk, operator, now=True, services=services) if services else []
    results = {
        each.id: result_of(desk, each, begun[each.id], pushes) for each in given if each.id in begun
    }
    return [
        _stopped(each, results[each.id])
        if each.id in results
        else Line(each.kind, State.FAILED, credential=each, error=errors[each.id])
        for each in given
    ]


def _stopped(credential: Credential, result: CredentialResult) -> Line:
    return Line(
        credential.kind, result.state, result.operation, result.credential, error=result.error
    )


def _worst(states: Iterable[State]) -> State:
    return max(states, key=_ORDER.index, default=State.DONE)


def _gate(desk: Desk, operator: Operator, stay: Stay, parent: str) -> list[Line]:
    person = desk.journal.person(stay.holder) if stay.holder else None
    if person is None or not person.mobile:
        return []
    try:
        result = resident.unbind(desk, operator, person.mobile, parent=parent)
    except StationError as error:
        return [Line(LineOf.GATE, State.FAILED, error=error)]
    return [Line(LineOf.GATE, result.state, result.operation, error=result.error)]


def _close(desk: Desk, stay: Stay) -> Line:
    """The stay ends with the check-out itself; cards of it that were not presented stay listed."""
    return Line(LineOf.STAY, State.DONE, cards=_outside(desk, stay))
