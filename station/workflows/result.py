"""What a card workflow hands back: the outcome, the card, and the error with the vendor's words."""

from dataclasses import dataclass, field, replace

from station.domain.card import Authorisation, CardContent
from station.domain.operation import Kind, State
from station.domain.room import Room
from station.errors import OutcomeUnknown, StationError, VendorRefused

_SEVERITY = (
    State.DONE,
    State.WAITING,
    State.REFUSED,
    State.FAILED,
    State.MISMATCH,
    State.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Risk:
    """What still opens a room although it should not: until a newer card is used, or `until`."""

    room: Room
    cards: int
    until: str
    """Site-local `YYYY-MM-DD HH:MM:SS`."""


@dataclass(frozen=True, slots=True)
class CardResult:
    """One operation on one card, or a parent of several."""

    operation: str
    kind: Kind
    state: State
    room: Room | None = None
    authorisation: Authorisation | None = None
    stay_id: str = ""
    card_id: str = ""
    uid: str = ""
    error: StationError | None = None
    found: CardContent | None = None
    """What lay on the encoder, for a read or a recycle."""
    risk: Risk | None = None
    settled: tuple[str, ...] = ()
    """Unresolved operations that this look settled."""
    gate: "CardResult | None" = None
    children: tuple["CardResult", ...] = field(default=())

    @property
    def cards(self) -> tuple["CardResult", ...]:
        """This card and those of its children, in the order in which they were made."""
        own = () if self.kind is Kind.GROUP else (self,)
        return own + tuple(card for child in self.children for card in child.cards)

    def with_children(self, children: tuple["CardResult", ...]) -> "CardResult":
        return replace(self, children=children)

    @property
    def worst(self) -> "CardResult":
        """The card whose outcome is gravest; the first of equals."""
        return max(self.cards or (self,), key=lambda card: _SEVERITY.index(card.state))


def vendor_words(error: StationError | None) -> tuple[str, str]:
    """The vendor's code and sentence that an error carries; empty where it has none."""
    if error is None:
        return "", ""
    return str(error.context.get("vendor_code", "")), str(error.context.get("vendor_msg", ""))


def state_after(error: StationError) -> State:
    """How something that was sent has ended: unknown, refused by the vendor, or failed."""
    if isinstance(error, OutcomeUnknown):
        return State.UNKNOWN
    return State.REFUSED if isinstance(error, VendorRefused) else State.FAILED
