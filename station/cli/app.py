"""The command line as typer wants it, built from what the command modules declare.

Built at each start in one language: after typer has made its commands, their help texts are taken
from the catalogue by path and option name.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from station.catalogue import Catalogue
from station.cli import (  # noqa: F401 - importing them declares their commands
    biometrics,
    cards,
    demo,
    doctor,
    encoder,
    groups,
    history,
    house_owner,
    house_register,
    houses,
    journal,
    lock_files,
    locks,
    opening,
    operators,
    passcodes,
    property_token,
    reader,
    residents,
    rooms,
    setup,
    simulate,
    ways,
)
from station.cli.declare import COMMANDS, Call, option, runnable
from station.errors import Code, InputInvalid
from station.version import VERSION

SHARED_OPTIONS = "cli_option"
HELP = "cli_help"


class KnownCommands(TyperGroup):
    """A group that names its commands when asked for one that it does not have."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.commands:
            raise InputInvalid(
                Code.FIELD_CHOICE, field="command", value=name, choices=", ".join(self.commands)
            )
        return super().resolve_command(ctx, args)


def build(words: Catalogue) -> Any:
    """The whole command line with its help in one language."""
    app = typer.Typer(
        cls=KnownCommands,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(invoke_without_command=True)(_globals)
    groups_made: dict[str, typer.Typer] = {}
    for path, function in COMMANDS.items():
        above, _, name = path.rpartition(" ")
        if above and above not in groups_made:
            groups_made[above] = typer.Typer(
                cls=KnownCommands, no_args_is_help=True, rich_markup_mode=None
            )
            app.add_typer(groups_made[above], name=above)
        (groups_made[above] if above else app).command(name)(runnable(function))
    made = typer.main.get_command(app)
    for path, found in every_command(made):
        _say_help(words, path, found)
    return made


def _globals(
    ctx: typer.Context,
    home: Annotated[str | None, option("--home", metavar="DIR")] = None,
    lang: Annotated[str | None, option("--lang", metavar="zh_CN|en")] = None,
    operator: Annotated[str | None, option("--operator", metavar="NAME")] = None,
    version: Annotated[bool, option("--version")] = False,
    selftest: Annotated[bool, option("--selftest")] = False,
    selftest_report: Annotated[str | None, option("--report", metavar="FILE")] = None,
) -> None:
    call: Call = ctx.obj
    if home is not None and not home.strip():
        raise InputInvalid(Code.FIELD_EMPTY, field="home")
    if lang is not None and lang not in ("zh_CN", "en"):
        raise InputInvalid(Code.FIELD_CHOICE, field="lang", value=lang, choices="zh_CN, en")
    if operator is not None and not operator.strip():
        raise InputInvalid(Code.FIELD_EMPTY, field="operator")
    call.home_option = home or ""
    call.operator = operator or ""
    if version:
        if call.out.json:
            call.out.document({"version": VERSION})
        else:
            call.out.say(f"Card Station {VERSION}")
        raise typer.Exit(0)
    if selftest:
        from station.cli.selftest import run

        raise typer.Exit(run(call, selftest_report))
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit(2)


def every_command(root: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """(path, command) of the command line and everything in it."""
    yield above, root
    for name, inner in getattr(root, "commands", {}).items():
        yield from every_command(inner, f"{above} {name}".strip())


def _say_help(words: Catalogue, path: str, found: Any) -> None:
    found.help = found.short_help = help_text(words, path)
    for parameter in found.params:
        parameter.help = option_text(words, path, parameter.name)
    found.options_metavar = words.text("cli.options_metavar")
    found.subcommand_metavar = words.text("cli.command_metavar")
    _say_frame(words, found)


def _say_frame(words: Catalogue, found: Any) -> None:
    """What typer itself writes into a help page: headings, and what `--help` does."""
    get_help, get_help_option = found.get_help, found.get_help_option

    def help_option(ctx: Any) -> Any:
        made = get_help_option(ctx)
        if made is not None:
            made.help = words.text(f"{SHARED_OPTIONS}.help")
        return made

    def help_page(ctx: Any) -> str:
        page = str(get_help(ctx))
        for heading in ("Usage", "Options", "Arguments", "Commands"):
            own = words.text(f"cli.{heading.lower()}_heading")
            page = re.sub(rf"(?m)^{heading}:", f"{own}:", page, count=1)
        # types and "[required]" say nothing that the synopsis does not
        return re.sub(r" <str>|\{([A-Z_|…a-z-]+)\}|  \[required\]", r"\1", page)

    found.get_help_option, found.get_help = help_option, help_page


def help_text(words: Catalogue, path: str) -> str:
    """What a command does."""
    return words.text(f"{HELP}.{path.replace(' ', '_').replace('-', '_') or 'station'}")


def option_text(words: Catalogue, path: str, name: str) -> str:
    """What an option or argument of a command says; most are shared between commands."""
    own = f"{path.replace(' ', '_')}_{name}".strip("_")
    text = words.text(f"{SHARED_OPTIONS}.{own}")
    return text if text != f"{SHARED_OPTIONS}.{own}" else words.text(f"{SHARED_OPTIONS}.{name}")
