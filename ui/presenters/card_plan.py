"""Which action fits the card that lies there and the room that is chosen. Pure."""

from station.domain.room import RoomState
from station.domain.stay import Stay
from station.workflows.read import Standing
from ui.presenters.card_state import Action, Offer, RoomFacts, Seen

_LIVED_IN = frozenset({RoomState.OCCUPIED, RoomState.DUE_OUT})


def fitting(seen: Seen, facts: RoomFacts | None, *, grouped: bool = False) -> Offer:
    """The offer: one action preselected, and the set of those that make sense."""
    if grouped:
        return Offer(Action.GROUP, frozenset({Action.GROUP, Action.READ, Action.RECYCLE}))
    if facts is None:
        primary = None
        if seen.content is not None:
            primary = Action.READ if seen.in_doubt else Action.RECYCLE
        return Offer(primary, frozenset({Action.READ, Action.RECYCLE}))
    primary = _primary(seen, facts)
    return Offer(primary, _possible(facts) | ({primary} if primary else set()))


def is_own(seen: Seen, facts: RoomFacts) -> bool:
    """Whether the card that lies there carries the chosen room's stay."""
    return facts.stay is not None and carries(seen, facts.stay)


def carries(seen: Seen, stay: Stay) -> bool:
    content = seen.content
    return (
        content is not None
        and content.room_id == stay.room_id
        and content.authorised_at == stay.authorised_at
    )


def _primary(seen: Seen, facts: RoomFacts) -> Action | None:
    if is_own(seen, facts):
        if facts.by_stay is RoomState.OCCUPIED:
            return Action.EXTEND
        # Taking the last card back would leave the guest's passcodes and faces as they are.
        return Action.CHECK_OUT if facts.others else Action.RECYCLE
    if seen.in_doubt:
        return Action.READ  # the card may be the one that nobody is sure of
    if seen.standing in {Standing.EARLIER, Standing.FOREIGN} and not seen.wrong:
        return Action.RECYCLE
    if seen.standing is Standing.CURRENT:  # of another room
        return Action.MOVE if facts.by_stay is RoomState.VACANT else Action.READ
    return Action.COPY if facts.by_stay in _LIVED_IN else Action.ISSUE


def _possible(facts: RoomFacts) -> frozenset[Action]:
    possible = {Action.READ, Action.RECYCLE, Action.ISSUE}
    if facts.by_stay in _LIVED_IN:
        possible |= {
            Action.COPY,
            Action.EXTEND,
            Action.MOVE,
            Action.REPLACE,
            Action.CHECK_OUT,
        }
    elif facts.by_stay is RoomState.OVERDUE:
        possible |= {Action.EXTEND, Action.CHECK_OUT}
    return frozenset(possible)
