"""A window over a journal of thousands of operations, for the history's tests and bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from station import settings as parts
from station.compose import Station, build
from station.domain.operator import Operator, Role
from station.home import Home
from station.secrets import Secrets
from station.workflows import operators
from tests.bench import journal_data
from ui.context import Bridge, Context, Session
from ui.lanes import Lanes
from ui.messages import Words
from ui.theme.style import Theme
from ui.theme.tokens import Look

LI = Operator("李主管", Role.SUPERVISOR)
PIN = "8251"


@contextmanager
def big_journal(folder: Path, operations: int) -> Iterator[Station]:
    """A desk without devices over a made journal, with its supervisor 李主管."""
    home = Home(folder / "home").create()
    home.journal_key.write_text(journal_data.KEY.hex() + "\n", "ascii")
    home.journal_key.chmod(0o600)
    chosen = parts.Settings(desk=parts.Desk(id=journal_data.DESK, time_zone="Asia/Shanghai"))
    parts.save(chosen, home.settings)
    journal_data.build(home.journal(), operations)
    with build(home, settings=chosen, secrets=Secrets(home, {}), with_encoder=False) as station:
        operators.add(station.desk, None, LI.name, LI.role, PIN)
        yield station


@contextmanager
def context_over(app: QApplication, station: Station) -> Iterator[Context]:
    """What a page is given, the supervisor logged in; drained at the end."""
    context = Context(
        words=Words("zh_CN"),
        theme=Theme(app, Look.LIGHT),
        lanes=Lanes(),
        bridge=Bridge(),
        session=Session(),
        station=station,
    )
    context.session.set(LI)
    try:
        yield context
    finally:
        ended = context.lanes.close()
        context.theme.deleteLater()
    assert ended, "a lane did not end"
