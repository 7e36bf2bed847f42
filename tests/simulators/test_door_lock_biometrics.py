"""Faces and fingerprints over HTTP: slots, validity, what is refused, and that no picture stays."""

import hashlib
import json
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.door_lock import DoorLockSim
from station.simulators.hardware import DoorReason
from station.simulators.pictures import sample_face, sample_finger
from station.simulators.room_lock import Kind, Opener
from station.simulators.world import World

if TYPE_CHECKING:
    from tests.simulators.conftest import DoorHttp

ROOM, OTHER = "775032240849920", "775032240854017"
NOW = datetime(2024, 1, 24, 15)
START, END = "2024-01-24 14:20:00", "2024-01-25 12:00:00"
FINGER = "ab-cd-ef-ee-ff"
JPG = b"\xff\xd8\xff\xe0" + b"demonstration" + b"\xff\xd9"
REASON_UNKNOWN = DoorReason.UNKNOWN


def text_of(picture: bytes) -> str:
    return b64encode(picture).decode()


def send(door_http: "DoorHttp", call: str, **changes: object) -> Any:
    fields: dict[str, object] = {"rm_id": ROOM, "m1": 1, "abkp": START, "unValid": END}
    if call == "GatewayUploadFace":
        fields["base64"] = text_of(sample_face())
    else:
        fields["hexs"] = FINGER
    return door_http.call(call, **(fields | changes)).value


def refused(value: Any) -> bool:
    return bool(value["code"] != 1 and value["msg"] and value["data"] is None)


@pytest.fixture(autouse=True)
def now(world: World) -> None:
    world.clock.set(NOW)


@pytest.mark.parametrize("picture", [sample_face(), sample_face(2), JPG], ids=range(3))
def test_a_face_opens_its_door(door_http: "DoorHttp", world: World, picture: bytes) -> None:
    value = send(door_http, "GatewayUploadFace", base64=text_of(picture))
    moment = int(NOW.timestamp()) * 1000
    assert value == {"code": 1, "msg": "操作成功", "data": {"ce": 89, "d2": moment}}
    assert world.try_face("1-101", picture).opened
    assert world.try_face(ROOM, hashlib.sha256(picture).hexdigest().upper()).opened
    assert world.try_face(ROOM, sample_face(3)).reason is REASON_UNKNOWN
    assert world.try_face(OTHER, picture).reason is REASON_UNKNOWN
    assert world.lock_of(ROOM).opened_with is Kind.FACE


def test_a_fingerprint_opens_its_door(door_http: "DoorHttp", world: World) -> None:
    assert send(door_http, "GatewayUploadFinger")["code"] == 1
    assert world.try_fingerprint("1-101", FINGER.upper()).opened
    digest = hashlib.sha256(bytes.fromhex("abcdefeeff")).hexdigest()
    assert world.try_fingerprint(ROOM, digest).opened
    assert world.try_fingerprint(ROOM, sample_finger()).reason is REASON_UNKNOWN
    assert world.try_fingerprint(OTHER, FINGER).reason is REASON_UNKNOWN
    assert world.lock_of(ROOM).opened_with is Kind.FINGER
    with pytest.raises(ValueError):
        world.try_fingerprint(ROOM, "nonsense")
    with pytest.raises(ValueError):
        world.try_face(ROOM, "nonsense")


@pytest.mark.parametrize("call", ["GatewayUploadFace", "GatewayUploadFinger"])
def test_validity_has_a_start_and_an_end(door_http: "DoorHttp", world: World, call: str) -> None:
    send(door_http, call)

    def reason(moment: datetime) -> DoorReason:
        world.clock.set(moment)
        if call == "GatewayUploadFace":
            return world.try_face(ROOM, sample_face()).reason
        return world.try_fingerprint(ROOM, FINGER).reason

    start, end, second = (
        datetime.fromisoformat(START),
        datetime.fromisoformat(END),
        timedelta(seconds=1),
    )
    assert reason(start - second) is DoorReason.NOT_YET_VALID
    assert reason(start) is reason(end) is DoorReason.OPENED
    assert reason(end + second) is DoorReason.EXPIRED


def test_a_slot_silently_takes_the_newest_and_kinds_do_not_meet(
    door_http: "DoorHttp", world: World
) -> None:
    for number in (1, 2):
        send(door_http, "GatewayUploadFace", base64=text_of(sample_face(number)))
        send(door_http, "GatewayUploadFinger", hexs=sample_finger(number))
    send(door_http, "GatewayUploadFace", base64=text_of(sample_face(3)), m1=49)
    assert not world.try_face(ROOM, sample_face(1)).opened
    assert world.try_face(ROOM, sample_face(2)).opened
    assert world.try_face(ROOM, sample_face(3)).opened
    assert not world.try_fingerprint(ROOM, sample_finger(1)).opened
    assert world.try_fingerprint(ROOM, sample_finger(2)).opened
    assert door_http.call("GatewayStopFace", rm_id=ROOM, m1=1).value["code"] == 1
    assert not world.try_face(ROOM, sample_face(2)).opened
    assert world.try_face(ROOM, sample_face(3)).opened
    assert world.try_fingerprint(ROOM, sample_finger(2)).opened
    assert door_http.call("GatewayStopFinger", rm_id=ROOM, m1=1).value["code"] == 1
    digest = hashlib.sha256(sample_face(3)).hexdigest()
    assert world.openers(ROOM) == [Opener(Kind.FACE, digest, datetime.fromisoformat(END), 49)]


@pytest.mark.parametrize(
    "base64",
    [
        "",
        "xxxxxxxx",
        "not base64!",
        text_of(b""),
        text_of(b"GIF89a;"),
        text_of(sample_face()[:-1]),
        text_of(JPG[:-2]),
        text_of(sample_face())[:-1],
        "data:image/png;base64," + text_of(sample_face()),
        "图片",
    ],
    ids=range(10),
)
def test_only_whole_jpg_and_png_pictures_are_taken(
    door_http: "DoorHttp", world: World, base64: str
) -> None:
    assert refused(send(door_http, "GatewayUploadFace", base64=base64))
    assert world.openers(ROOM) == []


@pytest.mark.parametrize("hexs", ["", "a", "abc", "abcd", "ab-c", "ab-", "-ab", "ab cd", "xy-zz"])
def test_only_hex_bytes_with_hyphens_are_taken(
    door_http: "DoorHttp", world: World, hexs: str
) -> None:
    assert refused(send(door_http, "GatewayUploadFinger", hexs=hexs))
    assert world.openers(ROOM) == []


@pytest.mark.parametrize("call", ["GatewayUploadFace", "GatewayUploadFinger"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"m1": "0"},
        {"m1": "50"},
        {"m1": ""},
        {"m1": "9" * 30},
        {"abkp": ""},
        {"unValid": ""},
        {"abkp": "2024-01-24"},
        {"rm_id": ""},
        {"rm_id": "775032240849921"},
    ],
    ids=str,
)
def test_uploads_check_their_parameters(
    door_http: "DoorHttp", world: World, call: str, wrong: dict[str, str]
) -> None:
    assert refused(send(door_http, call, **wrong))
    assert world.openers(ROOM) == []


def test_nothing_of_picture_or_finger_stays(
    door_http: "DoorHttp", door: DoorLockSim, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    door.keep_state(file)
    send(door_http, "GatewayUploadFace")
    send(door_http, "GatewayUploadFinger")
    door_http.call("GatewayUploadOnline", rm_id=ROOM, m1=3, pwd="135792", unValid=END)
    kept = file.read_text("utf-8")
    calls = json.dumps(door_http.control("GET", "/calls"))
    for secret in (text_of(sample_face())[:40], FINGER):
        assert secret not in kept
        assert secret not in calls
    assert "135792" not in calls
    assert hashlib.sha256(sample_face()).hexdigest() in kept
