"""The journal's versions: which there are, and bringing a database up to the newest (Alembic).

Alembic is imported only when something has to be changed: an up-to-date journal opens without it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from station.errors import Code, JournalUnsafe

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCRIPTS: Final = Path(__file__).parent
VERSIONS: Final = ("0001", "0002")
"""Every version this program knows, oldest first."""


def needs_upgrade(found: str, versions: tuple[str, ...] = VERSIONS) -> bool:
    """Whether a database of version `found` is older than the program.

    Raises `JournalUnsafe` JOURNAL_NEWER for a version that this program does not know.
    """
    if found == versions[-1]:
        return False
    if found not in versions:
        raise JournalUnsafe(Code.JOURNAL_NEWER, found=found, known=versions[-1])
    return True


def upgrade(connection: "Connection", scripts: Path = SCRIPTS) -> None:
    """Run every missing step on an open SQLAlchemy connection, inside its transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    # Alembic reads the option through configparser, to which `%` is special.
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
