"""What houses, their people and ages are called on the screen. The platform's words as they are,
where it has one that nobody knows.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from station.domain.house import HouseNature, HouseStatus, HouseUse
from station.domain.household import (
    BindingChoice,
    HouseRole,
    ResidentType,
    ReviewState,
)
from station.workflows.resident_form import POLITICS, SEXES
from ui.widgets.texts import Texts

_HOUR_MIN: Final = 60
_DAY_MIN: Final = 24 * _HOUR_MIN
_KINDS: Final[dict[str, type[StrEnum]]] = {
    "role": HouseRole,
    "resident_type": ResidentType,
    "status": HouseStatus,
    "use": HouseUse,
    "nature": HouseNature,
}
_WORDS: Final = {
    "sex": dict(zip(SEXES, ("man", "woman"), strict=True)),
    "politics": dict(zip(POLITICS, ("citizen", "party"), strict=True)),
}


def age(texts: Texts, at: datetime, now: datetime) -> str:
    """`3 天前取的`; both site-local."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return texts("age_now")
    if minutes < _HOUR_MIN:
        return texts("age_minutes", count=minutes)
    if minutes < _DAY_MIN:
        return texts("age_hours", count=minutes // _HOUR_MIN)
    return texts("age_days", count=minutes // _DAY_MIN)


def value(texts: Texts, kind: str, text: object) -> str:
    """One of the platform's words for a role, a use … in the language of the moment."""
    if kind == "choice":
        return texts(f"choice_{BindingChoice(text).name.lower()}")  # type: ignore[arg-type]
    if kind in _WORDS:
        known = _WORDS[kind].get(str(text))
        return texts(f"{kind}_{known}") if known else str(text)
    try:
        return texts(f"{kind}_{_KINDS[kind](str(text)).name.lower()}")
    except ValueError:
        return str(text)


def yuan(amount: Decimal) -> str:
    """`1,256.50`, as bills write it."""
    return f"{amount:,.2f}"


def minutes(seconds: int) -> str:
    """`29:59`."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def review_state(texts: Texts, state: ReviewState) -> str:
    """Where an application stands."""
    return texts(f"review_{state.value}")


def masked_number(text: str) -> str:
    """An identity number's two ends: enough to compare with a card in the hand."""
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}" if len(text) > 7 else "*" * len(text)
