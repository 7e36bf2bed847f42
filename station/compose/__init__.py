"""The only place that knows implementations: puts a desk together from its home and settings.

Everything is imported where it is needed, so that a command pays only for the parts that it uses.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from station.compose import vendors
from station.compose.clock import SystemClock
from station.domain.card import CardIdRelation
from station.domain.outbox import Service
from station.errors import Code, Unreachable
from station.home import Home
from station.secrets import Secrets
from station.settings import Property, Settings, load
from station.workflows.desk import Desk, Site, nobody_watches

if TYPE_CHECKING:
    from station.journal import Store
    from station.ports import Clock, Operators, Reader, Watcher

TURN_WAIT_S = 60.0
UNRELATED = CardIdRelation.UNRELATED


@dataclass(slots=True)
class Station:
    """One desk, open. Use it as a context manager, or `close` it."""

    home: Home
    settings: Settings
    clock: SystemClock
    desk: Desk
    store: "Store"
    secrets: Secrets
    _parts: ExitStack = field(default_factory=ExitStack)
    key: bytes = field(default=b"", repr=False)
    """The journal's, with which a worker is shown where its job comes from."""

    def close(self) -> None:
        self._parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def build(
    home: Home,
    *,
    settings: Settings | None = None,
    secrets: Secrets | None = None,
    clock: SystemClock | None = None,
    watch: "Watcher | None" = None,
    with_encoder: bool = True,
    with_reader: bool = False,
    with_gate: bool = False,
    with_property: bool = False,
    reader: "Reader | None" = None,
) -> Station:
    """Open a desk with the parts that are wanted and set up; a part that is not is None.

    The property platform comes with the gates, or alone. `reader` takes the place of PC/SC (the
    demo's). With an encoder, what a killed program left
    under way is marked unresolved first. Raises `InputInvalid` for settings and secrets, and
    `JournalUnsafe`.
    """
    home.create()
    chosen = load(home.settings) if settings is None else settings
    kept = Secrets(home) if secrets is None else secrets
    now = clock or SystemClock(chosen.desk.time_zone)
    with ExitStack() as parts:
        key = kept.journal_key(create=not home.journal(chosen.journal.path).exists())
        store = open_store(home, chosen, kept, now, key)
        parts.callback(store.close)
        if chosen.central is not None:
            from station.compose import centre

            centre.join(parts, store, chosen, kept)
        made = parts.enter_context(
            vendors.opened(
                home,
                chosen,
                kept,
                locks=with_encoder,
                gate=with_gate,
                houses=with_gate or with_property,
            )
        )
        compares = with_encoder and site_of(chosen).card_id_relation is not UNRELATED
        if reader is None and (with_reader or compares):
            reader = open_reader(chosen)
        if reader is not None:
            parts.callback(reader.close)
        desk = Desk(
            journal=store,
            clock=now,
            site=site_of(chosen),
            operators=open_operators(store, now),
            encoder=made.encoder,
            gate=made.gate,
            gateway=made.gateway,
            network_locks=made.network_locks,
            property=made.property,
            reader=reader,
            outbox_turn=lambda service: outbox_turn(home, service),
            slots_turn=lambda wait_s: slots_turn(home, wait_s),
            watch=watch or nobody_watches,
        )
        if made.encoder is not None:
            from station.workflows.recover import adopt_interrupted

            adopt_interrupted(desk)
        if desk.gateway or desk.network_locks or desk.property:
            from station.workflows import interrupted

            interrupted.adopt(desk)
        return Station(home, chosen, now, desk, store, kept, parts.pop_all(), key)


def site_of(settings: Settings) -> Site:
    """The site's choices as workflows know them."""
    houses = settings.property or Property()
    return Site(
        stay_rules=settings.desk.stay_rules,
        card_id_relation=settings.reader.compare_card_id
        if settings.reader
        else Site().card_id_relation,
        faces=settings.desk.faces,
        fingerprints=settings.desk.fingerprints,
        keep_personal_days=settings.journal.keep_personal_days,
        community_id=houses.community_id,
        houses_max_age_hours=houses.houses_max_age_hours,
    )


def open_store(
    home: Home, settings: Settings, secrets: Secrets, clock: "Clock", key: bytes = b""
) -> "Store":
    """The journal, made where there is none. Raises `JournalUnsafe`."""
    from station.journal import open_journal

    path = home.journal(settings.journal.path)
    return open_journal(
        path,
        desk=settings.desk.id,
        key=key or secrets.journal_key(create=not path.exists()),
        utc=clock.utc,
        backups=home.backups,
    )


def open_operators(store: "Store", clock: "Clock") -> "Operators":
    """Who may log in, kept in the journal's file."""
    from station.journal.operators import OperatorBook

    return OperatorBook(store.database, utc=clock.utc)


def open_reader(settings: Settings) -> "Reader | None":
    """The PC/SC reader, watched from now on; None where the site has none."""
    if settings.reader is None:
        return None
    from station.reader.reader import pcsc_reader

    return pcsc_reader(settings.reader.name, settings.reader.uid_order)


def outbox_turn(home: Home, service: Service) -> AbstractContextManager[None]:
    """One program at a time pushes what waits for a vendor. Raises `Unreachable` SERVICE_BUSY."""
    return _turn(home, f"outbox-{service.value}.lock", service.value, TURN_WAIT_S)


def slots_turn(home: Home, wait_s: float) -> AbstractContextManager[None]:
    """One program at a time sends to a lock. Raises `Unreachable` SERVICE_BUSY."""
    return _turn(home, "slots.lock", Service.GATEWAY.value, wait_s)


@contextmanager
def _turn(home: Home, file: str, service: str, wait_s: float) -> Iterator[None]:
    import filelock

    lock = filelock.FileLock(home.path(file))
    try:
        lock.acquire(timeout=wait_s)
    except filelock.Timeout:
        raise Unreachable(Code.SERVICE_BUSY, service=service) from None
    try:
        yield
    finally:
        lock.release()
