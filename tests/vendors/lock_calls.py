"""The calls beyond rooms and cards, one by one, and a log that shows all that is logged of them."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from station import logs
from station.vendors.door_lock import DoorLock, DoorLockGateway
from tests.vendors.pictures import png

ROOM = "775032240849920"
START, END = datetime(2022, 7, 23, 14, 20), datetime(2022, 7, 24, 12)
CODE, TEMPLATE, PICTURE = "123456789", bytes.fromhex("abcdefeeff"), png()


@dataclass(frozen=True)
class GatewayCall:
    """One call: its name, how it is made, and whether its lost answer leaves it unknown."""

    name: str
    make: Callable[[DoorLockGateway], object]
    writes: bool


GATEWAY_CALLS = [
    GatewayCall("MakeOffline", lambda gate: gate.make_offline(ROOM, END), False),
    GatewayCall("GatewayStopOffline", lambda gate: gate.stop_offline(ROOM, "0356241", END), False),
    GatewayCall("GatewayUploadOnline", lambda gate: gate.put_online(ROOM, 1, CODE, END), True),
    GatewayCall("GatewayStopOnline", lambda gate: gate.stop_online(ROOM, 1), False),
    GatewayCall("GatewayOpen", lambda gate: gate.open(ROOM), True),
    GatewayCall(
        "GatewayUploadFace", lambda gate: gate.put_face(ROOM, 1, PICTURE, START, END), True
    ),
    GatewayCall("GatewayStopFace", lambda gate: gate.stop_face(ROOM, 1), False),
    GatewayCall(
        "GatewayUploadFinger",
        lambda gate: gate.put_fingerprint(ROOM, 1, TEMPLATE, START, END),
        True,
    ),
    GatewayCall("GatewayStopFinger", lambda gate: gate.stop_fingerprint(ROOM, 1), False),
]


@contextmanager
def gateway(url: str, **more: object) -> Iterator[DoorLockGateway]:
    """A client with short time-outs."""
    settings: dict[str, object] = {
        "body": "json",
        "connect_timeout_s": 0.5,
        "read_timeout_s": 0.4,
        "gateway_timeout_s": 0.4,
        "deadline_s": 0.6,
        **more,
    }
    lock = DoorLock(url, "demo-app", "demo-appsecret", **settings)  # type: ignore[arg-type]
    try:
        yield DoorLockGateway(lock)
    finally:
        lock.close()


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    """Each record of the vendors at its most talkative, as it comes from the redaction."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logger, handler = logs.get("vendors"), Kept()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logs.TRAFFIC)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
