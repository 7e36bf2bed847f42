"""The tour's last steps: the history as files, the chain verified by us and stand-alone."""

import subprocess
from collections.abc import Callable

from station import children
from station.children import Child
from station.cli.tour_desk import DeskTour
from station.compose import care
from station.compose.export import export_history
from station.ports import HistoryFilter
from station.workflows.history import history

FORMS = ("csv", "xlsx", "jsonl")
VERIFIER_TIME_S = 60


def list_history(tour: DeskTour) -> str:
    rows = history(tour.desk, tour.operator, HistoryFilter(limit=500))
    kinds = {row.kind.value for row in rows}
    tour.expect({"issue", "copy", "extend", "replace", "move", "recycle"} <= kinds, "kinds")
    shown = [f"{tour.words.word('kind', row.kind)} {row.room_name}".strip() for row in rows[:5]]
    return tour.say("listed", count=len(rows), rows=" · ".join(shown))


def export_files(tour: DeskTour) -> str:
    station = tour.simulation.station
    for form in FORMS:
        path = tour.folder / f"history.{form}"
        count = export_history(
            station, tour.operator, HistoryFilter(), path, form, tour.words, overwrite=True
        )
        tour.expect(count > 0 and path.stat().st_size > 0, form)
    return " · ".join(f"history.{form}" for form in FORMS)


def verify_chain(tour: DeskTour) -> str:
    found = tour.desk.journal.verify()
    tour.expect(found.ok, found.why)
    return tour.words.text("cli.chain_whole", events=found.events, head=found.head)


def verify_export(tour: DeskTour) -> str:
    path = tour.folder / "journal.jsonl"
    events = care.export(tour.simulation.station, path, overwrite=True)
    found = care.verify_file(path)
    tour.expect(found.ok and found.events == events, found.why)
    if not Child.VERIFIER.there:
        return tour.say("export_verified", events=events)
    program, arguments, place = children.command(Child.VERIFIER, str(path))
    done = subprocess.run(  # noqa: S603 - this very program on our own file
        [program, *arguments],
        cwd=place,
        capture_output=True,
        timeout=VERIFIER_TIME_S,
        check=False,
    )
    tour.expect(done.returncode == 0, done.stdout.decode(errors="replace")[-200:])
    return tour.say("export_verified_alone", events=events)


PAPER_STEPS: tuple[tuple[str, Callable[[DeskTour], str]], ...] = (
    ("history", list_history),
    ("export", export_files),
    ("verify", verify_chain),
    ("verify_export", verify_export),
)
