"""Papers to a printer or into a PDF file. Qt's print support is loaded when it is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QThread
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QTextDocument
from PySide6.QtWidgets import QWidget

from station.errors import Code, InputInvalid, StationError

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

POINTS: Final = 9
"""The size of a paper's text."""


def to_pdf(html: str, path: Path, *, wide: bool) -> None:
    """Write a paper as PDF. Raises `InputInvalid` FILE_UNWRITABLE."""
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    part = path.with_name(f".{path.name}.part")
    printer.setOutputFileName(str(part))
    try:
        if path.parent.is_dir():
            _print(html, printer, wide=wide)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        why = error.strerror or "?"
        raise InputInvalid(Code.FILE_UNWRITABLE, path=str(path), why=why) from error


class PdfWriting(QThread):
    """Writes a paper as PDF beside the window's thread, which a long list would hold up.

    `error` is what went wrong, once `finished` came.
    """

    def __init__(self, html: str, path: Path, parent: QObject, *, wide: bool) -> None:
        super().__init__(parent)
        self._html, self._path, self._wide = html, path, wide
        self.error: StationError | None = None

    def run(self) -> None:
        try:
            to_pdf(self._html, self._path, wide=self._wide)
        except StationError as error:
            self.error = error


def to_printer(html: str, parent: QWidget, *, wide: bool) -> bool:
    """Let the operator choose a printer and print; whether it was printed."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return False
    _print(html, printer, wide=wide)
    return True


def _print(html: str, printer: "QPrinter", *, wide: bool) -> None:
    orientation = QPageLayout.Orientation
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(orientation.Landscape if wide else orientation.Portrait)
    document = QTextDocument()
    font = QGuiApplication.font()
    font.setPointSize(POINTS)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet("* { color: black; }")
    document.setHtml(html)
    document.setPageSize(printer.pageRect(printer.Unit.DevicePixel).size())
    document.print_(printer)
