"""Which call meets which fault, and that every fault's description is true of its effect."""

from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.door_lock import DoorLockSim
from station.simulators.faults import Effect, Fault, FaultPlan, Injection

if TYPE_CHECKING:
    from tests.simulators.conftest import DoorHttp

DEADLINE = 20.0

InThread = Callable[[Callable[[], object]], Thread]


def test_every_fault_is_described() -> None:
    text = Fault.__doc__ or ""
    assert [fault for fault in Fault if f"- `{fault.value}`: " not in text] == []


def test_every_fault_does_as_described_with_the_effect() -> None:
    for line in (Fault.__doc__ or "").replace("\n      ", " ").splitlines():
        name, colon, words = line.strip().removeprefix("- ").partition(": ")
        if not colon or not name.startswith("`"):
            continue
        never = Injection(Fault(name.strip("`"))).effect_when is Effect.NEVER
        assert never == ("No effect" in words), line


def test_the_door_lock_service_has_no_tokens(door: DoorLockSim) -> None:
    with pytest.raises(ValueError, match="not a fault"):
        door.inject("expired_token")


def test_faults_meet_their_path_their_number_and_their_turn(
    door: DoorLockSim, door_http: "DoorHttp"
) -> None:
    door.inject("http_500", "ReadCard", times=2, skip=1)
    assert door_http.call("GetRoomList").status == 200
    statuses = [door_http.call("ReadCard").status for _ in range(4)]
    assert statuses == [200, 500, 500, 200]
    door.inject("http_503", "/Api/GetRoomList", times=None)
    assert {door_http.call("GetRoomList").status for _ in range(5)} == {503}
    assert door_http.call("ReadCard").status == 200
    door.faults.clear()
    assert door_http.call("GetRoomList").status == 200


def test_unknown_paths_and_the_control_address_use_up_no_fault(
    door: DoorLockSim, door_http: "DoorHttp"
) -> None:
    door.inject("http_500")
    assert door_http.call("Nonsense").status == 404
    door_http.control("GET", "/calls")
    assert len(door.faults.pending()) == 1
    assert door_http.call("GetRoomList").status == 500


def test_faults_that_keep_the_shape_survive_a_reply_that_is_no_json(
    door: DoorLockSim, door_http: "DoorHttp"
) -> None:
    for fault in ("code_string", "data_null", "gbk"):
        door.inject(fault)
        assert door_http.send("GET", "/Api/GetRoomList").status == 405


@pytest.mark.parametrize(
    "options",
    [
        {"fault": "nonsense"},
        {"fault": "hang", "path": "Nonsense"},
        {"fault": "hang", "times": 0},
        {"fault": "hang", "times": "2"},
        {"fault": "hang", "times": True},
        {"fault": "late", "delay": -1},
        {"fault": "refuse", "effect": True},
        {"fault": "redirect_302", "location": "x\r\ny"},
        {"fault": "hang", "nonsense": 1},
    ],
)
def test_nonsense_is_not_injected(door: DoorLockSim, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        door.inject(options.pop("fault"), **options)
    assert door.faults.pending() == []


def test_a_call_that_comes_to_hang_after_the_stop_does_not(in_thread: InThread) -> None:
    plan = FaultPlan(["/x"], list(Fault))
    stopping = Event()
    stopping.set()
    thread = in_thread(lambda: plan.hang(stopping))
    thread.join(DEADLINE)
    assert not thread.is_alive()
