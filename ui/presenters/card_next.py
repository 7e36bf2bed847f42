"""Whether the next card lies there: told by the reader, or by looking at the encoder. Pure."""

from enum import StrEnum

from station.domain.card import CardContent
from station.ports import ReaderState, ReaderView

_GONE = frozenset(
    {
        ReaderState.STARTING,
        ReaderState.NO_SERVICE,
        ReaderState.NO_READER,
        ReaderState.REMOTE_SESSION,
    }
)
_LIES = frozenset({ReaderState.CARD, ReaderState.CARD_RANDOM})


def reader_there(view: ReaderView | None) -> bool:
    """Whether a reader can tell when a card is put down and lifted."""
    return view is not None and view.state not in _GONE


def card_there(view: ReaderView | None) -> bool:
    """Whether a reader says that a card lies there."""
    return view is not None and view.state in _LIES


class Follow(StrEnum):
    """What to do while the next card is awaited."""

    WAIT = "wait"
    SAME = "same"
    """The card that was just made was put down again."""
    LIFTED = "lifted"
    """The card before is gone. The platform cannot tell a blank card from none: ask for a key."""
    GO = "go"


class NextCard:
    """Waits for a card that is not the one before it (`card_id`, `uid`; empty: any card)."""

    def __init__(
        self, card_id: str = "", uid: str = "", tap: int | None = None, *, learn: bool = False
    ) -> None:
        """`learn`: whatever the encoder reads first is the card that is not wanted."""
        self._card_id, self._uid, self._tap = card_id, uid, tap
        self._gone = not card_id
        self._learn = learn

    def lies_there(self, view: ReaderView | None) -> bool:
        """Whether another card than the one before came before anybody began to wait for it."""
        known = view is not None and view.state is ReaderState.CARD and bool(self._uid)
        return known and view is not None and view.uid != self._uid

    def reader(self, view: ReaderView) -> Follow:
        """A new view of the reader."""
        if view.state not in _LIES or view.tap == self._tap:
            return Follow.WAIT
        self._tap = view.tap
        return Follow.SAME if self._uid and view.uid == self._uid else Follow.GO

    def looked(self, content: CardContent | None) -> Follow:
        """What the encoder reads just now."""
        if self._learn:
            self._learn = False
            self._card_id = content.card_id if content else ""
            self._gone = content is None
            return Follow.WAIT
        if content is None:
            first = not self._gone
            self._gone = True
            return Follow.LIFTED if first else Follow.WAIT
        if content.card_id != self._card_id:
            return Follow.GO
        back, self._gone = self._gone, False
        return Follow.SAME if back else Follow.WAIT
