"""A card on the PC/SC reader: its UID, read again right when it counts."""

from typing import Final

from station.domain.card import parse_uid
from station.errors import Code, InputInvalid, Unreachable
from station.ports import ReaderState, ReaderView
from station.workflows.desk import Desk

_ERRORS: Final = {
    ReaderState.STARTING: Code.PCSC_NO_SERVICE,
    ReaderState.NO_SERVICE: Code.PCSC_NO_SERVICE,
    ReaderState.NO_READER: Code.PCSC_NO_READER,
    ReaderState.REMOTE_SESSION: Code.PCSC_REMOTE_SESSION,
    ReaderState.EMPTY: Code.PCSC_NO_CARD,
    ReaderState.CARD_SEEN: Code.PCSC_CARD_SILENT,
    ReaderState.CARD_SILENT: Code.PCSC_CARD_SILENT,
    ReaderState.CARD_UNREADABLE: Code.PCSC_CARD_UNREADABLE,
    ReaderState.BUSY: Code.PCSC_READER_BUSY,
    ReaderState.SEVERAL_CARDS: Code.PCSC_SEVERAL_CARDS,
}


def read_now(desk: Desk) -> str:
    """The UID of the card that lies on the reader, read again now.

    Raises `Unreachable` with a PCSC_… code, `InputInvalid` UID_RANDOM or
    PART_NOT_SET_UP.
    """
    if desk.reader is None:
        raise InputInvalid(Code.PART_NOT_SET_UP, part="reader")
    return uid_of(desk.reader.read_again())


def wait_for_tap(desk: Desk, timeout: float) -> str:
    """The UID of the next readable card within `timeout` seconds. Raises as `read_now`."""
    if desk.reader is None:
        raise InputInvalid(Code.PART_NOT_SET_UP, part="reader")
    wanted = (ReaderState.CARD, ReaderState.CARD_RANDOM)
    view = desk.reader.wait_for(lambda seen: seen.state in wanted, timeout)
    return uid_of(view or desk.reader.view())


def uid_of(view: ReaderView) -> str:
    """The UID in a view, or the error that its state stands for."""
    if view.state is ReaderState.CARD:
        return parse_uid(view.uid)
    if view.state is ReaderState.CARD_RANDOM:
        raise InputInvalid(Code.UID_RANDOM, field="uid", value=view.detail or view.uid)
    code = _ERRORS[view.state]
    raise Unreachable(code, service="reader", reader=view.reader, detail=view.detail)
