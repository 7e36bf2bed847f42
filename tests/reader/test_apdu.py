"""Which answers are UIDs, which readers count, and when a session is remote."""

import pytest

from station.domain.card import UidOrder
from station.ports import ReaderState
from station.reader.apdu import parse_uid_answer, signal_for
from station.reader.slots import is_remote_session, wanted_readers


@pytest.mark.parametrize("uid", ["A1B2C3D4", "04112233445566", "04112233445566778899"])
def test_a_uid_of_each_size(uid: str) -> None:
    answer = bytes.fromhex(uid + "9000")
    assert parse_uid_answer(answer, UidOrder.AS_READ) == (ReaderState.CARD, uid, "")


def test_reversed_order() -> None:
    answer = bytes.fromhex("A1B2C3D49000")
    assert parse_uid_answer(answer, UidOrder.REVERSED)[1] == "D4C3B2A1"


@pytest.mark.parametrize(
    ("answer", "order"),
    [("081122339000", UidOrder.AS_READ), ("332211089000", UidOrder.REVERSED)],
)
def test_a_random_uid_is_told_after_ordering(answer: str, order: UidOrder) -> None:
    state, uid, detail = parse_uid_answer(bytes.fromhex(answer), order)
    assert (state, uid, detail) == (ReaderState.CARD_RANDOM, "", "08112233")


def test_seven_bytes_starting_08_are_not_random() -> None:
    answer = bytes.fromhex("081122334455669000")
    assert parse_uid_answer(answer, UidOrder.AS_READ)[0] is ReaderState.CARD


@pytest.mark.parametrize(
    "answer", ["", "90", "9000", "6300", "6A81", "A19000", "A1B2C3D4E59000", "A1B2C3D49001"]
)
def test_anything_else_is_unreadable(answer: str) -> None:
    state, uid, detail = parse_uid_answer(bytes.fromhex(answer), UidOrder.AS_READ)
    assert (state, uid) == (ReaderState.CARD_UNREADABLE, "")
    assert detail == (answer or "no answer")


def test_only_known_readers_are_told_to_flash() -> None:
    assert signal_for("ACS ACR122U PICC Interface 00 00") is not None
    assert signal_for("HID Global OMNIKEY 5022") is None


def test_which_readers_count() -> None:
    names = [
        "ACS ACR1252 1S CL Reader PICC 0",
        "ACS ACR1252 1S CL Reader SAM 0",
        "Windows Hello for Business 1",
        "Microsoft Virtual Smart Card 0",
        "SAMSUNG NFC Reader 0",
    ]
    assert wanted_readers(names, "") == [names[0], names[4]]
    assert wanted_readers(names, " acr1252 ") == [names[0]]
    assert wanted_readers(names, "OMNIKEY") == []


@pytest.mark.parametrize(
    ("session", "platform", "remote"),
    [
        ("RDP-Tcp#3", "win32", True),
        ("rdp-tcp#12", "win32", True),
        ("Console", "win32", False),
        ("", "win32", False),
        ("RDP-Tcp#3", "linux", False),
    ],
)
def test_a_remote_desktop_session(session: str, platform: str, *, remote: bool) -> None:
    assert is_remote_session({"SESSIONNAME": session}, platform) is remote
    assert is_remote_session({}, platform) is False
