"""The door-lock platform's local service (door lock V2.0.3).

`client.py` is what the desk uses for rooms and cards (`cards.py`: 1.1, 2.1-2.3), `gateway.py` for
everything beyond: passcodes (`passcodes.py`: 2.1, 2.2, 3), opening (`opening.py`: 4), faces
(`faces.py`: 5) and fingerprints (`fingerprints.py`: 6).
"""

from station.vendors.door_lock.client import DoorLock
from station.vendors.door_lock.gateway import DoorLockGateway

__all__ = ["DoorLock", "DoorLockGateway"]
