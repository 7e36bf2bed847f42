"""Eight hours at the desk in fast motion: the real window, driven by clicks and keys, measured.

`python -m tests.shift --operations 10000`. What is measured and what fails it: `verdict`.
"""
