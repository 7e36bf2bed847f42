"""Kexin locks for demonstrations and tests: one on each sample room, named like it."""

from station.simulators.kexin.lock import KexinLock
from station.simulators.pictures import sample_face
from station.simulators.sample import sample_rooms

FIRST_LOCK_ID = 1000001
_FIRST_MAC = 0x720003167DF0  # the document's example
SAMPLE_PERSON = "张三"
SAMPLE_ID_NUM = "000000000000000001"  # no region, no birthday: nobody's
SAMPLE_FACE = sample_face()


def sample_locks(count: int | None = None) -> list[KexinLock]:
    """A lock for each of `sample_rooms(count)`: 1-101 has 1000001 and the document's MAC.

    Raises ValueError for a count below 0 or above 1,000,000.
    """
    return [
        KexinLock(FIRST_LOCK_ID + index, _mac(index), room.rm_name, SAMPLE_PERSON, "13800000001")
        for index, room in enumerate(sample_rooms(count))
    ]


def _mac(index: int) -> str:
    return (_FIRST_MAC + index).to_bytes(6, "big").hex(":")
