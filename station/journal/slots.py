"""One slot, one credential: what an event about a slot means for whatever lay there before.

As one desk hands slots out, only what had ended can lie in a slot that is filled again. Two desks
that could not hear each other may have taken the same one: both credentials are then only possible,
since the desks' clocks may differ. A stopped passcode's text goes in the same transaction.
"""

from typing import Final

from station.domain.credential import CredentialState
from station.domain.event import CredentialFacts, Event
from station.domain.operation import State
from station.journal.engine import Params, Raw, Tx

_OF_ROOM: Final = "lock_id = '' AND room_id = :place"
_OF_LOCK: Final = "lock_id = :place"
_SAME: Final = "kind = :kind AND slot = :slot AND id <> :id AND state <> 'stopped'"
_OWN_NUMBER: Final = "(SELECT own.number FROM credentials own WHERE own.id = :id)"
_EARLIER: Final = (
    "(authorised_at < :authorised_at"
    f" OR (authorised_at = :authorised_at AND number < {_OWN_NUMBER}))"
)
_OVER: Final = (
    "CASE WHEN expires_at < :authorised_at THEN 'stopped'"
    " WHEN state = 'active' THEN 'possible' ELSE state END"
)


def _change(state: str, place: str) -> Raw:
    return Raw(
        f"UPDATE credentials SET state = {state} WHERE {place} AND {_SAME}"  # noqa: S608 - own words
        f" AND {_EARLIER} RETURNING state, code"
    )


def _shared(place: str) -> Raw:
    return Raw(
        f"SELECT 1 FROM credentials WHERE {place} AND {_SAME}"  # noqa: S608 - own words
        " AND expires_at >= :authorised_at LIMIT 1"
    )


_WRITTEN_OVER: Final = {place: _change(_OVER, place) for place in (_OF_ROOM, _OF_LOCK)}
_EMPTIED: Final = {place: _change("'stopped'", place) for place in (_OF_ROOM, _OF_LOCK)}
_IN_DOUBT: Final = {
    place: Raw(
        f"UPDATE credentials SET state = 'possible' WHERE {place} AND {_SAME}"  # noqa: S608 - own words
        " AND state = 'active'"
    )
    for place in (_OF_ROOM, _OF_LOCK)
}
_SHARED: Final = {place: _shared(place) for place in (_OF_ROOM, _OF_LOCK)}
_DOUBT: Final = Raw("UPDATE credentials SET state = 'possible' WHERE id = :id")
_FORGET: Final = Raw("DELETE FROM sealed WHERE id = :id")


def follow(tx: Tx, event: Event, credential: CredentialFacts) -> None:
    """Bring a slot's other credentials up to an event that has just been applied to this one."""
    stopped = credential.state is CredentialState.STOPPED
    codes = {credential.code} if stopped else set()
    if credential.slot:
        place = _OF_LOCK if credential.lock_id else _OF_ROOM
        params = {
            "place": credential.lock_id or credential.room_id,
            "kind": credential.kind.value,
            "slot": credential.slot,
            "id": credential.id,
            "authorised_at": credential.authorised_at,
        }
        if credential.state is CredentialState.POSSIBLE:  # from the intent on
            tx.run(_IN_DOUBT[place], params)
        elif event.payload.state is State.DONE:
            codes |= _others(tx, credential, place, params)
    for code in codes - {""}:
        tx.run(_FORGET, {"id": code})


def _others(tx: Tx, credential: CredentialFacts, place: str, params: Params) -> set[str]:
    """The passcodes that are gone with the slot's earlier credentials."""
    if credential.state is CredentialState.STOPPED:
        rows = tx.run(_EMPTIED[place], params).fetchall()
    elif credential.state is CredentialState.ACTIVE:
        rows = tx.run(_WRITTEN_OVER[place], params).fetchall()
        if tx.run(_SHARED[place], params).fetchone() is not None:
            tx.run(_DOUBT, {"id": credential.id})
    else:
        rows = []
    return {code for state, code in rows if state == CredentialState.STOPPED}
