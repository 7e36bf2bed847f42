"""A workbook of text, written by XlsxWriter in constant memory, its rows put in by hand.

XlsxWriter takes 4 µs a cell, which makes minutes of a million rows; joining a row's text and
writing it to the sheet's file, as it does with in-line strings, takes a quarter of that.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

ROWS: Final = 1_000_000
"""Rows of a sheet below its titles; what is more goes on another one."""
LONGEST: Final = 32_767
"""Characters of a cell; Excel refuses a file that has more."""
_SPECIAL: Final = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""What XML or Excel would take for something else."""
_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Sheets:
    """One workbook; `finish` puts it together, leaving without that leaves nothing behind.

    Raises OSError where the file cannot be written.
    """

    def __init__(self, path: Path, folder: str, titles: Sequence[tuple[str, int]]) -> None:
        """`titles` with their columns' widths in characters; `folder` takes what is half-way."""
        from xlsxwriter import Workbook
        from xlsxwriter.utility import xl_col_to_name

        self._workbook = Workbook(str(path), {"constant_memory": True, "tmpdir": folder})
        self._bold = self._workbook.add_format({"bold": True})
        self._titles = titles
        self._begins = [f'<c r="{xl_col_to_name(at)}' for at in range(len(titles))]
        self._place = 0
        self._sheet = self._new_sheet()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What was cut short is not put together first: its parts go with their folder.
        for sheet in self._workbook.worksheets():
            with suppress(OSError):
                sheet.row_data_fh.close()

    def add(self, cells: Sequence[str]) -> None:
        """One row more, each cell as text: never a formula or a link of what somebody typed."""
        if self._place == ROWS:
            self._end_sheet()
            self._sheet = self._new_sheet()
        self._place += 1
        number = self._place + 1
        parts = [f'<row r="{number}">']
        for begin, text in zip(self._begins, cells, strict=True):
            if text:
                parts.append(
                    f'{begin}{number}" t="inlineStr"><is><t xml:space="preserve">'
                    f"{_escaped(text)}</t></is></c>"
                )
        parts.append("</row>")
        self._sheet.row_data_fh.write("".join(parts))

    def finish(self) -> None:
        """Put the file together."""
        from xlsxwriter.exceptions import FileCreateError

        self._end_sheet()
        try:
            self._workbook.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error

    def _new_sheet(self) -> "Worksheet":
        sheet = self._workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        for at, (title, width) in enumerate(self._titles):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, title, self._bold)
        # Out of XlsxWriter's hands into the sheet's file, before rows that it does not know of.
        sheet._write_single_row(0)  # noqa: SLF001
        self._place = 0
        return sheet

    def _end_sheet(self) -> None:
        """Tell XlsxWriter how many rows there are."""
        self._sheet._check_dimensions(self._place, 0)  # noqa: SLF001


def _escaped(text: str) -> str:
    """Text as XML, control characters as Excel writes them."""
    text = text[:LONGEST]
    return text if _SPECIAL.search(text) is None else _SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    odd = found[0]
    if len(odd) > 1:
        return f"_x005F{odd}"
    return _NAMED.get(odd) or f"_x{ord(odd):04X}_"
