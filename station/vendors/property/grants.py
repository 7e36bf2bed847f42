"""What members of a house may do, and taking one out of it (property 3.2).

`binding_id` (`Member.binding_id`) names a person and a house together.
"""

from typing import Any, Final

from station.domain.household import Grant
from station.vendors._reply import ShapeError
from station.vendors.property import wire
from station.vendors.property.bound import grant
from station.vendors.property.caller import Caller


def allowed(reply: Any) -> bool:
    """Whether the right is there now: the label says what the next press would do."""
    found = grant(wire.data(reply))
    if found not in (Grant.ALLOWED, Grant.DENIED):
        raise ShapeError("data")
    return found is Grant.ALLOWED


TOGGLE_MANAGING: Final = wire.endpoint("house/shouquan", allowed, "PUT")
UNBIND: Final = wire.endpoint("house/shouquan", wire.nothing, "DELETE")
TOGGLE_PAYING: Final = wire.endpoint("house/charge", allowed, "PUT")


class GrantCalls(Caller):
    """Property 3.2. All three go once: the platform switches over, it does not set.

    `OutcomeUnknown` where no clear answer came: `house_detail` shows what is so now.
    """

    def toggle_managing(self, binding_id: str) -> bool:
        """Property 3.2.1: switch whether a member may bind others; whether it may now."""
        return self._call(TOGGLE_MANAGING, {"id": wire.id_field(binding_id, "binding")})

    def unbind(self, binding_id: str) -> None:
        """Property 3.2.2: take a member out of the house."""
        self._call(UNBIND, {"id": wire.id_field(binding_id, "binding")})

    def toggle_paying(self, binding_id: str) -> bool:
        """Property 3.2.3: switch whether a member may pay and see bills; whether it may now."""
        return self._call(TOGGLE_PAYING, {"id": wire.id_field(binding_id, "binding")})
