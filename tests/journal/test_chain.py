"""Canonical bytes and the chain: written as `json` would, and every kind of tampering found."""

import json
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.card import CardState
from station.domain.event import CardFacts, ContentFacts, Entry, Payload, RoomFacts, VendorFacts
from station.domain.operation import Kind, State
from station.errors import Code, InputInvalid, JournalUnsafe
from station.journal import Store, chain, verify_file
from tests.journal.rig import DESK, fill, issue_intent, opened, rows, tamper

words = st.text(max_size=30)
payloads = st.builds(
    Payload,
    state=st.sampled_from(State),
    step=words,
    room=st.none() | st.builds(RoomFacts, id=words, name=words),
    cards=st.lists(
        st.builds(
            CardFacts,
            stay_id=words,
            key=words,
            state=st.sampled_from(CardState),
            expires_at=words,
            card_id=words,
        ),
        max_size=3,
    ).map(tuple),
    found=st.none() | st.builds(ContentFacts, card_id=words, room_id=words),
    vendor=st.none() | st.builds(VendorFacts, code=words, msg=words),
    reason=words,
    closes=st.lists(words, max_size=3).map(tuple),
    drops=st.lists(st.tuples(words, words), max_size=2).map(tuple),
    data=st.dictionaries(words, words | st.integers(-(2**80), 2**80) | st.booleans(), max_size=5),
)
entries = st.builds(
    Entry, kind=st.sampled_from(Kind), operation=words, operator=words, payload=payloads
)


@given(entries, words, st.integers(1, 2**53))
def test_canonical_bytes_are_what_json_writes(entry: Entry, desk: str, sequence: int) -> None:
    data = chain.encode(entry, desk=desk, sequence=sequence, time="t", prev_hash="0" * 64)
    plain = {
        "desk": desk,
        "sequence": sequence,
        "time": "t",
        "operator": entry.operator,
        "operation": entry.operation,
        "kind": entry.kind.value,
        "payload": msgspec.to_builtins(entry.payload),
        "prev_hash": "0" * 64,
    }
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert data == text.encode()


@given(entries, st.integers(1, 2**53))
def test_what_is_read_is_what_was_written(entry: Entry, sequence: int) -> None:
    data = chain.encode(entry, desk=DESK, sequence=sequence, time="t", prev_hash="p")
    event = chain.decode(data)
    assert (event.payload, event.operation, event.kind) == (
        entry.payload,
        entry.operation,
        entry.kind,
    )
    assert (event.desk, event.sequence, event.time, event.prev_hash) == (DESK, sequence, "t", "p")


def test_lone_surrogates_are_refused_and_nothing_is_stored(store: Store) -> None:
    with pytest.raises(InputInvalid) as caught:
        store.append(issue_intent(1, reason="\ud800"))
    assert caught.value.code is Code.FIELD_CHARACTERS
    assert store.head() == (0, "0" * 64)
    store.append(issue_intent(1))
    assert store.verify().events == 1


def test_each_event_continues_the_one_before(store: Store, path: Path) -> None:
    fill(store, 3)
    previous = "0" * 64
    for number, (sequence, canonical, digest) in enumerate(
        rows(path, "SELECT sequence, canonical, hash FROM events ORDER BY id"), start=1
    ):
        event = json.loads(canonical)
        assert (sequence, event["sequence"], event["prev_hash"]) == (number, number, previous)
        assert "hash" not in event
        assert digest == sha256(canonical).digest()
        previous = digest.hex()
    assert store.head() == (6, previous)
    assert store.verify().head == previous


def test_one_chain_a_desk(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        fill(first, 2)
    from station.journal import open_journal
    from tests.journal.rig import KEY

    with open_journal(tmp_path / "journal.db", desk="desk-2", key=KEY) as second:
        fill(second, 1, first=10)
        assert second.head()[0] == 2
        assert second.head("desk-1")[0] == 4
        result = second.verify()
    assert (result.ok, result.events) == (True, 6)


COPY = "INSERT INTO events(desk, sequence, time, operator, operation, kind, state, canonical, hash)"
TAMPERINGS = {
    "bytes changed": (
        (
            "UPDATE events SET canonical ="
            " CAST(replace(CAST(canonical AS TEXT), 'clerk1', 'clerk2') AS BLOB) WHERE id = 4"
        ),
        4,
    ),
    "hash changed": ("UPDATE events SET hash = zeroblob(32) WHERE id = 5", 5),
    "desk column": ("UPDATE events SET desk = 'desk-9' WHERE id = 3", 3),
    "time column": ("UPDATE events SET time = '2020-01-01T00:00:00.000000Z' WHERE id = 3", 3),
    "operator column": ("UPDATE events SET operator = 'clerk2' WHERE id = 3", 3),
    "operation column": ("UPDATE events SET operation = 'op-9' WHERE id = 3", 3),
    "kind column": ("UPDATE events SET kind = 'read' WHERE id = 3", 3),
    "state column": ("UPDATE events SET state = 'failed' WHERE id = 4", 4),
    "sequence column": ("UPDATE events SET sequence = 100 WHERE id = 3", 3),
    "deleted in the middle": ("DELETE FROM events WHERE id = 5", 5),
    "deleted first": ("DELETE FROM events WHERE id = 1", 1),
    "deleted at the tail": ("DELETE FROM events WHERE id = 8", 8),
    "all deleted": ("DELETE FROM events", 1),
    "inserted": (
        (
            f"{COPY} SELECT desk, 99, time, operator, operation, kind, state, canonical, hash"
            " FROM events WHERE id = 2"
        ),
        9,
    ),
    "moved": ("UPDATE events SET id = 100 WHERE id = 4", 4),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_where_it_was_done(tmp_path: Path, name: str) -> None:
    statement, first_bad = TAMPERINGS[name]
    with opened(tmp_path) as store:
        fill(store, 4)
        assert store.verify().ok
    path = tmp_path / "journal.db"
    tamper(path, statement)
    result = verify_file(path)
    assert (result.ok, result.first_bad) == (False, first_bad)


def test_an_event_forged_with_a_hash_of_its_own_breaks_the_next(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        fill(store, 4)
    path = tmp_path / "journal.db"
    [(canonical,)] = rows(path, "SELECT canonical FROM events WHERE id = 4")
    forged = canonical.replace(b"E0000001", b"E0000009")
    assert forged != canonical
    tamper(
        path,
        f"UPDATE events SET canonical = x'{forged.hex()}',"
        f" hash = x'{sha256(forged).hexdigest()}' WHERE id = 4",
    )
    result = verify_file(path)
    assert (result.ok, result.first_bad, result.why) == (False, 5, "prev_hash")


def test_a_journal_whose_tail_was_cut_is_not_written_to(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store, 4)
    tamper(tmp_path / "journal.db", "DELETE FROM events WHERE id = 8")
    with store, pytest.raises(JournalUnsafe) as caught:
        store.append(issue_intent(9))
    assert caught.value.code is Code.JOURNAL_DAMAGED


def test_the_quick_check_follows_links_only(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        fill(store, 4)
        head = store.head()
    path = tmp_path / "journal.db"
    stored = "SELECT canonical, hash FROM events ORDER BY id"
    assert chain.links_only(rows(path, stored)) == head
    found = rows(path, stored)
    with pytest.raises(JournalUnsafe):
        chain.links_only(found[:2] + found[3:])
