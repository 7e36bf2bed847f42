"""What a room shows: every state, and which one wins."""

from datetime import datetime, timedelta

import pytest

from station.domain.rack import room_state
from station.domain.room import RoomState
from station.domain.stay import Stay

NOW = datetime(2026, 3, 1, 14, 0)


def stay(ends: datetime, *, closed: bool = False) -> Stay:
    return Stay("s1", "775032240849920", NOW - timedelta(days=1), ends, closed=closed)


@pytest.mark.parametrize(
    ("current", "cards_out", "unresolved", "expected"),
    [
        (None, 0, 0, RoomState.VACANT),
        (None, 0, 1, RoomState.UNRESOLVED),
        (stay(NOW + timedelta(days=2)), 1, 0, RoomState.OCCUPIED),
        (stay(NOW + timedelta(days=2)), 1, 1, RoomState.UNRESOLVED),
        (stay(NOW + timedelta(days=2), closed=True), 1, 0, RoomState.VACANT),
        (stay(NOW + timedelta(hours=1)), 1, 0, RoomState.DUE_OUT),
        (stay(NOW + timedelta(seconds=1)), 1, 0, RoomState.DUE_OUT),
        (stay(NOW), 1, 0, RoomState.OVERDUE),
        (stay(NOW - timedelta(days=3)), 2, 0, RoomState.OVERDUE),
        (stay(NOW - timedelta(days=3)), 0, 0, RoomState.VACANT),
    ],
)
def test_room_state(
    current: Stay | None, cards_out: int, unresolved: int, expected: RoomState
) -> None:
    assert room_state(current, cards_out=cards_out, unresolved=unresolved, now=NOW) is expected
