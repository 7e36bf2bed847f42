"""Operators: argon2id, five wrong PINs, and counts that a restart does not forget."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from station.domain.operator import LOCK_TIME, WRONG_PINS_BEFORE_LOCK, Operator, Role
from station.errors import Code, InputInvalid, Refused
from station.journal import Store
from tests.journal.rig import Ticking, every_file, opened, rows

if TYPE_CHECKING:
    from collections.abc import Callable

PIN = "246810"


def refused(store: Store, name: str, pin: str) -> Refused:
    with pytest.raises(Refused) as caught:
        store.operators.check(name, pin)
    assert pin not in str(caught.value)
    return caught.value


def test_a_right_pin_logs_in(store: Store, path: Path) -> None:
    book = store.operators
    assert book.count() == 0
    book.add("clerk1", Role.CLERK, PIN)
    book.add("boss", Role.SUPERVISOR, "87654321")
    assert book.check("clerk1", PIN) == Operator("clerk1", Role.CLERK)
    assert [(row.name, row.role) for row in book.list()] == [
        ("boss", Role.SUPERVISOR),
        ("clerk1", Role.CLERK),
    ]
    assert book.count() == 2
    hashes = [row[0] for row in rows(path, "SELECT hash FROM operators")]
    assert all(text.startswith("$argon2id$") for text in hashes)
    assert not any(PIN.encode() in data for _, data in every_file(path.parent))


def test_an_unknown_name_looks_like_a_wrong_pin(store: Store) -> None:
    store.operators.add("clerk1", Role.CLERK, PIN)
    assert refused(store, "nobody", PIN).code is Code.PIN_WRONG
    assert refused(store, "clerk1", "WRONG-1").code is Code.PIN_WRONG
    assert refused(store, "clerk1", "\ud800\ud800\ud800\ud800").code is Code.PIN_WRONG


def test_five_wrong_pins_lock_for_a_while_and_a_restart_does_not_help(tmp_path: Path) -> None:
    clock = Ticking()
    with opened(tmp_path, clock) as store:
        store.operators.add("clerk1", Role.CLERK, PIN)
        lefts = [refused(store, "clerk1", "WRONG-1").context["left"] for _ in range(3)]
        assert lefts == [4, 3, 2]
    with opened(tmp_path, clock) as store:
        assert refused(store, "clerk1", "WRONG-1").code is Code.PIN_WRONG
        assert refused(store, "clerk1", "WRONG-1").code is Code.OPERATOR_LOCKED
    with opened(tmp_path, clock) as store:
        assert refused(store, "clerk1", PIN).code is Code.OPERATOR_LOCKED
        [row] = store.operators.list()
        assert row.locked_until is not None
        assert clock.now < row.locked_until <= clock.now + LOCK_TIME
        clock.now += LOCK_TIME + timedelta(seconds=5)
        assert store.operators.check("clerk1", PIN).name == "clerk1"
        assert [row.locked_until for row in store.operators.list()] == [None]


def test_after_a_lock_there_are_five_tries_again(store: Store, clock: Ticking) -> None:
    store.operators.add("clerk1", Role.CLERK, PIN)
    for _ in range(WRONG_PINS_BEFORE_LOCK):
        refused(store, "clerk1", "WRONG-1")
    clock.now += LOCK_TIME + timedelta(seconds=5)
    assert refused(store, "clerk1", "WRONG-1").context["left"] == WRONG_PINS_BEFORE_LOCK - 1


def test_a_right_pin_forgets_the_wrong_ones(store: Store) -> None:
    store.operators.add("clerk1", Role.CLERK, PIN)
    for _ in range(WRONG_PINS_BEFORE_LOCK - 1):
        refused(store, "clerk1", "WRONG-1")
    store.operators.check("clerk1", PIN)
    assert refused(store, "clerk1", "WRONG-1").context["left"] == WRONG_PINS_BEFORE_LOCK - 1


def test_disable_and_reset(store: Store) -> None:
    book = store.operators
    book.add("boss", Role.SUPERVISOR, PIN)
    with pytest.raises(Refused) as caught:
        book.disable("boss")
    assert caught.value.code is Code.LAST_SUPERVISOR
    book.add("boss2", Role.SUPERVISOR, PIN)
    book.disable("boss")
    assert refused(store, "boss", PIN).code is Code.OPERATOR_DISABLED
    assert refused(store, "boss", "WRONG-1").code is Code.PIN_WRONG
    book.reset("boss", "135790")
    assert book.check("boss", "135790").role is Role.SUPERVISOR
    assert refused(store, "boss", PIN).code is Code.PIN_WRONG


def test_bad_input(store: Store) -> None:
    book = store.operators
    book.add("clerk1", Role.CLERK, PIN)
    cases: list[tuple[Callable[[], None], Code]] = [
        (lambda: book.add("clerk1", Role.CLERK, PIN), Code.OPERATOR_EXISTS),
        (lambda: book.add("clerk2", Role.CLERK, "123"), Code.PIN_MALFORMED),
        (lambda: book.add("", Role.CLERK, PIN), Code.FIELD_EMPTY),
        (lambda: book.reset("nobody", PIN), Code.OPERATOR_UNKNOWN),
        (lambda: book.disable("nobody"), Code.OPERATOR_UNKNOWN),
    ]
    for work, code in cases:
        with pytest.raises(InputInvalid) as caught:
            work()
        assert caught.value.code is code


def test_argon2_and_alembic_load_only_when_needed(tmp_path: Path) -> None:
    opened(tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from station.journal import open_journal\n"
        "open_journal(Path(sys.argv[1]), desk='desk-1', key=bytes(range(32))).close()\n"
        "print(sorted({'argon2', 'alembic', 'xlsxwriter', 'psycopg', 'sqlalchemy.orm'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "journal.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
