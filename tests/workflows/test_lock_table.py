"""The lock table: which networked lock belongs to which room, as Excel and people write it."""

from dataclasses import replace

import pytest

from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.errors import Code, InputInvalid, Refused
from station.workflows.lock_table import (
    check,
    entries,
    has_lock,
    import_table,
    lock_of,
    text_of,
)
from station.workflows.network_locks import check_mac
from tests.desk_rig import LI, WANG, DeskRig

WELL = "room,lock_id,mac\n1-101,1000001,72:00:03:16:7d:f0\n1-102,1000002,\n"
TECHNICIAN = Operator("老周", Role.TECHNICIAN)

WAYS = {
    "plain": WELL,
    "a byte order mark": "\ufeff" + WELL,
    "semicolons": WELL.replace(",", ";"),
    "tabs": WELL.replace(",", "\t"),
    "full-width commas": WELL.replace(",", "，"),
    "Windows lines": WELL.replace("\n", "\r\n"),
    "Excel's own hint": "sep=;\n" + WELL.replace(",", ";"),
    "empty lines": "\n\n" + WELL.replace("\n", "\n,,\n\n"),
    "quotes": 'room,lock_id,mac\n"1-101","1000001","72-00-03-16-7D-F0"\n"1-102","1000002",""\n',
    "text cells": 'room,lock_id,mac\n="1-101",="1000001",72000316 7df0\n\'1-102,\'1000002,\n',
    "another order": "mac,lock_id,floor,room\n720003167df0,1000001,1,1-101\n,1000002,1,1-102\n",
    "capitals and spaces": WELL.replace("room,lock_id,mac", " Room , LOCK_ID , Mac "),
    "Chinese": WELL.replace("room,lock_id,mac", "房间,锁号,MAC"),
    "short lines": WELL.replace("1000002,", "1000002"),
    "ids for rooms": WELL,
}


@pytest.mark.parametrize("way", WAYS)
def test_however_it_is_written(rig: DeskRig, way: str) -> None:
    text = WAYS[way]
    if way == "ids for rooms":
        text = text.replace("1-101", rig.room("1-101").id)
    table = import_table(rig.desk, TECHNICIAN, text)
    assert table.rejected == ()
    assert [(entry.room_name, entry.lock_id, entry.mac) for entry in entries(rig.desk)] == [
        ("1-101", 1000001, "72:00:03:16:7d:f0"),
        ("1-102", 1000002, ""),
    ]
    assert rig.rows()[0].kind is Kind.LOCKS_IMPORT
    assert rig.rows()[0].state is State.DONE


CHINESE = "房间,锁号\n1-101,1000001\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_however_it_is_encoded(rig: DeskRig, encoding: str) -> None:
    import_table(rig.desk, LI, text_of(CHINESE.encode(encoding)))
    assert lock_of(rig.desk, rig.room("1-101")) == 1000001


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04\x14\x00\x06\x00", b"\xff\xfe\x00", b"room,lock_id\n\x81\xff\xff"]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(InputInvalid) as caught:
        text_of(data)
    assert caught.value.code is Code.FILE_UNREADABLE


BAD_LINES = {
    "9-999,1000003": Code.ROOM_UNKNOWN,
    ",1000003": Code.FIELD_EMPTY,
    "1-103,": Code.FIELD_NOT_A_NUMBER,
    "1-103": Code.FIELD_NOT_A_NUMBER,
    "1-103,abc": Code.FIELD_NOT_A_NUMBER,
    "1-103,1E+06": Code.FIELD_NOT_A_NUMBER,
    "1-103,1000003.0": Code.FIELD_NOT_A_NUMBER,
    "1-103,１００００": Code.FIELD_NOT_A_NUMBER,
    "1-103,0": Code.FIELD_OUT_OF_RANGE,
    "1-103,4294967296": Code.FIELD_OUT_OF_RANGE,
    "1-103,1000003,12:34": Code.MAC_MALFORMED,
    "1-101,1000003": Code.FIELD_REPEATED,
    "1-103,1000001": Code.FIELD_REPEATED,
    "1-101,1000001": Code.FIELD_REPEATED,
    "1-103," + "9" * 200_000: Code.FIELD_TOO_LONG,  # one cell: a name of a room, then
}


@pytest.mark.parametrize("line", BAD_LINES, ids=lambda line: line[:20])
def test_one_wrong_line_and_nothing_is_taken(rig: DeskRig, line: str) -> None:
    import_table(rig.desk, LI, "room,lock_id\n1-105,5\n")
    table = import_table(rig.desk, LI, WELL + line + "\n")
    [rejected] = table.rejected
    assert (rejected.line, rejected.error.code) == (4, BAD_LINES[line])
    assert [entry.lock_id for entry in entries(rig.desk)] == [5], "the table stays as it was"
    assert len(rig.rows()) == 1


@pytest.mark.parametrize(
    "text", ["", "\n", "room,mac\n1-101,720003167df0", "1-101,1000001\n", "sep="]
)
def test_a_file_without_its_heading_is_no_table(rig: DeskRig, text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        check(rig.desk, text)
    assert caught.value.code is Code.FIELD_EMPTY


def test_a_heading_that_says_a_column_twice_is_not_guessed_at(rig: DeskRig) -> None:
    with pytest.raises(InputInvalid) as caught:
        check(rig.desk, "room,房间,lock_id\n1-101,1-102,5\n")
    assert caught.value.code is Code.FIELD_REPEATED


def test_a_heading_alone_takes_no_lock_away(rig: DeskRig) -> None:
    import_table(rig.desk, LI, WELL)
    assert import_table(rig.desk, LI, "room,lock_id\n").entries == ()
    assert has_lock(rig.desk, rig.room("1-101"))


def test_an_import_replaces_the_table_at_once(rig: DeskRig) -> None:
    """Killed before, while or after: the old table or the new one, never half of one."""

    class Killed(BaseException):
        pass

    class Dying:
        def __init__(self, inner: object) -> None:
            self.inner, self.calls = inner, 0

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

        def replace_kept(self, *given: object) -> None:
            self.inner.replace_kept(*given)  # type: ignore[attr-defined]
            raise Killed

    import_table(rig.desk, LI, WELL)
    dying = replace(rig.desk, journal=Dying(rig.journal))  # type: ignore[arg-type]
    with pytest.raises(Killed):
        import_table(dying, LI, "room,lock_id\n1-103,7\n1-104,8\n")
    rig.restart()
    assert [entry.lock_id for entry in entries(rig.desk)] == [7, 8]


def test_clerks_do_not_say_which_lock_is_where(rig: DeskRig) -> None:
    with pytest.raises(Refused) as caught:
        import_table(rig.desk, WANG, WELL)
    assert caught.value.code is Code.NOT_ALLOWED
    assert entries(rig.desk) == []


def test_a_room_without_a_lock_says_so(rig: DeskRig) -> None:
    import_table(rig.desk, LI, WELL)
    with pytest.raises(InputInvalid) as caught:
        lock_of(rig.desk, rig.room("1-103"))
    assert caught.value.code is Code.LOCK_NOT_MAPPED


def test_the_cloud_is_asked_whether_a_mac_has_its_number(whole: DeskRig) -> None:
    assert whole.kexin_sim is not None
    locks = list(whole.kexin_sim.cloud.locks.values())[:2]
    text = f"room,lock_id,mac\n1-101,{locks[0].lock_id},{locks[0].mac}\n"
    [entry] = check(whole.desk, text).entries
    assert check_mac(whole.desk, TECHNICIAN, entry).lock_id == locks[0].lock_id
    [entry] = check(whole.desk, text.replace(locks[0].mac, locks[1].mac)).entries
    with pytest.raises(Refused) as caught:
        check_mac(whole.desk, TECHNICIAN, entry)
    assert caught.value.code is Code.LOCK_DIFFERS
