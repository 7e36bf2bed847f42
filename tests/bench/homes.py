"""A desk's home over a big made journal: made once and kept, or in a temporary folder.

`--keep FOLDER` keeps the home there for the next run (1,000,000 events take a minute and 1.3 GB);
what a benchmark writes stays in it. The supervisor 李主管 logs in with the PIN of this file.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station import settings as parts
from station.compose import build
from station.domain.operator import Operator, Role
from station.home import Home
from station.secrets import Secrets
from station.workflows import operators
from tests.bench import journal_data

LI = Operator("李主管", Role.SUPERVISOR)
PIN = "8251"


def add_options(parser: argparse.ArgumentParser, *, events: int) -> None:
    """`--events N` and `--keep FOLDER`."""
    parser.add_argument("--events", type=int, default=events, help="events in the journal")
    parser.add_argument("--keep", type=Path, help="make the home here, or use what is there")


@contextmanager
def big_home(options: argparse.Namespace) -> Iterator[Home]:
    """The home that the options ask for: 10,000 rooms, a journal, one operator."""
    if options.keep is None:
        with tempfile.TemporaryDirectory(prefix="bench-home-") as folder:
            yield make(Path(folder) / "home", options.events // 2)
        return
    folder = options.keep / f"home-{options.events}"
    yield Home(folder) if (folder / "made").exists() else make(folder, options.events // 2)


def make(folder: Path, operations: int) -> Home:
    """A new home with a journal of so many operations."""
    home = Home(folder).create()
    home.journal_key.write_text(journal_data.KEY.hex() + "\n", "ascii")
    home.journal_key.chmod(0o600)
    chosen = parts.Settings(desk=parts.Desk(id=journal_data.DESK, time_zone="Asia/Shanghai"))
    parts.save(chosen, home.settings)
    journal_data.build(home.journal(), operations)
    with build(home, secrets=Secrets(home, {}), with_encoder=False) as station:
        operators.add(station.desk, None, LI.name, LI.role, PIN)
    (folder / "made").touch()
    return home
