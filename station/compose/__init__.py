"""The only place that knows implementations: puts a desk together from its home and settings.

Everything is imported where it is needed, so that a command pays only for the parts that it uses.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from station.compose.clock import SystemClock
from station.compose.found_out import DOOR_LOCK_BODY, FoundOut
from station.domain.card import CardIdRelation
from station.errors import Code, Unreachable
from station.home import Home
from station.secrets import SecretName, Secrets
from station.settings import Settings, load
from station.workflows.desk import Desk, Site

if TYPE_CHECKING:
    from station.journal import Store
    from station.ports import Clock, Encoder, Gate, Operators, Reader, Watcher
    from station.vendors.door_lock import DoorLock
    from station.vendors.shankai import Shankai

OUTBOX_WAIT_S = 60.0
UNRELATED = CardIdRelation.UNRELATED


@dataclass(slots=True)
class Station:
    """One desk, open. Use it as a context manager, or `close` it."""

    home: Home
    settings: Settings
    clock: SystemClock
    desk: Desk
    store: "Store"
    _parts: ExitStack = field(default_factory=ExitStack)

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
    reader: "Reader | None" = None,
) -> Station:
    """Open a desk with the parts that are wanted and set up; a part that is not is None.

    `reader` takes the place of PC/SC (the demo's). With an encoder, what a killed program left
    under way is marked unresolved first. Raises `InputInvalid` for settings and secrets, and
    `JournalUnsafe`.
    """
    home.create()
    chosen = load(home.settings) if settings is None else settings
    kept = Secrets(home) if secrets is None else secrets
    now = clock or SystemClock(chosen.desk.time_zone)
    with ExitStack() as parts:
        store = open_store(home, chosen, kept, now)
        parts.callback(store.close)
        if chosen.central is not None:
            from station.compose import centre

            centre.join(parts, store, chosen, kept)
        encoder = parts.enter_context(_encoder(home, chosen, kept)) if with_encoder else None
        gate = parts.enter_context(_gate(home, chosen, kept)) if with_gate else None
        compares = with_encoder and site_of(chosen).card_id_relation is not UNRELATED
        if reader is None and (with_reader or compares):
            reader = open_reader(chosen)
        if reader is not None:
            parts.callback(reader.close)
        extra = {} if watch is None else {"watch": watch}
        desk = Desk(
            journal=store,
            clock=now,
            site=site_of(chosen),
            operators=open_operators(store, now),
            encoder=encoder,
            gate=gate,
            reader=reader,
            outbox_turn=lambda: outbox_turn(home),
            **extra,
        )
        if encoder is not None:
            from station.workflows.recover import adopt_interrupted

            adopt_interrupted(desk)
        return Station(home, chosen, now, desk, store, parts.pop_all())


def site_of(settings: Settings) -> Site:
    """The site's choices as workflows know them."""
    return Site(
        stay_rules=settings.desk.stay_rules,
        card_id_relation=settings.reader.compare_card_id
        if settings.reader
        else Site().card_id_relation,
        keep_personal_days=settings.journal.keep_personal_days,
    )


def open_store(home: Home, settings: Settings, secrets: Secrets, clock: "Clock") -> "Store":
    """The journal, made where there is none. Raises `JournalUnsafe`."""
    from station.journal import open_journal

    path = home.journal(settings.journal.path)
    return open_journal(
        path,
        desk=settings.desk.id,
        key=secrets.journal_key(create=not path.exists()),
        utc=clock.utc,
        backups=home.backups,
    )


def open_operators(store: "Store", clock: "Clock") -> "Operators":
    """Who may log in, kept in the journal's file."""
    from station.journal.operators import OperatorBook

    return OperatorBook(store.database, utc=clock.utc)


def open_door_lock(home: Home, settings: Settings, secrets: Secrets) -> "DoorLock | None":
    """The door-lock client; None where it is not set up. Raises `InputInvalid` SECRET_MISSING."""
    part = settings.door_lock
    if part is None:
        return None
    from station.vendors.door_lock import DoorLock

    state = FoundOut(home)
    return DoorLock(
        part.url,
        part.appid,
        secrets.get(SecretName.DOOR_LOCK_APPSECRET).reveal(),
        body=part.body,
        known_body=state.get(DOOR_LOCK_BODY),
        remember_body=lambda body: state.put(DOOR_LOCK_BODY, body),
        connect_timeout_s=part.connect_timeout_s,
        read_timeout_s=part.read_timeout_s,
        lock_path=home.encoder_lock,
    )


def open_shankai(home: Home, settings: Settings, secrets: Secrets) -> "Shankai | None":
    """The Shankai client; None where it is not set up. Raises `InputInvalid` SECRET_MISSING."""
    part = settings.shankai
    if part is None:
        return None
    from station.vendors.shankai import Shankai

    return Shankai(
        part.url,
        part.app_id,
        secrets.get(SecretName.SHANKAI_SECRET).reveal(),
        card_no_reply=part.card_no_reply,
        ca_file=home.path(part.ca_file) if part.ca_file else None,
    )


def open_reader(settings: Settings) -> "Reader | None":
    """The PC/SC reader, watched from now on; None where the site has none."""
    if settings.reader is None:
        return None
    from station.reader.reader import pcsc_reader

    return pcsc_reader(settings.reader.name, settings.reader.uid_order)


@contextmanager
def outbox_turn(home: Home) -> Iterator[None]:
    """One program at a time pushes what waits for the cloud. Raises `Unreachable` SERVICE_BUSY."""
    import filelock

    lock = filelock.FileLock(home.path("outbox.lock"))
    try:
        lock.acquire(timeout=OUTBOX_WAIT_S)
    except filelock.Timeout:
        raise Unreachable(Code.SERVICE_BUSY, service="shankai") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _encoder(home: Home, settings: Settings, secrets: Secrets) -> "Iterator[Encoder | None]":
    client = open_door_lock(home, settings, secrets)
    try:
        yield client
    finally:
        if client is not None:
            client.close()


@contextmanager
def _gate(home: Home, settings: Settings, secrets: Secrets) -> "Iterator[Gate | None]":
    client = open_shankai(home, settings, secrets)
    if client is None or settings.shankai is None:
        yield None
        return
    from station.vendors.shankai import ShankaiGate

    try:
        yield ShankaiGate(client, settings.shankai.org_id)
    finally:
        client.close()
