"""Personal information: never in the clear in any file, found by digest, and gone when erased."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.event import BindingFacts, Entry, OutboxFacts, Payload
from station.domain.operation import Kind, State
from station.domain.person import Person
from station.errors import Code, JournalUnsafe
from station.journal import Store, open_journal
from station.journal.people import Keys
from station.ports import HistoryFilter
from tests.journal.rig import (
    DESK,
    KEY,
    MOBILE,
    NAME,
    OTHER_KEY,
    Ticking,
    every_file,
    issue_done,
    issue_intent,
    opened,
    rows,
    single,
)

GUEST = Person(NAME, MOBILE)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def sealed(path: Path, reference: str) -> tuple[bytes, bytes, bytes]:
    [row] = rows(path, "SELECT name, mobile, wrapped_key FROM persons WHERE id = ?", reference)
    return row


def test_the_same_person_is_found_again(store: Store) -> None:
    first = store.remember_person(GUEST)
    assert store.remember_person(GUEST) == first
    other = store.remember_person(Person(NAME, "13800000002"))
    assert other.id != first.id
    assert other.digests[0] == first.digests[0]
    assert store.find_person(MOBILE) == first
    assert store.find_person("13800000003") is None
    assert store.person(first.id) == GUEST
    unnamed = store.remember_person(Person(mobile="13800000003"))
    assert unnamed.digests == (unnamed.mobile_digest,)
    nameless = store.remember_person(Person(name=NAME))
    assert nameless.mobile_digest == ""


def test_digests_depend_on_the_site_key() -> None:
    assert Keys(KEY).digest("mobile", MOBILE) != Keys(OTHER_KEY).digest("mobile", MOBILE)
    assert Keys(KEY).digest("mobile", MOBILE) != Keys(KEY).digest("name", MOBILE)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(alphabet="0123456789+"))
def test_what_is_sealed_opens_again(name: str, mobile: str) -> None:
    keys = Keys(KEY)
    person = Person(name, mobile)
    name_bytes, mobile_bytes, wrapped = keys.seal("ref", person)
    assert keys.open("ref", name_bytes, mobile_bytes, wrapped) == person
    with pytest.raises(JournalUnsafe):
        keys.open("other", name_bytes, mobile_bytes, wrapped)
    with pytest.raises(JournalUnsafe):
        keys.open("ref", mobile_bytes, name_bytes, wrapped)


def test_another_key_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    for key in (OTHER_KEY, b"short"):
        with pytest.raises(JournalUnsafe) as caught:
            open_journal(tmp_path / "journal.db", desk=DESK, key=key)
        assert caught.value.code is Code.JOURNAL_KEY
    opened(tmp_path).close()


def test_no_name_or_mobile_in_the_clear_in_any_file(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        person = store.remember_person(GUEST)
        store.append(issue_intent(0, holder=person.id, person_digests=person.digests))
        store.append(issue_done(0, holder=person.id))
        facts = BindingFacts("04A1B2C3", person.id, person.mobile_digest)
        waiting = OutboxFacts("set_card_no", person.id)
        payload = Payload(State.WAITING, binding=facts, outbox=waiting)
        store.append(Entry(Kind.RESIDENT_BIND, "b", "clerk1", payload))
        assert store.history(HistoryFilter(text=NAME))
        assert_nowhere(tmp_path, *words_of(GUEST))
    assert_nowhere(tmp_path, *words_of(GUEST))


def words_of(person: Person) -> tuple[bytes, ...]:
    return tuple(
        text.encode(form)
        for text in (person.name, person.mobile)
        for form in ("utf-8", "utf-16-le", "gb18030")
    )


def assert_nowhere(folder: Path, *needles: bytes) -> None:
    found = [
        (path.name, needle)
        for path, data in every_file(folder)
        for needle in needles
        if needle in data
    ]
    assert not found


def test_a_mobile_number_in_free_text_is_not_searchable_text(store: Store, path: Path) -> None:
    store.append(single(Kind.READ, "r1", reason=f"客人来电 {MOBILE} 要求"))
    [(search,)] = rows(path, "SELECT search FROM operations")
    assert MOBILE not in search
    assert store.history(HistoryFilter(text="客人来电"))


def test_erasing_leaves_the_chain_whole_and_no_byte_behind(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with opened(tmp_path) as store:
        person = store.remember_person(GUEST)
        other = store.remember_person(Person("李四", "13800000002"))
        store.append(issue_intent(0, holder=person.id, person_digests=person.digests))
        parts = sealed(path, person.id)
        on_disk = b"".join(data for _, data in every_file(tmp_path))
        assert all(part in on_disk for part in parts)
        store.erase_person(person.id)
        assert store.person(person.id) == Person()
        assert store.find_person(MOBILE) is None
        assert store.person(other.id) == Person("李四", "13800000002")
        assert_nowhere(tmp_path, *parts)
        assert store.verify().ok
        assert store.history(HistoryFilter(text=NAME)) == []
        store.rebuild()
        store.erase_person(person.id)
    assert_nowhere(tmp_path, *parts)


def test_an_altered_person_is_damage_not_nonsense(store: Store, path: Path) -> None:
    person = store.remember_person(GUEST)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE persons SET mobile = name")
        other.commit()
    with pytest.raises(JournalUnsafe) as caught:
        store.person(person.id)
    assert caught.value.code is Code.JOURNAL_DAMAGED


def test_retention_spares_who_is_still_here(store: Store, clock: Ticking) -> None:
    people = {
        name: store.remember_person(Person(name, f"1380000000{number}"))
        for number, name in enumerate(("stay", "closed", "bound", "unbound", "waiting", "idle"))
    }
    store.append(issue_done(1, holder=people["stay"].id))
    store.append(issue_done(2, holder=people["closed"].id))
    for name in ("bound", "unbound"):
        facts = BindingFacts(f"uid-{name}", people[name].id, people[name].mobile_digest)
        store.append(single(Kind.RESIDENT_BIND, f"b-{name}", binding=facts))
    waiting = OutboxFacts("set_card_no", people["waiting"].id)
    store.append(Entry(Kind.RESIDENT_BIND, "w", "c", Payload(State.WAITING, outbox=waiting)))
    assert store.erase_older_than(datetime(2026, 1, 1, tzinfo=UTC)) == []

    clock.now = LATER
    store.append(single(Kind.RECYCLE, "rec", closes=("stay-2",)))
    gone = BindingFacts("uid-unbound", people["unbound"].id, "", bound=False)
    store.append(single(Kind.RESIDENT_UNBIND, "u", binding=gone))
    assert set(store.idle_persons(LATER - timedelta(days=1))) == {people["idle"].id}

    erased = store.erase_older_than(LATER + timedelta(days=1))
    assert set(erased) == {people[name].id for name in ("closed", "unbound", "idle")}
    assert store.person(people["idle"].id) == Person()
    assert store.person(people["stay"].id).name == "stay"
    assert store.verify().ok
