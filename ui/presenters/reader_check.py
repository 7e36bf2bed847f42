"""The reader set up with a card in the hand: which readers there are, which byte order it needs."""

from dataclasses import dataclass, replace

from station.compose import trial
from station.domain.card import (
    CardIdRelation,
    UidOrder,
    check_same_card,
    decimal_uid,
    in_order,
    reversed_bytes,
)
from station.domain.operator import Permission
from station.errors import Refused, StationError
from station.ports import ReaderState, ReaderView
from station.workflows.looking import look
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.said import Said, Tone


@dataclass(frozen=True, slots=True)
class Number:
    """A UID in one byte order, and the decimal number that may be printed on the card."""

    uid: str
    decimal: int | None


@dataclass(frozen=True, slots=True)
class ReaderCheckState:
    """`numbers` hold the card just tapped, by byte order; they stay when it is lifted."""

    names: tuple[str, ...] = ()
    there: bool = False
    """Whether the open desk has a reader."""
    state: ReaderState | None = None
    numbers: dict[UidOrder, Number] | None = None
    listing: bool = False
    comparing: bool = False
    relation: CardIdRelation | None = None
    said: Said | None = None
    listed: Said | None = None
    """Why no reader could be listed."""


class ReaderCheckPresenter(Presenter[ReaderCheckState]):
    """Lists readers on the journal's lane, reads the encoder on its own."""

    def __init__(self, context: Context) -> None:
        desk = context.desk
        super().__init__(ReaderCheckState(there=desk.reader is not None))
        self._context = context
        context.bridge.reader.connect(self._view)
        if desk.reader is not None:
            self._view(desk.reader.view())

    def close(self) -> None:
        self._context.bridge.reader.disconnect(self._view)
        super().close()

    def list_readers(self) -> None:
        """Which readers are plugged in."""
        if self.state.listing:
            return
        self.show(replace(self.state, listing=True, listed=None))
        self.later(self._context.lanes.cloud, trial.readers, self._listed, self._not_listed)

    def compare(self, order: UidOrder) -> None:
        """Read the same card on the encoder: how does its `card_id` relate to the UID?"""
        numbers, desk = self.state.numbers, self._context.desk
        if numbers is None or self.state.comparing:
            return
        uid, operator = numbers[order].uid, self._context.session.need()

        def work() -> tuple[str, CardIdRelation | None]:
            operator.require(Permission.SETTINGS)
            with desk.need_encoder().exclusive():
                content = look(desk)
            return (
                ("", None) if content is None else (content.card_id, relation(uid, content.card_id))
            )

        self.show(replace(self.state, comparing=True, relation=None, said=None))
        self.later(self._context.lanes.encoder, work, self._compared, self._not_compared)

    def _listed(self, names: list[str]) -> None:
        self.show(replace(self.state, listing=False, names=tuple(names)))

    def _not_listed(self, error: StationError) -> None:
        said = Said(Tone.WARN, "settings.no_readers", error=error)
        self.show(replace(self.state, listing=False, names=(), listed=said))

    def _compared(self, found: tuple[str, CardIdRelation | None]) -> None:
        card_id, how = found
        said = Said(Tone.WARN, "settings.compare_blank")
        if how is not None:
            said = Said(Tone.GOOD, f"settings.compare_{how.value}", facts={"card_id": card_id})
        self.show(replace(self.state, comparing=False, relation=how, said=said))

    def _not_compared(self, error: StationError) -> None:
        said = Said(Tone.BAD, "settings.failed", error=error)
        self.show(replace(self.state, comparing=False, said=said))

    def _view(self, view: ReaderView) -> None:
        numbers = self.state.numbers
        if view.state is ReaderState.CARD:
            # the view is in the order of the open desk; turned once more it is as it was read
            station = self._context.station
            part = station.settings.reader if station is not None else None
            read = in_order(view.uid, part.uid_order if part else UidOrder.AS_READ)
            orders = {UidOrder.AS_READ: read, UidOrder.REVERSED: reversed_bytes(read)}
            numbers = {order: Number(uid, decimal_uid(uid)) for order, uid in orders.items()}
        self.show(replace(self.state, state=view.state, numbers=numbers))


def relation(uid: str, card_id: str) -> CardIdRelation:
    """How a card's two numbers go together."""
    for how in (CardIdRelation.EQUAL, CardIdRelation.REVERSED):
        try:
            check_same_card(uid, card_id, how)
        except Refused:
            continue
        return how
    return CardIdRelation.UNRELATED
