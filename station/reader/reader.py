"""The PC/SC reader as the desk uses it, and how it is made."""

from collections.abc import Callable
from dataclasses import replace

from station.domain.card import UidOrder
from station.errors import Code, Unreachable
from station.ports import ReaderState, ReaderView
from station.reader.board import Board
from station.reader.monitor import Monitor, Options
from station.reader.scard import Hresult, PyScard, Scard
from station.reader.slots import is_remote_session, wanted_readers


class PcscReader:
    """`ports.Reader` over PC/SC. Starts watching when it is made; `close` ends it.

    Observers are called on the monitor's threads; what they raise is logged and costs nothing.
    """

    def __init__(self, options: Options, pcsc: Scard | None = None) -> None:
        self._board = Board()
        self._monitor = Monitor(pcsc or PyScard(), self._board, options)
        self._monitor.start()

    def view(self) -> ReaderView:
        return self._board.view

    def subscribe(self, observer: Callable[[ReaderView], None]) -> Callable[[], None]:
        return self._board.subscribe(observer)

    def wait_for(self, wanted: Callable[[ReaderView], bool], timeout: float) -> ReaderView | None:
        return self._board.wait_for(wanted, timeout)

    def read_again(self, timeout: float = 3.0) -> ReaderView:
        """The view after the card was asked once more; CARD_SILENT if it did not answer in time.

        From inside an observer nothing can be asked: the newest view as it is.
        """
        if self._board.told_here or self._monitor.read_again(timeout):
            return self._board.view
        view = self._board.view
        if view.state is ReaderState.CARD:
            # What was read earlier proves nothing about the card that lies there now.
            return replace(view, state=ReaderState.CARD_SILENT, uid="")
        return view

    def close(self) -> None:
        """Stop watching (at most 3 s; a card that holds the thread longer is left behind)."""
        self._board.close()
        self._monitor.stop()

    @property
    def is_watching(self) -> bool:
        """Whether the monitor's thread is alive."""
        return self._monitor.is_alive


def pcsc_reader(name: str = "", order: UidOrder = UidOrder.AS_READ) -> PcscReader:
    """A reader over PC/SC: those whose name contains `name`, UIDs in the site's byte order."""
    return PcscReader(Options(wanted=name, order=order))


def list_readers(pcsc: Scard | None = None) -> list[str]:
    """The names of the readers that are plugged in and can read cards, SAM slots left out.

    On a context of its own, for the chooser and the doctor. Raises `Unreachable` PCSC_NO_SERVICE or
    PCSC_REMOTE_SESSION.
    """
    service = pcsc or PyScard()
    result, context = service.establish()
    if result == Hresult.SUCCESS:
        try:
            result, names = service.list_readers(context)
        finally:
            service.release(context)
        if result == Hresult.NO_READERS_AVAILABLE:
            return []
        if result == Hresult.SUCCESS:
            return wanted_readers(names, "")
    code = Code.PCSC_REMOTE_SESSION if is_remote_session() else Code.PCSC_NO_SERVICE
    raise Unreachable(code, service="reader", detail=f"{result:08X}")
