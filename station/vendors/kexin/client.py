"""`Kexin`: the eleven calls of the lock cloud, each signed by the site's signer."""

from base64 import b64encode
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from station import logs
from station.domain.credential import TEMPORARY_SECONDS
from station.domain.kexin import (
    STATUS_CODES,
    KexinLock,
    LockState,
    TimeSync,
    check_number,
    parse_identity_number,
    parse_mac,
    unix_seconds,
)
from station.domain.lock import MADE_LENGTH, check_passcode, check_picture
from station.domain.person import parse_name
from station.errors import Code, Unreachable
from station.vendors._http import Api, Endpoint, Patience
from station.vendors.kexin import calls, signing, wire
from station.vendors.kexin.signing import Signer

READ_TIMEOUT_S: Final = 30.0
"""Most calls go on to a lock through its gateway."""

Reply = TypeVar("Reply")


class Kexin:
    """The cloud's interface, by the titles of its paper. Time-outs in seconds; any thread may call.

    Every method raises `InputInvalid` (nothing was sent), `VendorRefused` with a KEXIN_ code (the
    paper's table of statuses) and `Unreachable`, also KEXIN_SIGNER_FAILED. What opens a lock,
    writes a password into it or reports to the cloud is sent once and may raise `OutcomeUnknown`
    LOCK_OUTCOME_UNKNOWN. Moments carry a time zone. `signer` makes each call's `sign`; without
    a site's own, `signer_from("")` raises KEXIN_SIGNER_MISSING at each use.
    """

    def __init__(
        self,
        url: str,
        app_id: str,
        signer: Signer,
        *,
        ca_file: Path | None = None,
        connect_timeout_s: float = 5,
        read_timeout_s: float = READ_TIMEOUT_S,
        deadline_s: float | None = None,
        attempts: int = 3,
        backoff_s: float = 0.3,
    ) -> None:
        whole = connect_timeout_s + 2 * read_timeout_s
        patience = Patience(
            connect_s=connect_timeout_s,
            read_s=read_timeout_s,
            overall_s=whole if deadline_s is None else deadline_s,
            attempts=attempts,
            backoff_s=backoff_s,
            retried=frozenset({Code.SERVICE_DROPPED, Code.SERVICE_HTTP_STATUS}),
        )
        self._api = Api(
            wire.SERVICE,
            url,
            envelope=wire.envelope,
            cloud=True,
            patience=patience,
            ca_file=ca_file,
            sign=partial(signing.sign, signer),
            believed=STATUS_CODES,
        )
        logs.hide(app_id)
        self._app_id = app_id

    def lock(self, lock_id: int) -> KexinLock:
        """通过lock_id获取锁详情: a lock by its number. KEXIN_LOCK_MISSING (350)."""
        found = self._call(calls.LOCK_GET, _lock(lock_id))
        return _same(found, found.lock_id == lock_id, calls.LOCK_GET, "lock_id")

    def lock_by_mac(self, mac: str) -> KexinLock:
        """通过mac获取锁详情: a lock by its MAC."""
        wanted = parse_mac(mac)
        found = self._call(calls.LOCK_BY_MAC_GET, {"mac": wanted})
        return _same(found, found.mac == wanted, calls.LOCK_BY_MAC_GET, "mac")

    def open(self, lock_id: int) -> None:
        """网络远程开锁, once, through the gateway."""
        self._call(calls.LOCK_OPEN, _lock(lock_id) | {"attach": ""})

    def open_by_face(self, lock_id: int, name: str, id_number: str, picture: bytes) -> None:
        """人脸识别远程开锁, once. `picture` is a JPG or PNG; `img_code` is not signed."""
        check_picture(picture)
        fields = _lock(lock_id) | {
            "name": parse_name(name),
            "id_num": parse_identity_number(id_number),
            "img_code": b64encode(picture).decode(),
        }
        self._call(calls.LOCK_OPEN_FACE, fields)

    def state(self, lock_id: int) -> LockState:
        """获取锁的状态信息: what the gateway says of the lock."""
        found = self._call(calls.LOCK_STATE_GET, _lock(lock_id))
        return _same(found, found.lock_id == lock_id, calls.LOCK_STATE_GET, "lock_id")

    def password(self, lock_id: int, effective_at: datetime) -> str:
        """获取开锁密码: a password for 300 s from `effective_at`; nothing takes it back.

        Another one each time, so it is asked once; a lost answer is `Unreachable`.
        """
        fields = _from(lock_id, effective_at) | {"expire": TEMPORARY_SECONDS}
        return self._call(calls.LOCK_PWD_GET, fields)

    def time_sync_start(self, lock_id: int) -> TimeSync:
        """获取时钟同步sequence: what the lock is told to set its clock."""
        return self._call(calls.TIME_SYNC_SEQ_GET, _lock(lock_id))

    def time_sync_result(self, lock_id: int, seq: int, ok: bool) -> None:
        """上报时钟同步结果: how the lock took it."""
        fields = _lock(lock_id) | {"seq": check_number(seq, "seq"), "state": 1 if ok else 2}
        self._call(calls.TIME_SYNC_RESULT, fields)

    def put_password(self, lock_id: int, user_id: int, effective_at: datetime, seconds: int) -> str:
        """分配用户开锁密码, once: written into the lock for this user, through the gateway."""
        fields = _from(lock_id, effective_at) | {
            "uid": check_number(user_id, "user_id"),
            "expire": check_number(seconds, "seconds"),
        }
        return self._call(calls.V2_LOCK_PWD_GET, fields)

    def delete_password(self, lock_id: int, user_id: int) -> None:
        """回收用户开锁密码: takes the user's password back; may be repeated by its caller."""
        fields = _lock(lock_id) | {"uid": check_number(user_id, "user_id")}
        self._call(calls.V2_LOCK_PWD_DEL, fields)

    def open_with_password(self, lock_id: int, code: str) -> None:
        """通过密码远程开锁, once, through the gateway."""
        fields = _lock(lock_id) | {"password": check_passcode(code, length=MADE_LENGTH)}
        self._call(calls.V2_LOCK_OPEN, fields)

    def close(self) -> None:
        """Close the kept connection."""
        self._api.close()

    def _call(self, endpoint: Endpoint[Reply], fields: dict[str, str | int]) -> Reply:
        return self._api.call(endpoint, {"app_id": self._app_id, **fields})


def _lock(lock_id: int) -> dict[str, str | int]:
    return {"lock_id": check_number(lock_id, "lock_id")}


def _from(lock_id: int, effective_at: datetime) -> dict[str, str | int]:
    return _lock(lock_id) | {"effective_at": unix_seconds(effective_at, "effective_at")}


def _same(found: Reply, same: bool, endpoint: Endpoint[Reply], field: str) -> Reply:
    """What the cloud says of another lock is no answer."""
    if not same:
        raise Unreachable(Code.REPLY_SHAPE, service=wire.SERVICE, call=endpoint.call, field=field)
    return found
