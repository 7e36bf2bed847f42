"""`doctor`: every connection, reader, journal, chain, clock, disk; each with a next step."""

from typing import Annotated

from station.cli import checks
from station.cli.declare import Call, command, option
from station.cli.findings import Finding, Health, Patient
from station.errors import StationError
from station.secrets import Secrets
from station.settings import Settings, load

NOT_WELL = 5
MARKS = {Health.OK: ("✔", "green"), Health.WARNING: ("!", "yellow"), Health.FAILED: ("✘", "red")}


@command("doctor")
def doctor_command(call: Call, deep: Annotated[bool, option("--deep")] = False) -> int:
    """Needs nobody logged in and writes nothing: it must work where everything else fails."""
    home = call.home
    try:
        settings, unreadable = load(home.settings), None
    except StationError as error:
        settings, unreadable = Settings(), error
    patient = Patient(home, settings, Secrets(home), call.words)
    found = checks.every(patient, deep=deep)
    if unreadable is not None:
        failure = patient.failure("settings", unreadable)
        found = [failure if finding.name == "settings" else finding for finding in found]
    return tell(call, found)


def tell(call: Call, found: list[Finding]) -> int:
    """The findings as a document or as lines; exit status 5 when one failed."""
    well = all(finding.state is not Health.FAILED for finding in found)
    call.out.document_or(
        lambda: {"ok": well, "checks": [finding.document() for finding in found]},
        lambda: lines(call, found),
    )
    return 0 if well else NOT_WELL


def lines(call: Call, found: list[Finding]) -> None:
    """One line a part, and what to do next where something is wrong."""
    for finding in found:
        mark, style = MARKS[finding.state]
        key = f"check.name_{finding.name}"
        name = call.words.text(key)
        if name == key:
            name = call.words.word("part", finding.name)
        call.out.say(f"{mark} {name}: {finding.detail}", style=style)
        if finding.next:
            call.out.say(f"    {finding.next}")
