"""The Kexin lock cloud, simulated from its document alone: `KexinSim`, `Switches`.

Loaded when asked for: `demo_signer` lies here too, runs as a command of its own and must not
wait for a web server to be imported.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from station.simulators.kexin.sim import KexinSim
    from station.simulators.kexin.switches import Switches

__all__ = ["KexinSim", "Switches"]


def __getattr__(name: str) -> object:
    if name == "KexinSim":
        from station.simulators.kexin.sim import KexinSim

        return KexinSim
    if name == "Switches":
        from station.simulators.kexin.switches import Switches

        return Switches
    raise AttributeError(name)
