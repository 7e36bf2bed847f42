"""Switches as JSON: the frozen `Switches` of each simulator, read and changed by name; shared ones.

A number in quotes or not is a question that every vendor's document leaves open.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SwitchesT = TypeVar("SwitchesT", bound="DataclassInstance")


class NumberForm(StrEnum):
    """Whether a number is sent as one or in quotes."""

    NUMBER = "number"
    STRING = "string"


def dump_switches(switches: "DataclassInstance") -> dict[str, object]:
    """Each switch by name; enums as their values."""
    return asdict(switches)


def change_switches(switches: SwitchesT, changes: Mapping[str, object]) -> SwitchesT:
    """A copy with some switches set otherwise.

    Raises ValueError for an unknown name, a value of another type or not among the choices.
    """
    known = {field.name: getattr(switches, field.name) for field in fields(switches)}
    values: dict[str, object] = {}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"no such switch: {name}")
        values[name] = _same_type(name, known[name], value)
    return replace(switches, **values)


def _same_type(name: str, old: object, new: object) -> object:
    if isinstance(old, StrEnum):
        return type(old)(str(new))
    if isinstance(old, bool) or isinstance(new, bool):
        right = isinstance(old, bool) and isinstance(new, bool)
    else:
        right = isinstance(new, int) and isinstance(old, int)
    if not right:
        raise ValueError(f"{name} takes another type than {type(new).__name__}")
    return new
