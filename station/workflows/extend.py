"""Extend (续住): the same stay, the same start, a later end, card by card."""

from dataclasses import replace
from datetime import datetime

from station.domain.card import CardContent
from station.domain.operation import Kind
from station.domain.operator import Operator, Permission
from station.domain.room import Room
from station.domain.stay import (
    Stay,
    check_end,
    check_extension,
    current_stay,
    require_current,
    require_same_stay,
)
from station.errors import Code, Refused, StaleStay
from station.workflows.desk import NO_CONSENT, Consent, Desk, new_operation_id, override
from station.workflows.issue import NewStay, issue
from station.workflows.looking import LookRule
from station.workflows.records import Record
from station.workflows.result import CardResult
from station.workflows.writing import WritePlan, write_card


def extend(
    desk: Desk,
    operator: Operator,
    room: Room,
    expires_at: datetime,
    consent: Consent = NO_CONSENT,
    *,
    parent: str = "",
) -> CardResult:
    """Write a later end on a card of the current stay (rules 1, 3 and 4).

    The stay's other cards keep their own end until they are presented too. A card of an earlier
    stay is refused; a supervisor's reason starts a new stay instead of reviving the old one.
    """
    operator.require(Permission.CARDS)
    with desk.need_encoder().exclusive():
        stay, result = _extend(desk, operator, room, expires_at, consent, parent)
    if isinstance(result.error, StaleStay) and consent.reason:
        override(operator, consent, result.error)
        guest = desk.journal.person(stay.holder) if stay.holder else None
        wanted = NewStay(room, expires_at, consent=consent)
        if guest is not None:
            wanted = replace(wanted, guest=guest)
        return issue(desk, operator, wanted, parent=result.operation)
    return result


def _extend(
    desk: Desk,
    operator: Operator,
    room: Room,
    expires_at: datetime,
    consent: Consent,
    parent: str,
) -> tuple[Stay, CardResult]:
    stay = require_current(current_stay(desk.journal.stays(room.id)), room=room.name)
    check_end(desk.clock.local(), stay.authorised_at, expires_at, desk.site.stay_rules)
    check_extension(stay, expires_at)
    record = Record(
        desk,
        operator,
        Kind.EXTEND,
        new_operation_id(desk.clock.local()),
        room=room,
        parent=parent,
        reason=consent.reason,
    )
    longer = replace(stay, expires_at=expires_at)
    rule = _card_of(room, stay, expires_at)
    return stay, write_card(WritePlan(record, room, longer, rule=rule))


def _card_of(room: Room, stay: Stay, expires_at: datetime) -> LookRule:
    def rule(content: CardContent | None) -> tuple[str, ...]:
        if content is None:
            raise Refused(Code.CARD_BLANK, room=room.name)
        if content.room_id != room.id:
            raise Refused(Code.WRONG_CARD, room=room.name, card_id=content.card_id)
        require_same_stay(stay, content.authorised_at, room=room.name)
        check_extension(stay, expires_at, card_ends=content.expires_at)
        return ()

    return rule
