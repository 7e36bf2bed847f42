"""The journal and the operators' book."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from station.domain.credential import Credential, CredentialKind
from station.domain.event import Entry, Event, LockFacts
from station.domain.operation import OperationRow
from station.domain.operator import Operator, Role
from station.domain.person import Person
from station.domain.room import Room
from station.domain.stay import Stay
from station.ports.rows import (
    BindingRow,
    CardRow,
    HistoryFilter,
    Kept,
    OperatorRow,
    OutboxRow,
    PersonRef,
    Progress,
    RoomRow,
    VerifyResult,
)


class Journal(Protocol):
    """The journal: append-only events and the tables made from them.

    Everything raises `JournalUnsafe` when the file is locked, full, read-only or damaged.
    """

    @property
    def desk(self) -> str: ...

    def append(self, entry: Entry, *, durable: bool = True) -> Event:
        """Add one event and its effects in one transaction.

        With `durable` it is on the disk (fsync) when this returns; without, it survives the
        program's end but not the power's. Effects of the payload are applied unless its state is
        `intent` or `step` (see `Payload`).
        """

    # people: personal information stands apart from the events, encrypted per person
    def remember_person(self, person: Person) -> PersonRef:
        """Store a person, or find the same name and mobile again."""

    def find_person(self, mobile: str) -> PersonRef | None: ...

    def person(self, reference: str) -> Person:
        """The person in the clear; an empty `Person` once erased. The caller journals reveals."""

    def erase_person(self, reference: str) -> None:
        """Delete the person's key: their data is gone, the chain stays whole."""

    def idle_persons(self, cutoff: datetime) -> list[str]:
        """Who was last used before `cutoff` (UTC), with no open stay, binding or outbox."""

    # rooms (a cache of GetRoomList, with the time it was made)
    def save_rooms(self, rooms: Sequence[Room], at: datetime) -> None: ...

    def rooms(self) -> list[Room]: ...

    def room(self, room_id: str) -> Room | None: ...

    def rooms_named(self, text: str) -> list[Room]:
        """What `find_room` has to choose from; every room where none is plainly meant."""

    def rooms_age(self) -> datetime | None:
        """When the rooms were last fetched (UTC)."""

    def rack(self) -> list[RoomRow]: ...

    # stays and cards
    def stays(self, room_id: str) -> list[Stay]:
        """The room's open stays and its newest closed one."""

    def stay(self, stay_id: str) -> Stay | None: ...

    def cards(self, stay_id: str) -> list[CardRow]: ...

    def stays_of_card(self, card_id: str, *, outside: bool = False) -> list[CardRow]:
        """Every stay that this card was written for, newest first.

        With `outside` only those for which it still counts as outside: a card serves for years.
        """

    def live_cards(self, room_id: str) -> list[CardRow]:
        """Cards of any stay of the room that may still be outside (out, lost, possible, wrong)."""

    def latest_authorised_at(self, room_id: str) -> datetime | None:
        """The newest start known for the room: own journal, other desks, cards that were read."""

    # credentials beyond cards, and what their locks say
    def seal(self, text: str) -> str:
        """Keep a passcode encrypted, apart from the events; the reference to it."""

    def unseal(self, reference: str) -> str:
        """A sealed passcode; empty once forgotten."""

    def forget(self, reference: str) -> None:
        """Delete a sealed passcode and its key."""

    def credentials(self, room_id: str) -> list[Credential]:
        """The room's credentials that are not stopped, newest first; ended ones too."""

    def credential(self, credential_id: str) -> Credential | None: ...

    def credentials_of_stay(self, stay_id: str) -> list[Credential]:
        """A stay's credentials that are not stopped, newest first."""

    def live_credentials(self, now: datetime) -> list[Credential]:
        """Every room's credentials that may open at `now` (site-local) or wait for a stop."""

    def slots_taken(
        self, room_id: str, kind: CredentialKind, now: datetime, lock_id: str = ""
    ) -> set[int]:
        """Slots that are not free, at the site's other desks too; `now` site-local.

        With `lock_id` (Kexin's number) whatever else that very lock holds, too.
        """

    def credential_ends(self, room_id: str, kind: CredentialKind) -> set[datetime]:
        """The ends (site-local) of every credential that the room ever had, stopped ones too."""

    def ended_codes(self, before: datetime) -> list[str]:
        """References of sealed passcodes whose credential ended before that (site-local)."""

    def lock_facts(self, room_id: str, limit: int = 1) -> list[LockFacts]:
        """What the room's lock said of itself, newest first."""

    def low_batteries(self) -> list[LockFacts]:
        """The newest facts of every lock whose battery is low, by room."""

    # what other systems told, kept with its age
    def keep(self, key: str, value: bytes, at: datetime) -> None:
        """Keep an answer under a key; `at` UTC."""

    def kept(self, prefix: str) -> list[Kept]:
        """What is kept under keys that begin so, by key."""

    def replace_kept(self, prefix: str, values: Mapping[str, bytes], at: datetime) -> None:
        """What is kept under keys that begin so becomes this, all at once; `at` UTC."""

    def drop_kept(self, prefix: str) -> None: ...

    # operations
    def operation(self, operation: str) -> OperationRow | None: ...

    def children(self, operation: str) -> list[OperationRow]: ...

    def events(self, operation: str) -> list[Event]: ...

    def unresolved(self) -> list[OperationRow]:
        """Card operations in state intent or unknown, oldest first."""

    def history(self, wanted: HistoryFilter) -> list[OperationRow]: ...

    # residents and the outbox
    def binding(self, uid: str) -> BindingRow | None: ...

    def bindings_of(self, mobile_digest: str) -> list[BindingRow]: ...

    def outbox(self, *, stopped: bool = False) -> list[OutboxRow]:
        """What waits at this desk, in order; with `stopped` also what was given up."""

    # care
    def verify(self, progress: Progress | None = None) -> VerifyResult: ...

    def close(self) -> None: ...


class Operators(Protocol):
    """Who may log in. PINs are kept as argon2id hashes, apart from the events."""

    def count(self) -> int: ...

    def list(self) -> Iterable[OperatorRow]: ...

    def add(self, name: str, role: Role, pin: str) -> None:
        """Raises `InputInvalid` OPERATOR_EXISTS."""

    def disable(self, name: str) -> None: ...

    def reset(self, name: str, pin: str) -> None: ...

    def check(self, name: str, pin: str) -> Operator:
        """Raises `Refused` PIN_WRONG, OPERATOR_LOCKED, OPERATOR_DISABLED; counts wrong PINs."""
