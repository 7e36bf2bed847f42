"""Residents' cards at the gates: bind, unbind, show, sync; and forgetting a person."""

from typing import Annotated, Any

from station.cli import documents
from station.cli.consent import consent_of, with_consent
from station.cli.declare import Call, MobileText, Name, Reason, Yes, command, option
from station.cli.output import status_of
from station.cli.results import tell
from station.cli.session import Session, opened
from station.compose import export
from station.domain.card import decimal_uid, parse_uid_or_decimal
from station.domain.person import Person, parse_mobile, parse_name
from station.workflows import outbox, people, resident
from station.workflows.resident import Binding, ResidentCards


@command("resident bind")
def bind_command(
    call: Call,
    mobile: MobileText,
    name: Annotated[str, option("--name", metavar="NAME")],
    uid: Annotated[str | None, option("--uid", metavar="HEX")] = None,
    yes: Yes = False,
    reason: Reason = None,
) -> int:
    person = resident.checked_resident(name, mobile)
    number = "" if uid is None else parse_uid_or_decimal(uid)
    consent = consent_of(yes=yes, reason=reason)
    with opened(call, gate=True, reader=uid is None) as session:
        result = with_consent(
            session,
            consent,
            lambda agreed: resident.bind(
                session.desk, session.operator, Binding(person, number, agreed)
            ),
        )
    return tell(call, result)


@command("resident unbind")
def unbind_command(call: Call, mobile: MobileText) -> int:
    number = parse_mobile(mobile)
    with opened(call, gate=True) as session:
        result = resident.unbind(session.desk, session.operator, number)
    return tell(call, result)


@command("resident show")
def show_command(
    call: Call,
    mobile: MobileText,
    ask_cloud: Annotated[bool, option("--ask-cloud")] = False,
    name: Name = None,
) -> int:
    number = parse_mobile(mobile)
    named = "" if name is None else parse_name(name)
    with opened(call, gate=ask_cloud) as session:
        if ask_cloud:
            call.out.note(call.words.text("cli.ask_cloud_allocates"), style="yellow")
            person = Person(named, number)
            found = resident.ask_cloud(session.desk, session.operator, person)
        else:
            found = resident.show(session.desk, session.operator, number)
    call.out.document_or(lambda: _resident(found), lambda: _resident_lines(call, found))
    return 0


def _resident(found: ResidentCards) -> dict[str, Any]:
    return {
        "resident": found.masked,
        "cards": [{"uid": row.uid, "decimal": decimal_uid(row.uid)} for row in found.bound],
        "waiting": found.waiting,
        "cloud": {"card_no": found.cloud.card_no, "is_new": found.cloud.is_new}
        if found.cloud
        else None,
        "operation": found.operation or None,
    }


def _resident_lines(call: Call, found: ResidentCards) -> None:
    words = call.words
    call.out.say(found.masked, style="bold")
    for row in found.bound:
        decimal = decimal_uid(row.uid)
        call.out.say(f"  {row.uid}" + (f" ({decimal})" if decimal is not None else ""))
    if not found.bound:
        call.out.say("  " + words.text("cli.no_card_bound"))
    if found.waiting:
        call.out.say("  " + words.text("cli.waiting", count=found.waiting), style="yellow")
    if found.cloud is not None:
        key = "cli.cloud_new" if found.cloud.is_new else "cli.cloud_has"
        call.out.say("  " + words.text(key, card_no=found.cloud.card_no))


@command("resident sync")
def sync_command(call: Call) -> int:
    with opened(call, gate=True, encoder=True) as session:
        desk = session.desk
        if desk.gateway is None and desk.network_locks is None:
            desk.need_gate()
        waited = {row.operation: outbox.service_of(row) for row in desk.journal.outbox()}
        pushes = outbox.sync(desk, session.operator, now=True)
        left = len(desk.journal.outbox())
    rows = [
        {
            "operation": push.operation,
            "service": waited[push.operation].value if push.operation in waited else None,
            "state": _PUSHED.get(push.state, push.state),
            "error": push.error.code.value if push.error else None,
            "message": call.words.sentence(push.error) if push.error else None,
            "vendor": documents.vendor(push.error),
        }
        for push in pushes
    ]
    call.out.document_or(
        lambda: {"pushed": rows, "waiting": left}, lambda: _sync_lines(call, pushes, left)
    )
    return max((status_of(push.error) for push in pushes), default=0)


_PUSHED = {"waiting": documents.QUEUED, "stopped": "refused"}


def _sync_lines(call: Call, pushes: list[outbox.Push], left: int) -> None:
    for push in pushes:
        state = call.words.text(f"cli.pushed_{push.state}")
        call.out.say(f"{push.operation}  {state}")
        if push.error is not None:
            call.out.explain(push.error)
    call.out.say(call.words.text("cli.waiting", count=left))


@command("person erase")
def erase_command(call: Call, mobile: MobileText) -> int:
    number = parse_mobile(mobile)
    with opened(call) as session:
        people.erase(session.desk, session.operator, number)
    call.out.document_or(
        lambda: {"erased": True}, lambda: call.out.say(call.words.text("cli.erased"))
    )
    return 0


def masked(session: Session, reference: str) -> str:
    """A person as shown; empty once erased. A damaged record costs only the name."""
    return export.masked(session.desk, reference)
