"""Ports: what the workflows need from the world, as Protocols; `compose` wires what fills them.

Times: `Clock.local` and everything about stays is site-local and naive; everything else is UTC and
aware. Errors are those of `station.errors`; each method names its own.
"""

from station.ports.devices import (
    Clock,
    Encoder,
    Reader,
    ReaderState,
    ReaderView,
    StepNotice,
    Watcher,
)
from station.ports.journal import Journal, Operators
from station.ports.property import PropertyPlatform
from station.ports.rows import (
    BindingRow,
    CardRow,
    HistoryFilter,
    Kept,
    OperatorRow,
    OutboxRow,
    PersonRef,
    Progress,
    RoomRow,
    VerifyResult,
)
from station.ports.vendors import Gate, GateCard, Gateway, NetworkLocks

__all__ = [
    "BindingRow",
    "CardRow",
    "Clock",
    "Encoder",
    "Gate",
    "GateCard",
    "Gateway",
    "HistoryFilter",
    "Journal",
    "Kept",
    "NetworkLocks",
    "OperatorRow",
    "Operators",
    "OutboxRow",
    "PersonRef",
    "Progress",
    "PropertyPlatform",
    "Reader",
    "ReaderState",
    "ReaderView",
    "RoomRow",
    "StepNotice",
    "VerifyResult",
    "Watcher",
]
