"""A lock's clock set right: two of the document's calls, and what lies between them.

The cloud gives a sequence and two keys, somebody brings the keys to the lock, and the result is
reported. The document does not say what carries the keys (`clock_set_by`).
"""

from dataclasses import replace

from station.simulators.kexin.endpoint import Endpoint, Service
from station.simulators.kexin.fields import CallRefusedError, Fields, Status
from station.simulators.kexin.locks import known_lock
from station.simulators.kexin.switches import ClockSetBy

_SUCCESS, _FAILURE = 1, 2


def sync_seq(service: Service, fields: Fields) -> object:
    """/third/lock/time_sync/seq/get: a sequence and two keys; an earlier one ends."""
    sync = service.cloud.new_sync(known_lock(service, fields))
    return {"seq": sync.seq, "key1": sync.key1, "key2": sync.key2}


def sync_result(service: Service, fields: Fields) -> object:
    """/third/lock/time_sync/result: how the newest synchronisation went; again is harmless.

    A sequence that was never given out for the lock is 400, one that a newer replaced 357.
    """
    lock, seq, state = known_lock(service, fields), fields.uint32("seq"), fields.uint32("state")
    if state not in (_SUCCESS, _FAILURE):
        raise CallRefusedError(Status.BAD_REQUEST)
    if lock.sync is None or seq > lock.sync.seq:
        raise CallRefusedError(Status.BAD_REQUEST)
    if seq < lock.sync.seq:
        raise CallRefusedError(Status.EXPIRED)
    if state == _SUCCESS and service.switches.clock_set_by is ClockSetBy.RESULT:
        lock.clock_offset_s = 0
    lock.sync = replace(lock.sync, state=state)
    service.cloud.changed()
    return None


TIME_CALLS = (
    Endpoint("/third/lock/time_sync/seq/get", sync_seq),
    Endpoint("/third/lock/time_sync/result", sync_result),
)
