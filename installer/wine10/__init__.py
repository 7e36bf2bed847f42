"""Proves on Linux what Wine 8 cannot: the installed program's real window, and a real UID read.

Not part of CI: it builds a Debian of its own (once, 1.5 GB) for Wine 10 and looks at pictures.
"""
