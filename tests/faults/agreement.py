"""What must hold whenever a program was ended: journal, cards, doors and cloud tell one story."""

from typing import Any

from station.compose.clock import SystemClock
from station.domain.operation import CARD_KINDS, Kind, OperationRow, State
from station.domain.room import Room
from station.journal import Store
from station.ports import HistoryFilter
from station.simulators.hardware import CardMemory
from station.simulators.shankai.sim import SAMPLE_ORG_ID
from station.workflows.desk import Desk
from station.workflows.opening import Certainty, openers
from station.workflows.records import OUTSIDE
from tests.faults.place import MOBILE, Place

GATE_KINDS = frozenset({Kind.RESIDENT_BIND, Kind.RESIDENT_UNBIND})


def rows_of(journal: Store) -> dict[str, OperationRow]:
    return {row.operation: row for row in journal.history(HistoryFilter(limit=1000))}


def check_after_the_end(place: Place, before: frozenset[str]) -> list[dict[str, Any]]:
    """After a program ended at any instant; `before` are the operations that there were already.

    A fresh program starts; what it does not list as unresolved is settled and true. What it lists,
    one look at the card on the encoder settles. Returns what was listed.
    """
    place.wait_quiet()
    listed = place.unresolved()
    assert len(listed) <= 1, listed
    with place.journal() as journal:
        assert journal.verify().ok, journal.verify()
        _every_opening_card_is_known(place, journal)
        if not listed:
            check_agreement(place, journal)
            check_once_each(place, journal, before)
    writes = len(place.writes())
    if listed:
        _one_look_settles(place, before, listed[0]["operation"])
    _the_cloud_follows(place, before)
    place.wait_quiet()
    assert len(place.writes()) == writes, "settling wrote a card"
    return listed


def _one_look_settles(place: Place, before: frozenset[str], operation: str) -> None:
    _lay_down_the_card_of(place, before, operation)
    ran = place.station("unresolved", "--resolve", "--json")
    assert ran.returncode == 0, ran
    assert [row["operation"] for row in ran.json()] == [operation], ran
    assert ran.json()[0]["state"] in {"done", "failed"}, ran
    with place.journal() as journal:
        assert journal.verify().ok, journal.verify()
        check_agreement(place, journal)
        check_once_each(place, journal, before)


def _lay_down_the_card_of(place: Place, before: frozenset[str], operation: str) -> None:
    """The operator brings the card that the operation was about."""
    with place.journal() as journal:
        new = [row for name, row in rows_of(journal).items() if name not in before]
    cards = sorted(row.number for row in new if row.kind in CARD_KINDS)
    mine = [row.number for row in new if row.operation == operation]
    if mine:
        place.put(place.in_order[cards.index(mine[0])])


def check_agreement(place: Place, journal: Store) -> None:
    """Nothing is in doubt: the journal says what each card holds and what opens each door."""
    _doors(place, journal)
    for card in place.world.cards():
        said = [
            CardMemory(stay.room_id, stay.authorised_at, row.expires_at)
            for row in journal.stays_of_card(card.card_id)
            if row.state in OUTSIDE and (stay := journal.stay(row.stay_id)) is not None
        ]
        assert said == ([card.memory] if card.memory else []), f"{card}: the journal says {said}"


def _doors(place: Place, journal: Store) -> None:
    desk = Desk(journal=journal, clock=SystemClock())
    for room in place.world.rooms.values():
        said = openers(desk, Room(room.rm_id, room.rm_name))
        assert all(opener.certainty is not Certainty.PERHAPS for opener in said), said
        opening = {card.card_id for card in place.world.opening_cards(room.rm_id)}
        assert {opener.card.card_id for opener in said} == opening, f"{room.rm_name}: {said}"


def _every_opening_card_is_known(place: Place, journal: Store) -> None:
    """No card opens a door that the journal says nothing of, in doubt or not."""
    desk = Desk(journal=journal, clock=SystemClock())
    for room in place.world.rooms.values():
        said = openers(desk, Room(room.rm_id, room.rm_name))
        opening = {card.card_id for card in place.world.opening_cards(room.rm_id)}
        unknown = opening - {opener.card.card_id for opener in said}
        doubts = [opener for opener in said if opener.certainty is Certainty.PERHAPS]
        assert len(unknown) <= len(doubts), f"{room.rm_name}: {unknown} not among {said}"


def check_once_each(place: Place, journal: Store, before: frozenset[str]) -> None:
    """Every card operation since `before` that is done was one write, and any other was none."""
    new = [row for name, row in rows_of(journal).items() if name not in before]
    written = [row for row in new if row.kind in CARD_KINDS and row.state is State.DONE]
    assert len(place.writes()) == len(written), f"{place.writes()} for {new}"
    open_states = {row.state for row in new if row.kind in CARD_KINDS}
    assert not open_states & {State.INTENT, State.UNKNOWN, State.MISMATCH}, new


def _the_cloud_follows(place: Place, before: frozenset[str]) -> None:
    """A resident's card is in the cloud, or waits and gets there with one push."""
    with place.journal() as journal:
        last = _last_at_the_gate(journal)
        waiting = [row.operation for row in journal.outbox()]
        if last is not None and last.operation not in before:
            assert last.state is State.DONE or last.operation in waiting, (last, waiting)
    if waiting:
        ran = place.station("resident", "sync", "--json")
        assert ran.returncode == 0, ran
        assert [push["operation"] for push in ran.json()["pushed"]] == waiting, ran
        assert ran.json()["waiting"] == 0, ran
    with place.journal() as journal:
        last = _last_at_the_gate(journal)
        assert last is None or last.state is State.DONE, last
        assert journal.outbox() == []
        wanted = last.uid if last is not None and last.kind is Kind.RESIDENT_BIND else None
        assert place.gate.cloud.card_of(SAMPLE_ORG_ID, MOBILE) == wanted, last
        known = journal.find_person(MOBILE)
        rows = [] if known is None else journal.bindings_of(known.mobile_digest)
        assert [row.uid for row in rows if row.bound] == ([wanted] if wanted else []), rows


def _last_at_the_gate(journal: Store) -> OperationRow | None:
    rows = [row for row in rows_of(journal).values() if row.kind in GATE_KINDS]
    return max(rows, key=lambda row: row.number, default=None)
