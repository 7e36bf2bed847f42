"""The home folder: where one desk keeps its settings, journal, logs and backups."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.errors import Code, InputInvalid

VARIABLE: Final = "STATION_HOME"


@dataclass(frozen=True, slots=True)
class Home:
    """The paths under one home folder. `usual` says that it is the platform's usual place."""

    root: Path
    usual: bool = False

    @property
    def settings(self) -> Path:
        return self.root / "station.toml"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def encoder_lock(self) -> Path:
        """Held while a program uses the encoder: one operation at a time, across programs."""
        return self.root / "encoder.lock"

    @property
    def journal_key(self) -> Path:
        """The site key of machines without a keyring (see `secrets.py`)."""
        return self.root / "journal.key"

    def path(self, setting: str) -> Path:
        """A path from the settings: a relative one is taken from the home folder."""
        return self.root / setting

    def journal(self, setting: str = "journal.db") -> Path:
        """The journal's file, from `journal.path`."""
        return self.path(setting)

    def create(self) -> "Home":
        """Make the folders that are missing, for this user alone (0700).

        Raises `InputInvalid` FILE_UNWRITABLE.
        """
        for folder in (self.root, self.logs, self.backups):
            try:
                folder.parent.mkdir(parents=True, exist_ok=True)
                folder.mkdir(mode=0o700, exist_ok=True)
            except OSError as error:
                raise InputInvalid(
                    Code.FILE_UNWRITABLE, path=str(folder), why=error.strerror or "?"
                ) from error
        return self


def find_home(option: str | Path | None, environment: Mapping[str, str] | None = None) -> Home:
    """`--home`, else STATION_HOME, else the platform's usual place. Nothing is created.

    Raises `InputInvalid` FIELD_CHARACTERS for a path that no system takes.
    """
    environment = os.environ if environment is None else environment
    wanted = str(option or "").strip() or environment.get(VARIABLE, "").strip()
    if not wanted:
        return Home(usual_place(environment), usual=True)
    if not wanted.isprintable():
        raise InputInvalid(Code.FIELD_CHARACTERS, field="home")
    try:
        root = Path(wanted).expanduser()
    except RuntimeError:
        raise InputInvalid(Code.FIELD_CHARACTERS, field="home") from None
    whole = Path(os.path.abspath(root))  # noqa: PTH100 - resolve() would follow links
    # Named or not, it is the same desk, with the same secrets.
    return Home(whole, usual=whole == usual_place(environment))


def usual_place(environment: Mapping[str, str]) -> Path:
    """`%ProgramData%\\CardStation` on Windows (one journal a desk), else the user's."""
    if os.name == "nt":
        return Path(environment.get("ProgramData") or r"C:\ProgramData") / "CardStation"
    from platformdirs import user_data_path

    return user_data_path("card-station", appauthor=False)
