"""Every colour, distance and size of the window. Pages know names from here and no numbers.

Distances are logical pixels on a grid of four; Qt scales them. Contrast of text on its surface is
at least 4.5 : 1 in every look (a test measures it).
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final


class Look(StrEnum):
    """What the operator chose; `SYSTEM` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True)
class Colours:
    """One look. Room states have a fill (tile), a mark (stripe, corner) and share the text."""

    window: str
    surface: str
    raised: str
    line: str
    line_strong: str
    text: str
    text_dim: str
    accent: str
    accent_text: str
    accent_soft: str
    focus: str
    good: str
    good_soft: str
    bad: str
    bad_soft: str
    warn: str
    warn_soft: str
    vacant: str
    vacant_mark: str
    occupied: str
    occupied_mark: str
    due_out: str
    due_out_mark: str
    overdue: str
    overdue_mark: str
    unresolved: str
    unresolved_mark: str


LIGHT: Final = Colours(
    window="#f3f4f6",
    surface="#ffffff",
    raised="#ffffff",
    line="#dfe3e8",
    line_strong="#aab2bd",
    text="#1b2430",
    text_dim="#566171",
    accent="#1f5fbf",
    accent_text="#ffffff",
    accent_soft="#e3edfb",
    focus="#1f5fbf",
    good="#18713a",
    good_soft="#e2f4e8",
    bad="#b3261e",
    bad_soft="#fce8e6",
    warn="#8a5300",
    warn_soft="#fdf0d9",
    vacant="#e6f5ea",
    vacant_mark="#2e8b57",
    occupied="#fde8e6",
    occupied_mark="#c63d33",
    due_out="#fdf1da",
    due_out_mark="#b87404",
    overdue="#f6e3d7",
    overdue_mark="#a8481c",
    unresolved="#efe6fa",
    unresolved_mark="#7a3fc0",
)
DARK: Final = Colours(
    window="#15181d",
    surface="#1d2229",
    raised="#252b34",
    line="#343c47",
    line_strong="#5b6675",
    text="#e8ebef",
    text_dim="#a4aebb",
    accent="#7fb0f5",
    accent_text="#0d1726",
    accent_soft="#22344f",
    focus="#8cb8f7",
    good="#6fd394",
    good_soft="#17342a",
    bad="#ff8f85",
    bad_soft="#42211f",
    warn="#f0b95a",
    warn_soft="#3c2f17",
    vacant="#1b3226",
    vacant_mark="#5fc48a",
    occupied="#3a2322",
    occupied_mark="#f0776c",
    due_out="#382d18",
    due_out_mark="#e8b04a",
    overdue="#38261c",
    overdue_mark="#e58a58",
    unresolved="#2e2440",
    unresolved_mark="#b48bf0",
)
CONTRAST: Final = Colours(
    window="#000000",
    surface="#000000",
    raised="#000000",
    line="#ffffff",
    line_strong="#ffffff",
    text="#ffffff",
    text_dim="#ffffff",
    accent="#ffff00",
    accent_text="#000000",
    accent_soft="#333300",
    focus="#00ffff",
    good="#00ff66",
    good_soft="#001a0a",
    bad="#ff6b6b",
    bad_soft="#200000",
    warn="#ffd24d",
    warn_soft="#1a1400",
    vacant="#000000",
    vacant_mark="#00ff66",
    occupied="#000000",
    occupied_mark="#ff6b6b",
    due_out="#000000",
    due_out_mark="#ffd24d",
    overdue="#000000",
    overdue_mark="#ff9f43",
    unresolved="#000000",
    unresolved_mark="#d9a6ff",
)
COLOURS: Final = {Look.LIGHT: LIGHT, Look.DARK: DARK, Look.CONTRAST: CONTRAST}

GRID: Final = 4
RADIUS: Final = 6
GAP_SMALL: Final = 2 * GRID
GAP: Final = 3 * GRID
GAP_LARGE: Final = 6 * GRID
CONTROL_HEIGHT: Final = 8 * GRID
BIG_CONTROL_HEIGHT: Final = 12 * GRID
NAV_WIDTH: Final = 18 * GRID
CARD_PANEL_WIDTH: Final = 88 * GRID
TILE_WIDTH: Final = 24 * GRID
TILE_HEIGHT: Final = 14 * GRID
ICON: Final = 5 * GRID
MARK: Final = 4 * GRID
"""The icon beside a button's words, and how much air it keeps before them."""
MARK_GAP: Final = GRID
TEXT_PT: Final = 10.0
TEXT_SMALL_PT: Final = 9.0
TEXT_LARGE_PT: Final = 13.0
TEXT_TITLE_PT: Final = 16.0
TEXT_ROOM_PT: Final = 30.0
"""The big room number, legible at arm's length."""
ANIMATION_MS: Final = 120
FAMILIES: Final[tuple[str, ...]] = (
    "Microsoft YaHei UI",
    "Segoe UI",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Noto Sans",
    "DejaVu Sans",
)


def names() -> list[str]:
    """The names of all colours."""
    return [field.name for field in fields(Colours)]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1-21 (WCAG 2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
