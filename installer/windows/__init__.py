"""How the Windows package is made; `installer/build.py` runs these steps in order."""
