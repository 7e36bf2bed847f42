"""What an operator agrees to: `--yes` and `--reason` beforehand, or questions at a terminal."""

from collections.abc import Callable
from typing import TypeVar

from station.cli.asking import ask_line, ask_yes, can_ask
from station.cli.session import Session
from station.domain.operation import State
from station.domain.operator import PERMISSIONS, Permission
from station.domain.person import parse_reason
from station.errors import Code, Refused, StationError
from station.workflows.desk import Consent
from station.workflows.result import CardResult

NEEDS_YES = frozenset({Code.CARD_IN_USE, Code.UID_BOUND_ELSEWHERE})
NEEDS_REASON = frozenset(
    {
        Code.ROOM_OCCUPIED,
        Code.CLOCK_WENT_BACK,
        Code.CARD_OF_OCCUPIED_ROOM,
        Code.STALE_STAY,
        Code.REASON_NEEDED,
        Code.SLOT_UNKNOWN,
    }
)
Result = TypeVar("Result")
MOST_QUESTIONS = 4
"""One rule may follow another: room occupied, then card in use, then clock."""


def consent_of(*, yes: bool, reason: str | None) -> Consent:
    """What the options say. Raises `InputInvalid` for a reason that is none."""
    return Consent(overwrite=yes, reason="" if reason is None else parse_reason(reason))


def with_consent(
    session: Session, consent: Consent, run: Callable[[Consent], CardResult]
) -> CardResult:
    """Run; where a rule asks for consent and a person can give it, ask and run once more.

    Only while nothing has been written: a later card of a row is not asked about.
    """
    for _ in range(MOST_QUESTIONS):
        try:
            result = run(consent)
        except Refused as refusal:
            consent = _asked(session, consent, refusal)
            continue
        refused = result.error
        if result.state is not State.REFUSED or refused is None or result.children:
            return result
        try:
            consent = _asked(session, consent, refused)
        except StationError:
            return result
    return run(consent)


def with_refusals(session: Session, consent: Consent, run: Callable[[Consent], Result]) -> Result:
    """As `with_consent`, for what raises its refusals before anything has begun."""
    for _ in range(MOST_QUESTIONS):
        try:
            return run(consent)
        except Refused as refusal:
            consent = _asked(session, consent, refusal)
    return run(consent)


def _asked(session: Session, consent: Consent, refusal: StationError) -> Consent:
    """The consent that the operator gives now; raises the refusal where there is none."""
    call = session.call
    if call.out.json or not can_ask():
        raise refusal
    may_override = Permission.OVERRIDE in PERMISSIONS[session.operator.role]
    if refusal.code in NEEDS_YES and not consent.overwrite:
        call.out.note(call.words.cause(refusal), style="yellow")
        if ask_yes(call.words.text("cli.ask_go_on")):
            return Consent(overwrite=True, reason=consent.reason)
    elif refusal.code in NEEDS_REASON and not consent.reason and may_override:
        call.out.note(call.words.cause(refusal), style="yellow")
        reason = ask_line(call.words.text("cli.ask_reason"))
        if reason:
            return Consent(overwrite=consent.overwrite, reason=parse_reason(reason))
    raise refusal
