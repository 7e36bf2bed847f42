"""The tables for the screen: each effect of a payload, and the same tables after a rebuild."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.card import CardState
from station.domain.event import (
    BindingFacts,
    CardFacts,
    ContentFacts,
    Entry,
    OutboxFacts,
    Payload,
    RoomFacts,
    StayFacts,
    VendorFacts,
)
from station.domain.operation import Kind, State
from station.domain.room import Room, find_room
from station.errors import InputInvalid
from station.journal import Store
from tests.journal.rig import (
    UNTIL,
    Ticking,
    card_id,
    fill,
    issue_done,
    issue_intent,
    opened,
    projections,
    room,
    single,
    step,
)


def test_an_intent_has_no_effect_but_the_mark_and_the_cloud(store: Store) -> None:
    binding = BindingFacts("04A1B2C3", "p1", "d1")
    waiting = OutboxFacts("set_card_no", "p1", "04A1B2C3", next_at="2026-03-01T09:00:00Z")
    store.append(issue_intent(0, binding=binding, outbox=waiting))
    place = room(101)
    assert store.stays(place.id) == []
    assert store.latest_authorised_at(place.id) == datetime(2026, 3, 1, 10)
    found = store.binding("04A1B2C3")
    assert found is not None
    assert (found.person, found.bound, found.operation) == ("p1", True, "op-0")
    assert [(row.operation, row.facts) for row in store.outbox()] == [("op-0", waiting)]
    row = store.operation("op-0")
    assert row is not None
    assert (row.state, row.ended_at, row.room_name) == (State.INTENT, None, "1-101")


def test_an_outcome_makes_the_stay_and_its_card(store: Store, clock: Ticking) -> None:
    store.append(issue_intent(0))
    started = clock.now
    store.append(step(0))
    store.append(issue_done(0))
    row = store.operation("op-0")
    assert row is not None
    assert (row.number, row.state, row.started_at, row.ended_at) == (
        1,
        State.DONE,
        started,
        clock.now,
    )
    assert (row.card_id, row.vendor_code, row.vendor_msg) == (card_id(0), "1", "写卡成功")
    [stay] = store.stays(room(101).id)
    assert (stay.id, stay.authorised_at, stay.closed) == ("stay-0", datetime(2026, 3, 1, 10), False)
    assert store.stay("stay-0") == stay
    [card] = store.cards("stay-0")
    assert (card.state, card.card_id) == (CardState.OUT, card_id(0))
    assert store.live_cards(room(101).id) == [card]
    assert store.stays_of_card(card_id(0)) == [card]


def test_a_step_updates_nothing_but_the_step(store: Store, path: Path) -> None:
    store.append(issue_intent(0))
    before = projections(path)
    store.append(step(0, "read_back"))
    after = projections(path)
    [old], [new] = before.pop("operations"), after.pop("operations")
    assert [b for a, b in zip(old, new, strict=True) if a != b] == ["read_back"]
    assert before == after


def test_cards_are_dropped_and_stays_closed(store: Store) -> None:
    possible = CardFacts("stay-0", "?op-0", CardState.POSSIBLE, UNTIL)
    stay = StayFacts("stay-0", room(101).id, "2026-03-01 10:00:00", UNTIL)
    unknown = Payload(State.UNKNOWN, stay=stay, cards=(possible,), error="outcome_unknown")
    store.append(issue_intent(0))
    store.append(Entry(Kind.ISSUE, "op-0", "clerk1", unknown))
    assert [row.operation for row in store.unresolved()] == ["op-0"]
    assert [card.key for card in store.live_cards(room(101).id)] == ["?op-0"]
    settled = Payload(State.FAILED, drops=(("stay-0", "?op-0"),), closes=("stay-0",))
    store.append(Entry(Kind.ISSUE, "op-0", "clerk1", settled))
    assert store.unresolved() == []
    assert store.cards("stay-0") == []
    [closed] = store.stays(room(101).id)
    assert closed.closed
    row = store.operation("op-0")
    assert row is not None
    assert (row.state, row.error) == (State.FAILED, "")


def test_every_card_that_was_read_raises_the_mark(store: Store) -> None:
    newer = ContentFacts("E1", room(101).id, "2026-05-01 10:00:00", "2026-05-02 12:00:00")
    older = ContentFacts("E2", room(101).id, "2026-04-01 10:00:00", "2026-05-02 12:00:00")
    store.append(single(Kind.READ, "r1", found=newer))
    store.append(single(Kind.READ, "r2", found=older))
    store.append(Entry(Kind.ISSUE, "r3", "c", Payload(State.STEP, step="look", found=newer)))
    assert store.latest_authorised_at(room(101).id) == datetime(2026, 5, 1, 10)
    assert store.latest_authorised_at("nowhere") is None


def test_the_room_that_a_card_was_in_before_a_write_counts_as_read(store: Store) -> None:
    before = ContentFacts("E1", room(102).id, "2026-05-01 10:00:00", UNTIL)
    store.append(issue_intent(0, before=before))
    assert store.latest_authorised_at(room(102).id) == datetime(2026, 5, 1, 10)


def test_an_operation_of_one_event_arrives_with_its_state(store: Store) -> None:
    store.append(single(Kind.LOGIN, "l1"))
    row = store.operation("l1")
    assert row is not None
    assert (row.state, row.kind, row.ended_at) == (State.DONE, Kind.LOGIN, row.started_at)


def test_what_an_outcome_does_not_say_anew_stays(store: Store) -> None:
    store.append(issue_intent(0, reason="客人要求", uid="04A1B2C3"))
    store.append(Entry(Kind.ISSUE, "op-0", "clerk1", Payload(State.REFUSED, error="stale_stay")))
    row = store.operation("op-0")
    assert row is not None
    assert (row.reason, row.uid, row.room_name, row.stay_id, row.error) == (
        "客人要求",
        "04A1B2C3",
        "1-101",
        "stay-0",
        "stale_stay",
    )


def test_the_stays_of_a_card_and_those_for_which_it_is_outside(store: Store) -> None:
    for day, state in ((1, CardState.RETURNED), (2, CardState.LOST), (3, CardState.OUT)):
        stay = StayFacts(f"s{day}", room(day).id, f"2026-03-0{day} 10:00:00", UNTIL)
        card = CardFacts(stay.id, "E1", state, UNTIL, "E1")
        store.append(single(Kind.ISSUE, f"o{day}", stay=stay, cards=(card,)))
    assert [card.stay_id for card in store.stays_of_card("E1")] == ["s3", "s2", "s1"]
    assert [card.stay_id for card in store.stays_of_card("E1", outside=True)] == ["s3", "s2"]


def test_children_follow_their_parent(store: Store) -> None:
    store.append(Entry(Kind.GROUP, "g", "clerk1", Payload(State.INTENT)))
    for number in (3, 1, 2):
        store.append(issue_intent(number, parent="g"))
    assert [row.operation for row in store.children("g")] == ["op-3", "op-1", "op-2"]
    assert store.children("op-3") == []
    assert [event.payload.parent for event in store.events("op-1")] == ["g"]


def test_the_outbox_in_order_and_what_was_given_up(store: Store) -> None:
    for number in range(3):
        waiting = OutboxFacts("set_card_no", f"p{number}")
        payload = Payload(State.WAITING, outbox=waiting)
        store.append(Entry(Kind.RESIDENT_BIND, f"b{number}", "clerk1", payload))
    done = Payload(State.DONE, outbox=OutboxFacts("set_card_no", "p0", state="done", attempts=1))
    store.append(Entry(Kind.RESIDENT_BIND, "b0", "clerk2", done))
    gone = OutboxFacts("set_card_no", "p1", state="stopped", attempts=1, error="shankai_no_user")
    store.append(Entry(Kind.RESIDENT_BIND, "b1", "clerk2", Payload(State.REFUSED, outbox=gone)))
    assert [row.operation for row in store.outbox()] == ["b2"]
    assert [row.operation for row in store.outbox(stopped=True)] == ["b1", "b2"]
    assert store.outbox(stopped=True)[0].operator == "clerk1"


def test_bindings_of_a_mobile(store: Store) -> None:
    for uid, bound in (("04A1B2C3", True), ("04A1B2C4", True), ("04A1B2C3", False)):
        facts = BindingFacts(uid, "p1", "d1", bound)
        store.append(single(Kind.RESIDENT_BIND, f"b-{uid}-{bound}", binding=facts))
    assert [(row.uid, row.bound) for row in store.bindings_of("d1")] == [
        ("04A1B2C3", False),
        ("04A1B2C4", True),
    ]
    assert store.bindings_of("other") == []


NAMES = ["1-101", "2-101", "101", "A-1_1", "A-1X1", "大堂-1", "b-7", "B-7", "1%1", "STRASSE-2"]
ASKED = [
    *("101", "1-101", " 101 ", "15", "15000000000000000000", "1_1", "1%1", "a-1_1", "大堂-1"),
    *("b-7", "7", "strasse-2", "straße-2", "!", "%", "nowhere", "x" * 80, "", "１"),
]


@pytest.mark.parametrize("text", ASKED)
def test_a_room_is_found_as_among_all_rooms(store: Store, clock: Ticking, text: str) -> None:
    known = [Room(f"1500000000000000000{at}", name) for at, name in enumerate(NAMES)]
    store.save_rooms(known, clock())

    def found(among: list[Room]) -> object:
        try:
            return find_room(among, text)
        except InputInvalid as error:
            return error.code, error.context

    assert found(store.rooms_named(text)) == found(known)


def test_one_room_by_its_id(store: Store, clock: Ticking) -> None:
    assert store.room("1") is None
    store.save_rooms([Room("1", "1-101"), Room("2", "1-102")], clock())
    assert store.room("2") == Room("2", "1-102")
    assert store.room("1-102") is None


def test_the_rack(store: Store, clock: Ticking) -> None:
    known = [Room(room(number).id, room(number).name) for number in (101, 102, 103)]
    assert store.rooms_age() is None
    fetched = clock()
    store.save_rooms(known, fetched)
    fill(store, 2)
    store.append(issue_intent(102))
    rack = store.rack()
    assert [row.room for row in rack] == known == store.rooms()
    assert [(row.cards_out, row.unresolved) for row in rack] == [(1, 0), (1, 0), (0, 1)]
    assert [row.stay.id if row.stay else None for row in rack] == ["stay-0", "stay-1", None]
    assert store.rooms_age() == fetched
    store.save_rooms(known[:1], clock())
    assert store.rooms() == known[:1]


def test_stays_of_a_room_open_ones_and_the_newest_closed(store: Store) -> None:
    place = room(101)
    for number, day in enumerate((1, 2, 3)):
        stay = StayFacts(f"s{day}", place.id, f"2026-03-0{day} 10:00:00", "2026-03-09 12:00:00")
        closes = (f"s{day - 1}",) if number else ()
        store.append(single(Kind.ISSUE, f"o{day}", room=place, stay=stay, closes=closes))
    assert [(stay.id, stay.closed) for stay in store.stays(place.id)] == [
        ("s3", False),
        ("s2", True),
    ]


_few = st.integers(0, 5)
_payload = st.builds(
    Payload,
    state=st.sampled_from(State),
    step=st.sampled_from(["", "look", "write"]),
    parent=st.sampled_from(["", "op0"]),
    room=st.none() | st.builds(lambda n: RoomFacts(f"r{n}", f"1-{n}"), _few),
    stay=st.none()
    | st.builds(
        lambda n, d: StayFacts(f"s{n}", f"r{n % 3}", f"2026-03-0{d + 1} 10:00:00", UNTIL),
        _few,
        _few,
    ),
    cards=st.lists(
        st.builds(
            lambda n, m, state: CardFacts(f"s{n}", f"k{m}", state, UNTIL, f"C{m}"),
            _few,
            _few,
            st.sampled_from(CardState),
        ),
        max_size=3,
    ).map(tuple),
    drops=st.lists(st.builds(lambda n, m: (f"s{n}", f"k{m}"), _few, _few), max_size=1).map(tuple),
    closes=st.lists(st.builds(lambda n: f"s{n}", _few), max_size=2).map(tuple),
    found=st.none()
    | st.builds(
        lambda n: ContentFacts(f"C{n}", f"r{n}", f"2026-04-0{n + 1} 10:00:00", UNTIL), _few
    ),
    card_id=st.sampled_from(["", "C1", "C2"]),
    uid=st.sampled_from(["", "04A1B2C3"]),
    person_digests=st.sampled_from([(), ("d1",), ("d1", "d2")]),
    reason=st.sampled_from(["", "客人要求", "lost"]),
    vendor=st.none() | st.builds(VendorFacts, code=st.just("0"), msg=st.text(max_size=8)),
    binding=st.none()
    | st.builds(lambda n, b: BindingFacts(f"u{n}", "p", "d", b), _few, st.booleans()),
    outbox=st.none()
    | st.builds(
        lambda n, s: OutboxFacts("set_card_no", "p", state=s, attempts=n),
        _few,
        st.sampled_from(["waiting", "done", "stopped"]),
    ),
)
_entries = st.lists(
    st.builds(
        lambda n, kind, payload: Entry(kind, f"op{n}", f"clerk{n % 2}", payload),
        _few,
        st.sampled_from([Kind.ISSUE, Kind.READ, Kind.RESIDENT_BIND]),
        _payload,
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=40)
@given(_entries)
def test_a_rebuild_gives_identical_tables(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    folder = tmp_path_factory.mktemp("rebuild")
    path = folder / "journal.db"
    with opened(folder) as store:
        for entry in entries:
            store.append(entry, durable=False)
        before = projections(path)
        seen: list[tuple[int, int]] = []
        assert store.rebuild(lambda done, total: seen.append((done, total))) == len(entries)
        assert seen[-1] == (len(entries), len(entries))
        assert projections(path) == before
        store.append(issue_intent(7))
        assert store.verify().ok


def test_a_rebuild_mends_tables_that_were_changed(store: Store, path: Path) -> None:
    from tests.journal.rig import tamper

    fill(store, 5)
    good = projections(path)
    tamper(path, "DELETE FROM stays", "UPDATE cards SET state = 'lost'", "DELETE FROM operations")
    assert projections(path) != good
    store.rebuild()
    assert projections(path) == good
