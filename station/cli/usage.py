"""What was typed wrongly, in our own words: typer's are English and name no rule."""

from typing import Any

from station.cli.declare import Call
from station.errors import Code, InputInvalid


def explained(call: Call, error: Any) -> int:
    """Say a usage error; exit status 2. Recognised by name: typer carries its own click."""
    kind = type(error).__name__
    if kind == "MissingParameter":
        field = getattr(error.param, "name", "") or "command"
        return call.out.error(InputInvalid(Code.FIELD_EMPTY, field=field))
    if kind == "NoSuchOption":
        near = ", ".join(error.possibilities or ()) or "--help"
        facts = {"field": "option", "value": error.option_name, "choices": near}
        return call.out.error(InputInvalid(Code.FIELD_CHOICE, **facts))
    if kind == "NoArgsIsHelpError":
        call.out.note(error.format_message())
        return 2
    return call.out.fault("usage", call.words.text("cli.usage", detail=error.format_message()), 2)
