"""The doctor's checks, one function a part: ok, warning or failed, what was found, what to do next.

A check never raises for what it looks into; a part that the site does not have is ok.
"""

import platform
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from station import compose
from station.cli import checks_houses, checks_locks
from station.cli.findings import Finding, Health, Patient
from station.compose import vendors
from station.domain.operator import Role
from station.errors import Code, StationError, Unreachable
from station.secrets import keyring_name
from station.version import VERSION

MIB = 1024 * 1024
DISK_FAILED = 100 * MIB
DISK_WARNING = 1024 * MIB
MOST_SKEW = timedelta(seconds=60)


def version(patient: Patient) -> Finding:
    facts = {"version": VERSION, "python": platform.python_version(), "system": platform.platform()}
    return patient.finding("version", Health.OK, "version", **facts)


def settings(patient: Patient) -> Finding:
    if not patient.home.settings.exists():
        return patient.finding("settings", Health.WARNING, "no_settings")
    desk = patient.settings.desk
    return patient.finding("settings", Health.OK, "settings", site=desk.site, desk=desk.id)


def disk(patient: Patient) -> Finding:
    place = patient.home.root
    while not place.exists():
        place = place.parent
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        why = error.strerror or "?"
        return patient.finding("disk", Health.FAILED, "disk_unknown", why=why)
    state = Health.OK
    if free < DISK_WARNING:
        state = Health.FAILED if free < DISK_FAILED else Health.WARNING
    return patient.finding("disk", state, "disk", free=f"{free // MIB:,}")


def keyring(patient: Patient) -> Finding:
    if patient.secrets.journal_key_open_to_others():
        return patient.finding("keyring", Health.FAILED, "key_open")
    if patient.secrets.journal_key_in_file():
        return patient.finding("keyring", Health.WARNING, "key_in_file")
    name = keyring_name()
    if not name:
        return patient.finding("keyring", Health.WARNING, "no_keyring")
    return patient.finding("keyring", Health.OK, "keyring", keyring=name)


def door_lock(patient: Patient) -> Finding:
    client = vendors.open_door_lock(patient.home, patient.settings, patient.secrets)
    if client is None:
        return patient.not_set_up("door_lock")
    try:
        rooms = client.rooms()
    finally:
        client.close()
    key = "door_lock" if rooms else "door_lock_empty"
    state = Health.OK if rooms else Health.WARNING
    return patient.finding("door_lock", state, key, rooms=len(rooms))


def shankai(patient: Patient) -> Finding:
    client = vendors.open_shankai(patient.home, patient.settings, patient.secrets)
    if client is None or patient.settings.shankai is None:
        return patient.not_set_up("shankai")
    try:
        client.get_access_token()
    finally:
        client.close()
    org_id = patient.settings.shankai.org_id
    key, state = ("shankai", Health.OK) if org_id else ("shankai_no_org", Health.WARNING)
    return patient.finding("shankai", state, key, org_id=org_id)


def central(patient: Patient) -> Finding:
    if patient.settings.central is None:
        return patient.not_set_up("central")
    from station.compose.centre import latest_version

    known = latest_version(patient.settings, patient.secrets)
    key, state = ("central", Health.OK) if known else ("central_new", Health.WARNING)
    return patient.finding("central", state, key)


def reader(patient: Patient) -> Finding:
    part = patient.settings.reader
    if part is None:
        return patient.not_set_up("reader")
    from station.reader.reader import list_readers

    names = [name for name in list_readers() if part.name.casefold() in name.casefold()]
    if not names:
        raise Unreachable(Code.PCSC_NO_READER, reader=part.name)
    return patient.finding("reader", Health.OK, "reader", readers=", ".join(names))


def of_journal(patient: Patient, *, deep: bool) -> Iterator[Finding]:
    """The journal, its chain, who may log in, what is open: one opening for all of them."""
    path = patient.home.journal(patient.settings.journal.path)
    copies = any(patient.home.backups.glob("*.db")) if patient.home.backups.is_dir() else False
    if not path.exists() and not copies:
        yield patient.finding("journal", Health.OK, "no_journal")
        return
    store = compose.open_store(patient.home, patient.settings, patient.secrets, patient.clock)
    try:
        events, head = store.head()
        yield patient.finding("journal", Health.OK, "journal", events=events)
        if deep:
            found = store.verify()
            state = Health.OK if found.ok else Health.FAILED
            key = "chain" if found.ok else "chain_broken"
            facts = {"events": found.events, "first_bad": found.first_bad, "head": found.head}
            yield patient.finding("chain", state, key, **facts)
        else:
            yield patient.finding("chain", Health.OK, "chain_tail", head=head)
        people = list(compose.open_operators(store, patient.clock).list())
        named = [row for row in people if row.role is Role.SUPERVISOR and not row.disabled]
        key, state = ("operators", Health.OK) if named else ("no_operator", Health.WARNING)
        yield patient.finding("operators", state, key, count=len(people))
        yield _counted(patient, "unresolved", len(store.unresolved()))
        waiting = store.outbox(stopped=True)
        yield _counted(patient, "outbox", len(waiting))
        yield from checks_locks.of_journal(patient, store)
        yield from checks_houses.of_journal(patient, store)
        yield _known_starts(
            patient, [store.latest_authorised_at(room.id) for room in store.rooms()]
        )
    finally:
        store.close()


def _counted(patient: Patient, name: str, count: int) -> Finding:
    state = Health.WARNING if count else Health.OK
    return patient.finding(name, state, name if count else f"{name}_none", count=count)


def _known_starts(patient: Patient, starts: list[datetime | None]) -> Finding:
    """A clock that stands behind a start that was written already would be refused (rule 2)."""
    latest = max((start for start in starts if start is not None), default=None)
    now = patient.clock.local()
    if latest is not None and latest - now > timedelta(seconds=5):
        return patient.finding("room_times", Health.WARNING, "clock_behind_rooms", last=latest)
    return patient.finding("room_times", Health.OK, "room_times")


def clock(patient: Patient) -> Finding:
    """The computer's clock against the services' own, where they say it."""
    from station.compose.probe import service_time

    addresses = [
        part.url for part in (patient.settings.shankai, patient.settings.door_lock) if part
    ]
    for url in addresses:
        theirs = service_time(url)
        if theirs is None:
            continue
        skew = patient.clock.utc() - theirs
        state = Health.OK if abs(skew) <= MOST_SKEW else Health.WARNING
        seconds = round(skew.total_seconds())
        return patient.finding("clock", state, "clock", seconds=seconds)
    return patient.finding("clock", Health.OK, "clock_alone", now=patient.clock.local())


SERVICES = ("door_lock", "shankai", "kexin", "property")
SINGLE: dict[str, Callable[[Patient], Finding]] = {
    "version": version,
    "settings": settings,
    "disk": disk,
    "keyring": keyring,
    "clock": clock,
    "door_lock": door_lock,
    "shankai": shankai,
    "kexin": checks_locks.kexin,
    "property": checks_houses.platform,
    "reader": reader,
    "central": central,
}


def one(patient: Patient, name: str) -> Finding:
    """One part's check, whatever it meets."""
    try:
        return SINGLE[name](patient)
    except StationError as error:
        return patient.failure(name, error)


def every(patient: Patient, *, deep: bool = False) -> list[Finding]:
    """All checks, in the order in which a technician reads them."""
    found = [one(patient, name) for name in ("version", "settings", "disk", "keyring", "clock")]
    try:
        found.extend(of_journal(patient, deep=deep))
    except StationError as error:
        found.append(patient.failure("journal", error))
    return found + [one(patient, name) for name in (*SERVICES, "reader", "central")]
