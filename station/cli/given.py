"""Saying what became of a credential: a JSON document or lines for people, and the exit status.

A passcode is printed because it is the answer; it stands nowhere else.
"""

from station.catalogue import Catalogue
from station.cli import documents
from station.cli.declare import Call
from station.cli.documents import Document
from station.cli.output import status_of
from station.cli.results import MARKS
from station.domain.credential import Credential
from station.domain.event import LockFacts
from station.domain.operation import Kind, State
from station.domain.stay import format_time
from station.workflows.credentials import CredentialResult


def tell(call: Call, result: CredentialResult, guest: str = "") -> int:
    """Say one operation; `guest` is masked. The exit status: 0 also for what waits."""
    call.out.document_or(
        lambda: document(result, call.words, guest), lambda: _lines(call, result, guest)
    )
    return 0 if result.state in {State.DONE, State.WAITING} else status_of(result.error)


def document(result: CredentialResult, words: Catalogue, guest: str = "") -> Document:
    """One operation on a credential."""
    error = result.error
    return {
        "operation": result.operation,
        "kind": result.kind.value,
        "state": documents.state_word(result.state),
        "error": error.code.value if error else None,
        "message": words.sentence(error) if error else _said(result, words),
        "vendor": documents.vendor(error),
        "room": documents.room(result.room),
        "credential": of_credential(result.credential, guest) if result.credential else None,
        "passcode": result.code or None,
        "lock": of_lock(result.said),
    }


def of_credential(credential: Credential, guest: str = "") -> Document:
    """A credential as the desk knows it: never its code."""
    return {
        "id": credential.id,
        "kind": credential.kind.value,
        "state": credential.state.value,
        "slot": credential.slot or None,
        "guest": guest or None,
        "authorised_at": format_time(credential.authorised_at),
        "until": format_time(credential.expires_at),
        "revocable": credential.revocable,
    }


def of_lock(facts: LockFacts | None) -> Document | None:
    """What a lock said of itself: battery in percent, null where it did not say."""
    if facts is None:
        return None
    return {
        "battery": facts.battery if facts.battery >= 0 else None,
        "low": facts.is_low,
        "online": facts.online,
        "abnormal": facts.abnormal,
    }


def warn_of_battery(call: Call, room: str, facts: LockFacts | None) -> None:
    """One line where the lock's answer asks for new batteries."""
    if facts is not None and facts.is_low:
        percent = facts.battery if facts.battery >= 0 else ""
        text = call.words.text("cli.battery_low", room=room, percent=percent)
        call.out.note(text, style="yellow")


def _lines(call: Call, result: CredentialResult, guest: str) -> None:
    if result.error is not None and result.state is not State.WAITING:
        call.out.explain(result.error)
        if result.state is State.UNKNOWN:
            text = call.words.text("cli.may_open", room=result.room.name)
            call.out.note(text, style="yellow")
        return
    mark, style = MARKS.get(result.state, ("✘", "red"))
    call.out.say(f"{mark} {_said(result, call.words)}", style=style)
    if result.code:
        call.out.say(f"    {result.code}", style="bold")
    if guest:
        call.out.say(f"    {guest}")
    warn_of_battery(call, result.room.name, result.said)


def _said(result: CredentialResult, words: Catalogue) -> str:
    """A sentence for what went well, or waits."""
    found = result.credential
    facts = {
        "room": result.room.name,
        "credential": found.kind.value if found else "",
        "until": format_time(found.expires_at) if found else "",
        "slot": found.slot or "" if found else "",
    }
    if result.state is State.WAITING:
        return words.text("cli.stop_waits", **facts)
    if result.kind is not Kind.CREDENTIAL_STOP:
        return words.text("cli.said_given", **facts)
    return words.text("cli.said_stopped" if found else "cli.said_slot_stopped", **facts)
