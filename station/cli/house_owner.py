"""A house's owner and people, after the owner's code: sent and tried within one program.

What was proved lives in this program's memory alone. The code comes from the terminal, or line by
line from stdin, which stays open while the owner reads it out.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Annotated

from station.cli.asking import ask_line, ask_yes, can_ask
from station.cli.declare import Call, Yes, argument, command, option
from station.cli.documents import Document
from station.cli.houses import HouseText, check_house_text, house_document, the_house
from station.cli.session import Session, opened
from station.domain.household import HouseDetail, Member, ReviewDetail
from station.domain.owner import SentCode
from station.domain.person import clean_text
from station.domain.stay import format_time
from station.errors import Code, InputInvalid, StationError
from station.workflows import household, owner_check
from station.workflows.owner_check import TRIES, OwnerAsked, OwnerProved

CodeStdin = Annotated[bool, option("--code-stdin")]
MAX_MEMBER = 64
CHANGES = ("unbind", "managing", "paying")


@command("house owner")
def owner_command(call: Call, house: HouseText, code_stdin: CodeStdin = False) -> int:
    check_house_text(house)
    check_can_answer(code_stdin=code_stdin)
    with _proved(call, house, code_stdin=code_stdin) as (session, proved):
        detail = household.detail(session.desk, session.operator, proved)
    call.out.document_or(
        lambda: _owner_document(proved, detail), lambda: _owner_lines(call, proved, detail)
    )
    return 0


@command("house member")
def member_command(
    call: Call,
    what: Annotated[str, argument("unbind|managing|paying")],
    house: HouseText,
    members: Annotated[list[str], argument("MEMBER…")],
    code_stdin: CodeStdin = False,
    yes: Yes = False,
) -> int:
    if what not in CHANGES:
        raise InputInvalid(
            Code.FIELD_CHOICE, field="what", value=what[:40], choices=", ".join(CHANGES)
        )
    wanted = [clean_text(text, field="binding", limit=MAX_MEMBER) for text in members]
    check_house_text(house)
    check_can_answer(code_stdin=code_stdin)
    with _proved(call, house, code_stdin=code_stdin) as (session, proved):
        detail = household.detail(session.desk, session.operator, proved)
        chosen = [_member(detail, text) for text in wanted]
        names = [each.name for each in chosen]
        question = call.words.text(f"cli.ask_member_{what}", members=names)
        if not (yes or code_stdin or ask_yes(question)):
            raise InputInvalid(Code.COMMAND_CANCELLED)
        changes = [_changed(session, proved, what, each) for each in chosen]
    call.out.document_or(
        lambda: {"house": house_document(proved.house), "changes": changes},
        lambda: _change_lines(call, changes),
    )
    return 0


@command("house review")
def review_command(
    call: Call,
    house: HouseText,
    review: Annotated[str, argument("REVIEW")],
    delete: Annotated[bool, option("--delete")] = False,
    code_stdin: CodeStdin = False,
) -> int:
    wanted = clean_text(review, field="review", limit=MAX_MEMBER)
    check_house_text(house)
    check_can_answer(code_stdin=code_stdin)
    with _proved(call, house, code_stdin=code_stdin) as (session, proved):
        desk, operator = session.desk, session.operator
        if delete:
            household.delete_review(desk, operator, proved, wanted)
            said = call.words.text("cli.review_deleted", review=wanted)
            call.out.document_or(
                lambda: {"review": wanted, "deleted": True},
                lambda: call.out.say(said, style="green"),
            )
            return 0
        found = household.review(desk, operator, proved, wanted)
    call.out.document_or(
        lambda: {"review": wanted, **_review_document(found)},
        lambda: _review_lines(call, found),
    )
    return 0


def check_can_answer(*, code_stdin: bool) -> None:
    """Nobody gets a code that nobody here can enter."""
    if not (code_stdin or can_ask()):
        raise InputInvalid(Code.FIELDS_ONE_NEEDED, fields="--code-stdin")


@dataclass(frozen=True, slots=True)
class Codes:
    """What was read out, one try after another: from the terminal, or the lines of stdin."""

    call: Call
    code_stdin: bool

    def next(self) -> str:
        """Empty where there is none any more."""
        if self.code_stdin:
            return sys.stdin.readline().strip()
        return ask_line(self.call.words.text("cli.ask_sms_code"))

    def say_sent(self, masked: str, sent: SentCode | OwnerAsked) -> None:
        """Whose phone to look at, and for how long the code is good."""
        until = format_time(sent.expires_at) if sent.expires_at else ""
        self.call.out.note(self.call.words.text("cli.code_sent", owner=masked, until=until))


@contextmanager
def _proved(call: Call, text: str, *, code_stdin: bool) -> Iterator[tuple[Session, OwnerProved]]:
    """A house whose owner said yes just now; what was not proved is given up."""
    codes = Codes(call, code_stdin)
    with opened(call, houses=True) as session:
        path = the_house(session, text)
        asked = owner_check.ask(session.desk, session.operator, path)
        try:
            codes.say_sent(asked.masked, asked)
            proved = _tried(session, asked, codes)
        except BaseException:
            with suppress(StationError):
                owner_check.give_up(session.desk, session.operator, asked)
            raise
        yield session, proved


def _tried(session: Session, asked: OwnerAsked, codes: Codes) -> OwnerProved:
    """Try what is read out, until it is right or too often wrong."""
    last: StationError = InputInvalid(Code.COMMAND_CANCELLED)
    while asked.tries < TRIES:
        code = codes.next()
        if not code:
            break
        try:
            return owner_check.prove(session.desk, session.operator, asked, code)
        except StationError as error:
            if error.code is Code.PROPERTY_SMS_CODE_WRONG:
                asked = owner_check.again(asked)
            elif error.code is not Code.SMS_CODE_MALFORMED:
                raise
            last = error
        if asked.tries < TRIES and not codes.code_stdin:
            session.call.out.note(session.call.words.sentence(last), style="yellow")
    raise last


def _member(detail: HouseDetail, text: str) -> Member:
    """By the binding's number, or by a name that only one has."""
    found = [each for each in detail.members if text in (each.binding_id, each.name)]
    if len(found) != 1:
        raise InputInvalid(Code.MEMBER_UNKNOWN, field="binding", value=text)
    return found[0]


def _changed(session: Session, proved: OwnerProved, what: str, member: Member) -> Document:
    desk, operator = session.desk, session.operator
    allowed: bool | None = None
    if what == "unbind":
        household.unbind(desk, operator, proved, member)
    else:
        switches: dict[str, Callable[..., bool]] = {
            "managing": household.switch_managing,
            "paying": household.switch_paying,
        }
        allowed = switches[what](desk, operator, proved, member)
    return {
        "what": what,
        "member": {"id": member.binding_id, "name": member.name},
        "allowed": allowed,
    }


def _owner_document(proved: OwnerProved, detail: HouseDetail) -> Document:
    return {
        "operation": proved.operation,
        "until": format_time(proved.until),
        "house": house_document(proved.house),
        "owner": asdict(proved.owner),
        "use": detail.use or None,
        "nature": detail.nature or None,
        "status": detail.status or None,
        "resident_type": detail.resident_type or None,
        "members": [
            {
                "id": each.binding_id or None,
                "name": each.name,
                "role": each.role,
                "grant": each.grant.value,
            }
            for each in detail.members
        ],
        "reviews": [
            {"id": each.id, "state": each.state.value, "action": each.action}
            for each in detail.reviews
        ],
    }


def _owner_lines(call: Call, proved: OwnerProved, detail: HouseDetail) -> None:
    words = call.words
    call.out.say(proved.house.full_name, style="bold")
    call.out.say("  " + words.text("cli.owner_shown", owner=proved.owner.mobile))
    facts = (detail.kind, detail.use, detail.nature, detail.status, detail.resident_type)
    call.out.say("  " + " · ".join(fact for fact in facts if fact))
    call.out.table(
        [words.text(f"cli.head_{name}") for name in ("id", "member", "role", "grant")],
        (
            (each.binding_id, each.name, each.role, words.text(f"cli.grant_{each.grant.value}"))
            for each in detail.members
        ),
    )
    for review in detail.reviews:
        state = words.text(f"cli.review_{review.state.value}")
        call.out.say(words.text("cli.review_line", id=review.id, state=state, what=review.action))


def _change_lines(call: Call, changes: list[Document]) -> None:
    for each in changes:
        allowed = {True: "_yes", False: "_no", None: ""}[each["allowed"]]
        key = f"cli.changed_{each['what']}{allowed}"
        call.out.say("✔ " + call.words.text(key, member=each["member"]["name"]), style="green")


def _review_document(found: ReviewDetail) -> Document:
    return {name: str(value) if name == "state" else value for name, value in asdict(found).items()}


def _review_lines(call: Call, found: ReviewDetail) -> None:
    for name, value in _review_document(found).items():
        if isinstance(value, bool):
            value = call.words.text("cli.yes" if value else "cli.no")
        elif name == "state":
            value = call.words.text(f"cli.review_{value}")
        if value:
            call.out.say(f"  {call.words.text(f'cli.form_{name}')}: {value}")
