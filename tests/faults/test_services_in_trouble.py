"""The door-lock service and the cloud in every kind of trouble, through the command line.

A write is sent once at most; its outcome is clear or unknown, and one read settles what is unknown;
the desk stays usable. What is meant for the cloud waits in the outbox and goes there later, once.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from station.errors import Code
from station.simulators.faults import Fault
from station.simulators.shankai.sim import SAMPLE_ORG_ID
from tests.faults.agreement import check_agreement
from tests.faults.place import GUEST, MOBILE, Place
from tests.faults.program import Ran
from tests.vendors.certificates import server_context

ISSUE = ("issue", "1-101", "--nights", "1", "--json")
UID = "04A1B2C3D4E5F6"
BIND = ("resident", "bind", "--mobile", MOBILE, "--name", GUEST, "--uid", UID, "--json")
DONE, NO, AWAY, UNKNOWN = 0, 4, 5, 6


def check_desk_goes_on(desk: Place) -> None:
    """Whatever happened: one more card, for another room, is no trouble."""
    desk.put()
    ran = desk.station("issue", "1-108", "--nights", "1")
    assert ran.returncode == 0, ran
    with desk.journal() as journal:
        check_agreement(desk, journal)
        assert journal.verify().ok


@pytest.mark.parametrize(
    ("fault", "options", "status", "cause"),
    [
        ("refuse", {}, NO, ""),
        ("hang", {}, UNKNOWN, Code.SERVICE_TIMEOUT),
        ("hang_after_effect", {}, UNKNOWN, Code.SERVICE_TIMEOUT),
        ("late", {"delay": 1.5}, UNKNOWN, Code.SERVICE_TIMEOUT),
        ("drop_before", {}, UNKNOWN, Code.SERVICE_DROPPED),
        ("drop_after", {}, UNKNOWN, Code.SERVICE_DROPPED),
        ("half_body", {}, UNKNOWN, ""),
        ("cut_json", {}, UNKNOWN, Code.REPLY_NOT_JSON),
        ("not_json", {}, UNKNOWN, Code.REPLY_NOT_JSON),
        ("wrong_shape", {}, UNKNOWN, Code.REPLY_SHAPE),
        ("http_500", {}, UNKNOWN, Code.SERVICE_HTTP_STATUS),
        ("redirect_302", {}, UNKNOWN, Code.SERVICE_HTTP_STATUS),
        ("code_string", {}, DONE, ""),
        ("data_null", {}, DONE, ""),
        ("gbk", {}, DONE, ""),
        ("huge_body", {}, UNKNOWN, Code.REPLY_TOO_LARGE),
    ],
)
def test_the_door_lock_service_in_trouble_while_a_card_is_written(
    desk: Place, fault: str, options: dict[str, Any], status: int, cause: str
) -> None:
    desk.write_settings(read_timeout_s=0.5)
    desk.lock.inject(fault, "MarkRoomCard", **options)
    ran = desk.station(*ISSUE)
    assert ran.returncode == status, ran
    document = ran.json()
    assert document["message"]
    assert len(desk.writes()) == 1, "never a second write"
    desk.lock.faults.release()
    desk.wait_quiet()
    if status == UNKNOWN:
        assert (document["state"], document["error"]) == ("unknown", Code.OUTCOME_UNKNOWN)
        with desk.journal() as journal:
            row = journal.operation(document["operation"])
            assert row is not None
            assert str(cause) in row.error
        settled = desk.station("unresolved", "--resolve", "--json").json()
        (card,) = desk.world.cards()
        assert [row["state"] for row in settled] == ["done" if card.memory else "failed"]
    assert desk.unresolved() == []
    assert len(desk.writes()) == 1, "settling wrote a card"
    check_desk_goes_on(desk)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("hang", AWAY),
        ("drop_before", AWAY),
        ("half_body", AWAY),
        ("not_json", AWAY),
        ("wrong_shape", AWAY),
        ("http_500", AWAY),
        ("redirect_302", AWAY),
        ("data_null", AWAY),
        ("huge_body", AWAY),
        ("code_string", DONE),
        ("gbk", DONE),
        # the service cannot say whether there is no card or a blank one: the desk goes on
        ("refuse", DONE),
    ],
)
def test_the_door_lock_service_in_trouble_while_the_desk_looks(
    desk: Place, fault: str, status: int
) -> None:
    """Nothing was sent that could write: the outcome is clear."""
    expired = desk.world.cards()[0]
    desk.write_settings(read_timeout_s=0.5)
    assert desk.station(*ISSUE).returncode == 0
    desk.lock.calls.clear()
    desk.put(expired)
    desk.lock.inject(fault, "ReadCard", times=2)  # a dropped connection is tried again once
    if status == DONE:
        desk.lock.faults.clear()
        desk.lock.inject(fault, "ReadCard")
        desk.put()
    ran = desk.station("issue", "1-102", "--nights", "1", "--json", "--yes")
    desk.lock.faults.clear()
    desk.lock.faults.release()
    assert ran.returncode == status, ran
    assert len(desk.writes()) == (1 if status == DONE else 0)
    assert desk.unresolved() == []


def test_a_door_lock_service_that_is_not_running(desk: Place) -> None:
    desk.lock_server.stop()
    ran = desk.station(*ISSUE)
    assert ran.returncode == AWAY, ran
    assert ran.json()["error"] == Code.SERVICE_NOT_RUNNING
    assert ran.json()["state"] == "failed"
    desk.lock_server.start()
    assert desk.unresolved() == []
    check_desk_goes_on(desk)


# the cloud


def check_waits(desk: Place, ran: Ran, *codes: Code) -> None:
    """It is in the outbox and not in the cloud, and that is what is said."""
    assert ran.returncode == 0, ran
    assert ran.json()["gate"] is None or ran.json()["gate"]["state"] == "queued", ran
    with desk.journal() as journal:
        (waiting,) = journal.outbox()
        assert waiting.facts.error in codes, waiting
    assert desk.gate.cloud.card_of(SAMPLE_ORG_ID, MOBILE) is None


def check_goes_once(desk: Place) -> None:
    """With the cloud well again one push brings it there, and a second one brings nothing more."""
    desk.gate.faults.clear()
    desk.gate.calls.clear()
    ran = desk.station("resident", "sync", "--json")
    assert ran.returncode == 0, ran
    assert ran.json()["waiting"] == 0
    assert desk.gate.cloud.card_of(SAMPLE_ORG_ID, MOBILE) == UID
    again = desk.station("resident", "sync", "--json")
    assert again.json() == {"pushed": [], "waiting": 0}
    assert len(desk.gate.calls.all("set_card_no")) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("http_429", Code.SERVICE_BUSY),
        ("http_503", Code.SERVICE_BUSY),
        ("http_500", Code.SERVICE_HTTP_STATUS),
        ("captive_portal", Code.CAPTIVE_PORTAL),
        ("drop_before", Code.SERVICE_DROPPED),
        ("refuse", Code.SHANKAI_SYSTEM),
    ],
)
def test_a_cloud_in_trouble(desk: Place, fault: str, code: Code) -> None:
    desk.gate.inject(fault, "set_card_no", times=None)
    check_waits(desk, desk.station(*BIND), code)
    check_goes_once(desk)


@pytest.mark.parametrize("fault", ["expired_token", "slow"])
def test_a_cloud_that_is_only_awkward(desk: Place, fault: str) -> None:
    """A token that ends in mid-flight is renewed; a slow answer is waited for."""
    options = {"delay": 0.002} if fault == "slow" else {}
    desk.gate.inject(fault, "set_card_no", **options)
    ran = desk.station(*BIND)
    assert ran.returncode == 0, ran
    assert ran.json()["state"] == "done"
    assert desk.gate.cloud.card_of(SAMPLE_ORG_ID, MOBILE) == UID
    with desk.journal() as journal:
        assert journal.outbox() == []


def test_a_name_that_no_server_has(desk: Place) -> None:
    """`.invalid` is a name that never resolves (RFC 6761)."""
    desk.write_settings(gate="https://cloud.invalid")
    check_waits(desk, desk.station(*BIND), Code.SERVICE_DNS)
    desk.write_settings()
    check_goes_once(desk)


def test_a_certificate_that_nobody_trusts(desk: Place, tmp_path: Path) -> None:
    with tls_server(tmp_path) as port:
        desk.write_settings(gate=f"https://127.0.0.1:{port}")
        check_waits(desk, desk.station(*BIND), Code.SERVICE_TLS)
    desk.write_settings()
    check_goes_once(desk)


@contextmanager
def tls_server(folder: Path) -> Iterator[int]:
    """Shakes hands with a certificate that it signed itself, and never gets further."""
    context = server_context(folder, None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                line, _ = listener.accept()
                with line:
                    line.settimeout(10)
                    try:
                        context.wrap_socket(line, server_side=True).close()
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        port: int = listener.getsockname()[1]
        try:
            yield port
        finally:
            done.set()
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()


def test_what_waits_goes_in_order(desk: Place) -> None:
    """Bind, take back, bind another: while the cloud is away, then all at once."""
    desk.gate_server.stop()
    for argv in (
        BIND,
        ("resident", "unbind", "--mobile", MOBILE),
        (*BIND[:-3], "--uid", "04FFEEDDCCBBAA", "--json"),
    ):
        assert desk.station(*argv).returncode == 0
    desk.gate_server.start()
    ran = desk.station("resident", "sync", "--json")
    assert ran.returncode == 0, ran
    assert [push["state"] for push in ran.json()["pushed"]] == ["done"] * 3
    names = [call.name for call in desk.gate.calls.all() if call.name != "get_access_token"]
    assert names == ["set_card_no", "del_user", "set_card_no"]
    assert desk.gate.cloud.card_of(SAMPLE_ORG_ID, MOBILE) == "04FFEEDDCCBBAA"


def test_every_fault_of_the_service_is_here() -> None:
    """A fault that a simulator learns has to be shown here too."""
    tests: tuple[Any, ...] = (
        test_the_door_lock_service_in_trouble_while_a_card_is_written,
        test_a_cloud_in_trouble,
        test_a_cloud_that_is_only_awkward,
    )
    marks = [mark for test in tests for mark in test.pytestmark[0].args[1]]
    named = {mark if isinstance(mark, str) else mark[0] for mark in marks}
    variants = {"late_without_effect", "late_effect"}  # of `late`: proven with the client itself
    assert named == {fault.value for fault in Fault} - variants
