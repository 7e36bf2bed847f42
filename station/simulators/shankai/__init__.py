"""The Shankai access cloud, simulated from its document alone."""

from station.simulators.shankai.sim import ShankaiSim
from station.simulators.shankai.switches import Switches

__all__ = ["ShankaiSim", "Switches"]
