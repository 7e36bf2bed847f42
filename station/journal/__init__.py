"""The journal: append-only, hash-chained events on SQLite, and the tables made from them."""

from station.journal.backup import back_up, best_copy, copies, restore
from station.journal.opening import open_journal
from station.journal.operators import OperatorBook
from station.journal.recovery import Report, recover
from station.journal.store import Store
from station.journal.verifying import verify_file

__all__ = [
    "OperatorBook",
    "Report",
    "Store",
    "back_up",
    "best_copy",
    "copies",
    "open_journal",
    "recover",
    "restore",
    "verify_file",
]
