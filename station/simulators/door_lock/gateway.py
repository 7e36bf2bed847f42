"""What a call over a gateway goes through, and what the lock answers (door lock 2.2, 3-6)."""

from datetime import datetime

from station.simulators.door_lock.endpoint import Platform
from station.simulators.door_lock.fields import CallRefusedError, Fields, Refusal
from station.simulators.door_lock.switches import ReplyForm
from station.simulators.room_lock import Held, RoomLock

_TEMPLATE_SLOTS = 49


def known_lock(platform: Platform, room: str) -> RoomLock:
    """The lock of a room id. Raises CallRefusedError."""
    lock = platform.world.locks.get(room)
    if lock is None:
        raise CallRefusedError(Refusal.ROOM)
    return lock


def reached_lock(platform: Platform, room: str) -> RoomLock:
    """The lock of a room id, spoken to over its gateway. Raises CallRefusedError.

    Call it once every field has been checked: it costs battery and uses up a busy turn.
    """
    lock = known_lock(platform, room)
    if not lock.reachable:
        raise CallRefusedError(Refusal.OFFLINE)
    if lock.busy:
        lock.busy -= 1
        platform.world.changed()
        raise CallRefusedError(Refusal.BUSY)
    lock.drain()
    platform.world.changed()
    return lock


def lock_answer(platform: Platform, lock: RoomLock) -> dict[str, object]:
    """`ce`, the battery in percent, and `d2`, milliseconds since 1970."""
    moment = round(platform.world.clock.now().timestamp() * 1000)
    shown = {
        "ce": _shown(lock.percent, platform.switches.ce_reply),
        "d2": _shown(moment, platform.switches.d2_reply),
    }
    return {name: value for name, value in shown.items() if value is not None}


def template_slot(fields: Fields) -> int:
    """`m1` of a face or fingerprint: 1-49 (5.1, 6.1)."""
    return fields.whole("m1", 1, _TEMPLATE_SLOTS)


def online_slot(platform: Platform, fields: Fields) -> int:
    """`m1` of a passcode: the document gives no range, so a switch does."""
    return fields.whole("m1", 1, platform.switches.online_slots)


def validity(fields: Fields) -> tuple[datetime, datetime]:
    """`abkp` and `unValid` of a face or fingerprint."""
    return fields.time("abkp"), fields.time("unValid")


def put_in(platform: Platform, slots: dict[int, Held], slot: int, held: Held) -> None:
    """Put a credential into a slot; what lay there is gone without a word."""
    slots[slot] = held
    platform.world.changed()


def take_out(platform: Platform, slots: dict[int, Held], slot: int) -> None:
    """Stop whatever lies in a slot. An empty one is a refusal if the switch says so."""
    if slots.pop(slot, None) is None and not platform.switches.stop_empty_ok:
        raise CallRefusedError(Refusal.NOTHING)
    platform.world.changed()


def _shown(value: int, form: ReplyForm) -> int | str | None:
    if form is ReplyForm.MISSING:
        return None
    return str(value) if form is ReplyForm.STRING else value
