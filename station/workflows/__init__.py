"""What an operator does, one file per thing: steps that are journalled, effects behind ports.

Permissions are checked here. A workflow raises a `StationError` as long as nothing was begun; once
an operation's intent is in the journal it returns a result that carries the outcome and its error.
"""
