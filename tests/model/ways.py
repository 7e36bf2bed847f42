"""What opens the model's doors besides cards: who was told what, and whether the desk says so.

`Ways` knows what guests can key in or hold to a lock, and what lies in slots that are not this
desk's; `check` holds the desk's words against the simulated locks.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from station.domain.credential import BIOMETRIC, KEXIN, Credential, CredentialKind, CredentialState
from station.domain.room import Room
from station.simulators.calls import Call
from station.simulators.hardware import DoorReason
from station.simulators.pictures import digest_of, sample_face
from station.simulators.room_lock import Held, Kind
from station.workflows.credentials import CredentialResult
from station.workflows.opening import Certainty
from station.workflows.ways_in import WayIn, ways_in
from tests.model.hotel import Hotel

SLOTS: Final = (1, 2)
USERS: Final = (900001, 900002)
"""So few that they run out and are handed out again."""
FOREIGN_SLOT: Final = 40
FOREIGN_USER: Final = 100001
FOREIGN_CODE: Final = "864209"
FAR: Final = datetime(2099, 1, 1)
AT_LOCK: Final = {
    Kind.OFFLINE: CredentialKind.OFFLINE_PASSCODE,
    Kind.ONLINE: CredentialKind.ONLINE_PASSCODE,
    Kind.FACE: CredentialKind.FACE,
    Kind.FINGER: CredentialKind.FINGERPRINT,
}
SLOTS_OF: Final = {
    "GatewayUploadOnline": "online",
    "GatewayUploadFace": "faces",
    "GatewayUploadFinger": "fingers",
}
PEOPLE: Final = 4


def face(number: int) -> bytes:
    return sample_face(number + 1)


def template(number: int) -> bytes:
    return bytes([number]) * 24


@dataclass(frozen=True, slots=True)
class Secret:
    """What somebody needs to open a door; a face or finger stands there as its digest."""

    kind: CredentialKind
    text: str


class Ways:
    """See the module."""

    def __init__(self, hotel: Hotel) -> None:
        self.hotel = hotel
        assert hotel.rig.kexin_sim is not None
        self.cloud = hotel.rig.kexin_sim.cloud
        self.told: set[str] = set()
        """The codes that a vendor made and a guest has heard."""
        self.foreign_gone: set[tuple[str, CredentialKind]] = set()
        """What a supervisor's reason stopped."""
        for program in hotel.programs:
            site = replace(
                program.desk.site, faces=True, fingerprints=True, slots=SLOTS, kexin_users=USERS
            )
            program.desk = replace(program.desk, site=site)
        for room in hotel.rooms:
            self._place_foreign(room)
        before, kexin = hotel.rig.sim.before_call, hotel.rig.kexin_sim

        def at_the_gateway(call: Call) -> None:
            self._uploading(call)
            if before is not None:
                before(call)

        hotel.rig.sim.before_call = at_the_gateway
        kexin.before_call = self._writing

    def _uploading(self, call: Call) -> None:
        """Before something is put into a slot (in the service's thread): who lies there?"""
        if call.name not in SLOTS_OF:
            return
        lock = self.hotel.world.lock_of(str(call.fields["rm_id"]))
        held = getattr(lock, SLOTS_OF[call.name]).get(int(str(call.fields["m1"])))
        if held is not None and held.judge(self.hotel.rig.clock.local()) is not DoorReason.EXPIRED:
            self.hotel.wrong.append(f"{call.name} writes over {held}")

    def _writing(self, call: Call) -> None:
        if not call.path.endswith("v2/lock/pwd/get"):
            return
        lock = self.cloud.named(str(call.fields["lock_id"]))
        held = lock.written.get(int(str(call.fields["uid"])))
        if (
            held is not None
            and held.judge(lock.time(self.cloud.clock.now())) is not DoorReason.EXPIRED
        ):
            self.hotel.wrong.append(f"{call.path} writes over {held}")

    def _place_foreign(self, room: Room) -> None:
        """Another system's guests, outside of the slots that are this desk's."""
        lock = self.hotel.world.lock_of(room.id)
        lock.online[FOREIGN_SLOT] = Held(FOREIGN_CODE, FAR)
        lock.faces[FOREIGN_SLOT] = Held(digest_of(b"foreign"), FAR)
        lock.fingers[FOREIGN_SLOT] = Held(digest_of(b"foreign"), FAR)
        self.cloud.named(room.name).write(FOREIGN_USER, 1, 2**32 - 1)

    def heard(self, result: object) -> None:
        """A guest has been given what a workflow answered."""
        if isinstance(result, CredentialResult) and result.code:
            self.told.add(result.code)

    # checks

    def check(self) -> None:
        for room in self.hotel.rooms:
            said = [way for way in ways_in(self.hotel.programs[1].desk, room) if way.credential]
            opening = self._opening(room)
            listed = {self._secret(way) for way in said}
            held = {secret for secret in opening if self._is_held(secret)}
            assert held <= listed, f"{room.name} opens for {held - listed}, said {said}"
            for way in said:
                if way.certainty is Certainty.OPENS:
                    assert self._secret(way) in opening, f"{room.name} should open for {way}"
            self._foreign(room)
            self._slots(room)
        self._waiting()

    def _opening(self, room: Room) -> set[Secret]:
        """What opens a door; what other systems gave is not ours."""
        found = {
            Secret(AT_LOCK[opener.kind], opener.ref)
            for opener in self.hotel.world.openers(room.id)
            if opener.kind is not Kind.CARD and opener.slot != FOREIGN_SLOT
        }
        codes = self.cloud.opening_passwords(room.name)
        return found | {Secret(CredentialKind.KEXIN_PASSWORD, code) for code in codes}

    def _is_held(self, secret: Secret) -> bool:
        """Whether somebody has it: a code that a vendor made and nobody heard opens nothing."""
        made = secret.kind in {CredentialKind.OFFLINE_PASSCODE, CredentialKind.KEXIN_PASSWORD}
        return secret.text in self.told if made else True

    def _secret(self, way: WayIn) -> Secret:
        credential = way.credential
        assert credential is not None
        if credential.kind in BIOMETRIC:
            return Secret(credential.kind, credential.picture)
        code = self.hotel.journal.unseal(credential.code) if credential.code else ""
        kexin = credential.kind in KEXIN
        return Secret(CredentialKind.KEXIN_PASSWORD if kexin else credential.kind, code)

    def _foreign(self, room: Room) -> None:
        lock = self.hotel.world.lock_of(room.id)
        slots = {
            CredentialKind.ONLINE_PASSCODE: lock.online.get(FOREIGN_SLOT),
            CredentialKind.FACE: lock.faces.get(FOREIGN_SLOT),
            CredentialKind.FINGERPRINT: lock.fingers.get(FOREIGN_SLOT),
            CredentialKind.KEXIN_PASSWORD: self.cloud.named(room.name).written.get(FOREIGN_USER),
        }
        for kind, held in slots.items():
            gone = (room.id, kind) in self.foreign_gone
            assert gone or held is not None, f"{room.name}: somebody else's {kind} is gone"
        for taken, (low, high) in (
            ((*lock.online, *lock.faces, *lock.fingers), SLOTS),
            (self.cloud.named(room.name).written, USERS),
        ):
            own = set(taken) - {FOREIGN_SLOT, FOREIGN_USER}
            assert all(low <= slot <= high for slot in own), f"{room.name}: {own}"

    def _slots(self, room: Room) -> None:
        """No slot has two holders of whom one is certain."""
        now = self.hotel.rig.clock.local()
        held: dict[tuple[CredentialKind, int], list[Credential]] = {}
        for each in self.hotel.journal.credentials(room.id):
            if each.slot and each.keeps_slot(now):
                held.setdefault((each.kind, each.slot), []).append(each)
        for holders in held.values():
            certain = [each for each in holders if each.state is CredentialState.ACTIVE]
            assert len(certain) <= 1, holders

    def _waiting(self) -> None:
        """Whatever is to be stopped has something that will stop it, or is listed as given up."""
        rows = {row.facts.credential for row in self.hotel.journal.outbox(stopped=True)}
        for room in self.hotel.rooms:
            for each in self.hotel.journal.credentials(room.id):
                if each.state is CredentialState.STOPPING:
                    assert each.id in rows, f"nothing stops {each}"
