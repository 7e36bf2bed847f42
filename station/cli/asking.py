"""Questions to a person at a terminal: on stderr, so that stdout holds nothing but the answer."""

import sys

from station.cli.declare import Call
from station.errors import Code, InputInvalid


def can_ask() -> bool:
    """Whether a person can answer: stdin and stderr are terminals."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_line(question: str, default: str = "") -> str:
    """One line, trimmed; `default` for an empty one. Raises COMMAND_CANCELLED at Ctrl-D."""
    shown = f"{question} [{default}]: " if default else f"{question}: "
    sys.stderr.write(shown)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise InputInvalid(Code.COMMAND_CANCELLED)
    return line.strip() or default


def ask_yes(question: str) -> bool:
    """Yes or no; no is what Enter alone means."""
    answer = ask_line(f"{question} [y/N]").casefold()
    return answer in {"y", "yes", "是", "好", "对"}


def ask_secret(question: str) -> str:
    """One line that is not shown."""
    import getpass

    try:
        return getpass.getpass(f"{question}: ", stream=sys.stderr)
    except EOFError:
        raise InputInvalid(Code.COMMAND_CANCELLED) from None


def ask_pin(call: Call, name: str) -> str:
    """An operator's PIN."""
    return ask_secret(call.words.text("cli.ask_pin", operator=name))


def ask_new_pin(call: Call, name: str) -> str:
    """A new PIN, typed twice until both are the same."""
    while True:
        first = ask_secret(call.words.text("cli.ask_new_pin", operator=name))
        if ask_secret(call.words.text("cli.ask_again")) == first:
            return first
        call.out.note(call.words.text("cli.pins_differ"))


def secret_line(call: Call, field: str, option: str, *, piped: bool) -> str:
    """What must not stand among the arguments: the first line of stdin, or typed unseen.

    Raises `InputInvalid` FIELDS_ONE_NEEDED where neither is possible.
    """
    if piped:
        return sys.stdin.readline().strip()
    if not can_ask():
        raise InputInvalid(Code.FIELDS_ONE_NEEDED, fields=option)
    name = call.words.word("field", field)
    return ask_secret(call.words.text("cli.ask_unseen", name=name)).strip()
