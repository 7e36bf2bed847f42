"""Which refusals ask for an operator's consent, and what kind of it. Pure."""

from typing import Final

from station.domain.operator import PERMISSIONS, Operator, Permission
from station.errors import Code, StationError
from station.workflows.desk import Consent
from station.workflows.result import CardResult
from ui.presenters.card_state import Ask, AskKind

_YES: Final = frozenset({Code.CARD_IN_USE})
_REASON: Final = frozenset(
    {
        Code.ROOM_OCCUPIED,
        Code.CLOCK_WENT_BACK,
        Code.CARD_OF_OCCUPIED_ROOM,
        Code.STALE_STAY,
        Code.REASON_NEEDED,
    }
)


def bound_elsewhere(gate: CardResult) -> bool:
    """Whether the gates' half was refused only because the card is somebody else's there."""
    return gate.error is not None and gate.error.code is Code.UID_BOUND_ELSEWHERE


def asked(error: StationError | None, operator: Operator, given: Consent) -> Ask | None:
    """The question that follows a refusal; None where this operator can only read it."""
    if error is None:
        return None
    if error.code in _YES and not given.overwrite:
        return Ask(AskKind.CONFIRM, error)
    may_override = Permission.OVERRIDE in PERMISSIONS[operator.role]
    if error.code in _REASON and not given.reason and may_override:
        return Ask(AskKind.REASON, error)
    return None
