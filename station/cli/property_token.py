"""The property platform's token: pasted once by a technician, kept alive from then on."""

from contextlib import closing
from datetime import datetime
from typing import Annotated

from station.cli import documents
from station.cli.asking import secret_line
from station.cli.declare import Call, command, option
from station.cli.documents import Document
from station.cli.session import Session, opened
from station.compose import vendors
from station.domain.operation import Kind
from station.errors import StationError, Unreachable, VendorRefused
from station.secrets import SecretName, Secrets
from station.settings import set_up
from station.workflows import care

TOKEN = SecretName.PROPERTY_TOKEN


@command("property token")
def token_command(call: Call, token_stdin: Annotated[bool, option("--token-stdin")] = False) -> int:
    """A token that the platform refuses is not kept; while nobody can be asked it is."""
    with opened(call) as session:
        care.allow(session.operator, Kind.SETUP)
        set_up(session.station.settings.property, "property")
        pasted = secret_line(call, TOKEN.value, "--token-stdin", piped=token_stdin)
        trouble, until = _kept(session, pasted)
        care.note(session.desk, session.operator, Kind.SETUP, part="property")
    call.out.document_or(
        lambda: {"kept": True, "verified": trouble is None, **_until(session, until)},
        lambda: _token_lines(call, session, trouble, until),
    )
    return 0


@command("property keep-alive")
def keep_alive_command(call: Call) -> int:
    with opened(call, houses=True) as session:
        platform = session.desk.need_property()
        renewed = platform.keep_alive()
        if not renewed:
            platform.permissions()  # says so where there is no token, or none that is accepted
        until = platform.token_good_until
    key = "cli.token_renewed" if renewed else "cli.token_well"
    said = call.words.text(key, **_until(session, until))
    call.out.document_or(
        lambda: {"renewed": renewed, **_until(session, until)}, lambda: call.out.say(said)
    )
    return 0


def _kept(session: Session, pasted: str) -> tuple[StationError | None, datetime | None]:
    """Keep a token and renew it at once: why that could not be tried, and when it ends (UTC).

    Raises `InputInvalid` for what is no token, or where there is no keyring; `VendorRefused`, with
    the token that was there before in its place again.
    """
    station = session.station
    keyring = Secrets(station.home, {})
    typed = station.secrets.with_values({TOKEN: pasted})
    client = vendors.open_property(station.home, station.settings, typed)
    assert client is not None  # noqa: S101 - it is set up
    with closing(client):
        client.use_token(pasted)
        before = keyring.find(TOKEN)
        keyring.put(TOKEN, pasted)
        try:
            client.keep_alive()
        except Unreachable as error:
            return error, None
        except VendorRefused:
            if before is None:
                keyring.delete(TOKEN)
            else:
                keyring.put(TOKEN, before.reveal())
            raise
        return None, client.token_good_until


def _until(session: Session, until: datetime | None) -> Document:
    at = documents.site_time(until, session.station.clock) if until is not None else None
    return {"good_until": at}


def _token_lines(
    call: Call, session: Session, trouble: StationError | None, until: datetime | None
) -> None:
    if trouble is not None:
        call.out.say(call.words.text("cli.token_untried"), style="yellow")
        call.out.explain(trouble)
        return
    said = call.words.text("cli.token_kept", **_until(session, until))
    call.out.say(f"✔ {said}", style="green")
