"""The journal looked after: verify, back up, rebuild, export, recover."""

from pathlib import Path
from typing import Annotated, Any

from station.cli.declare import Call, Force, argument, command
from station.cli.parsing import new_file, path_of
from station.cli.session import Session, opened, opened_station, prepare_home
from station.compose import care
from station.domain.operation import Kind
from station.domain.operator import Permission
from station.errors import Code, JournalUnsafe
from station.ports import VerifyResult
from station.settings import load
from station.workflows import care as keeping
from station.workflows.desk import NOBODY

DAMAGED = 7
FileText = Annotated[str, argument("FILE")]


@command("journal verify")
def verify_command(call: Call, file: Annotated[str | None, argument("[FILE]")] = None) -> int:
    if file is not None:
        path = path_of(file)
        with call.out.bar(call.words.text("cli.verifying")) as step:
            return _verified(call, care.verify_file(path, step))
    with opened(call) as session:
        session.operator.require(Permission.JOURNAL)
        with call.out.bar(call.words.text("cli.verifying")) as step:
            found = session.desk.journal.verify(step)
    return _verified(call, found)


def _verified(call: Call, found: VerifyResult) -> int:
    facts = {
        "ok": found.ok,
        "events": found.events,
        "head": found.head,
        "first_bad": found.first_bad,
    }
    key = "cli.chain_whole" if found.ok else "cli.chain_broken"
    style = "green" if found.ok else "red"
    call.out.document_or(
        lambda: facts, lambda: call.out.say(call.words.text(key, **facts), style=style)
    )
    return 0 if found.ok else DAMAGED


@command("journal backup")
def backup_command(call: Call, file: FileText) -> int:
    path = new_file(file)
    with opened(call) as session:
        keeping.allow(session.operator, Kind.BACKUP)
        with call.out.bar(call.words.text("cli.backing_up")) as step:
            made = care.back_up(session.station, path, step)
        events, head = session.station.store.head()
        keeping.note(session.desk, session.operator, Kind.BACKUP, events=events, head=head)
    return _made(call, made, events=events, head=head)


@command("journal rebuild")
def rebuild_command(call: Call) -> int:
    with opened(call) as session:
        keeping.allow(session.operator, Kind.REBUILD)
        with call.out.bar(call.words.text("cli.rebuilding")) as step:
            events = session.station.store.rebuild(step)
        keeping.note(session.desk, session.operator, Kind.REBUILD, events=events)
    call.out.document_or(
        lambda: {"events": events},
        lambda: call.out.say(call.words.text("cli.rebuilt", events=events)),
    )
    return 0


@command("journal export")
def export_command(call: Call, file: FileText, force: Force = False) -> int:
    path = new_file(file, force=force)
    with opened(call) as session:
        keeping.note(session.desk, session.operator, Kind.EXPORT, what="journal")
        return _exported(session, path, force=force)


def _exported(session: Session, path: Path, *, force: bool) -> int:
    call = session.call
    with call.out.bar(call.words.text("cli.exporting")) as step:
        events = care.export(session.station, path, step, overwrite=force)
    _, head = session.station.store.head()
    return _made(call, path, events=events, head=head)


@command("journal recover")
def recover_command(call: Call) -> int:
    """Needs nobody logged in: who may log in stands in the very file that is damaged."""
    try:
        with opened(call):
            pass
    except JournalUnsafe as error:
        if error.code is not Code.JOURNAL_DAMAGED:
            raise
    else:
        call.out.document_or(
            lambda: {"recovered": False},
            lambda: call.out.say(call.words.text("cli.journal_whole")),
        )
        return 0
    home = prepare_home(call)
    with call.out.bar(call.words.text("cli.recovering")) as step:
        report = care.recover(home, load(home.settings), step)
    facts = {
        "from_copy": report.from_copy,
        "events": report.recovered,
        "unlinked": report.unlinked,
        "damaged": str(report.damaged or ""),
        "copy": str(report.copy or ""),
    }
    with opened_station(call) as station:
        keeping.note(
            station.desk,
            NOBODY,
            Kind.RECOVERY,
            from_copy=report.from_copy,
            recovered=report.recovered,
            unlinked=report.unlinked,
        )
    call.out.document_or(
        lambda: {"recovered": True, **facts},
        lambda: call.out.say(call.words.text("cli.journal_recovered", **facts), style="yellow"),
    )
    return 0


def _made(call: Call, path: Path, **facts: Any) -> int:
    call.out.document_or(
        lambda: {"file": str(path), **facts},
        lambda: call.out.say(call.words.text("cli.file_made", path=path, **facts)),
    )
    return 0
