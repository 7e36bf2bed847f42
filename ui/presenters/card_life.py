"""The life of one card: what it opened, whose it was, who made it, what went wrong with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from station.catalogue import Catalogue
from station.compose.clock import SystemClock
from station.domain.card import CardState
from station.domain.operation import CARD_KINDS, Kind, OperationRow, State
from station.domain.operator import Operator
from station.domain.stay import Stay
from station.errors import StationError
from station.ports import HistoryFilter
from station.workflows.desk import Desk
from station.workflows.history import history
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.history_filters import card_key
from ui.presenters.history_lines import capital, minutes
from ui.presenters.operation_details import uid_text

ROWS: Final = 300
"""Operations of a card that are looked at, the newest."""
STAYS: Final = 8
_BAD: Final = frozenset({State.FAILED, State.REFUSED, State.UNKNOWN, State.MISMATCH})


@dataclass(frozen=True, slots=True)
class StayLine:
    """One stay that the card was written for; times site-local, the guest masked."""

    room: str
    since: str
    until: str
    guest: str
    state: CardState | None


@dataclass(frozen=True, slots=True)
class CardLife:
    """What the journal knows of a card, as far as the operator's role may see."""

    card_ids: tuple[str, ...] = ()
    uids: tuple[str, ...] = ()
    stays: tuple[StayLine, ...] = ()
    more_stays: int = 0
    made_by: tuple[str, ...] = ()
    resident: str = ""
    operations: int = 0
    capped: bool = False
    failures: int = 0
    first: datetime | None = None
    last: datetime | None = None
    last_word: str = ""


@dataclass(frozen=True, slots=True)
class CardLifeState:
    """`card` is what was looked for; `life` None while it is looked up, or with an error."""

    card: str = ""
    life: CardLife | None = None
    error: StationError | None = None


class CardLifePresenter(Presenter[CardLifeState]):
    """Looks a card up on the journal's lane."""

    def __init__(self, context: Context) -> None:
        super().__init__(CardLifeState())
        self._context = context

    def look_at(self, card: str) -> None:
        """Show a card's life; an empty text shows nothing."""
        station, who = self._context.station, self._context.session.operator
        if not card.strip() or station is None or who is None:
            self.show(CardLifeState())
            return
        words, clock, desk = self._context.words.catalogue, station.clock, station.desk
        if card != self.state.card:
            self.show(CardLifeState(card))

        def found(life: CardLife) -> None:
            if card == self.state.card:
                self.show(CardLifeState(card, life))

        def failed(error: StationError) -> None:
            if card == self.state.card:
                self.show(CardLifeState(card, None, error))

        self.later(
            self._context.lanes.journal,
            lambda: life_of(card, desk, who, words, clock),
            found,
            failed,
        )

    def look_again(self) -> None:
        """The same card, in other words or after something was written."""
        self.look_at(self.state.card)


def life_of(
    card: str, desk: Desk, operator: Operator, words: Catalogue, clock: SystemClock
) -> CardLife:
    """Everything about a card, on a lane. Raises `InputInvalid`, `Refused`, `JournalUnsafe`.

    Only what the history shows to this operator is followed further.
    """
    key = card_key(card, desk.journal)
    rows = history(desk, operator, HistoryFilter(card=key, limit=ROWS))
    bound = desk.journal.binding(key)
    made = [row for row in rows if row.kind in CARD_KINDS and row.state is State.DONE]
    names = list(dict.fromkeys(row.operator for row in made if row.kind is not Kind.RECYCLE))
    stays = [stay for stay in (desk.journal.stay(one) for one in _stay_ids(rows)) if stay]
    shown = stays[:STAYS]
    return CardLife(
        card_ids=tuple(dict.fromkeys(row.card_id for row in rows if row.card_id)),
        uids=tuple(uid_text(uid) for uid in dict.fromkeys(row.uid for row in rows) if uid),
        stays=tuple(_stay_line(stay, rows, desk) for stay in shown),
        more_stays=len(stays) - len(shown),
        made_by=tuple(names),
        resident=_masked(desk, bound.person) if bound is not None and bound.bound else "",
        operations=len(rows),
        capped=len(rows) == ROWS,
        failures=sum(1 for row in rows if row.state in _BAD),
        first=clock.to_local(rows[-1].started_at) if rows else None,
        last=clock.to_local(rows[0].started_at) if rows else None,
        last_word=_last_word(rows, words),
    )


def _stay_ids(rows: list[OperationRow]) -> list[str]:
    """The stays that the card was written for, newest first."""
    written = (row.stay_id for row in rows if row.kind in CARD_KINDS and row.stay_id)
    return list(dict.fromkeys(written))


def _stay_line(stay: Stay, rows: list[OperationRow], desk: Desk) -> StayLine:
    ids = {row.card_id for row in rows if row.card_id}
    uids = {row.uid for row in rows if row.uid}
    state = next(
        (
            card.state
            for card in desk.journal.cards(stay.id)
            if card.card_id in ids or (card.uid and card.uid in uids)
        ),
        None,
    )
    room = next(row.room_name or row.room_id for row in rows if row.stay_id == stay.id)
    return StayLine(
        room,
        minutes(stay.authorised_at),
        minutes(stay.expires_at),
        _masked(desk, stay.holder or ""),
        state,
    )


def _last_word(rows: list[OperationRow], words: Catalogue) -> str:
    if not rows:
        return ""
    row = rows[0]
    parts = (capital(words.word("kind", row.kind)), row.room_name, words.word("state", row.state))
    return " · ".join(part for part in parts if part)


def _masked(desk: Desk, reference: str) -> str:
    """A person as shown; empty once erased. A damaged record costs only the name."""
    try:
        return desk.journal.person(reference).masked if reference else ""
    except StationError:
        return ""
