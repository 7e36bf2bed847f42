"""The shape of the property call table: each call is a path, a method and one small function."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from station.simulators.property.estate import Estate
from station.simulators.property.fields import Fields
from station.simulators.property.model import User
from station.simulators.property.sentences import Answer
from station.simulators.property.switches import Switches, Written

TEXT, NUMBER = Written.STRING, Written.NUMBER


class Access(Enum):
    """Who may call."""

    ANYBODY = "anybody"
    TOKEN = "token"  # noqa: S105 - a kind of access
    GUEST = "guest"  # a token, and a guest without one is told so (1.5.1)
    OLD_TOKEN = "old token"  # noqa: S105 - one whose hour may be over (1.4.2)


class Service(Protocol):
    """What a call's function works on."""

    estate: Estate
    switches: Switches


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as it came: `token` is the header's, `user` its owner; `address` is this call's."""

    fields: Fields
    token: str
    address: str
    _user: User | None = None

    @property
    def user(self) -> User:
        """The token's user; only calls that want a token may ask."""
        if self._user is None:
            raise LookupError("a call without a user")
        return self._user


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call below the base path.

    `handle` runs under the estate's lock; it raises CallRefusedError for a code other than 0.
    `code` and `expired` are how the success example writes `code` and `token_expired`,
    `refused_expired` how the refusals write it (None: they leave it out). `optional` are the
    reply's fields marked 选填 or null in the example.
    """

    section: str
    path: str
    handle: Callable[[Service, Asked], Answer]
    method: str = "POST"
    access: Access = Access.TOKEN
    code: Written = TEXT
    expired: Written | None = TEXT
    refused_expired: Written | None = TEXT
    optional: frozenset[str] = frozenset()
