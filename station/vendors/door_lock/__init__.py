"""The door-lock platform's local service (door lock V2.0.3).

`client.py` is what the desk uses; `cards.py` holds the calls about rooms and cards (1.1, 2.1-2.3).
Calls about passcodes, faces, fingerprints and remote opening join as files of their own beside it.
"""

from station.vendors.door_lock.client import DoorLock

__all__ = ["DoorLock"]
