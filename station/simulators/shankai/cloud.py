"""What the cloud knows: communities, their users and cards, administrators, tokens. No HTTP."""

import hashlib
import secrets
import threading
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from station.simulators.clock import SimClock

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class User:
    """A resident; `card_no` are hex digits without 0x, None while there is no card."""

    mobile: str
    name: str = ""
    card_no: str | None = None


@dataclass(slots=True)
class Organization:
    """A community. `denied` are mobile numbers without permission (4011)."""

    org_id: str
    name: str
    ic_mode: bool
    address: str = ""
    contact: str = ""
    city: str = ""
    district: str = ""
    users: dict[str, User] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)


class Cloud:
    """The cloud's data under one lock; `on_change` is called under it after each effect."""

    def __init__(self, clock: SimClock) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.organizations: dict[str, Organization] = {}
        self.admins: dict[str, str] = {}  # login -> org_id; passwords are not kept
        self.tokens: dict[str, datetime] = {}
        self.allocated = 0
        self.on_change: Callable[[], None] | None = None

    def changed(self) -> None:
        """Report an effect; to be called under the lock."""
        if self.on_change is not None:
            self.on_change()

    def add_organization(
        self, name: str, *, ic_mode: bool = True, org_id: str | None = None
    ) -> Organization:
        """Register a community. Raises ValueError when the name is taken."""
        with self.lock:
            if self.named(name) is not None:
                raise ValueError(f"registered: {name}")
            key = org_id or _organization_id(name)
            organization = Organization(key, name, ic_mode)
            self.organizations[key] = organization
            self.changed()
            return organization

    def named(self, name: str) -> Organization | None:
        """The community of that name."""
        with self.lock:
            for organization in self.organizations.values():
                if organization.name == name:
                    return organization
        return None

    def allocate(self) -> str:
        """A card number nobody has, as hex digits: 123456 (the document's) and on."""
        with self.lock:
            self.allocated += 1
            return f"{123455 + self.allocated:X}"

    def card_of(self, org_id: str, mobile: str) -> str | None:
        """The hex digits of a resident's card; None without user or card. Raises KeyError."""
        with self.lock:
            user = self.organizations[org_id].users.get(mobile)
            return None if user is None else user.card_no

    def holders(self, org_id: str, card_no: str) -> list[str]:
        """The mobile numbers for whom a card opens the gate, given its hex digits."""
        with self.lock:
            users = self.organizations[org_id].users.values()
            return [user.mobile for user in users if user.card_no == card_no.upper()]

    def deny(self, org_id: str, mobile: str, *, denied: bool = True) -> None:
        """Take a number's permission (4011) or give it back. Raises KeyError."""
        with self.lock:
            numbers = self.organizations[org_id].denied
            numbers.add(mobile) if denied else numbers.discard(mobile)
            self.changed()

    def new_token(self, seconds: int, *, only: bool) -> str:
        """A token that lives `seconds`; with `only` every other one ends."""
        with self.lock:
            if only:
                self.tokens.clear()
            token = secrets.token_urlsafe(32)
            self.tokens[token] = self.clock.now() + timedelta(seconds=seconds)
            return token

    def token_lives(self, token: str) -> bool:
        """Whether a token was given out and its time is not over."""
        with self.lock:
            end = self.tokens.get(token)
            return end is not None and self.clock.now() < end

    def dump(self) -> dict[str, object]:
        """Everything but the tokens, JSON-ready: a cloud that restarts forgets those."""
        with self.lock:
            organizations = [
                asdict(each) | {"denied": sorted(each.denied)}
                for each in self.organizations.values()
            ]
            return {
                "organizations": organizations,
                "admins": dict(self.admins),
                "allocated": self.allocated,
                "clock": self.clock.dump(),
            }

    def load(self, state: dict[str, object]) -> None:
        """Become what `dump` gave. Raises KeyError, TypeError or ValueError for damaged data."""
        listed, admins, allocated = state["organizations"], state["admins"], state["allocated"]
        clock = state["clock"]
        if not (isinstance(listed, list) and isinstance(admins, dict) and isinstance(clock, dict)):
            raise TypeError("not a cloud's state")
        if not isinstance(allocated, int):
            raise TypeError("allocated is not a number")
        organizations = [_load_organization(each) for each in listed]
        with self.lock:
            self.clock.load(clock)
            self.organizations = {each.org_id: each for each in organizations}
            self.admins = {str(login): str(org_id) for login, org_id in admins.items()}
            self.allocated = allocated
            self.tokens.clear()


def _load_organization(state: dict[str, object]) -> Organization:
    users, denied = state["users"], state["denied"]
    if not (isinstance(users, dict) and isinstance(denied, list)):
        raise TypeError("not a community")
    loaded = {str(mobile): User(**values) for mobile, values in users.items()}
    return Organization(**(state | {"users": loaded, "denied": set(denied)}))  # type: ignore[arg-type]


def _organization_id(name: str) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    return "oDF3" + urlsafe_b64encode(digest).decode()[:24]
