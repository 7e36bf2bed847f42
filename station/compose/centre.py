"""A site with several desks: joins this desk's journal to the centre, as far as it can be reached.

The desk works alone while the centre is away; what it did then goes there with the next command or
window that finds it. Every desk of a site uses the same journal key.
"""

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from station.errors import Code, JournalUnsafe
from station.secrets import SecretName, Secrets
from station.settings import Settings

if TYPE_CHECKING:
    from station.journal import Store
    from station.journal.central import Central, Synced

log = logging.getLogger("station.compose.centre")


def join(
    parts: ExitStack, store: "Store", settings: Settings, secrets: Secrets
) -> "Central | None":
    """Ask the centre for other desks' authorisations from now on; None where there is no centre.

    Never raises because the centre cannot be reached. Raises `JournalUnsafe` JOURNAL_DAMAGED when
    the centre holds another chain for this desk: two computers use one desk's name.
    """
    if settings.central is None:
        return None
    from station.journal.central import Central
    from station.journal.postgres import PostgresDatabase

    database = PostgresDatabase(_with_password(settings.central.url, secrets))
    centre = Central(store, database)
    parts.callback(centre.close)
    store.elsewhere = centre.latest_authorised_at
    store.slots_elsewhere = centre.slots_taken
    try:
        if not database.is_up_to_date():
            database.bring_up()
    except JournalUnsafe as error:
        if error.code is not Code.CENTRAL_UNREACHABLE:
            raise
        log.warning("the centre cannot be reached: %s", error)
        return centre
    sync(centre)
    parts.callback(sync, centre)
    return centre


def latest_version(settings: Settings, secrets: Secrets) -> bool:
    """Whether the centre is there with this program's tables; writes nothing.

    Raises `JournalUnsafe` CENTRAL_UNREACHABLE, JOURNAL_NEWER.
    """
    from station.journal.postgres import PostgresDatabase

    if settings.central is None:
        return False
    database = PostgresDatabase(_with_password(settings.central.url, secrets))
    try:
        return database.is_up_to_date()
    finally:
        database.close()


def sync(centre: "Central") -> "Synced | None":
    """Push and pull what is new; None (and a line in the log) while the centre is away."""
    try:
        return centre.sync()
    except JournalUnsafe as error:
        if error.code is not Code.CENTRAL_UNREACHABLE:
            raise
        log.warning("the centre cannot be reached: %s", error)
        return None


def _with_password(url: str, secrets: Secrets) -> str:
    """The settings' address with the password that is kept apart; without one, as it stands."""
    password = secrets.find(SecretName.CENTRAL_PASSWORD)
    if password is None:
        return url
    parts = urlsplit(url)
    user = f"{parts.username or ''}:{quote(password.reveal(), safe='')}"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}"))
