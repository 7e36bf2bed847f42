"""`setup`: asks for site, services, reader and first supervisor; tests each connection at once.

At a terminal it asks, with present answers as defaults. With `--set` or `--secrets-from`, or
without a terminal, it asks nothing. Secrets go to the keyring and never into `station.toml`. With
`--settings-from` a site's file is taken over, see `setup_site`.
"""

import os
import sys
from typing import Annotated, Any

from station.cli import checks, doctor
from station.cli.asking import ask_line, ask_new_pin, can_ask
from station.cli.declare import Call, PinStdin, command, option
from station.cli.findings import Finding, Health, Patient
from station.cli.parsing import path_of
from station.cli.session import PIN_VARIABLE, log_in, opened_station, prepare_home, read_pin_line
from station.cli.setup_draft import Draft, parse_assignment, parse_secrets
from station.cli.setup_questions import ask_everything
from station.cli.setup_site import take_settings
from station.compose import Station
from station.domain.operation import Kind
from station.domain.operator import Operator, Role, parse_operator_name, parse_pin
from station.errors import Code, InputInvalid, JournalUnsafe
from station.secrets import SecretName, Secrets
from station.settings import load
from station.workflows import care, operators

MAX_SECRETS_FILE = 100_000
TESTED = ("door_lock", "shankai", "kexin", "reader")


@command("setup")
def setup_command(
    call: Call,
    assignments: Annotated[list[str] | None, option("--set", metavar="SECTION.KEY=VALUE")] = None,
    secrets_from: Annotated[str | None, option("--secrets-from", metavar="FILE|-")] = None,
    settings_from: Annotated[str | None, option("--settings-from", metavar="FILE")] = None,
    supervisor: Annotated[str | None, option("--supervisor", metavar="NAME")] = None,
    pin_stdin: PinStdin = False,
) -> int:
    if settings_from is not None:
        if assignments or secrets_from or supervisor or pin_stdin:
            fields = "settings_from, assignments, secrets_from, supervisor, pin_stdin"
            raise InputInvalid(Code.FIELDS_EXCLUSIVE, fields=fields)
        return take_settings(call, settings_from)
    first = None if supervisor is None else parse_operator_name(supervisor)
    pairs = [parse_assignment(text) for text in assignments or []]
    if pin_stdin and secrets_from == "-":
        raise InputInvalid(Code.FIELDS_EXCLUSIVE, fields="pin_stdin, secrets_from")
    given = {} if secrets_from is None else parse_secrets(_text_of(secrets_from))
    home = prepare_home(call)
    draft = Draft(home, load(home.settings))
    by = _who_may(call, draft)
    _check_key(draft, given)
    draft.given |= given
    for field, value in pairs:
        draft.set(field, value)
    asks = can_ask() and not call.out.json and not pairs and secrets_from is None
    if asks:
        ask_everything(call, draft)
        found: list[Finding] = []
    else:
        patient = Patient(home, draft.settings(), draft.secrets(), call.words)
        found = [checks.one(patient, name) for name in TESTED]
    homeless = draft.write()
    made = _after_writing(call, by, first, pin_stdin=pin_stdin, asks=asks)
    read = secrets_from if secrets_from not in {None, "-"} else None
    return _tell(call, found, homeless, made, read)


def _check_key(draft: Draft, given: dict[SecretName, str]) -> None:
    """A key is given before the journal is made: another one later would read nothing of it."""
    key = given.get(SecretName.JOURNAL_KEY)
    if key is None:
        return
    kept = Secrets(draft.home)
    wanted = kept.with_values({SecretName.JOURNAL_KEY: key}).journal_key()
    exists = draft.home.journal(draft.settings().journal.path).exists()
    if exists and wanted != kept.journal_key():
        raise JournalUnsafe(Code.JOURNAL_KEY, why="other")


def _text_of(name: str) -> str:
    if name == "-":
        return sys.stdin.read(MAX_SECRETS_FILE)
    path = path_of(name, field="secrets_from")
    try:
        return path.read_text("utf-8-sig")[:MAX_SECRETS_FILE]
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "utf8"
        raise InputInvalid(Code.FILE_UNREADABLE, path=str(path), why=why) from error


def _who_may(call: Call, draft: Draft) -> Operator | None:
    """Who changes the settings: nobody has to log in before there is an operator."""
    if not draft.home.journal(draft.settings().journal.path).exists():
        return None
    with opened_station(call) as station:
        if station.desk.need_operators().count() == 0:
            return None
        operator = log_in(call, station.desk)
        care.allow(operator, Kind.SETUP)
        return operator


def _after_writing(
    call: Call, by: Operator | None, first: str | None, *, pin_stdin: bool, asks: bool
) -> str:
    """Journal the setup, and make the first supervisor where there is none; their name."""
    with opened_station(call) as station:
        made = ""
        if station.desk.need_operators().count() == 0:
            made = _first_supervisor(call, station, first, pin_stdin=pin_stdin, asks=asks)
        author = by or (Operator(made, Role.SUPERVISOR) if made else None)
        if author is not None:
            care.note(station.desk, author, Kind.SETUP)
        return made


def _first_supervisor(
    call: Call, station: Station, name: str | None, *, pin_stdin: bool, asks: bool
) -> str:
    if name is None and asks:
        name = parse_operator_name(ask_line(call.words.text("cli.ask_supervisor")))
    if name is None:
        return ""
    if pin_stdin:
        pin = read_pin_line()
    else:
        pin = os.environ.get(PIN_VARIABLE, "")
        if not pin and can_ask():
            pin = ask_new_pin(call, name)
    operators.add(station.desk, None, name, Role.SUPERVISOR, parse_pin(pin))
    return name


def _tell(
    call: Call, found: list[Finding], homeless: list[SecretName], made: str, read: str | None
) -> int:
    variables = [name.variable for name in homeless]
    well = all(finding.state is not Health.FAILED for finding in found)
    document: dict[str, Any] = {
        "ok": well,
        "settings": str(call.home.settings),
        "checks": [finding.document() for finding in found],
        "set_variables": variables,
        "supervisor": made or None,
        "delete_file": read,
    }

    def show() -> None:
        doctor.lines(call, found)
        call.out.say(call.words.text("cli.setup_written", path=call.home.settings))
        if variables:
            text = call.words.text("cli.set_variables", variables=", ".join(variables))
            call.out.say(text, style="yellow")
        if read is not None:
            call.out.say(call.words.text("cli.delete_file", path=read), style="yellow")
        if made:
            call.out.say(call.words.text("cli.supervisor_made", operator=made))

    call.out.document_or(lambda: document, show)
    return 0 if well else doctor.NOT_WELL
