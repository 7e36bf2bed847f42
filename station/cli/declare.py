"""How a command is declared: its path, its options, and what every command gets without asking.

`@command("operators add")` keeps the function for `app.build`. A command takes a `Call` first, then
its own options; `--json` is added to each. Help texts come from the catalogue by the command's path
and the option's name. What a command returns is the exit status; None stands for 0.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from station.catalogue import Catalogue
from station.cli.output import Output
from station.home import Home, find_home

Function = Callable[..., int | None]
COMMANDS: dict[str, Function] = {}


@dataclass(slots=True)
class Call:
    """One run of the program: the global options, the words and where answers go."""

    words: Catalogue
    out: Output
    home_option: str = ""
    operator: str = ""
    platform: str = ""
    """Qt's, for the window."""

    @property
    def home(self) -> Home:
        """Raises `InputInvalid` for a path that no system takes."""
        return find_home(self.home_option)


def command(path: str) -> Callable[[Function], Function]:
    """Declare a command, `path` as it is typed: `issue`, `operators add`."""

    def keep(function: Function) -> Function:
        COMMANDS[path] = function
        return function

    return keep


def runnable(function: Function) -> Callable[..., int]:
    """The function as typer wants it: a context in place of the call, and `--json` at the end."""
    parameters = list(inspect.signature(function).parameters.values())[1:]

    def run(ctx: typer.Context, *, as_json: bool, **given: Any) -> int:
        call: Call = ctx.obj
        call.out.use_json(wanted=as_json)
        return function(call, **given) or 0

    keyword = inspect.Parameter.KEYWORD_ONLY
    shown = [
        inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_ONLY, annotation=typer.Context),
        *(parameter.replace(kind=keyword) for parameter in parameters),
        inspect.Parameter("as_json", keyword, default=False, annotation=AsJson),
    ]
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return run


def argument(metavar: str) -> Any:
    """A positional argument; its help comes from the catalogue."""
    return typer.Argument(metavar=metavar, show_default=False)


def option(*names: str, metavar: str | None = None) -> Any:
    """An option; its help comes from the catalogue."""
    return typer.Option(*names, metavar=metavar, show_default=False)


AsJson = Annotated[bool, option("--json")]

# What several commands share. Numbers and times come as text: the desk's own rules read them.
RoomText = Annotated[str, argument("ROOM")]
Until = Annotated[str | None, option("--until", metavar="TIME")]
Nights = Annotated[str | None, option("--nights", metavar="N")]
Hours = Annotated[str | None, option("--hours", metavar="N")]
Guest = Annotated[str | None, option("--guest", metavar="NAME")]
Name = Annotated[str | None, option("--name", metavar="NAME")]
MobileText = Annotated[str, option("--mobile", metavar="N")]
Mobile = Annotated[str | None, option("--mobile", metavar="N")]
Cards = Annotated[str, option("--cards", metavar="N")]
Gate = Annotated[bool, option("--gate")]
Yes = Annotated[bool, option("--yes")]
Reason = Annotated[str | None, option("--reason", metavar="TEXT")]
PinStdin = Annotated[bool, option("--pin-stdin")]
Force = Annotated[bool, option("--force")]
