"""Kexin's eleven calls, one by one, with the paper's examples."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from station.vendors.kexin import Kexin
from tests.vendors.pictures import png

LOCK, MAC, USER, SEQ = 1000003, "72:00:03:16:7d:f0", 100001, 51459843
SINCE = datetime(2016, 11, 8, 6, 5, tzinfo=UTC)
PICTURE, NAME, ID_NUMBER = png(), "张三", "000000000000000001"

OF_LOCK: dict[str, object] = {
    "lock_id": LOCK,
    "mac": MAC,
    "master": {"name": "xiao ming", "tel": "13800000003"},
    "name": "",
    "descr": "",
    "corp_id": 0,
    "device_ver": "ver",
    "firmware_ver": "",
    "is_init": True,
    "is_bind": True,
    "init_at": "2016-09-26T15:23:35.570062558+08:00",
    "bind_at": "2016-09-08T15:20:03.222925+08:00",
    "updated_at": "2016-09-08T15:20:03.222925+08:00",
    "state": 0,
    "is_del": False,
}
OF_STATE: dict[str, object] = {
    "lock_id": LOCK,
    "online": False,
    "is_abnormal": False,
    "low_voltage": False,
}
OF_SYNC: dict[str, object] = {"seq": SEQ, "key1": 785165551, "key2": 189439575}


@dataclass(frozen=True)
class KexinCall:
    """One call: its path after `/third/`, how it is made, the paper's data, and what it is.

    `writes`: a lost answer leaves it unknown. `again`: a broken connection is tried again.
    """

    path: str
    make: Callable[[Kexin], object]
    data: object = None
    writes: bool = False
    again: bool = False


KEXIN_CALLS = [
    KexinCall("lock/get", lambda kexin: kexin.lock(LOCK), OF_LOCK, again=True),
    KexinCall("lock/by_mac/get", lambda kexin: kexin.lock_by_mac(MAC), OF_LOCK, again=True),
    KexinCall("lock/open", lambda kexin: kexin.open(LOCK), writes=True),
    KexinCall(
        "lock/open/face",
        lambda kexin: kexin.open_by_face(LOCK, NAME, ID_NUMBER, PICTURE),
        writes=True,
    ),
    KexinCall("lock/state/get", lambda kexin: kexin.state(LOCK), OF_STATE, again=True),
    KexinCall("lock/pwd/get", lambda kexin: kexin.password(LOCK, SINCE), {"password": "145332"}),
    KexinCall("lock/time_sync/seq/get", lambda kexin: kexin.time_sync_start(LOCK), OF_SYNC),
    KexinCall(
        "lock/time_sync/result",
        lambda kexin: kexin.time_sync_result(LOCK, SEQ, True),
        writes=True,
    ),
    KexinCall(
        "v2/lock/pwd/get",
        lambda kexin: kexin.put_password(LOCK, USER, SINCE, 300),
        {"password": "145332"},
        writes=True,
    ),
    KexinCall("v2/lock/pwd/del", lambda kexin: kexin.delete_password(LOCK, USER)),
    KexinCall("v2/lock/open", lambda kexin: kexin.open_with_password(LOCK, "234541"), writes=True),
]


def named_fields(fields: Mapping[str, Any]) -> str:
    """A signer that shows what it was given."""
    return "-".join(sorted(fields))


@contextmanager
def cloud(
    url: str, signer: Callable[[Mapping[str, Any]], str] = named_fields, **more: object
) -> Iterator[Kexin]:
    """A client with short time-outs."""
    settings: dict[str, object] = {
        "connect_timeout_s": 0.5,
        "read_timeout_s": 0.4,
        "deadline_s": 0.6,
        "backoff_s": 0.01,
        **more,
    }
    kexin = Kexin(url, "app_kexin", signer, **settings)  # type: ignore[arg-type]
    try:
        yield kexin
    finally:
        kexin.close()
