"""The Shankai access cloud (闪开): communities, residents' cards, the cloud's own accounts."""

from station.vendors.shankai.client import Shankai
from station.vendors.shankai.gate import ShankaiGate

__all__ = ["Shankai", "ShankaiGate"]
