"""`python -m ui [--home DIR] [--lang zh_CN|en] [--operator NAME]`: opens the window."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window; its exit status. Without `argv` the process's own arguments are read."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # Nothing that a start makes is garbage; looking for some takes a tenth of it.
    gc.disable()
    home, lang, operator = _options(arguments) if arguments else (None, None, None)
    from station.errors import StationError
    from ui.app import run

    try:
        return run(home, lang, operator)
    except StationError as error:
        from station.catalogue import Catalogue

        sys.stderr.write(f"{Catalogue(lang or '').sentence(error)}\n")
        return error.exit_status


def _options(arguments: Sequence[str]) -> tuple[Path | None, str | None, str | None]:
    import argparse

    parser = argparse.ArgumentParser(prog="card-station")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--lang", choices=("zh_CN", "en"))
    parser.add_argument("--operator")
    found = parser.parse_args(arguments)
    return found.home, found.lang, found.operator


if __name__ == "__main__":
    sys.exit(main())
