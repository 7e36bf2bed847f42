"""The room rack: what one room shows at one moment, from its stay, its cards and the clock."""

from datetime import datetime

from station.domain.room import RoomState
from station.domain.stay import Stay


def room_state(stay: Stay | None, *, cards_out: int, unresolved: int, now: datetime) -> RoomState:
    """The state of a room (`now` site-local).

    A write with an unknown outcome comes before everything else. A stay whose end has come counts
    as overdue while a card of it is outside, and as vacant once none is.
    """
    if unresolved:
        return RoomState.UNRESOLVED
    if stay is None or stay.closed:
        return RoomState.VACANT
    if stay.expires_at <= now:
        return RoomState.OVERDUE if cards_out else RoomState.VACANT
    if stay.expires_at.date() == now.date():
        return RoomState.DUE_OUT
    return RoomState.OCCUPIED
