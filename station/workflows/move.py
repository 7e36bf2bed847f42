"""Move (换房): the card is encoded for the new room, then the old room's stay is closed."""

from dataclasses import replace
from datetime import datetime

from station.domain.operation import Kind
from station.domain.operator import Operator, Permission
from station.domain.room import Room
from station.domain.stay import Stay, check_end, current_stay, format_time
from station.errors import Code, InputInvalid, Refused
from station.workflows.copy import current_and_running
from station.workflows.desk import (
    NO_CONSENT,
    Consent,
    Desk,
    new_operation_id,
    new_stay_id,
    override,
)
from station.workflows.issue import RestartRule, is_occupied, start_of_stay
from station.workflows.looking import may_overwrite
from station.workflows.opening import risk_of
from station.workflows.records import Record
from station.workflows.result import CardResult
from station.workflows.writing import WritePlan, write_card


def move(
    desk: Desk,
    operator: Operator,
    room: Room,
    to_room: Room,
    consent: Consent = NO_CONSENT,
    *,
    expires_at: datetime | None = None,
) -> CardResult:
    """Give the guest another room with the same end (rule 6).

    Cards of the old stay that were not presented stay listed as outside, with their end; the
    result's `risk` counts them. Raises, with nothing begun: SAME_ROOM, NO_STAY, STAY_ENDED,
    ROOM_OCCUPIED, CLOCK_WENT_BACK.
    """
    operator.require(Permission.CARDS)
    if room.id == to_room.id:
        raise InputInvalid(Code.SAME_ROOM, field="to_room", room=room.name)
    with desk.need_encoder().exclusive():
        return _move(desk, operator, room, to_room, consent, expires_at)


def _move(
    desk: Desk,
    operator: Operator,
    room: Room,
    to_room: Room,
    consent: Consent,
    expires_at: datetime | None,
) -> CardResult:
    old = current_and_running(desk, room)
    overrides: list[str] = []
    there = current_stay(desk.journal.stays(to_room.id))
    if there is not None and is_occupied(desk, there):
        refusal = Refused(
            Code.ROOM_OCCUPIED, room=to_room.name, until=format_time(there.expires_at)
        )
        overrides.append(override(operator, consent, refusal))
    start, forced = start_of_stay(desk, operator, to_room, consent)
    end = expires_at or old.expires_at
    check_end(desk.clock.local(), start, end, desk.site.stay_rules)
    stay = Stay(new_stay_id(desk.clock.local()), to_room.id, start, end, old.holder)
    record = Record(
        desk,
        operator,
        Kind.MOVE,
        new_operation_id(desk.clock.local()),
        room=to_room,
        reason=consent.reason,
        overrides=(*overrides, *forced),
    )
    closes = (old.id,) + ((there.id,) if there else ())
    result = write_card(
        WritePlan(
            record,
            to_room,
            stay,
            rule=may_overwrite(desk, operator, consent, expected=(old,)),
            closes=closes,
            restart=RestartRule(desk, operator, to_room, stay, consent),
        )
    )
    return replace(result, risk=risk_of(desk, room, old))
