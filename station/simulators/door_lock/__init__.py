"""The door-lock platform's local service (V2.0.3), simulated from its document alone."""

from station.simulators.door_lock.sim import DoorLockSim
from station.simulators.door_lock.switches import Switches

__all__ = ["DoorLockSim", "Switches"]
