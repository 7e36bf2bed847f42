"""What still opens this door (还能开门的凭证): cards, passcodes, faces, fingerprints together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from station.domain.credential import Credential, CredentialKind, CredentialState
from station.domain.room import Room
from station.ports import CardRow
from station.workflows import lock_table
from station.workflows.desk import Desk
from station.workflows.opening import Certainty, openers


class Revoking(StrEnum):
    """How a way in is closed."""

    RECYCLE = "recycle"
    """Put the card on the encoder; or a newer card, used at the door."""
    STOP = "stop"
    STOPPING = "stopping"
    """A stop is under way or waits in the outbox."""
    ENDS_BY_ITSELF = "ends_by_itself"


@dataclass(frozen=True, slots=True)
class WayIn:
    """One thing that opens the door, until `until` (site-local).

    Exactly one of `card` and `credential` is set. `holder` is a person reference.
    """

    kind: str
    """`card`, or a `CredentialKind`."""
    until: datetime
    certainty: Certainty
    revoking: Revoking
    holder: str = ""
    card: CardRow | None = None
    credential: Credential | None = None


def ways_in(desk: Desk, room: Room) -> list[WayIn]:
    """Everything that may open the room now, cards first, each the newest first."""
    now = desk.clock.local()
    cards = [
        WayIn(
            "card",
            opener.until,
            opener.certainty,
            Revoking.RECYCLE,
            holder=opener.stay.holder or "",
            card=opener.card,
        )
        for opener in openers(desk, room)
    ]
    lock_id = lock_table.lock_id_of(desk, room)
    return [*cards, *(_way(each, now, lock_id) for each in _credentials(desk, room, lock_id, now))]


def _credentials(desk: Desk, room: Room, lock_id: str, now: datetime) -> list[Credential]:
    """The room's own, and what was written into its lock while that hung on another door."""
    own = [each for each in desk.journal.credentials(room.id) if each.may_open(now)]
    if not lock_id:
        return own
    every = desk.journal.live_credentials(now)
    moved = [each for each in every if each.lock_id == lock_id and each.room_id != room.id]
    return [*own, *(each for each in moved if each.may_open(now))]


def kinds(ways: Iterable[WayIn]) -> list[str]:
    """The kinds among them, each once, in order."""
    return list(dict.fromkeys(way.kind for way in ways))


def needing_attention(desk: Desk) -> list[Credential]:
    """Every room's credentials that are in doubt or still wait for their stop."""
    doubtful = {CredentialState.POSSIBLE, CredentialState.STOPPING}
    return [
        each for each in desk.journal.live_credentials(desk.clock.local()) if each.state in doubtful
    ]


def _way(credential: Credential, now: datetime, lock_id: str) -> WayIn:
    here = not credential.lock_id or credential.lock_id == lock_id
    sure = here and credential.surely_opens(now)
    return WayIn(
        credential.kind.value,
        credential.expires_at,
        Certainty.OPENS if sure else Certainty.PERHAPS,
        _revoking(credential),
        holder=credential.holder,
        credential=credential,
    )


def _revoking(credential: Credential) -> Revoking:
    if credential.state is CredentialState.STOPPING:
        return Revoking.STOPPING
    if credential.kind is CredentialKind.KEXIN_TEMPORARY:
        return Revoking.ENDS_BY_ITSELF
    return Revoking.STOP
