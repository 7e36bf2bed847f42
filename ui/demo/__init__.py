"""The demo: the real window on simulated services, with a desk drawer and doors beside it."""

from pathlib import Path


def run(
    home: Path | None = None,
    lang: str | None = None,
    operator: str | None = None,
    platform: str = "",
) -> int:
    """The demo until its window is closed; the exit status. `platform` is Qt's.

    Without `home` its journal is in a folder that is removed afterwards. Raises `InputInvalid`
    FILE_EXISTS for the home of a real desk.
    """
    from ui.demo.show import show

    return show(home, lang, operator, platform)
