"""The command `station`: reads what was typed, in one language, and answers with an exit status.

0 done · 2 bad input · 3 refused by a rule or role · 4 the vendor refused · 5 not reachable, nothing
written · 6 outcome unknown or mismatch · 7 the journal is not safe to write.
"""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from station.errors import StationError

if TYPE_CHECKING:
    from station.cli.declare import Call

INTERNAL = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. With `--json` exactly one document goes to stdout."""
    from station.catalogue import Catalogue
    from station.cli.declare import Call
    from station.cli.display import without_platform
    from station.cli.first_look import look
    from station.cli.output import Output, prepare_streams

    arguments, platform = without_platform(sys.argv[1:] if argv is None else argv)
    seen = look(arguments)
    prepare_streams(utf8=seen.json)
    words = Catalogue(seen.language)
    call = Call(words, Output(words, as_json=seen.json), platform=platform)
    try:
        return _run(call, arguments)
    except StationError as error:
        return call.out.error(error)
    except BrokenPipeError:
        # Whoever read the answer has gone; nothing more can be said, not even at the very end.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - stays open until the end
        return 0
    except Exception as error:
        return _internal(call, error)
    finally:
        from station import logs

        logs.close()


def _run(call: "Call", arguments: list[str]) -> int:
    from typer import Abort, BadParameter

    from station.cli.app import build
    from station.cli.usage import explained
    from station.errors import Code, InputInvalid

    usage_error: type[Exception] = next(
        found for found in BadParameter.__mro__ if found.__name__ == "UsageError"
    )
    if not arguments:
        from station.cli.window import open_window

        return open_window(call)
    try:
        done = build(call.words).main(
            args=arguments, prog_name="station", standalone_mode=False, obj=call
        )
    except Abort:
        raise InputInvalid(Code.COMMAND_CANCELLED) from None
    except usage_error as error:
        return explained(call, error)
    return int(done or 0)


def _internal(call: "Call", error: Exception) -> int:
    from station import logs
    from station.errors import Code

    logs.get("cli").error("unforeseen", exc_info=error)
    call.out.error(StationError(Code.INTERNAL, detail=type(error).__name__))
    return INTERNAL
