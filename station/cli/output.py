"""Where answers go: one JSON document on stdout, or tables and sentences for people.

Everything that is not the answer goes to stderr. Rich is loaded when the first line for people is
written; texts from vendors and operators are never taken as markup.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from station.catalogue import Catalogue
from station.errors import StationError
from station.workflows.result import vendor_words

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 240
UNFINISHED = 6
"""Exit status of what has no class of its own: an interrupted operation, an unfinished group."""


class Output:
    """Says things in one language; `json` decides which of the two ways."""

    def __init__(self, words: Catalogue, *, as_json: bool = False) -> None:
        self.words = words
        self.json = as_json
        self.answered = False

    def use_json(self, *, wanted: bool) -> None:
        self.json = self.json or wanted

    @property
    def is_terminal(self) -> bool:
        """Whether a person watches: stdout and stderr are terminals and no JSON is wanted."""
        return not self.json and sys.stdout.isatty() and sys.stderr.isatty()

    # the answer

    def document(self, value: object) -> None:
        """The one JSON document."""
        self.answered = True
        self._raw(json.dumps(value, ensure_ascii=False))

    def document_or(self, document: Callable[[], object], lines: Callable[[], None]) -> None:
        """The answer in the form that was asked for."""
        if self.json:
            self.document(document())
        else:
            lines()

    def say(self, text: str, style: str = "") -> None:
        """One line of the answer, for people."""
        if not self.json:
            self._console(stderr=False).print(text, style=style or None, markup=False)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table for people; cells are plain text."""
        if self.json:
            return
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        terminal = sys.stdout.isatty()
        made = Table(box=SIMPLE_HEAD if terminal else None, pad_edge=False, header_style="bold")
        for head in heads:
            made.add_column(Text(head), no_wrap=not terminal)
        for row in rows:
            made.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
        self._console(stderr=False).print(made)

    # beside the answer

    def note(self, text: str, style: str = "") -> None:
        """A line on stderr, also beside JSON."""
        self._console(stderr=True).print(text, style=style or None, markup=False)

    def progress(self, text: str) -> None:
        """A line on stderr that only a watching person gets."""
        if self.is_terminal:
            self.note(text, style="dim")

    @contextmanager
    def bar(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar on stderr for whoever watches: call with (done, total), 0 unknown."""
        if not self.is_terminal:
            yield lambda _done, _total: None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
        )
        with Progress(*columns, console=self._console(stderr=True), transient=True) as progress:
            task = progress.add_task(title, total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total or None)

    def error(self, error: StationError) -> int:
        """Say an error and return its exit status."""
        if self.json:
            if not self.answered:
                self.document({"error": error.code.value, "message": self.words.sentence(error)})
        else:
            self.explain(error)
        return status_of(error)

    def fault(self, code: str, message: str, status: int) -> int:
        """What is no `StationError`: a word of the command line's own, with its exit status."""
        if self.json:
            self.document({"error": code, "message": message})
        else:
            self.note(message, style="red")
        return status

    def explain(self, error: StationError) -> None:
        """Cause and next step, the vendor's own words below, the code small."""
        self.note(self.words.sentence(error), style="red")
        code, msg = vendor_words(error)
        if code or msg:
            self.note("  " + self.words.text("cli.vendor_says", msg=msg, vendor_code=code))
        self.note(f"  [{error.code.value}]", style="dim")

    def _raw(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def _console(self, *, stderr: bool) -> "Console":
        from rich.console import Console

        stream = sys.stderr if stderr else sys.stdout
        width = None if stream.isatty() else PIPED_WIDTH
        return Console(file=stream, width=width, highlight=False, soft_wrap=stderr, emoji=False)


def status_of(error: StationError | None) -> int:
    """The exit status of an error: its class's, and 6 for what only an outcome can carry."""
    if error is None:
        return 0
    return UNFINISHED if error.exit_status == 1 and error.code in _OUTCOMES else error.exit_status


_OUTCOMES = frozenset({"not_written", "interrupted", "group_incomplete"})


def prepare_streams(*, utf8: bool) -> None:
    """No text may fail to be written: what the terminal cannot show becomes `?`.

    JSON is UTF-8 whatever the terminal speaks (`utf8`); so is what goes into a file or to another
    program where this system's own encoding has no Chinese.
    """
    for stream, facts in (
        (sys.stdout, _written(sys.stdout, utf8=utf8)),
        (sys.stderr, _written(sys.stderr, utf8=False)),
        (sys.stdin, {"errors": "surrogateescape"}),
    ):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(**facts)  # type: ignore[union-attr]


def _written(stream: TextIO | None, *, utf8: bool) -> dict[str, str]:
    """How text is written to an output stream."""
    if not utf8 and stream is not None and not stream.isatty():
        try:
            "房卡".encode(stream.encoding or "utf-8")
        except (UnicodeEncodeError, LookupError):
            utf8 = True
    return {"errors": "replace", **({"encoding": "utf-8"} if utf8 else {})}
