"""The desk as a workflow sees it: ports and the site's choices, bundled; no brand is known."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from station.domain.card import CardIdRelation
from station.domain.credential import SLOTS
from station.domain.operation import Kind
from station.domain.operator import Operator, Permission, Role
from station.domain.outbox import Service
from station.domain.person import parse_reason
from station.domain.room import Room, find_room
from station.domain.stay import StayRules
from station.errors import Code, InputInvalid, Refused
from station.ports import (
    Clock,
    Encoder,
    Gate,
    Gateway,
    Journal,
    NetworkLocks,
    Operators,
    PropertyPlatform,
    Reader,
    ReaderState,
    StepNotice,
    Watcher,
)

SETTLE_S = 1.5
SLOTS_WAIT_S = 60.0
_SETTLING = frozenset({ReaderState.STARTING, ReaderState.CARD_SEEN})


def nobody_watches(_: StepNotice) -> None:
    """For a desk without a screen."""
    return


@dataclass(frozen=True, slots=True)
class Site:
    """What a site has chosen."""

    stay_rules: StayRules = field(default_factory=StayRules)
    card_id_relation: CardIdRelation = CardIdRelation.UNRELATED
    keep_personal_days: int = 180
    faces: bool = False
    fingerprints: bool = False
    slots: tuple[int, int] = SLOTS
    """The slots of a lock that this desk hands out."""
    kexin_users: tuple[int, int] = (900001, 900049)
    """The user numbers under which this desk writes passwords into Kexin's locks."""
    tap_wait_s: float = 20.0
    """How long a combined issue waits for the card on the reader (seconds)."""
    community_id: str = ""
    """The one community whose houses are shown; empty: every one."""
    houses_max_age_hours: int = 24
    """Houses that were fetched longer ago are fetched again when they are looked at."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What the operator agreed to beforehand.

    `overwrite`: the card may still open another room. `reason`: a supervisor goes on against a
    rule.
    """

    overwrite: bool = False
    reason: str = ""


NO_CONSENT = Consent()
NOBODY = Operator("-", Role.TECHNICIAN)
"""Whom the journal names for what the desk does by itself."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a workflow works with. A part the site does not have is None."""

    journal: Journal
    clock: Clock
    site: Site = field(default_factory=Site)
    operators: Operators | None = None
    encoder: Encoder | None = None
    gate: Gate | None = None
    gateway: Gateway | None = None
    network_locks: NetworkLocks | None = None
    property: PropertyPlatform | None = None
    reader: Reader | None = None
    watch: Watcher = nobody_watches
    outbox_turn: Callable[[Service], AbstractContextManager[object]] = nullcontext
    """Held while a vendor's row is pushed, so that two programs do not push at once."""
    slots_turn: Callable[[float], AbstractContextManager[object]] = nullcontext
    """Held while something is sent to a lock: a slot is chosen by one program at a time.

    Takes how long to wait for it (seconds); raises `Unreachable` SERVICE_BUSY.
    """

    def need_encoder(self) -> Encoder:
        if self.encoder is None:
            raise InputInvalid(Code.PART_NOT_SET_UP, part="door_lock")
        return self.encoder

    def need_gate(self) -> Gate:
        if self.gate is None:
            raise InputInvalid(Code.PART_NOT_SET_UP, part="shankai")
        return self.gate

    def need_gateway(self) -> Gateway:
        if self.gateway is None:
            raise InputInvalid(Code.PART_NOT_SET_UP, part="door_lock")
        return self.gateway

    def need_network_locks(self) -> NetworkLocks:
        if self.network_locks is None:
            raise InputInvalid(Code.PART_NOT_SET_UP, part="kexin")
        return self.network_locks

    def need_property(self) -> PropertyPlatform:
        if self.property is None:
            raise InputInvalid(Code.PART_NOT_SET_UP, part="property")
        return self.property

    def need_operators(self) -> Operators:
        if self.operators is None:
            raise InputInvalid(Code.PART_NOT_SET_UP, part="operators")
        return self.operators

    def room(self, text: str, *, field: str = "room") -> Room:
        """The room that an operator's words mean, from the journal's list or the platform's."""
        rooms = self.journal.rooms_named(text)
        if not rooms and self.encoder is not None:
            rooms = self.refresh_rooms()
        return find_room(rooms, text, field=field)

    def refresh_rooms(self) -> list[Room]:
        """Fetch GetRoomList (door lock 1.1) and keep it. Raises as `Encoder.rooms`."""
        rooms = self.need_encoder().rooms()
        self.journal.save_rooms(rooms, self.clock.utc())
        return rooms

    def room_by_id(self, room_id: str) -> Room:
        """The room with this id; one that the desk does not know keeps its id as its name."""
        return self.journal.room(room_id) or Room(room_id, room_id)

    def uid_now(self) -> str:
        """The UID of the card that the PC/SC reader sees just now, or an empty string."""
        if self.reader is None:
            return ""
        view = self.reader.view()
        if view.state in _SETTLING:  # just started, or a card was put down this very moment
            settled = self.reader.wait_for(lambda seen: seen.state not in _SETTLING, SETTLE_S)
            view = settled or view
        return view.uid if view.state is ReaderState.CARD else ""

    def tell(
        self, operation: str, kind: Kind, step: str, state: str, *, room: str = "", **detail: str
    ) -> None:
        """Show one step's progress to whoever watches."""
        self.watch(StepNotice(operation, kind, step, state, room=room, detail=detail))


def new_operation_id(now: datetime) -> str:
    """Short enough to be typed, unique enough for every desk of a site: `261121143005-1f9ab2`."""
    return f"{now:%y%m%d%H%M%S}-{secrets.token_hex(3)}"


def new_stay_id(now: datetime) -> str:
    """As an operation's id, marked as a stay's."""
    return f"s{now:%y%m%d%H%M%S}-{secrets.token_hex(4)}"


def override(operator: Operator, consent: Consent, refusal: Refused) -> str:
    """Let a supervisor's reason pass a rule; returns the code that was overridden.

    Raises the refusal itself where no reason was given, NOT_ALLOWED where the role may not.
    """
    if not consent.reason:
        raise refusal
    parse_reason(consent.reason)
    operator.require(Permission.OVERRIDE)
    return refusal.code.value
