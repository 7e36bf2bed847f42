"""The property platform, simulated from its document alone."""

from station.simulators.property.sim import PropertySim
from station.simulators.property.switches import Switches

__all__ = ["PropertySim", "Switches"]
