"""How the program starts a child of itself: `python -m …` from source, a flag once it is packaged.

The packaged program has no `-m`: there `station` takes the flag as its first argument, and
`installer/launch.py` hands it to `serve`.
"""

import sys
from collections.abc import Callable, Sequence
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Child(Enum):
    """A child: its flag, and the module whose `main` does the work."""

    WORKER = ("--worker", "station.compose.worker")
    PICTURES = ("--pictures", "ui.demo.shots")
    VERIFIER = ("--verify-export", "installer.verify_journal")
    EMPTY_WINDOW = ("--empty-window", "ui.start_report")

    @property
    def flag(self) -> str:
        return self.value[0]

    @property
    def module(self) -> str:
        return self.value[1]

    @property
    def there(self) -> bool:
        """Whether this installation has it."""
        try:
            return find_spec(self.module) is not None
        except ModuleNotFoundError:
            return False


def is_packaged() -> bool:
    """Whether this is the packaged program."""
    return bool(getattr(sys, "frozen", False))


def command(child: Child, *arguments: str) -> tuple[str, list[str], str]:
    """How to start a child: program, arguments, folder to start it in."""
    if is_packaged():
        program = Path(sys.executable)
        # The window's own program has no input or output on Windows; the command line's has.
        beside = program.with_name(f"station{program.suffix}")
        return str(beside), [child.flag, *arguments], str(program.parent)
    return sys.executable, ["-m", child.module, *arguments], str(ROOT)


def serve(arguments: Sequence[str]) -> int | None:
    """Be the child that the first argument names; its exit status, or None if it names none."""
    for child in Child:
        if arguments and arguments[0] == child.flag:
            main: Callable[[list[str]], int] = import_module(child.module).main
            return main(list(arguments[1:]))
    return None
