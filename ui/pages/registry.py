"""Which pages there are, in the order of the navigation; each is imported when first shown."""

from dataclasses import dataclass
from importlib import import_module
from typing import Final, Protocol, cast

from PySide6.QtWidgets import QWidget

from station.domain.operator import Permission
from ui.context import Context


class Page(Protocol):
    """What the main window asks of a page beside being a widget."""

    def activated(self) -> None:
        """The page is shown now: bring it up to date and put the focus where work begins."""

    def function_key(self, number: int) -> bool:
        """F2-F11 was pressed; whether the page did something with it."""

    def close_page(self) -> None:
        """The window closes or the operator leaves: drop what is awaited."""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One entry of the navigation. Its module offers `build(context) -> QWidget` (a `Page`)."""

    key: str
    icon: str
    permission: Permission

    @property
    def module(self) -> str:
        return f"ui.pages.{self.key}"

    def build(self, context: Context) -> QWidget:
        """Import the page's module and make its widget."""
        own = context.for_page()
        page = cast("QWidget", import_module(self.module).build(own))
        for echo in (own.words, own.theme):
            echo.setParent(page)
        return page


PAGES: Final = (
    PageSpec("rooms", "bed-double", Permission.READ_CARD),
    PageSpec("residents", "users", Permission.RESIDENTS),
    PageSpec("locks", "lock-keyhole", Permission.READ_CARD),
    PageSpec("unresolved", "triangle-alert", Permission.SETTLE),
    PageSpec("history", "history", Permission.HISTORY_OWN),
    PageSpec("settings", "settings", Permission.READ_CARD),
)
