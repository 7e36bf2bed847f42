"""Kexin's lock cloud: eleven calls under `/third`, each signed by a signer that the site supplies.

`client.py` is what the desk uses, `calls.py` the table of calls, `wire.py` what they have in
common; `signing.py` finds the signer that the settings name, `command.py` runs one that is a
program.
"""

from station.vendors.kexin.client import Kexin
from station.vendors.kexin.signing import Signer, signer_from

__all__ = ["Kexin", "Signer", "signer_from"]
