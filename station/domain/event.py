"""Events: what the journal keeps, and the facts inside them that projections are made from.

The envelope (desk, sequence, time, operator, operation, kind, prev_hash, hash) is the journal's;
the payload below is what workflows say. Projections know nothing of workflows: a payload states its
effects (the stay as it now is, the cards as they now are, what waits in the outbox), and the tables
follow. Times of stays are site-local `YYYY-MM-DD HH:MM:SS`; everything else is UTC.
"""

from datetime import datetime

import msgspec

from station.domain.card import Authorisation, CardContent, CardState
from station.domain.credential import Credential, CredentialKind, CredentialState
from station.domain.lock import LOW_BATTERY
from station.domain.operation import Kind, State
from station.domain.stay import Stay, format_time


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of everything inside a payload: absent fields are left out of the canonical JSON."""


class RoomFacts(Facts, frozen=True):
    """The room as it was named then."""

    id: str
    name: str = ""


class StayFacts(Facts, frozen=True):
    """A stay as it is from now on (an upsert by `id`). `holder` is a person reference."""

    id: str
    room_id: str
    authorised_at: str
    expires_at: str
    holder: str = ""

    @classmethod
    def of(cls, stay: Stay) -> "StayFacts":
        return cls(
            id=stay.id,
            room_id=stay.room_id,
            authorised_at=format_time(stay.authorised_at),
            expires_at=format_time(stay.expires_at),
            holder=stay.holder or "",
        )

    def authorisation(self) -> Authorisation:
        """What a card of this stay carries."""
        return Authorisation(
            self.room_id,
            datetime.fromisoformat(self.authorised_at),
            datetime.fromisoformat(self.expires_at),
        )


class CardFacts(Facts, frozen=True):
    """A card of a stay as it is from now on (an upsert by stay and key).

    `key` is the platform's card id, or `?` + operation while none is known.
    """

    stay_id: str
    key: str
    state: CardState
    expires_at: str
    card_id: str = ""
    uid: str = ""


class ContentFacts(Facts, frozen=True):
    """What ReadCard found on a card. An empty `card_id` stands for blank or unreadable."""

    card_id: str = ""
    room_id: str = ""
    authorised_at: str = ""
    expires_at: str = ""

    @classmethod
    def of(cls, content: CardContent | None) -> "ContentFacts":
        if content is None:
            return cls()
        return cls(
            card_id=content.card_id,
            room_id=content.room_id,
            authorised_at=format_time(content.authorised_at),
            expires_at=format_time(content.expires_at),
        )


class BindingFacts(Facts, frozen=True):
    """A resident's card as it is from now on (an upsert by `uid`); `bound` False takes it back.

    One card per mobile: with a `done` outcome, a bound card unbinds the number's other ones.
    """

    uid: str
    person: str
    mobile_digest: str
    bound: bool = True


class CredentialFacts(Facts, frozen=True):
    """A credential beyond cards as it is from now on (an upsert by `id`).

    `code` is a reference to the sealed passcode, `picture` a SHA-256, `holder` a person reference.
    """

    id: str
    kind: CredentialKind
    state: CredentialState
    room_id: str
    authorised_at: str
    expires_at: str
    slot: int = 0
    stay_id: str = ""
    holder: str = ""
    code: str = ""
    picture: str = ""
    lock_id: str = ""

    @classmethod
    def of(cls, credential: Credential) -> "CredentialFacts":
        return cls(
            id=credential.id,
            kind=credential.kind,
            state=credential.state,
            room_id=credential.room_id,
            authorised_at=format_time(credential.authorised_at),
            expires_at=format_time(credential.expires_at),
            slot=credential.slot,
            stay_id=credential.stay_id,
            holder=credential.holder,
            code=credential.code,
            picture=credential.picture,
            lock_id=credential.lock_id,
        )


class LockFacts(Facts, frozen=True):
    """What a lock said of itself. `battery` in percent, -1 where it did not say; `at` UTC."""

    room_id: str
    at: str
    battery: int = -1
    low: bool = False
    """The lock calls its battery low, whatever the percentage."""
    online: bool = True
    abnormal: bool = False

    @property
    def is_low(self) -> bool:
        """Whether the battery wants changing, by its percentage or by the lock's own word."""
        return self.low or 0 <= self.battery < LOW_BATTERY


class OutboxFacts(Facts, frozen=True):
    """Something for a vendor, as it is from now on (an upsert by operation).

    `call` is one of `domain.outbox.Call`; `state` is `waiting`, `done` or `stopped`; `next_at` UTC.
    """

    call: str
    person: str
    uid: str = ""
    state: str = "waiting"
    attempts: int = 0
    next_at: str = ""
    error: str = ""
    credential: str = ""
    """The credential that is to be stopped."""


class VendorFacts(Facts, frozen=True):
    """What the vendor answered, kept as it came."""

    code: str = ""
    msg: str = ""


class Payload(Facts, frozen=True):
    """What one event says. `state` says which part of the operation it is.

    The effects (`stay`, `closes`, `cards`, `drops`, `binding`, `outbox`) of an `intent` are not
    applied, except `outbox` and `binding` (what waits for the cloud survives a crash) and
    `credential` (its slot is taken before anything is sent), and that the stay's `authorised_at`
    counts as known for its room from the intent on. So does every `authorised_at` of `found`.
    """

    state: State
    step: str = ""
    parent: str = ""
    room: RoomFacts | None = None
    stay: StayFacts | None = None
    closes: tuple[str, ...] = ()
    """Ids of stays that are over."""
    cards: tuple[CardFacts, ...] = ()
    drops: tuple[tuple[str, str], ...] = ()
    """(stay id, key) of cards that turned out not to exist."""
    card_id: str = ""
    uid: str = ""
    before: ContentFacts | None = None
    """What lay on the encoder before the write, for telling the same card later."""
    found: ContentFacts | None = None
    person: str = ""
    person_digests: tuple[str, ...] = ()
    """Keyed digests of name and mobile, for finding a person's operations."""
    error: str = ""
    vendor: VendorFacts | None = None
    reason: str = ""
    overrides: tuple[str, ...] = ()
    """Codes of the rules that a supervisor overrode."""
    binding: BindingFacts | None = None
    outbox: OutboxFacts | None = None
    credential: CredentialFacts | None = None
    lock: LockFacts | None = None
    data: dict[str, str | int | bool] = {}


class Entry(msgspec.Struct, frozen=True):
    """One event before the journal gives it its place in the chain."""

    kind: Kind
    operation: str
    operator: str
    payload: Payload


class Event(msgspec.Struct, frozen=True):
    """An event as stored. `time` is UTC, ISO 8601 with `Z`; hashes are lower-case hex."""

    desk: str
    sequence: int
    time: str
    operator: str
    operation: str
    kind: Kind
    payload: Payload
    prev_hash: str
