"""A guest with everything that a desk can give, and what the doors say of it."""

from dataclasses import dataclass, replace

from station.domain.credential import BIOMETRIC, CredentialKind
from station.domain.operation import State
from station.simulators.hardware import SimCard
from station.simulators.pictures import sample_face
from station.workflows.credentials import CredentialResult, Wanted, put
from station.workflows.issue import issue
from station.workflows.resident import Binding, bind
from tests.desk_rig import GUEST, LI, WANG, DeskRig

FACE = sample_face()
TEMPLATE = bytes(range(40))
ROOM = "1-101"
REVOCABLE = tuple(kind for kind in CredentialKind if kind is not CredentialKind.KEXIN_TEMPORARY)


def wanted(rig: DeskRig, kind: CredentialKind, room: str = ROOM, **more: object) -> Wanted:
    picture = {CredentialKind.FACE: FACE, CredentialKind.FINGERPRINT: TEMPLATE}.get(kind, b"")
    asked = Wanted(
        rig.room(room), kind, rig.tomorrow(), GUEST, picture=picture, agreed=kind in BIOMETRIC
    )
    return replace(asked, **more)  # type: ignore[arg-type]


def give(rig: DeskRig, kind: CredentialKind, room: str = ROOM, **more: object) -> CredentialResult:
    return put(rig.desk, WANG, wanted(rig, kind, room, **more))


def opens(rig: DeskRig, given: CredentialResult) -> bool:
    """Whether the simulated door opens for what was given."""
    assert given.credential is not None
    kind, room = given.credential.kind, given.room.name
    if kind in {CredentialKind.KEXIN_PASSWORD, CredentialKind.KEXIN_TEMPORARY}:
        assert rig.kexin_sim is not None
        return rig.kexin_sim.cloud.try_password(room, given.code).opened
    if kind is CredentialKind.FACE:
        return rig.world.try_face(room, FACE).opened
    if kind is CredentialKind.FINGERPRINT:
        return rig.world.try_fingerprint(room, TEMPLATE.hex("-")).opened
    return rig.world.try_passcode(room, given.code).opened


@dataclass
class Guest:
    """Somebody in 1-101 with a card on the encoder and one credential of each kind."""

    card: SimCard
    given: dict[CredentialKind, CredentialResult]

    def opening(self, rig: DeskRig) -> set[str]:
        """What still opens the door, by the doors themselves."""
        found = {kind.value for kind, each in self.given.items() if opens(rig, each)}
        return found | ({"card"} if rig.opens(self.card, ROOM) else set())


def guest_of(rig: DeskRig, *kinds: CredentialKind, gate: bool = False) -> Guest:
    """A guest moves in."""
    card = rig.put()
    assert issue(rig.desk, WANG, rig.stay(ROOM)).state is State.DONE
    given = {kind: give(rig, kind) for kind in kinds}
    assert all(each.state is State.DONE for each in given.values()), given
    if gate:
        assert bind(rig.desk, LI, Binding(GUEST, uid=card.uid)).state is State.DONE
    return Guest(card, given)
