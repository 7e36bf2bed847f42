"""Replace (挂失补卡): a card was lost; a new start for the same guest, every other card again."""

from dataclasses import replace as with_changes

from station.domain.card import CardState
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Permission
from station.domain.room import Room
from station.domain.stay import Stay, check_end
from station.workflows.copy import current_and_running
from station.workflows.desk import NO_CONSENT, Consent, Desk, new_operation_id, new_stay_id
from station.workflows.issue import RestartRule, start_of_stay
from station.workflows.looking import may_overwrite, not_yet_of
from station.workflows.opening import risk_of
from station.workflows.records import OUTSIDE, Record, changed
from station.workflows.result import CardResult
from station.workflows.writing import WritePlan, write_card


def replace(
    desk: Desk, operator: Operator, room: Room, consent: Consent = NO_CONSENT
) -> CardResult:
    """Encode the card that takes a lost one's place (rule 5).

    The platform has no deny list: the lost card opens the room until a card with the new start is
    first used there, or until it expires; the result's `risk` says so. Every other card of the stay
    has to come back to the encoder: `reencode`. Raises, with nothing begun: NO_STAY, STAY_ENDED.
    """
    operator.require(Permission.CARDS)
    with desk.need_encoder().exclusive():
        return _replace(desk, operator, room, consent)


def _replace(desk: Desk, operator: Operator, room: Room, consent: Consent) -> CardResult:
    old = current_and_running(desk, room)
    start, forced = start_of_stay(desk, operator, room, consent)
    check_end(desk.clock.local(), start, old.expires_at, desk.site.stay_rules)
    stay = Stay(new_stay_id(desk.clock.local()), room.id, start, old.expires_at, old.holder)
    record = Record(
        desk,
        operator,
        Kind.REPLACE,
        new_operation_id(desk.clock.local()),
        room=room,
        reason=consent.reason,
        overrides=tuple(forced),
    )
    # whichever card of the old stay does not come back is the lost one
    lost = tuple(
        changed(row, CardState.LOST)
        for row in desk.journal.cards(old.id)
        if row.state is CardState.OUT
    )
    result = write_card(
        WritePlan(
            record,
            room,
            stay,
            rule=may_overwrite(desk, operator, consent, expected=(old,)),
            closes=(old.id,),
            cards=lost,
            restart=RestartRule(desk, operator, room, stay, consent),
        )
    )
    return with_changes(result, risk=risk_of(desk, room, old))


def cards_to_reencode(desk: Desk, old_stay_id: str) -> int:
    """How many cards of the old stay have not come back: the lost one among them."""
    return sum(card.state in OUTSIDE for card in desk.journal.cards(old_stay_id))


def reencode(
    desk: Desk,
    operator: Operator,
    room: Room,
    old_stay_id: str,
    consent: Consent = NO_CONSENT,
    *,
    parent: str = "",
) -> CardResult:
    """Write the new start on another card of a stay that had a card replaced."""
    operator.require(Permission.CARDS)
    with desk.need_encoder().exclusive():
        stay = current_and_running(desk, room)
        old = desk.journal.stay(old_stay_id)
        expected = (old,) if old is not None and old.room_id == room.id else ()
        record = Record(
            desk,
            operator,
            Kind.REENCODE,
            new_operation_id(desk.clock.local()),
            room=room,
            parent=parent,
            reason=consent.reason,
        )
        rule = not_yet_of(desk, stay, may_overwrite(desk, operator, consent, expected=expected))
        result = write_card(WritePlan(record, room, stay, rule=rule))
    if result.state is State.DONE and old is not None:
        return with_changes(result, risk=risk_of(desk, room, old))
    return result
