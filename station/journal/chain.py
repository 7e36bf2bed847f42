"""The hash chain: an event's canonical bytes, its hash, and verifying what is stored.

Canonical is UTF-8 JSON, keys sorted, no spaces, nothing escaped that need not be, without `hash`.
Those bytes are stored as they were hashed, so verifying never writes them again.
"""

from binascii import hexlify
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import msgspec

from station.domain.event import Entry, Event, Payload
from station.domain.operation import Kind
from station.errors import Code, InputInvalid, JournalUnsafe
from station.ports import Progress, VerifyResult

FIRST_PREV_HASH: Final = "0" * 64
PROGRESS_EVERY: Final = 20_000


class _Envelope(msgspec.Struct, frozen=True, gc=False):
    desk: str
    kind: Kind
    operation: str
    operator: str
    payload: Payload
    prev_hash: str
    sequence: int
    time: str


class _StateOnly(msgspec.Struct, frozen=True, gc=False):
    state: str


class _Columns(msgspec.Struct, frozen=True, gc=False):
    """As much of an event as the table's columns repeat; the rest is skipped unread."""

    desk: str
    kind: str
    operation: str
    operator: str
    payload: _StateOnly
    prev_hash: str
    sequence: int
    time: str


_encoder: Final = msgspec.json.Encoder(order="sorted")
_decoder: Final = msgspec.json.Decoder(_Envelope)
_columns: Final = msgspec.json.Decoder(_Columns)


def encode(entry: Entry, *, desk: str, sequence: int, time: str, prev_hash: str) -> bytes:
    """The canonical bytes. Raises `InputInvalid` FIELD_CHARACTERS for text that is not Unicode."""
    envelope = _Envelope(
        desk,
        entry.kind,
        entry.operation,
        entry.operator,
        entry.payload,
        prev_hash,
        sequence,
        time,
    )
    try:
        return _encoder.encode(envelope)
    except UnicodeEncodeError as error:
        raise InputInvalid(Code.FIELD_CHARACTERS, field="payload") from error
    except OverflowError as error:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field="payload") from error


def decode(canonical: bytes) -> Event:
    """The event inside canonical bytes. Raises `JournalUnsafe` JOURNAL_DAMAGED."""
    try:
        found = _decoder.decode(canonical)
    except msgspec.MsgspecError as error:
        raise JournalUnsafe(Code.JOURNAL_DAMAGED, detail=str(error)) from error
    return Event(
        desk=found.desk,
        sequence=found.sequence,
        time=found.time,
        operator=found.operator,
        operation=found.operation,
        kind=found.kind,
        payload=found.payload,
        prev_hash=found.prev_hash,
    )


def with_hash(canonical: bytes, digest: bytes) -> bytes:
    """The event as exported: the canonical bytes with `hash` in its sorted place."""
    place = canonical.index(b',"kind":')
    return b'%b,"hash":"%b"%b' % (canonical[:place], digest.hex().encode(), canonical[place:])


StoredRow = tuple[int, str, int, str, str, str, str, str, bytes, bytes]
"""(id, desk, sequence, time, operator, operation, kind, state, canonical, hash)."""


@dataclass(slots=True)
class Links:
    """How far each desk's chain has been followed."""

    sequence: dict[str, int] = field(default_factory=dict)
    digest: dict[str, str] = field(default_factory=dict)

    def fits(self, row: StoredRow) -> str:
        """Why a row does not continue its desk's chain; empty when it does."""
        _, desk, sequence, time, operator, operation, kind, state, canonical, stored = row
        if type(canonical) is not bytes:
            return "unreadable"
        digest = sha256(canonical).digest()
        if digest != stored:
            return "hash"
        try:
            found = _columns.decode(canonical)
        except msgspec.MsgspecError:
            return "unreadable"
        if (
            found.desk != desk
            or found.operation != operation
            or found.sequence != sequence
            or found.time != time
            or found.operator != operator
            or found.kind != kind
            or found.payload.state != state
        ):
            return "columns"
        if sequence != self.sequence.get(desk, 0) + 1:
            return "sequence"
        if found.prev_hash != self.digest.get(desk, FIRST_PREV_HASH):
            return "prev_hash"
        self.sequence[desk] = sequence
        self.digest[desk] = digest.hex()
        return ""


Head = tuple[int, str]
"""(number of the desk's events, hash of the last)."""


def kept_heads(rows: Iterable[tuple[str, int, bytes]]) -> dict[str, Head]:
    """The heads as the journal keeps them; what is no head is none that fits."""
    return {
        desk: (sequence, digest.hex() if type(digest) is bytes else "")
        for desk, sequence, digest in rows
    }


def verify_rows(
    rows: Iterable[StoredRow],
    heads: dict[str, Head],
    *,
    desk: str,
    total: int = 0,
    progress: Progress | None = None,
) -> VerifyResult:
    """Follow every desk's chain through `rows` (in the order of their ids) up to the kept heads.

    `first_bad` counts rows from 1; an event that is missing at the tail is the one after the last.
    """
    links = Links()
    count = 0
    for row in rows:
        count += 1
        why = links.fits(row)
        if why:
            return _result(links, desk, count, first_bad=count, why=why)
        if progress is not None and count % PROGRESS_EVERY == 0:
            progress(count, total)
    if progress is not None:
        progress(count, total or count)
    followed = {name: (links.sequence[name], links.digest[name]) for name in links.sequence}
    if followed != heads:
        return _result(links, desk, count, first_bad=count + 1, why="head")
    return _result(links, desk, count)


def _result(
    links: Links, desk: str, events: int, *, first_bad: int | None = None, why: str = ""
) -> VerifyResult:
    head = links.digest.get(desk, FIRST_PREV_HASH)
    return VerifyResult(first_bad is None, events, head, first_bad, why)


def links_only(rows: Iterable[tuple[bytes, bytes]]) -> tuple[int, str]:
    """Follow one desk's stored bytes without their columns: (events, head). The quick check.

    Raises `JournalUnsafe` JOURNAL_DAMAGED at the first event that does not fit.
    """
    previous = FIRST_PREV_HASH.encode()
    count = 0
    for canonical, stored in rows:
        count += 1
        digest = sha256(canonical).digest()
        # The previous hash stands near the end, before the sequence and the time.
        if digest != stored or canonical.find(previous, -160) < 0:
            raise JournalUnsafe(Code.JOURNAL_DAMAGED, detail="chain", first_bad=count)
        previous = hexlify(digest)
    return count, previous.decode()


def chained(
    entries: Iterable[tuple[Entry, str]],
    *,
    desk: str,
    after: Head = (0, FIRST_PREV_HASH),
    hashed: Callable[[bytes], bytes] = lambda data: sha256(data).digest(),
) -> Iterator[tuple[Event, bytes, bytes]]:
    """(event, canonical, hash) of entries with their times, linked one behind the other."""
    sequence, prev = after
    for entry, time in entries:
        sequence += 1
        canonical = encode(entry, desk=desk, sequence=sequence, time=time, prev_hash=prev)
        digest = hashed(canonical)
        event = Event(
            desk, sequence, time, entry.operator, entry.operation, entry.kind, entry.payload, prev
        )
        yield event, canonical, digest
        prev = digest.hex()
