"""Opens the desk for the window, on a lane: the journal, then the parts that are set up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from station.errors import Code, InputInvalid, StationError
from ui.presenters.rack_source import RackSource

if TYPE_CHECKING:
    from station.compose import Station
    from station.home import Home
    from station.ports import Watcher
    from ui.context import Context

FIRST_WORDS = ("rooms", "card", "shell")
Opener = Callable[["Home", "Watcher"], "Station"]
"""Opens the station of a home; the demo has one of its own."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An open desk: who may log in, and what is wrong with parts that were left out for it."""

    station: "Station"
    names: tuple[str, ...]
    empty: bool
    """Nobody may log in yet: the first supervisor is to be added."""
    troubles: tuple[StationError, ...] = ()


def open_desk(home: "Home", watch: "Watcher", opener: Opener | None = None) -> Opening:
    """Open the desk. Raises `InputInvalid` for settings and home, `JournalUnsafe`.

    A part whose secret is missing is left out and named in `troubles`: the desk opens all the
    same, since somebody has to log in to enter the secret.
    """
    troubles: list[StationError] = []
    station = opener(home, watch) if opener else _build(home, watch, troubles)
    people = station.desk.need_operators()
    rows = list(people.list())
    names = tuple(row.name for row in rows if not row.disabled)
    return Opening(station, names, not rows, tuple(troubles))


def make_ready(context: "Context") -> None:
    """While the PIN is typed: read what the first page shows, guests left out.

    On the cloud's lane, which has nothing to do yet; whoever logs in sooner does not wait for it.
    """
    desk, catalogue = context.desk, context.words.catalogue

    def work() -> RackSource:
        for page in FIRST_WORDS:
            catalogue.text(f"ui_{page}.")
        source = RackSource()
        source.prepare(desk)
        return source

    def keep(made: RackSource) -> None:
        context.rack = made

    context.lanes.cloud.submit(work, keep)


def _build(home: "Home", watch: "Watcher", troubles: list[StationError]) -> "Station":
    from station.compose import build

    attempts = ((True, True), (True, False), (False, True), (False, False))
    for encoder, gate in attempts:
        try:
            made = build(home, watch=watch, with_encoder=encoder, with_gate=gate, with_reader=True)
        except InputInvalid as error:
            if error.code is not Code.SECRET_MISSING or not (encoder or gate):
                raise
            if not troubles:
                troubles.append(error)
        else:
            if troubles:
                troubles[:] = [_all_missing(made, troubles[0])]
            return made
    raise AssertionError("the last attempt returns or raises")


def _all_missing(station: "Station", first: StationError) -> StationError:
    """Every secret that has to be entered, in one sentence: a new desk lacks them all."""
    from station.secrets import SecretName

    parts = {
        "door_lock": SecretName.DOOR_LOCK_APPSECRET,
        "shankai": SecretName.SHANKAI_SECRET,
        "property": SecretName.PROPERTY_TOKEN,
    }
    missing = []
    for part, name in parts.items():
        if getattr(station.settings, part) is not None:
            try:
                station.secrets.get(name)
            except InputInvalid:
                missing.append(name)
    if len(missing) < 2:
        return first
    return InputInvalid(
        Code.SECRET_MISSING,
        name=", ".join(missing),
        variable=", ".join(name.variable for name in missing),
        why=first.context.get("why"),
    )
