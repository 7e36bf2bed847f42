"""PC/SC readers: the monitor that watches them, and a simulated one behind the same port.

Nothing is imported here, so that a machine without PC/SC can still load `simulated` and `uid`.
"""
