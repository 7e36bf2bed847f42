"""The JSON of the command line, exactly as its page says; times `YYYY-MM-DD HH:MM:SS`, site-local.

An operation's state is `done`, `refused`, `failed`, `unknown`, `mismatch` or, while it waits for
the cloud, `queued`. Of several cards the worst speaks for all.
"""

from datetime import datetime
from typing import Any

from station.catalogue import Catalogue
from station.compose import export
from station.compose.clock import SystemClock
from station.domain.operation import Kind, OperationRow, State
from station.domain.room import Room
from station.domain.stay import format_time
from station.errors import Code, StationError
from station.workflows.result import CardResult, vendor_words

QUEUED = "queued"
Document = dict[str, Any]


def state_word(state: State) -> str:
    """The state as JSON says it."""
    return QUEUED if state is State.WAITING else state.value


def card_operation(result: CardResult, words: Catalogue) -> Document:
    """One operation on cards; a group carries its rooms' operations besides."""
    worst = result.worst
    error = worst.error or result.error
    document: Document = {
        "operation": result.operation or None,
        "kind": result.kind.value,
        "state": state_word(_graver(result, worst)),
        "error": error.code.value if error else None,
        "message": words.sentence(error) if error else said_of(result, words),
        "vendor": vendor(error),
        "room": room(result.room),
        "stay": stay(result),
        "cards": [
            {
                "card_id": card.card_id or None,
                "uid": card.uid or None,
                "state": state_word(card.state),
            }
            for card in result.cards
            if card.card_id or card.uid or card.state in _MAYBE_A_CARD
        ],
        "gate": gate(result.gate),
        "risk": risk(result),
        "settled": [name for card in result.cards for name in card.settled],
    }
    if result.kind is Kind.GROUP:
        document["operations"] = [card_operation(child, words) for child in result.children]
    return document


_MAYBE_A_CARD = frozenset({State.DONE, State.UNKNOWN, State.MISMATCH})


def _graver(result: CardResult, worst: CardResult) -> State:
    """A group that stopped early is not done, although each of its cards is."""
    return result.state if worst.state is State.DONE else worst.state


def vendor(error: StationError | None) -> Document | None:
    """The vendor's own code and sentence."""
    code, msg = vendor_words(error)
    return {"code": code, "msg": msg} if code or msg else None


def room(found: Room | None) -> Document | None:
    """A room by id and name."""
    return {"id": found.id, "name": found.name} if found else None


def stay(result: CardResult) -> Document | None:
    """What the card carries or was to carry; for a read or recycle, what was found on it."""
    facts = result.authorisation or result.found
    if facts is None:
        return None
    return {
        "authorised_at": format_time(facts.authorised_at),
        "expires_at": format_time(facts.expires_at),
    }


def gate(result: CardResult | None) -> Document | None:
    """The gates' half of a combined issue."""
    if result is None:
        return None
    state = result.state
    word = state_word(state) if state in {State.DONE, State.WAITING} else State.REFUSED.value
    return {"state": word, "error": result.error.code.value if result.error else None}


def risk(result: CardResult) -> Document | None:
    """What still opens a room although it should not; the newest word on it counts."""
    last = next((card for card in reversed(result.cards) if card.kind is not Kind.READ), result)
    found = last.risk or (result.risk if last is result else None)
    if found is None:
        return None
    return {"room": room(found.room), "cards": found.cards, "until": found.until}


def said_of(result: CardResult, words: Catalogue) -> str:
    """A sentence for what went well."""
    if result.state is State.WAITING:
        return words.text("cli.said_queued")
    facts = result.authorisation or result.found
    return words.text(
        f"cli.said_{result.kind.value}",
        room=result.room.name if result.room else "",
        until=format_time(facts.expires_at) if facts else "",
        cards=len(result.cards),
        card_id=result.card_id,
        uid=result.uid,
    )


def operation_row(row: OperationRow, clock: SystemClock, guest: str = "") -> Document:
    """A line of the history. `guest` is masked."""
    return export.document(row, clock, guest)


def site_time(moment: datetime | None, clock: SystemClock) -> str | None:
    """An aware moment as the site writes it."""
    return format_time(clock.to_local(moment)) if moment else None


def error_of(code: str) -> str:
    """The code in an operation's `error`, without the cause behind it."""
    return code.partition(":")[0] or Code.INTERNAL.value
