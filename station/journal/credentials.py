"""What the journal answers about credentials beyond cards, their locks, and kept answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from station.domain.credential import Credential, CredentialKind
from station.domain.event import LockFacts
from station.domain.lock import LOW_BATTERY
from station.domain.stay import format_time
from station.journal.engine import Database, Raw, Tx, upsert
from station.journal.rows import (
    CREDENTIAL_COLUMNS,
    LOCK_COLUMNS,
    credential_of,
    lock_row,
    site_moment_of,
    utc_text,
    utc_time,
)
from station.journal.tables import kept
from station.ports import Kept

_ROW: Final = f"SELECT {', '.join(CREDENTIAL_COLUMNS)} FROM credentials"  # noqa: S608
_OF_ROOM: Final = Raw(
    f"{_ROW} WHERE room_id = :room_id AND state <> 'stopped' ORDER BY number DESC"
)
_OF_STAY: Final = Raw(
    f"{_ROW} WHERE stay_id = :stay_id AND state <> 'stopped' ORDER BY number DESC"
)
_ONE: Final = Raw(f"{_ROW} WHERE id = :id")
_LIVE: Final = Raw(
    f"{_ROW} WHERE state <> 'stopped' AND (expires_at >= :now OR state = 'stopping')"
    " ORDER BY room_id, number DESC"
)
_TAKEN: Final = "kind = :kind AND state <> 'stopped' AND (expires_at >= :now OR state = 'stopping')"
_SLOTS: Final = Raw(f"SELECT slot FROM credentials WHERE room_id = :room_id AND {_TAKEN}")  # noqa: S608
_LOCK_SLOTS: Final = Raw(f"SELECT slot FROM credentials WHERE lock_id = :lock_id AND {_TAKEN}")  # noqa: S608
_ENDS: Final = Raw(
    "SELECT DISTINCT expires_at FROM credentials WHERE room_id = :room_id AND kind = :kind"
)
_ENDED_CODES: Final = Raw(
    "SELECT c.code FROM credentials c JOIN sealed s ON s.id = c.code WHERE c.expires_at < :before"
)
_FACTS: Final = Raw(
    f"SELECT {', '.join(LOCK_COLUMNS)} FROM lock_facts"  # noqa: S608
    " WHERE room_id = :room_id ORDER BY number DESC LIMIT :limit"
)
_NEWEST: Final = Raw(
    f"SELECT {', '.join('f.' + name for name in LOCK_COLUMNS)} FROM lock_facts f"  # noqa: S608
    # One system tells percent, the other only whether it is low: the newest of each counts.
    " JOIN (SELECT room_id, max(number) AS newest FROM lock_facts"
    " GROUP BY room_id, battery >= 0) n"
    " ON n.room_id = f.room_id AND n.newest = f.number"
    " WHERE f.low = 1 OR (f.battery >= 0 AND f.battery < :low) ORDER BY f.room_id"
)
_KEEP: Final = upsert(kept, "key")
_KEPT: Final = Raw(
    "SELECT key, value, at FROM kept WHERE key >= :prefix AND key < :after ORDER BY key"
)
_DROP: Final = Raw("DELETE FROM kept WHERE key >= :prefix AND key < :after")
_BEHIND: Final = "\U0010ffff"


def slots_taken(
    tx: Tx, room_id: str, kind: CredentialKind, now: datetime, lock_id: str = ""
) -> set[int]:
    """Slots that are not free in one database; `now` site-local.

    With `lock_id` those of that lock too: it may have hung on another room's door before.
    """
    params = {"kind": kind.value, "now": format_time(now)}
    found = {int(row[0]) for row in tx.run(_SLOTS, params | {"room_id": room_id})}
    if lock_id:
        found |= {int(row[0]) for row in tx.run(_LOCK_SLOTS, params | {"lock_id": lock_id})}
    return found


class CredentialReading:
    """The part of the store that answers about locks."""

    _db: Database

    def credentials(self, room_id: str) -> list[Credential]:
        """The room's credentials that are not stopped, newest first; ended ones too."""
        with self._db.reading() as tx:
            return [credential_of(row) for row in tx.run(_OF_ROOM, {"room_id": room_id})]

    def credential(self, credential_id: str) -> Credential | None:
        """One credential, stopped or not."""
        with self._db.reading() as tx:
            row = tx.run(_ONE, {"id": credential_id}).fetchone()
        return None if row is None else credential_of(row)

    def credentials_of_stay(self, stay_id: str) -> list[Credential]:
        """A stay's credentials that are not stopped, newest first."""
        with self._db.reading() as tx:
            rows = tx.run(_OF_STAY, {"stay_id": stay_id}).fetchall() if stay_id else []
        return [credential_of(row) for row in rows]

    def live_credentials(self, now: datetime) -> list[Credential]:
        """Every room's credentials that may open at `now` (site-local) or wait for a stop."""
        with self._db.reading() as tx:
            return [credential_of(row) for row in tx.run(_LIVE, {"now": format_time(now)})]

    def slots_taken(
        self, room_id: str, kind: CredentialKind, now: datetime, lock_id: str = ""
    ) -> set[int]:
        """Slots that are not free, as this journal knows; `now` site-local."""
        with self._db.reading() as tx:
            return slots_taken(tx, room_id, kind, now, lock_id)

    def credential_ends(self, room_id: str, kind: CredentialKind) -> set[datetime]:
        """The ends (site-local) of every credential that the room ever had, stopped ones too."""
        with self._db.reading() as tx:
            rows = tx.run(_ENDS, {"room_id": room_id, "kind": kind.value}).fetchall()
        return {site_moment_of(row) for row in rows}

    def ended_codes(self, before: datetime) -> list[str]:
        """References of sealed passcodes whose credential ended before that (site-local)."""
        with self._db.reading() as tx:
            rows = tx.run(_ENDED_CODES, {"before": format_time(before)}).fetchall()
        return [str(row[0]) for row in rows]

    def lock_facts(self, room_id: str, limit: int = 1) -> list[LockFacts]:
        """What the room's lock said of itself, newest first."""
        with self._db.reading() as tx:
            found = tx.run(_FACTS, {"room_id": room_id, "limit": limit})
            return [lock_row(row) for row in found]

    def low_batteries(self) -> list[LockFacts]:
        """The newest facts of every lock whose battery is low (below 20 %), by room."""
        with self._db.reading() as tx:
            return [lock_row(row) for row in tx.run(_NEWEST, {"low": LOW_BATTERY})]

    def keep(self, key: str, value: bytes, at: datetime) -> None:
        """Keep an answer under a key; `at` UTC."""
        with self._db.writing() as tx:
            tx.run(_KEEP, {"key": key, "value": value, "at": utc_text(at)})

    def kept(self, prefix: str) -> list[Kept]:
        """What is kept under keys that begin so, by key."""
        params = {"prefix": prefix, "after": prefix + _BEHIND}
        with self._db.reading() as tx:
            rows = tx.run(_KEPT, params).fetchall()
        return [Kept(key, bytes(value), utc_time(at)) for key, value, at in rows]

    def replace_kept(self, prefix: str, values: Mapping[str, bytes], at: datetime) -> None:
        """What is kept under keys that begin so becomes this, all at once; `at` UTC."""
        with self._db.writing() as tx:
            tx.run(_DROP, {"prefix": prefix, "after": prefix + _BEHIND})
            for key, value in values.items():
                tx.run(_KEEP, {"key": key, "value": value, "at": utc_text(at)})

    def drop_kept(self, prefix: str) -> None:
        """Forget what is kept under keys that begin so."""
        with self._db.writing() as tx:
            tx.run(_DROP, {"prefix": prefix, "after": prefix + _BEHIND})
