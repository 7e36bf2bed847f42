"""The platform's data under one lock: look-ups, ids, bindings, reviews, state. No HTTP."""

import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from station.simulators.clock import SimClock
from station.simulators.property.model import (
    OWNER,
    House,
    Member,
    Records,
    Review,
    User,
    no_records,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Estate:
    """The data and its clock; `on_change` is called under the lock after each effect.

    Take `lock` around reading `records` from outside; the methods take it themselves.
    """

    def __init__(self, clock: SimClock, records: Records | None = None) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.records = records or no_records()
        self.on_change: Callable[[], None] | None = None

    def changed(self) -> None:
        """Report an effect; to be called under the lock."""
        if self.on_change is not None:
            self.on_change()

    # houses

    def house_name(self, house_id: int) -> str:
        """`晨曦家园1栋1单元1楼101号`. Raises KeyError."""
        with self.lock:
            found = self.records
            house = found.houses[house_id]
            floor = found.floors[house.floor_id]
            unit = found.units[floor.unit_id]
            building = found.buildings[unit.building_id]
            community = next(
                each.name
                for each in found.communities.values()
                if each.identifier == house.community
            )
            return f"{community}{building.name}{unit.name}{floor.name}{house.name}"

    def house_named(self, name: str) -> House:
        """The house of that whole name. Raises KeyError."""
        with self.lock:
            for house_id, house in self.records.houses.items():
                if self.house_name(house_id) == name:
                    return house
        raise KeyError(name)

    def members(self, house_id: int) -> list[Member]:
        """Everybody bound to a house, the owner first."""
        with self.lock:
            here = [each for each in self.records.members.values() if each.house_id == house_id]
            return sorted(here, key=lambda each: (each.role != OWNER, each.id))

    def owner(self, house_id: int) -> Member | None:
        """The owner, if anybody is bound as one."""
        with self.lock:
            return next((each for each in self.members(house_id) if each.role == OWNER), None)

    def bind(
        self,
        house_id: int,
        name: str,
        phone: str,
        role: str,
        *,
        manage: bool = False,
        pay: bool = False,
    ) -> Member:
        """Bind somebody to a house. Raises KeyError for an unknown house."""
        with self.lock:
            if house_id not in self.records.houses:
                raise KeyError(house_id)
            member_id = next_id(self.records.members)
            member = Member(member_id, house_id, name, phone, role, manage=manage, pay=pay)
            self.records.members[member_id] = member
            self.changed()
            return member

    # people

    def user_of(self, phone: str) -> User | None:
        """The account of a mobile number."""
        with self.lock:
            found = (each for each in self.records.users.values() if each.phone == phone)
            return next(found, None)

    def activated(self, member: Member) -> bool:
        """Whether a member of a house uses the mini-program (已激活)."""
        user = self.user_of(member.phone)
        return user is not None and user.activated

    def bindings(self, user: User) -> list[Member]:
        """The houses of a user, as bindings; none before the person's data is on file."""
        with self.lock:
            found = self.records.members.values()
            return [each for each in found if user.activated and each.phone == user.phone]

    def permissions(self, user: User) -> list[str]:
        """The foreword's 小程序用户权限: one of three."""
        with self.lock:
            waiting = any(
                each.openid == user.openid and each.status == 2
                for each in self.records.reviews.values()
            )
        if user.activated:
            return ["HouseMember"]
        return ["Shenheing"] if waiting else ["NewMember"]

    # reviews

    def decide(self, review_id: int, *, accept: bool, reason: str = "") -> Review:
        """What the property company does with a review; passed, it binds the person.

        Replacing the owner (替换业主) unbinds the old one. Raises KeyError, or ValueError when the
        review was decided before.
        """
        with self.lock:
            review = self.records.reviews[review_id]
            if review.status != 2:
                raise ValueError("decided already")
            review.status = 1 if accept else 0
            review.refuse_reason = "" if accept else reason
            if accept:
                self._bind_applicant(review)
            self.changed()
            return review

    def _bind_applicant(self, review: Review) -> None:
        owner = self.owner(review.house_id)
        if review.type == "替换业主" and owner is not None:
            del self.records.members[owner.id]
        owns = review.type in ("替换业主", "业主绑定")
        role = OWNER if owns else review.form.get("role") or "家属"
        form = review.form
        self.bind(review.house_id, form["name"], form["phone"], role, manage=owns, pay=owns)
        user = self.records.users.get(review.openid)
        if user is not None:
            user.activated = True

    # state

    def dump(self) -> dict[str, object]:
        """Everything, JSON-ready. Tokens too: they are pasted once and must outlive a restart."""
        with self.lock:
            records = msgspec.to_builtins(self.records, str_keys=True)
            return {"records": records, "clock": self.clock.dump()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Become what `dump` gave. Raises KeyError, TypeError or ValueError for damaged data."""
        records = msgspec.convert(state["records"], Records, str_keys=True)
        with self.lock:
            self.clock.load(state["clock"])
            self.records = records


def next_id(taken: Iterable[int]) -> int:
    """The next id of a table, from 1."""
    return max(taken, default=0) + 1
