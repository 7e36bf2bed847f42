"""Look first: what lies on the encoder, and whether it may be written over."""

from collections.abc import Callable

from station.domain.card import CardContent, CardState
from station.domain.operator import Operator
from station.domain.stay import Stay, current_stay, format_time
from station.errors import CardInUse, Code, Refused, VendorRefused
from station.workflows.desk import Consent, Desk, override

LookRule = Callable[[CardContent | None], tuple[str, ...]]
"""Raises `Refused` if the card may not be written; returns the rules that were overridden."""


def look(desk: Desk) -> CardContent | None:
    """What the card on the encoder holds; None for blank, unreadable or no card at all.

    The platform cannot tell these three apart (door lock 2.3). Raises `Unreachable`.
    """
    try:
        return desk.need_encoder().read()
    except VendorRefused:
        return None


def stay_of(desk: Desk, content: CardContent) -> Stay | None:
    """The stay that a card's content belongs to, as far as this desk knows it."""
    return next(
        (
            stay
            for stay in desk.journal.stays(content.room_id)
            if stay.authorised_at == content.authorised_at
        ),
        None,
    )


def is_occupied_under(desk: Desk, content: CardContent) -> bool:
    """Whether somebody is in the card's room by that very authorisation."""
    stay = current_stay(desk.journal.stays(content.room_id))
    return (
        stay is not None
        and stay.authorised_at == content.authorised_at
        and stay.expires_at > desk.clock.local()
    )


def is_miswritten(desk: Desk, content: CardContent) -> bool:
    """Whether the desk knows that this card read back wrong and must be made again."""
    newest = next(iter(desk.journal.stays_of_card(content.card_id, outside=True)), None)
    return newest is not None and newest.state is CardState.WRONG


def may_overwrite(
    desk: Desk, operator: Operator, consent: Consent, *, expected: tuple[Stay, ...] = ()
) -> LookRule:
    """The rule for a card that gets a stay: blank and expired go; live ones are asked about.

    A live authorisation of another stay: the operator's consent (`CardInUse`); of a room occupied
    under that card: a supervisor's reason. Cards of the `expected` stays are what belongs here.
    """

    def rule(content: CardContent | None) -> tuple[str, ...]:
        if content is None or not content.is_live(desk.clock.local()):
            return ()
        if any(is_card_of(content, stay) for stay in expected) or is_miswritten(desk, content):
            return ()
        facts = {
            "room": desk.room_by_id(content.room_id).name,
            "until": format_time(content.expires_at),
            "card_id": content.card_id,
        }
        if is_occupied_under(desk, content):
            return (override(operator, consent, CardInUse(Code.CARD_OF_OCCUPIED_ROOM, **facts)),)
        if not consent.overwrite and not consent.reason:
            raise CardInUse(Code.CARD_IN_USE, **facts)
        return (Code.CARD_IN_USE.value,)

    return rule


def is_card_of(content: CardContent, stay: Stay) -> bool:
    """Whether the content carries this stay's room and start."""
    return content.room_id == stay.room_id and content.authorised_at == stay.authorised_at


def not_yet_of(desk: Desk, stay: Stay, then: LookRule) -> LookRule:
    """A card that the stay already counts must not be counted twice."""

    def rule(content: CardContent | None) -> tuple[str, ...]:
        if content is not None and is_card_of(content, stay):
            raise Refused(
                Code.CARD_ALREADY_OF_STAY,
                room=desk.room_by_id(stay.room_id).name,
                card_id=content.card_id,
            )
        return then(content)

    return rule
