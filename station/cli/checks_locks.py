"""The doctor's checks of locks: Kexin's cloud, the lock table, batteries, what is in doubt."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from station.cli.findings import Finding, Health, Patient
from station.compose import vendors
from station.errors import Code, VendorRefused
from station.workflows import lock_gaps, lock_table
from station.workflows.desk import Desk
from station.workflows.ways_in import needing_attention

if TYPE_CHECKING:
    from station.journal import Store

ANY_LOCK = 1
"""Asked for to see whether the cloud answers and takes the signature: nobody's lock is as well."""
REACHED = frozenset({Code.KEXIN_LOCK_MISSING, Code.KEXIN_NO_PERMISSION})
SHOWN = 8
"""How many rooms are named."""


def kexin(patient: Patient) -> Finding:
    """Whether there is a signer, and the cloud answers what it signed."""
    client = vendors.open_kexin(patient.home, patient.settings)
    if client is None:
        return patient.not_set_up("kexin")
    try:
        client.lock(ANY_LOCK)
    except VendorRefused as refused:
        if refused.code not in REACHED:
            raise
    finally:
        client.close()
    return patient.finding("kexin", Health.OK, "kexin")


def of_journal(patient: Patient, store: "Store") -> Iterator[Finding]:
    """What the journal knows of locks and credentials."""
    desk = Desk(journal=store, clock=patient.clock)
    doubtful = len(needing_attention(desk))
    key, state = ("credentials", Health.WARNING) if doubtful else ("credentials_none", Health.OK)
    yield patient.finding("credentials", state, key, count=doubtful)
    if patient.settings.kexin is not None:
        yield _lock_table(patient, desk)
    low = [desk.room_by_id(facts.room_id).name for facts in store.low_batteries()]
    key, state = ("batteries", Health.WARNING) if low else ("batteries_none", Health.OK)
    yield patient.finding("batteries", state, key, rooms=_some(low))
    yield _biometrics(patient)


def _lock_table(patient: Patient, desk: Desk) -> Finding:
    count = len(lock_table.entries(desk))
    if not count:
        return patient.finding("lock_table", Health.WARNING, "lock_table_none")
    gaps = lock_gaps.gaps(desk)
    if not gaps.rooms and not gaps.locks:
        return patient.finding("lock_table", Health.OK, "lock_table", count=count)
    rooms = _some([room.name for room in gaps.rooms])
    locks = _some([f"{entry.room_name} {entry.lock_id}" for entry in gaps.locks])
    facts = {"count": count, "rooms": rooms, "locks": locks}
    return patient.finding("lock_table", Health.WARNING, "lock_table_gaps", **facts)


def _biometrics(patient: Patient) -> Finding:
    desk, words = patient.settings.desk, patient.words
    facts = {
        name: words.text("check.on" if on else "check.off")
        for name, on in (("faces", desk.faces), ("fingerprints", desk.fingerprints))
    }
    return patient.finding("biometrics", Health.OK, "biometrics", **facts)


def _some(names: list[str]) -> str:
    """The first few."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" … (+{more})" if more > 0 else "")
