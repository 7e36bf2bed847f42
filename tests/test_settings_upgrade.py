"""Upgrades of the settings file: each has a test of its own, and a newer file is left alone."""

import pytest

from station import settings_upgrade
from station.errors import Code, InputInvalid
from station.settings import parse
from station.settings_upgrade import UPGRADES, VERSION, Document, upgrade


def _first(document: Document) -> None:
    document["desk"] = {"id": document.pop("desk_id")}


def _second(document: Document) -> None:
    document["desk"]["id"] = document["desk"]["id"].lower()


def test_every_upgrade_has_a_test_of_its_own() -> None:
    for step in UPGRADES:
        assert f"test_upgrade_{step.__name__}" in globals(), step.__name__
    assert len(UPGRADES) + 1 == VERSION


def test_upgrades_run_in_order_from_the_version_of_the_file() -> None:
    steps = (_first, _second)
    assert upgrade({"desk_id": "A"}, steps) == {"desk": {"id": "a"}}
    assert upgrade({"version": 1, "desk_id": "A"}, steps) == {"desk": {"id": "a"}}
    assert upgrade({"version": 2, "desk": {"id": "B"}}, steps) == {"desk": {"id": "b"}}
    assert upgrade({"version": 3, "desk": {"id": "C"}}, steps) == {"desk": {"id": "C"}}


def test_upgrade_no_rooms_file() -> None:
    kexin = '[kexin]\nurl = "https://locks.example"\napp_id = "C3"\n'
    old = parse(f'{kexin}rooms_file = "locks.csv"\n'.encode())
    assert old == parse(f"version = 1\n{kexin}".encode())
    assert parse(b"version = 1\n[desk]\n").kexin is None
    with pytest.raises(InputInvalid) as caught:
        parse(f'version = 2\n{kexin}rooms_file = "locks.csv"\n'.encode())
    assert caught.value.code is Code.SETTINGS_UNKNOWN_KEY
    with pytest.raises(InputInvalid) as odd:
        parse(b"kexin = 3\n")
    assert odd.value.code is Code.SETTINGS_FIELD


def test_a_newer_file_is_refused_by_name() -> None:
    with pytest.raises(InputInvalid) as caught:
        parse(f"version = {VERSION + 1}\n[invented_later]\n".encode())
    assert caught.value.code is Code.SETTINGS_NEWER
    assert caught.value.context == {"field": "version", "value": VERSION + 1, "known": VERSION}


@pytest.mark.parametrize("version", [0, -1, True, 1.0, "1"])
def test_a_version_that_is_no_number_is_refused(version: object) -> None:
    with pytest.raises(InputInvalid) as caught:
        upgrade({"version": version})
    assert caught.value.code is Code.SETTINGS_FIELD


def test_the_module_says_which_version_it_writes() -> None:
    assert settings_upgrade.FIRST_VERSION == 1
