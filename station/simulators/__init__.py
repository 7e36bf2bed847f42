"""Simulated vendors and lock hardware: real HTTP servers on loopback, written from the papers.

`hardware`, `room_lock` and `world` are cards, locks and the encoder; `door_lock`, `shankai`,
`kexin` and `property` the vendors;
`server.SimServer` puts one on the network; `serve.serve` runs one in the foreground.
"""
