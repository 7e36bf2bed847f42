"""Simulated vendors and lock hardware: real HTTP servers on loopback, written from the papers.

`hardware` and `world` are the cards, locks and the encoder; `door_lock` and `shankai` the vendors;
`server.SimServer` puts one on the network; `serve.serve` runs one in the foreground.
"""
