"""The desk's words and rules: frozen values and pure functions, no I/O. Knows `errors` only."""
