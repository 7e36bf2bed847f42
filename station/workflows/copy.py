"""Copy (同住卡): one more card of the room's current stay, with the very same authorisation."""

from station.domain.operation import Kind
from station.domain.operator import Operator, Permission
from station.domain.room import Room
from station.domain.stay import Stay, current_stay, format_time, require_current
from station.errors import Code, Refused
from station.workflows.desk import NO_CONSENT, Consent, Desk, new_operation_id
from station.workflows.looking import may_overwrite, not_yet_of
from station.workflows.records import Record
from station.workflows.result import CardResult
from station.workflows.writing import WritePlan, write_card


def copy(
    desk: Desk,
    operator: Operator,
    room: Room,
    consent: Consent = NO_CONSENT,
    *,
    parent: str = "",
) -> CardResult:
    """Encode another card of the current stay (rules 1 and 4).

    Raises, with nothing begun: `Refused` NO_STAY, STAY_ENDED, NOT_ALLOWED, ENCODER_BUSY.
    """
    operator.require(Permission.CARDS)
    with desk.need_encoder().exclusive():
        stay = current_and_running(desk, room)
        record = Record(
            desk,
            operator,
            Kind.COPY,
            new_operation_id(desk.clock.local()),
            room=room,
            parent=parent,
            reason=consent.reason,
        )
        rule = not_yet_of(desk, stay, may_overwrite(desk, operator, consent))
        return write_card(WritePlan(record, room, stay, rule=rule))


def current_and_running(desk: Desk, room: Room) -> Stay:
    """The room's current stay. Raises `Refused` NO_STAY, or STAY_ENDED once its end has come."""
    stay = require_current(current_stay(desk.journal.stays(room.id)), room=room.name)
    if stay.expires_at <= desk.clock.local():
        raise Refused(Code.STAY_ENDED, room=room.name, ended=format_time(stay.expires_at))
    return stay
