"""`python -m ui [--home DIR] [--lang zh_CN|en] [--operator NAME]`: opens the window.

`-platform NAME` is Qt's. `--loaded FILE` writes what the start has cost, and ends (`start_report`).
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ui.top_window import TopWindow


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window; its exit status. Without `argv` the process's own arguments are read."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # Nothing that a start makes is garbage; looking for some takes a tenth of it.
    gc.disable()
    home, lang, operator, platform, loaded = _options(arguments) if arguments else [None] * 5
    from station.errors import StationError
    from ui.app import run

    try:
        return run(
            Path(home) if home else None,
            lang,
            operator,
            platform=platform or "",
            painted=_reporting(Path(loaded)) if loaded else None,
        )
    except StationError as error:
        from station.catalogue import Catalogue

        sys.stderr.write(f"{Catalogue(lang or '').sentence(error)}\n")
        return error.exit_status


def _options(arguments: Sequence[str]) -> list[str | None]:
    import argparse

    parser = argparse.ArgumentParser(prog="card-station")
    parser.add_argument("--home")
    parser.add_argument("--lang", choices=("zh_CN", "en"))
    parser.add_argument("--operator")
    parser.add_argument("-platform")
    parser.add_argument("--loaded")
    found = parser.parse_args(arguments)
    return [found.home, found.lang, found.operator, found.platform, found.loaded]


def _reporting(path: Path) -> Callable[[TopWindow], None]:
    """Write down what the first frame has cost, and close the window."""

    def painted(window: TopWindow) -> None:
        from PySide6.QtWidgets import QApplication

        from ui import start_report

        try:
            start_report.write(path)
            window.close()
        except OSError as error:
            sys.stderr.write(f"{error}\n")
            QApplication.exit(1)

    return painted


if __name__ == "__main__":
    sys.exit(main())
