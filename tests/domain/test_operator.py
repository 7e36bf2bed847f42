"""Roles and PINs: who may do what."""

import pytest

from station.domain.operator import (
    PERMISSIONS,
    Operator,
    Permission,
    Role,
    parse_operator_name,
    parse_pin,
    parse_role,
)
from station.errors import Code, InputInvalid, Refused


def test_a_supervisor_may_do_everything() -> None:
    assert PERMISSIONS[Role.SUPERVISOR] == set(Permission)


@pytest.mark.parametrize(
    "permission",
    [
        Permission.OVERRIDE,
        Permission.HISTORY_ALL,
        Permission.EXPORT,
        Permission.ERASE,
        Permission.OPERATORS,
        Permission.SETTINGS,
        Permission.JOURNAL,
    ],
)
def test_a_clerk_may_not_do_what_only_a_supervisor_may(permission: Permission) -> None:
    with pytest.raises(Refused) as caught:
        Operator("王芳", Role.CLERK).require(permission)
    assert caught.value.code is Code.NOT_ALLOWED
    assert caught.value.context == {"role": "clerk", "permission": permission.value}


def test_a_technician_makes_no_keys_and_sees_no_people() -> None:
    for permission in (Permission.CARDS, Permission.RESIDENTS, Permission.REVEAL):
        with pytest.raises(Refused):
            Operator("李工", Role.TECHNICIAN).require(permission)
    Operator("李工", Role.TECHNICIAN).require(Permission.READ_CARD)


def test_every_permission_belongs_to_somebody_besides_nobody() -> None:
    assert set().union(*PERMISSIONS.values()) == set(Permission)


@pytest.mark.parametrize("pin", ["", "123", "1" * 65, "12\n34", "\x00123"])
def test_malformed_pins_are_refused_without_repeating_them(pin: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_pin(pin)
    assert caught.value.code is Code.PIN_MALFORMED
    assert pin not in map(str, caught.value.context.values()) or pin == ""


def test_pins_and_names_and_roles() -> None:
    assert parse_pin("8251") == "8251"
    assert parse_operator_name(" 王芳 ") == "王芳"
    assert parse_role("Supervisor") is Role.SUPERVISOR
    with pytest.raises(InputInvalid) as caught:
        parse_role("boss")
    assert caught.value.context["choices"] == "clerk, supervisor, technician"
