"""Who may log in: names, roles, argon2id hashes of PINs, and the count of wrong ones.

Apart from the events. A wrong PIN is counted before it is looked at, so that ending the program in
between counts too; the count and the lock survive a restart.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select

from station.domain.operator import (
    LOCK_TIME,
    WRONG_PINS_BEFORE_LOCK,
    Operator,
    Role,
    parse_operator_name,
    parse_pin,
)
from station.errors import Code, InputInvalid, Refused
from station.journal.engine import Database, Raw, Statement, Tx
from station.journal.rows import sound, utc_text, utc_time
from station.journal.tables import operators
from station.ports import OperatorRow

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_FIND: Final = Statement(
    select(
        *(operators.c[name] for name in ("hash", "role", "disabled", "wrong", "locked_until"))
    ).where(operators.c.name == bindparam("name"))
)
_LIST: Final = Statement(
    select(*(operators.c[name] for name in ("name", "role", "disabled", "locked_until"))).order_by(
        operators.c.name
    )
)
_INSERT: Final = Statement(insert(operators))
_COUNT: Final = Raw("SELECT count(*) FROM operators")
_TRY: Final = Raw(
    "UPDATE operators SET wrong = :wrong, locked_until = :locked_until WHERE name = :name"
)
_RESET: Final = Raw(
    "UPDATE operators SET hash = :hash, wrong = 0, locked_until = '', disabled = 0"
    " WHERE name = :name"
)
_REHASH: Final = Raw("UPDATE operators SET hash = :hash WHERE name = :name AND hash = :old")
_DISABLE: Final = Raw("UPDATE operators SET disabled = 1 WHERE name = :name")
_OTHER_SUPERVISORS: Final = Raw(
    "SELECT count(*) FROM operators WHERE role = 'supervisor' AND disabled = 0 AND name <> :name"
)


def _now() -> datetime:
    return datetime.now(UTC)


class OperatorBook:
    """Implements `station.ports.Operators` on the journal's database."""

    def __init__(self, database: Database, *, utc: Callable[[], datetime] = _now) -> None:
        self._db = database
        self._utc = utc
        self._hasher: PasswordHasher | None = None
        self._nobody = ""

    def _argon2(self) -> "PasswordHasher":
        if self._hasher is None:
            from argon2 import PasswordHasher

            self._hasher = PasswordHasher()
        return self._hasher

    def count(self) -> int:
        """How many there are, disabled ones included."""
        with self._db.reading() as tx:
            return int(tx.run(_COUNT).fetchone()[0])

    def list(self) -> Iterable[OperatorRow]:
        """Everyone, by name. `locked_until` is UTC, None once it has passed."""
        now = self._utc()
        with self._db.reading() as tx:
            found = tx.run(_LIST).fetchall()
        return [_listed((*row, now)) for row in found]

    def add(self, name: str, role: Role, pin: str) -> None:
        """Raises `InputInvalid` OPERATOR_EXISTS, PIN_MALFORMED, or for the name's characters."""
        name = parse_operator_name(name)
        hashed = self._argon2().hash(parse_pin(pin))
        with self._db.writing() as tx:
            if tx.run(_FIND, {"name": name}).fetchone() is not None:
                raise InputInvalid(Code.OPERATOR_EXISTS, field="operator", value=name)
            values = {"disabled": 0, "wrong": 0, "locked_until": ""}
            tx.run(_INSERT, {"name": name, "hash": hashed, "role": role.value, **values})

    def disable(self, name: str) -> None:
        """Raises `InputInvalid` OPERATOR_UNKNOWN, `Refused` LAST_SUPERVISOR."""
        with self._db.writing() as tx:
            row = _require(tx, name)
            if row[1] == Role.SUPERVISOR.value and not row[2]:
                others = tx.run(_OTHER_SUPERVISORS, {"name": name}).fetchone()[0]
                if not others:
                    raise Refused(Code.LAST_SUPERVISOR, operator=name)
            tx.run(_DISABLE, {"name": name})

    def reset(self, name: str, pin: str) -> None:
        """A new PIN; unlocks and enables. Raises `InputInvalid` OPERATOR_UNKNOWN, PIN_MALFORMED."""
        hashed = self._argon2().hash(parse_pin(pin))
        with self._db.writing() as tx:
            _require(tx, name)
            tx.run(_RESET, {"name": name, "hash": hashed})

    def check(self, name: str, pin: str) -> Operator:
        """The operator, when the PIN is theirs.

        Raises `Refused`: PIN_WRONG (context `left`: tries before the lock; the same for a name that
        nobody has), OPERATOR_LOCKED (context `until`, UTC), OPERATOR_DISABLED (the PIN was right).
        """
        with self._db.writing() as tx:
            row = tx.run(_FIND, {"name": name}).fetchone()
            wrong = 0 if row is None else self._count_try(tx, name, row)
        if row is None:
            # As long a computation as for a real name.
            self._matches(self._nobody_hash(), pin)
            raise Refused(Code.PIN_WRONG)
        if not self._matches(row[0], pin):
            self._refuse(name, wrong)
        with self._db.writing() as tx:
            tx.run(_TRY, {"name": name, "wrong": 0, "locked_until": ""})
            if self._argon2().check_needs_rehash(row[0]):
                tx.run(_REHASH, {"name": name, "hash": self._argon2().hash(pin), "old": row[0]})
        if row[2]:
            raise Refused(Code.OPERATOR_DISABLED, operator=name)
        return _operator((name, row[1]))

    def _count_try(self, tx: Tx, name: str, row: tuple[Any, ...]) -> int:
        """Count this try as wrong until it proves right; raises OPERATOR_LOCKED."""
        now = self._utc()
        until = _later(row[4], now)
        if until is not None:
            raise Refused(Code.OPERATOR_LOCKED, operator=name, until=utc_text(until))
        wrong = 1 if row[4] else int(row[3]) + 1
        lock = utc_text(now + LOCK_TIME) if wrong >= WRONG_PINS_BEFORE_LOCK else ""
        tx.run(_TRY, {"name": name, "wrong": wrong, "locked_until": lock})
        return wrong

    def _refuse(self, name: str, wrong: int) -> None:
        if wrong < WRONG_PINS_BEFORE_LOCK:
            raise Refused(Code.PIN_WRONG, left=WRONG_PINS_BEFORE_LOCK - wrong)
        until = utc_text(self._utc() + LOCK_TIME)
        raise Refused(Code.OPERATOR_LOCKED, operator=name, until=until)

    def _matches(self, hashed: str, pin: str) -> bool:
        from argon2.exceptions import Argon2Error, InvalidHashError

        try:
            return self._argon2().verify(hashed, pin)
        except (Argon2Error, InvalidHashError, UnicodeEncodeError):
            return False

    def _nobody_hash(self) -> str:
        if not self._nobody:
            self._nobody = self._argon2().hash("nobody's PIN")
        return self._nobody


def _require(tx: Tx, name: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = tx.run(_FIND, {"name": name}).fetchone()
    if row is None:
        raise InputInvalid(Code.OPERATOR_UNKNOWN, field="operator", value=name)
    return row


@sound
def _listed(row: tuple[Any, ...]) -> OperatorRow:
    name, role, disabled, locked, now = row
    return OperatorRow(name, Role(role), bool(disabled), _later(locked, now))


@sound
def _operator(row: tuple[Any, ...]) -> Operator:
    return Operator(row[0], Role(row[1]))


def _later(text: str, now: datetime) -> datetime | None:
    until = utc_time(text) if text else None
    return until if until is not None and until > now else None
