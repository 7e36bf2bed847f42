"""Personal information: encrypted per person, apart from the events, and really gone when erased.

Each person has a random 256-bit key, wrapped by a key made from the site's. Events hold a reference
and keyed digests only. Erasing deletes the wrapped key and the ciphertext; the chain stays whole.
"""

import hmac
import os
import unicodedata
from contextlib import suppress
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import bindparam, delete, insert, select

from station.domain.person import Person, parse_mobile
from station.errors import Code, InputInvalid, JournalUnsafe
from station.journal.engine import Database, Raw, Statement, Tx
from station.journal.tables import meta, persons
from station.ports import PersonRef

KEY_SIZE: Final = 32
_NONCE_SIZE: Final = 12
_DIGEST_HEX: Final = 32
_KEY_CHECK: Final = "key_check"

_GET_META: Final = Statement(select(meta.c.value).where(meta.c.key == bindparam("key")))
_SET_META: Final = Statement(insert(meta))
_SAME: Final = Statement(
    select(persons.c.id).where(
        persons.c.name_digest == bindparam("name_digest"),
        persons.c.mobile_digest == bindparam("mobile_digest"),
    )
)
_BY_MOBILE: Final = Raw(
    "SELECT id, name_digest, mobile_digest FROM persons WHERE mobile_digest = :mobile_digest"
    " ORDER BY used_at DESC, id LIMIT 1"
)
_GET: Final = Statement(
    select(persons.c.name, persons.c.mobile, persons.c.wrapped_key).where(
        persons.c.id == bindparam("id")
    )
)
_INSERT: Final = Statement(insert(persons))
_DELETE: Final = Statement(delete(persons).where(persons.c.id == bindparam("id")))
_USED: Final = Raw("UPDATE persons SET used_at = :used_at WHERE id = :id AND used_at < :used_at")
_KNOWN: Final = Raw(
    "SELECT 1 FROM persons WHERE name_digest = :digest"
    " UNION ALL SELECT 1 FROM persons WHERE mobile_digest = :digest"
)
_IDLE: Final = Raw(
    "SELECT id FROM persons WHERE used_at < :cutoff"
    " AND NOT EXISTS (SELECT 1 FROM stays WHERE holder = persons.id AND holder <> ''"
    " AND closed = 0)"
    " AND NOT EXISTS (SELECT 1 FROM credentials WHERE holder = persons.id AND holder <> ''"
    " AND state <> 'stopped' AND substr(expires_at, 1, 10) >= :cutoff)"
    " AND NOT EXISTS (SELECT 1 FROM bindings WHERE person = persons.id AND bound = 1)"
    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE person = persons.id AND state = 'waiting'"
    " AND state <> 'done') ORDER BY id"
)


class Keys:
    """The site's keys: one to wrap each person's, one for digests, one to know a wrong site key."""

    def __init__(self, site_key: bytes) -> None:
        """Raises `JournalUnsafe` JOURNAL_KEY unless the key has 32 bytes."""
        if len(site_key) != KEY_SIZE:
            raise JournalUnsafe(Code.JOURNAL_KEY, detail="length")
        self._wrap = AESGCM(_derive(site_key, b"wrap"))
        self._digest = _derive(site_key, b"digest")
        self._check = _derive(site_key, b"check")

    def digest(self, field: str, text: str) -> str:
        """The keyed digest of a name or mobile number; empty for an empty one."""
        if not text:
            return ""
        data = f"{field}:{unicodedata.normalize('NFC', text)}".encode()
        return hmac.new(self._digest, data, sha256).hexdigest()[:_DIGEST_HEX]

    @property
    def check(self) -> str:
        """What is kept in the journal to know this key again."""
        return hmac.new(self._check, b"card-station journal", sha256).hexdigest()

    def seal(self, reference: str, person: Person) -> tuple[bytes, bytes, bytes]:
        """(name, mobile, wrapped key): the person under a new key of their own."""
        own = os.urandom(KEY_SIZE)
        name = _encrypt(AESGCM(own), person.name, f"{reference}:name")
        mobile = _encrypt(AESGCM(own), person.mobile, f"{reference}:mobile")
        nonce = os.urandom(_NONCE_SIZE)
        return name, mobile, nonce + self._wrap.encrypt(nonce, own, reference.encode())

    def seal_text(self, reference: str, text: str) -> tuple[bytes, bytes]:
        """(value, wrapped key): a text under a new key of its own."""
        own, nonce = os.urandom(KEY_SIZE), os.urandom(_NONCE_SIZE)
        value = _encrypt(AESGCM(own), text, f"{reference}:sealed")
        return value, nonce + self._wrap.encrypt(nonce, own, reference.encode())

    def open_text(self, reference: str, value: bytes, wrapped: bytes) -> str:
        """The text. Raises `JournalUnsafe` JOURNAL_DAMAGED when altered."""
        try:
            own = self._wrap.decrypt(
                wrapped[:_NONCE_SIZE], wrapped[_NONCE_SIZE:], reference.encode()
            )
            return _decrypt(AESGCM(own), value, f"{reference}:sealed")
        except (InvalidTag, TypeError, ValueError) as error:
            raise JournalUnsafe(
                Code.JOURNAL_DAMAGED, table="sealed", reference=reference
            ) from error

    def open(self, reference: str, name: bytes, mobile: bytes, wrapped: bytes) -> Person:
        """The person in the clear. Raises `JournalUnsafe` JOURNAL_DAMAGED when altered."""
        try:
            own = self._wrap.decrypt(
                wrapped[:_NONCE_SIZE], wrapped[_NONCE_SIZE:], reference.encode()
            )
            return Person(
                name=_decrypt(AESGCM(own), name, f"{reference}:name"),
                mobile=_decrypt(AESGCM(own), mobile, f"{reference}:mobile"),
            )
        except (InvalidTag, TypeError, ValueError) as error:
            raise JournalUnsafe(
                Code.JOURNAL_DAMAGED, table="persons", reference=reference
            ) from error


def _derive(site_key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_SIZE, salt=None, info=b"card-station " + purpose).derive(
        site_key
    )


def _encrypt(cipher: AESGCM, text: str, context: str) -> bytes:
    nonce = os.urandom(_NONCE_SIZE)
    return nonce + cipher.encrypt(nonce, text.encode(), context.encode())


def _decrypt(cipher: AESGCM, data: bytes, context: str) -> str:
    return cipher.decrypt(data[:_NONCE_SIZE], data[_NONCE_SIZE:], context.encode()).decode()


def check_key(database: Database, keys: Keys) -> None:
    """Keep the key's check value at the first use; later raise JOURNAL_KEY for another key."""
    with database.reading() as tx:
        row = tx.run(_GET_META, {"key": _KEY_CHECK}).fetchone()
    if row is None:
        with database.writing() as tx:
            row = tx.run(_GET_META, {"key": _KEY_CHECK}).fetchone()
            if row is None:
                tx.run(_SET_META, {"key": _KEY_CHECK, "value": keys.check})
                return
    if not hmac.compare_digest(str(row[0]), keys.check):
        raise JournalUnsafe(Code.JOURNAL_KEY, detail="other")


class People:
    """The persons of one journal."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._db = database
        self._keys = keys

    def remember(self, person: Person, *, now: str) -> PersonRef:
        """Store a person, or find the same name and mobile again. `now` UTC text."""
        name = self._keys.digest("name", person.name)
        mobile = self._keys.digest("mobile", person.mobile)
        facts = {"name_digest": name, "mobile_digest": mobile}
        with self._db.writing() as tx:
            row = tx.run(_SAME, facts).fetchone()
            if row is None:
                reference = os.urandom(8).hex()
                sealed = self._keys.seal(reference, person)
                columns = dict(zip(("name", "mobile", "wrapped_key"), sealed, strict=True))
                tx.run(_INSERT, {"id": reference, **columns, **facts, "used_at": _day(now)})
            else:
                reference = row[0]
                tx.run(_USED, {"id": reference, "used_at": _day(now)})
        return _reference(reference, name, mobile)

    def find(self, mobile: str) -> PersonRef | None:
        """The person last used with this mobile number."""
        wanted = self._keys.digest("mobile", mobile)
        if not wanted:
            return None
        with self._db.reading() as tx:
            row = tx.run(_BY_MOBILE, {"mobile_digest": wanted}).fetchone()
        return None if row is None else _reference(*row)

    def get(self, reference: str) -> Person:
        """The person in the clear; empty once erased or never known."""
        with self._db.reading() as tx:
            row = tx.run(_GET, {"id": reference}).fetchone()
        if row is None:
            return Person()
        return self._keys.open(reference, *row)

    def digests_of_text(self, tx: Tx, text: str) -> list[str]:
        """Digests of a whole name or mobile number, where such a person is stored."""
        wanted = text.strip()
        candidates = [self._keys.digest("name", wanted)]
        with suppress(InputInvalid):
            candidates.append(self._keys.digest("mobile", parse_mobile(wanted)))
        return [
            digest
            for digest in candidates
            if digest and tx.run(_KNOWN, {"digest": digest}).fetchone() is not None
        ]

    def erase(self, references: list[str]) -> None:
        """Delete keys and ciphertexts, and every copy of the bytes that the files still hold."""
        with self._db.writing() as tx:
            for reference in references:
                tx.run(_DELETE, {"id": reference})
        self._db.scrub()

    def idle_since(self, cutoff: str) -> list[str]:
        """Who was last used before the day of `cutoff` (UTC text), and nothing open needs."""
        with self._db.reading() as tx:
            return [row[0] for row in tx.run(_IDLE, {"cutoff": _day(cutoff)})]


def used(tx: Tx, references: set[str], now: str) -> None:
    """Note that these persons were part of something today (`now` UTC text)."""
    for reference in references:
        tx.run(_USED, {"id": reference, "used_at": _day(now)})


def _day(text: str) -> str:
    # Whole days, so that a guest's row is not written with each event.
    return text[:10]


def _reference(reference: str, name_digest: str, mobile_digest: str) -> PersonRef:
    digests = tuple(digest for digest in (name_digest, mobile_digest) if digest)
    return PersonRef(reference, digests, mobile_digest)
