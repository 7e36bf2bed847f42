"""Which rooms of the rack are selected, which one is current, and where a range begins."""

from collections.abc import Iterable


class Selection:
    """Room ids, so that a selection outlives filtering, sorting and reloading."""

    def __init__(self) -> None:
        self.selected: set[str] = set()
        self.current: str | None = None
        self.anchor: str | None = None

    def only(self, room: str) -> None:
        """This room and no other."""
        self.selected = {room}
        self.current = self.anchor = room

    def toggle(self, room: str) -> None:
        """One room more, or less."""
        self.selected ^= {room}
        self.current = self.anchor = room

    def span(self, rooms: Iterable[str], current: str) -> None:
        """From the anchor, which stays, to `current`: all of `rooms` and no other."""
        self.selected = set(rooms)
        self.current = current

    def keep(self, known: Iterable[str]) -> bool:
        """Forget rooms that are gone; whether a selected one was among them."""
        still = set(known)
        gone = self.selected - still
        self.selected -= gone
        if self.current not in still:
            self.current = None
        if self.anchor not in still:
            self.anchor = None
        return bool(gone)
