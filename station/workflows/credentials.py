"""Credentials beyond cards (密码、人脸、指纹): give one to a room.

The slot is chosen and journalled before anything is sent; what a killed program leaves behind keeps
its slot until somebody stops it. A code that nobody was told opens nothing: where the vendor makes
the code and its answer is lost, the operation has failed.
"""

import hashlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from station.domain.credential import (
    BIOMETRIC,
    KEXIN,
    PASSCODES,
    SLOTTED,
    TEMPORARY_SECONDS,
    Credential,
    CredentialKind,
    CredentialState,
    end_of_its_own,
    free_slot,
    new_passcode,
    parse_passcode,
)
from station.domain.event import CredentialFacts, LockFacts, Payload, StayFacts
from station.domain.lock import check_picture, check_template
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.domain.person import Person
from station.domain.room import Room
from station.domain.stay import Stay, check_end, current_stay
from station.errors import (
    Code,
    InputInvalid,
    OutcomeUnknown,
    Refused,
    StationError,
    Unreachable,
)
from station.ports import PersonRef
from station.workflows import lock_table, stopping
from station.workflows.desk import (
    NO_CONSENT,
    SLOTS_WAIT_S,
    Consent,
    Desk,
    new_operation_id,
    new_stay_id,
)
from station.workflows.issue import is_occupied, remember, start_of_stay
from station.workflows.records import Record
from station.workflows.result import state_after

_KIND_OF = {
    **dict.fromkeys(PASSCODES, Kind.PASSCODE),
    CredentialKind.FACE: Kind.FACE,
    CredentialKind.FINGERPRINT: Kind.FINGERPRINT,
}
_MADE_BY_VENDOR = PASSCODES - {CredentialKind.ONLINE_PASSCODE}
NOBODY = Person()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator wants. `expires_at` is site-local; a temporary password has its own end.

    `code` is an online passcode that somebody chose (made here when empty); `picture` a face image
    or fingerprint template; `agreed` that the guest consented to it. `begin_stay`: a vacant room is
    occupied from now on, its card to follow (the encoder is down).
    """

    room: Room
    kind: CredentialKind
    expires_at: datetime | None = None
    guest: Person = field(default=NOBODY, repr=False)
    code: str = field(default="", repr=False)
    picture: bytes = field(default=b"", repr=False)
    agreed: bool = False
    begin_stay: bool = False
    consent: Consent = NO_CONSENT


@dataclass(frozen=True, slots=True)
class CredentialResult:
    """What became of it. `code` is for the guest: never logged, never journalled in the clear."""

    operation: str
    kind: Kind
    state: State
    room: Room
    credential: Credential | None = None
    code: str = field(default="", repr=False)
    error: StationError | None = None
    said: LockFacts | None = None


def put(desk: Desk, operator: Operator, wanted: Wanted) -> CredentialResult:
    """Give a room a passcode, face or fingerprint (door lock 2.1, 3.1, 5.1, 6.1; Kexin v1, v2).

    Raises, with nothing begun: `InputInvalid` (end, code, picture, CONSENT_NEEDED,
    LOCK_NOT_MAPPED, PART_NOT_SET_UP), `Refused` (NOT_ALLOWED, FACES_OFF, FINGERPRINTS_OFF,
    SLOTS_FULL), SERVICE_BUSY while another program sends. Otherwise `done`, `refused`, `failed`,
    or `unknown`: then it may open, keeps its slot, and can be stopped.
    """
    _check(desk, operator, wanted)
    with _starting(desk, wanted), desk.slots_turn(SLOTS_WAIT_S):
        return _Giving(desk, operator, wanted).run()


def permission_for(kind: CredentialKind) -> Permission:
    """What an operator needs for credentials of this kind."""
    return Permission.BIOMETRICS if kind in BIOMETRIC else Permission.PASSCODES


def _check(desk: Desk, operator: Operator, wanted: Wanted) -> None:
    kind = wanted.kind
    operator.require(permission_for(kind))
    if kind in KEXIN:
        desk.need_network_locks()
        lock_table.lock_of(desk, wanted.room)
    else:
        desk.need_gateway()
    if kind is CredentialKind.FACE and not desk.site.faces:
        raise Refused(Code.FACES_OFF)
    if kind is CredentialKind.FINGERPRINT and not desk.site.fingerprints:
        raise Refused(Code.FINGERPRINTS_OFF)
    if kind is CredentialKind.FACE:
        check_picture(wanted.picture)
    if kind is CredentialKind.FINGERPRINT:
        check_template(wanted.picture)
    if kind in BIOMETRIC and not wanted.agreed:
        raise InputInvalid(Code.CONSENT_NEEDED, field="agreed")
    if kind is CredentialKind.ONLINE_PASSCODE and wanted.code:
        parse_passcode(wanted.code)
    if kind is not CredentialKind.KEXIN_TEMPORARY and wanted.expires_at is None:
        raise InputInvalid(Code.FIELD_EMPTY, field="until")


def _starting(desk: Desk, wanted: Wanted) -> AbstractContextManager[None]:
    """A stay begins under the encoder's lock, as with a card: two starts never cross."""
    if wanted.begin_stay and desk.encoder is not None:
        return desk.encoder.exclusive()
    return nullcontext()


class _Giving:
    """One credential being given."""

    def __init__(self, desk: Desk, operator: Operator, wanted: Wanted) -> None:
        self.desk, self.operator, self.wanted = desk, operator, wanted
        self.room, self.kind = wanted.room, wanted.kind
        # UTC first: a vendor that counts from it is never over later than the desk says
        self.starts_utc = desk.clock.utc().replace(microsecond=0)
        now = desk.clock.local().replace(microsecond=0)
        self.stay = current_stay(desk.journal.stays(self.room.id))
        self.expires_at = check_end(
            desk.clock.local(), now, self._wanted_end(now), desk.site.stay_rules
        )
        self.new_stay = self._new_stay()
        self.lock_id = str(lock_table.lock_of(desk, self.room)) if self.kind in KEXIN else ""
        self.slot = self._slot(now)
        chosen = parse_passcode(wanted.code) if wanted.code else new_passcode()
        self.code = chosen if self.kind is CredentialKind.ONLINE_PASSCODE else ""
        person = self._person()
        self.record = Record(
            desk,
            operator,
            _KIND_OF[self.kind],
            new_operation_id(desk.clock.local()),
            room=self.room,
            person=person,
            reason=wanted.consent.reason,
        )
        stay = self.new_stay or self.stay
        self.credential = Credential(
            id=f"c{self.record.operation}",
            kind=self.kind,
            state=CredentialState.POSSIBLE,
            room_id=self.room.id,
            authorised_at=now,
            expires_at=self.expires_at,
            slot=self.slot,
            stay_id=stay.id if stay else "",
            holder=person.id if person else (stay.holder or "" if stay else ""),
            picture=hashlib.sha256(wanted.picture).hexdigest() if wanted.picture else "",
            lock_id=self.lock_id,
            operation=self.record.operation,
        )

    def run(self) -> CredentialResult:
        if self.code:
            self.credential = replace(self.credential, code=self.desk.journal.seal(self.code))
        slotted = self.kind in SLOTTED
        self.record.intent(
            credential=CredentialFacts.of(self.credential) if slotted else None,
            data=self._data(),
        )
        self.record.begin(Step.SEND)
        try:
            said = self._send()
        except OutcomeUnknown as error:
            return self._unknown(error)
        except StationError as error:
            return self._nothing(state_after(error), error)
        return self._given(said)

    def _send(self) -> LockFacts | None:
        wanted, room_id, slot = self.wanted, self.room.id, self.slot
        starts, ends = self.credential.authorised_at, self.expires_at
        if self.kind is CredentialKind.KEXIN_TEMPORARY:
            locks = self.desk.need_network_locks()
            self.code = locks.password(int(self.lock_id), self.starts_utc)
            return None
        if self.kind is CredentialKind.KEXIN_PASSWORD:
            seconds = int((ends - starts).total_seconds())
            locks = self.desk.need_network_locks()
            self.code = locks.put_password(int(self.lock_id), slot, self.starts_utc, seconds)
            return None
        gateway = self.desk.need_gateway()
        if self.kind is CredentialKind.OFFLINE_PASSCODE:
            self.code = gateway.make_offline(room_id, ends)
            return None
        if self.kind is CredentialKind.ONLINE_PASSCODE:
            reading = gateway.put_online(room_id, slot, self.code, ends)
        elif self.kind is CredentialKind.FACE:
            reading = gateway.put_face(room_id, slot, wanted.picture, starts, ends)
        else:
            reading = gateway.put_fingerprint(room_id, slot, wanted.picture, starts, ends)
        return stopping.lock_facts(self.desk, room_id, reading)

    def _given(self, said: LockFacts | None) -> CredentialResult:
        given = replace(self.credential, state=CredentialState.ACTIVE)
        if self.code and not given.code:
            given = replace(given, code=self.desk.journal.seal(self.code))
        self.record.outcome(
            Payload(
                state=State.DONE,
                room=self.record.room_facts(),
                stay=StayFacts.of(self.new_stay) if self.new_stay else None,
                closes=(self.stay.id,) if self.new_stay and self.stay else (),
                credential=CredentialFacts.of(given),
                lock=said,
                data=self._data(),
            )
        )
        return self._result(State.DONE, given, code=self.code, said=said)

    def _nothing(self, state: State, error: StationError) -> CredentialResult:
        """Nothing was placed: the slot is free again."""
        facts = stopping.as_stopped(self.credential) if self.kind in SLOTTED else None
        self.record.failure(state, error, credential=facts)
        if self.credential.code:
            self.desk.journal.forget(self.credential.code)
        return self._result(state, None, error=error)

    def _unknown(self, error: OutcomeUnknown) -> CredentialResult:
        if self.kind not in SLOTTED:  # a code that nobody was told
            return self._nothing(State.FAILED, _not_heard(error, self.kind))
        self.record.failure(State.UNKNOWN, error, credential=CredentialFacts.of(self.credential))
        return self._result(State.UNKNOWN, self.credential, error=error)

    def _result(
        self,
        state: State,
        credential: Credential | None,
        *,
        code: str = "",
        error: StationError | None = None,
        said: LockFacts | None = None,
    ) -> CredentialResult:
        return CredentialResult(
            self.record.operation, self.record.kind, state, self.room, credential, code, error, said
        )

    def _wanted_end(self, now: datetime) -> datetime:
        if self.kind is CredentialKind.KEXIN_TEMPORARY:
            return now + timedelta(seconds=TEMPORARY_SECONDS)
        ends = self.wanted.expires_at
        assert ends is not None  # noqa: S101 - _check saw to it
        if self.kind is not CredentialKind.OFFLINE_PASSCODE:
            return ends
        others = self.desk.journal.credential_ends(self.room.id, self.kind)
        return end_of_its_own(ends.replace(microsecond=0), others)

    def _new_stay(self) -> Stay | None:
        """A stay that is over and was never closed has gone: its guest gets nothing any more."""
        if not self.wanted.begin_stay or (self.stay and is_occupied(self.desk, self.stay)):
            return None
        start, _ = start_of_stay(self.desk, self.operator, self.room, self.wanted.consent)
        person = remember(self.desk, self.wanted.guest)
        return Stay(
            new_stay_id(self.desk.clock.local()),
            self.room.id,
            start,
            self.expires_at,
            person.id if person else None,
        )

    def _slot(self, now: datetime) -> int:
        if self.kind not in SLOTTED:
            return 0
        desk = self.desk
        kexin = self.kind is CredentialKind.KEXIN_PASSWORD
        slots = desk.site.kexin_users if kexin else desk.site.slots
        taken = desk.journal.slots_taken(self.room.id, self.kind, now, self.lock_id)
        ended: dict[int, datetime] = {}
        for each in desk.journal.credentials(self.room.id):
            if each.kind is self.kind and each.slot not in taken:
                ended[each.slot] = max(each.expires_at, ended.get(each.slot, each.expires_at))
        return free_slot(taken, room=self.room.name, kind=self.kind, slots=slots, ended=ended)

    def _person(self) -> PersonRef | None:
        return remember(self.desk, self.wanted.guest)

    def _data(self) -> dict[str, str | int | bool]:
        data: dict[str, str | int | bool] = {"credential": self.kind.value}
        if self.slot:
            data["slot"] = self.slot
        if self.kind in BIOMETRIC:
            data["agreed"] = self.wanted.agreed
        return data


def _not_heard(error: OutcomeUnknown, kind: CredentialKind) -> Unreachable:
    """The answer was lost, and with it a code that nobody knows: nothing that opens was made."""
    try:
        code = Code(str(error.context.get("cause", "")))
    except ValueError:
        code = Code.SERVICE_TIMEOUT
    service = "kexin" if kind is CredentialKind.KEXIN_TEMPORARY else "door_lock"
    return Unreachable(code, service=service)
