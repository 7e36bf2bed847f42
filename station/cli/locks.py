"""Locks: what one says of itself, whose batteries are low, and setting a networked lock's clock."""

from datetime import datetime
from typing import Annotated

from station.cli import documents
from station.cli.asking import ask_yes, can_ask
from station.cli.declare import Call, RoomText, command, option
from station.cli.documents import Document
from station.cli.given import of_lock
from station.cli.parsing import check_room_text
from station.cli.session import Session, opened
from station.domain.event import LockFacts
from station.domain.kexin import KexinLock
from station.domain.operation import Kind, State
from station.domain.operator import Permission
from station.domain.person import clean_text
from station.domain.room import Room
from station.domain.stay import format_time
from station.errors import Code, InputInvalid
from station.workflows import lock_table, sync_later
from station.workflows.network_locks import (
    LockSeen,
    SyncBegun,
    begin_time_sync,
    look,
    report_time_sync,
)

MOST_READINGS = 5
MAX_OPERATION = 40
RESULTS = ("ok", "failed")


@command("lock show")
def show_command(
    call: Call, room: RoomText, details: Annotated[bool, option("--details")] = False
) -> int:
    check_room_text(room)
    with opened(call, encoder=True) as session:
        desk, operator = session.desk, session.operator
        operator.require(Permission.READ_CARD)
        found = desk.room(room)
        networked = desk.network_locks is not None and lock_table.has_lock(desk, found)
        seen = look(desk, operator, found, details=details) if networked or details else None
        readings = desk.journal.lock_facts(found.id, MOST_READINGS)
        site = [_site_time(session, facts) for facts in readings]
    call.out.document_or(
        lambda: {
            "room": documents.room(found),
            "lock": _seen(seen) if seen else None,
            "readings": [
                (of_lock(facts) or {}) | {"at": at}
                for facts, at in zip(readings, site, strict=True)
            ],
        },
        lambda: _show_lines(call, found, seen, readings, site),
    )
    return 0


def _seen(seen: LockSeen) -> Document:
    state = seen.state
    return {
        "operation": seen.operation,
        "lock_id": seen.lock_id,
        "online": state.online,
        "abnormal": state.abnormal,
        "low": state.low_voltage,
        "details": _details(seen.lock) if seen.lock else None,
    }


def _details(lock: KexinLock) -> Document:
    return {
        "mac": lock.mac,
        "name": lock.name or None,
        "description": lock.description or None,
        "device_version": lock.device_version or None,
        "firmware_version": lock.firmware_version or None,
        "initialised": lock.is_initialised,
        "bound": lock.is_bound,
        "deleted": lock.is_deleted,
    }


def _show_lines(
    call: Call, room: Room, seen: LockSeen | None, readings: list[LockFacts], site: list[str]
) -> None:
    words = call.words
    call.out.say(room.name, style="bold")
    if seen is not None:
        state = seen.state
        online = words.text("cli.lock_online" if state.online else "cli.lock_offline")
        call.out.say(f"  {words.text('cli.lock_number', lock_id=seen.lock_id)}  {online}")
        if state.abnormal:
            call.out.say("  " + words.text("cli.lock_abnormal"), style="red")
        if state.low_voltage:
            call.out.say("  " + words.text("cli.lock_low"), style="yellow")
        if seen.lock is not None:
            shown = {key: value for key, value in _details(seen.lock).items() if value is not None}
            for key, value in shown.items():
                if isinstance(value, bool):
                    value = words.text("cli.yes" if value else "cli.no")
                call.out.say(f"  {words.text(f'cli.lock_{key}')}: {value}")
    for facts, at in zip(readings, site, strict=True):
        style = "yellow" if facts.is_low else ""
        call.out.say(f"  {at}  {_battery(call, facts)}", style=style)
    if seen is None and not readings:
        call.out.say("  " + words.text("cli.lock_silent"))


def _battery(call: Call, facts: LockFacts) -> str:
    if facts.battery >= 0:
        return call.words.text("cli.battery", percent=facts.battery)
    return call.words.text("cli.lock_low" if facts.low else "cli.lock_well")


@command("lock batteries")
def batteries_command(call: Call) -> int:
    with opened(call) as session:
        desk = session.desk
        rows = [
            (desk.room_by_id(facts.room_id), facts, _site_time(session, facts))
            for facts in desk.journal.low_batteries()
        ]
    if call.out.json:
        call.out.document(
            [
                {"room": documents.room(room), **(of_lock(facts) or {}), "at": at}
                for room, facts, at in rows
            ]
        )
        return 0
    if not rows:
        call.out.say(call.words.text("cli.no_low_battery"))
        return 0
    call.out.table(
        [call.words.text(f"cli.head_{name}") for name in ("room", "battery", "time")],
        ((room.name, _battery(call, facts), at) for room, facts, at in rows),
    )
    return 0


def _site_time(session: Session, facts: LockFacts) -> str:
    at = datetime.fromisoformat(facts.at)
    return documents.site_time(at, session.station.clock) or ""


@command("lock sync")
def sync_command(
    call: Call,
    room: RoomText,
    begin: Annotated[bool, option("--begin")] = False,
    report: Annotated[str | None, option("--report", metavar="OPERATION")] = None,
    result: Annotated[str | None, option("--result", metavar="ok|failed")] = None,
) -> int:
    """In two steps, since the keys are brought to the lock: in one program only at a terminal."""
    check_room_text(room)
    if begin and report is not None:
        raise InputInvalid(Code.FIELDS_EXCLUSIVE, fields="begin, report")
    if (report is None) != (result is None):
        missing = "result" if result is None else "report"
        raise InputInvalid(Code.FIELDS_ONE_NEEDED, fields=missing)
    if result is not None and result not in RESULTS:
        raise InputInvalid(
            Code.FIELD_CHOICE, field="result", value=result[:40], choices=", ".join(RESULTS)
        )
    named = "" if report is None else clean_text(report, field="operation", limit=MAX_OPERATION)
    with opened(call, encoder=True) as session:
        found = session.desk.room(room)
        if named:
            begun = sync_later.kept(session.desk, found, named)
            return _report(session, begun, ok=result == "ok")
        begun = begin_time_sync(session.desk, session.operator, found)
        sync_later.keep(session.desk, begun)
        if begin or call.out.json or not can_ask():
            call.out.document_or(lambda: _begun(begun), lambda: _keys(call, begun, later=True))
            return 0
        _keys(call, begun, later=False)
        return _report(session, begun, ok=ask_yes(call.words.text("cli.ask_sync_taken")))


def _begun(begun: SyncBegun) -> Document:
    return {
        "operation": begun.operation,
        "kind": Kind.TIME_SYNC.value,
        "state": State.INTENT.value,
        "room": documents.room(begun.room),
        "lock_id": begun.lock_id,
        "key1": begun.keys.key1,
        "key2": begun.keys.key2,
        "until": format_time(begun.until),
    }


def _keys(call: Call, begun: SyncBegun, *, later: bool) -> None:
    words = call.words
    call.out.say(words.text("cli.sync_keys", room=begun.room.name, until=format_time(begun.until)))
    call.out.say(f"    {begun.keys.key1}\n    {begun.keys.key2}", style="bold")
    if later:
        facts = {"room": begun.room.name, "operation": begun.operation}
        call.out.say(words.text("cli.sync_report", **facts))


def _report(session: Session, begun: SyncBegun, *, ok: bool) -> int:
    call = session.call
    state = report_time_sync(session.desk, session.operator, begun, ok=ok)
    sync_later.drop(session.desk, begun.operation)
    said = call.words.text("cli.sync_done" if ok else "cli.sync_failed", room=begun.room.name)
    call.out.document_or(
        lambda: {
            "operation": begun.operation,
            "kind": Kind.TIME_SYNC.value,
            "state": state.value,
            "room": documents.room(begun.room),
            "lock_id": begun.lock_id,
            "message": said,
        },
        lambda: call.out.say(said, style="green" if ok else "yellow"),
    )
    return 0
