"""Taking out: whole or not at all, never over another file, no formula in any cell."""

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from station.domain.event import RoomFacts
from station.domain.operation import Kind, OperationRow
from station.errors import Code, InputInvalid
from station.journal import Store, verify_file
from station.journal.export import (
    Column,
    export_csv,
    export_events,
    export_xlsx,
    harmless,
)
from station.ports import HistoryFilter
from tests.journal.rig import fill, single

COLUMNS = (
    Column("编号", lambda row: row.number),
    Column("房间", lambda row: row.room_name),
    Column("原因", lambda row: row.reason, 30),
    Column("开始", lambda row: row.started_at),
    Column("=结束", lambda row: row.ended_at),
)
EVIL = ["=1+1", "+SUM(A1)", "-2", "@x", "\t=1", "＝1", "=cmd|' /C calc'!A0", " =2"]
Export = Callable[..., int]


def evil(store: Store) -> list[OperationRow]:
    for number, text in enumerate(EVIL):
        entry = single(Kind.READ, f"r{number}", reason=text, room=RoomFacts("1", text))
        store.append(entry)
    return list(store.walk_history(HistoryFilter()))


def sheet_cells(path: Path) -> list[list[str]]:
    """The texts of the first sheet; a formula anywhere fails."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        root = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    assert root.find(f".//{space}f") is None
    assert root.find(f".//{space}hyperlink") is None
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{space}c")]
        for row in root.iter(f"{space}row")
    ]


def test_events_as_lines_verify(store: Store, tmp_path: Path) -> None:
    fill(store, 20)
    target = tmp_path / "out.jsonl"
    assert export_events(store, target) == 40
    lines = target.read_bytes().splitlines()
    first = json.loads(lines[0])
    assert list(first) == sorted(first)
    assert json.loads(lines[-1])["hash"] == store.head()[1]
    assert verify_file(target) == store.verify()


def test_csv(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    rows = evil(store)
    assert export_csv(rows, COLUMNS, target) == len(EVIL)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert table[0] == ["编号", "房间", "原因", "开始", "'=结束"]
    assert [row[2] for row in table[1:]] == [f"'{text}" for text in reversed(EVIL)]
    assert table[1][3] == rows[0].started_at.strftime("%Y-%m-%d %H:%M:%S")


def test_xlsx(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    assert export_xlsx(evil(store), COLUMNS, target) == len(EVIL)
    table = sheet_cells(target)
    assert table[0][:3] == ["编号", "房间", "原因"]
    assert [row[2].strip() for row in table[1:]] == [text.strip() for text in reversed(EVIL)]


def test_odd_text_is_the_text_that_a_workbook_holds(store: Store, tmp_path: Path) -> None:
    odd = ["<r>x</r>", "a & b < c > d", "_x0041_", " both ends ", "两\n行", "王𠮷", "x" * 40_000]
    for number, text in enumerate(odd):
        store.append(single(Kind.READ, f"r{number}", reason=text))
    target = tmp_path / "out.xlsx"
    export_xlsx(reversed(list(store.walk_history(HistoryFilter()))), COLUMNS, target)
    found = [row[1] for row in sheet_cells(target)[1:]]  # its room is empty and no cell
    assert found == [*odd[:2], "_x005F_x0041_", *odd[3:-1], "x" * 32_767]


def test_a_control_character_is_escaped_as_excel_does(tmp_path: Path, store: Store) -> None:
    store.append(single(Kind.READ, "r1", reason="bell\x07 and\r"))
    target = tmp_path / "out.xlsx"
    export_xlsx(store.walk_history(HistoryFilter()), COLUMNS, target)
    assert sheet_cells(target)[1][1] == "bell_x0007_ and_x000D_"


def test_a_workbook_says_how_large_it_is(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    export_xlsx(evil(store), COLUMNS, target)
    with zipfile.ZipFile(target) as archive:
        assert f'<dimension ref="A1:E{len(EVIL) + 1}"/>'.encode() in archive.read(
            "xl/worksheets/sheet1.xml"
        )


def test_an_empty_workbook_has_its_titles(tmp_path: Path) -> None:
    assert export_xlsx([], COLUMNS, tmp_path / "out.xlsx") == 0
    assert len(sheet_cells(tmp_path / "out.xlsx")) == 1


def test_more_rows_than_a_sheet_holds_go_on_the_next(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from station.journal import sheets as module

    monkeypatch.setattr(module, "ROWS", 3)
    export_xlsx(evil(store), COLUMNS, tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 3


EXPORTS: dict[str, Callable[[Store, Path], Export]] = {
    "jsonl": lambda store, path: lambda **more: export_events(store, path, **more),
    "csv": lambda store, path: (
        lambda **more: export_csv(store.walk_history(HistoryFilter()), COLUMNS, path, **more)
    ),
    "xlsx": lambda store, path: (
        lambda **more: export_xlsx(store.walk_history(HistoryFilter()), COLUMNS, path, **more)
    ),
}


@pytest.mark.parametrize("form", EXPORTS)
def test_whole_or_not_at_all(store: Store, tmp_path: Path, form: str) -> None:
    fill(store, 1200)
    folder = tmp_path / "out"
    folder.mkdir()
    target = folder / f"out.{form}"
    work = EXPORTS[form](store, target)

    answers = iter([False, True])
    with pytest.raises(InputInvalid) as caught:
        work(cancelled=lambda: next(answers))
    assert caught.value.code is Code.COMMAND_CANCELLED
    assert list(folder.iterdir()) == []

    seen: list[tuple[int, int]] = []
    count = work(progress=lambda done, total: seen.append((done, total)))
    assert seen[0][0] == 1000
    assert seen[-1][0] == count
    before = target.read_bytes()
    with pytest.raises(InputInvalid) as caught:
        work()
    assert caught.value.code is Code.FILE_EXISTS
    assert target.read_bytes() == before
    assert work(overwrite=True) == count
    assert [item.name for item in folder.iterdir()] == [target.name]

    with pytest.raises(InputInvalid) as caught:
        EXPORTS[form](store, tmp_path / "no" / "folder" / "x")()
    assert caught.value.code is Code.FILE_UNWRITABLE


def test_harmless_leaves_ordinary_text_alone() -> None:
    assert [harmless(text) for text in ("1-101", "客人", "", "a=b", "'x")] == [
        "1-101",
        "客人",
        "",
        "a=b",
        "'x",
    ]
