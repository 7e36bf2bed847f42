"""Cards by command: what is written, what the doors say, exit statuses and documents."""

import json
import signal
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from station import compose
from station.reader.simulated import SimulatedReader
from tests.cli.conftest import BOSS, CLERK, CliDesk

OPERATION_KEYS = {
    "operation",
    "kind",
    "state",
    "error",
    "message",
    "vendor",
    "room",
    "stay",
    "cards",
    "gate",
    "risk",
    "settled",
}


def check_shape(document: dict[str, Any], *, group: bool = False) -> None:
    """The document of a card operation, exactly as the command line's page says."""
    assert set(document) == OPERATION_KEYS | ({"operations"} if group else set())
    assert document["state"] in {"done", "refused", "failed", "unknown", "mismatch", "queued"}
    assert isinstance(document["message"], str)
    assert document["message"]
    if document["room"] is not None:
        assert set(document["room"]) == {"id", "name"}
    if document["stay"] is not None:
        assert set(document["stay"]) == {"authorised_at", "expires_at"}
        for text in document["stay"].values():
            datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    for card in document["cards"]:
        assert set(card) == {"card_id", "uid", "state"}
    if document["vendor"] is not None:
        assert set(document["vendor"]) == {"code", "msg"}
    if document["gate"] is not None:
        assert set(document["gate"]) == {"state", "error"}


def test_issue_writes_one_card_until_check_out_tomorrow(desk: CliDesk) -> None:
    card = desk.put()
    document = desk.json("issue", "1-101", "--guest", "张三", "--mobile", "13800000001")
    check_shape(document)
    assert (document["kind"], document["state"], document["error"]) == ("issue", "done", None)
    assert document["room"] == {"id": "775032240849920", "name": "1-101"}
    assert document["stay"]["expires_at"].endswith("12:00:00")
    assert document["cards"] == [{"card_id": card.card_id, "uid": None, "state": "done"}]
    assert desk.world.present(card, "1-101").opened
    assert desk.writes() == 1


def test_several_cards_from_piped_lines(desk: CliDesk) -> None:
    """A line each: the second card is the one that lies there when its line comes."""
    first, second = desk.put(), desk.world.new_card()
    seen: list[str] = []

    def swap(call: Any) -> None:
        seen.append(call.name)
        if seen.count("MarkRoomCard") == 1 and seen[-1] == "ReadCard":
            desk.world.put(second, swap=True)

    desk.door.sim.after_effect = swap
    answer = desk.process("issue", "1-102", "--cards", "2", "--json", given="\n")
    desk.door.sim.after_effect = None
    document = answer.json
    assert answer.status == 0, answer
    check_shape(document)
    assert [one["card_id"] for one in document["cards"]] == [first.card_id, second.card_id]
    assert desk.world.present(first, "1-102").opened
    assert desk.world.present(second, "1-102").opened
    assert desk.world.present(first, "1-102").opened


def test_several_cards_wait_for_the_card_to_be_changed_at_the_end_of_stdin(desk: CliDesk) -> None:
    first, second = desk.put(), desk.world.new_card()
    reads = 0

    def swap(call: Any) -> None:
        nonlocal reads
        if call.name == "MarkRoomCard":
            reads = 1
        elif call.name == "ReadCard" and reads:
            reads += 1
            if reads == 5:  # one read back, then it is asked again and again
                desk.world.put(second, swap=True)

    desk.door.sim.after_effect = swap
    document = desk.process("issue", "1-102", "--cards", "2", "--json").json
    assert [one["card_id"] for one in document["cards"]] == [first.card_id, second.card_id]


def test_copy_and_extend_keep_the_authorisation(desk: CliDesk) -> None:
    first = desk.issue("1-101", "--nights", "2")
    second = desk.put()
    copied = desk.json("copy", "1-101")
    check_shape(copied)
    extended = desk.json("extend", "1-101", "--nights", "4")
    check_shape(extended)
    assert first.memory is not None
    assert second.memory is not None
    assert second.memory.abkp == first.memory.abkp
    assert second.memory.unvalid > first.memory.unvalid


def test_move_then_the_old_room_is_vacant(desk: CliDesk) -> None:
    card = desk.issue("1-101")
    document = desk.json("move", "1-101", "1-105")
    check_shape(document)
    assert document["room"]["name"] == "1-105"
    assert desk.world.present(card, "1-105").opened
    states = {row["name"]: row["state"] for row in desk.json("rooms")}
    assert states["1-101"] == "vacant"
    assert states["1-105"] in {"occupied", "due_out"}


def test_replace_names_the_risk_and_stops_after_the_first_card(desk: CliDesk) -> None:
    lost = desk.issue("1-101", "--hours", "5")
    desk.put()
    answer = desk.process("replace", "1-101", "--json")
    document = answer.json
    check_shape(document)
    assert answer.status == 0
    assert document["risk"]["cards"] == 1
    assert document["risk"]["room"]["name"] == "1-101"
    assert desk.world.present(lost, "1-101").opened, "the platform has no deny list"


def test_recycle_by_card_id_and_by_room(desk: CliDesk) -> None:
    card = desk.issue("1-101")
    wrong = desk.json("recycle", "--room", "1-102", status=3)
    assert wrong["error"] == "wrong_card"
    document = desk.json("recycle", "--card-id", card.card_id.lower())
    check_shape(document)
    assert card.memory is None
    assert desk.json("recycle", status=3)["error"] == "card_already_blank"


def test_read_says_whose_card_it_is(desk: CliDesk) -> None:
    desk.issue("1-101", "--guest", "张三")
    document = desk.json("read")
    assert set(document) == OPERATION_KEYS | {"standing", "guest"}
    assert (document["standing"], document["guest"]) == ("current", "张*")
    desk.put()
    blank = desk.json("read", status=4)
    assert (blank["state"], blank["error"]) == ("refused", "card_unreadable")
    assert blank["vendor"]["code"] == "-1" or blank["vendor"]["msg"]


def test_opens_lists_cards_with_their_certainty(desk: CliDesk) -> None:
    desk.issue("1-101")
    desk.put()
    desk.json("replace", "1-101")
    document = desk.json("opens", "1-101")
    assert [one["certainty"] for one in document["opens"]] == ["opens", "until_newer_used"]
    assert desk.json("opens", "1-102")["opens"] == []


def test_a_live_card_of_another_room_needs_yes(desk: CliDesk) -> None:
    card = desk.issue("1-101")
    # its stay has been moved away: the card still opens 1-101, and nobody lives there
    desk.put()
    desk.json("move", "1-101", "1-102")
    desk.put(card)
    before = desk.writes()
    document = desk.json("issue", "1-103", by=CLERK, status=3)
    assert (document["state"], document["error"]) == ("refused", "card_in_use")
    assert desk.writes() == before
    assert desk.json("issue", "1-103", "--yes", by=CLERK)["state"] == "done"


def test_an_occupied_room_needs_a_supervisors_reason(desk: CliDesk) -> None:
    desk.issue("1-101")
    desk.put()
    assert desk.json("issue", "1-101", by=CLERK, status=3)["error"] == "room_occupied"
    refused = desk.json("issue", "1-101", "--reason", "客人弄丢了全部", by=CLERK, status=3)
    assert refused["error"] == "not_allowed"
    assert desk.json("issue", "1-101", "--reason", "客人弄丢了全部", by=BOSS)["state"] == "done"


def test_group_with_a_range(desk: CliDesk) -> None:
    cards = [desk.put(), desk.world.new_card(), desk.world.new_card()]

    def swap(call: Any) -> None:
        written = len(desk.door.sim.calls.all("MarkRoomCard"))
        read = desk.door.sim.calls.all()[-1].name == "ReadCard"
        if call.name == "ReadCard" and read and 0 < written < 3:
            after = desk.door.sim.calls.all()[-2].name == "MarkRoomCard"
            if after:
                desk.world.put(cards[written], swap=True)

    desk.door.sim.after_effect = swap
    answer = desk.process(
        "group", "1-101..1-103", "--until", "2027-01-31 12:00", "--json", given="\n\n\n"
    )
    document = answer.json
    assert answer.status == 0, answer
    check_shape(document, group=True)
    assert document["kind"] == "group"
    assert [one["room"]["name"] for one in document["operations"]] == ["1-101", "1-102", "1-103"]
    for one, card in zip(document["operations"], cards, strict=True):
        check_shape(one)
        assert desk.world.present(card, one["room"]["name"]).opened


def test_a_group_goes_on_past_a_refused_room_and_says_the_worst(desk: CliDesk) -> None:
    desk.issue("1-101")
    desk.put()
    answer = desk.process(
        "group", "1-101", "1-102", "--until", "2027-01-31 12:00", "--json", given="\n\n"
    )
    document = answer.json
    assert answer.status == 3
    assert document["state"] == "refused"
    assert document["error"] == "room_occupied"
    assert [one["state"] for one in document["operations"]] == ["refused", "done"]


def test_a_group_that_the_operator_stops_is_incomplete(desk: CliDesk) -> None:
    desk.put()
    arguments = ("group", "1-101", "1-102", "--until", "2027-01-31 12:00", "--json")
    answer = desk.process(*arguments, given="\nq\n")
    document = answer.json
    assert (answer.status, document["state"], document["error"]) == (
        6,
        "failed",
        "group_incomplete",
    )
    assert [one["state"] for one in document["operations"]] == ["done"]


def test_a_clock_that_went_back_needs_a_supervisors_reason(desk: CliDesk) -> None:
    desk.issue("1-101", "--nights", "3")
    card = desk.put()
    desk.json("recycle", status=3)
    with time_machine.travel(datetime.now() - timedelta(hours=2), tick=True):
        refused = desk.json("issue", "1-101", "--reason", "重发", by=CLERK, status=3)
        assert refused["error"] == "not_allowed"
        states = check_clock(desk.json("doctor"))
        assert states["room_times"] == "warning"
        document = desk.json("replace", "1-101", status=3)
        assert document["error"] == "clock_went_back"
        assert desk.json("replace", "1-101", "--reason", "时钟坏了")["state"] == "done"
    assert desk.world.present(card, "1-101").opened


def check_clock(document: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["state"] for check in document["checks"]}


class Tapping:
    """A simulated reader in PC/SC's place, with the card that lies on the encoder."""

    def __init__(self, desk: CliDesk) -> None:
        self.readers: list[SimulatedReader] = []
        self._desk = desk

    def __call__(self, _settings: object) -> SimulatedReader:
        reader = SimulatedReader()
        card = self._desk.world.encoder.card
        if card is not None:
            reader.put(card.uid)
        self.readers.append(reader)
        return reader


def test_one_tap_for_room_and_gates(desk: CliDesk) -> None:
    desk.monkeypatch.setattr(compose, "open_reader", Tapping(desk))
    arguments = ("--guest", "张三", "--mobile", "13800000001", "--gate")
    card = desk.put()
    document = desk.json("issue", "1-101", *arguments)
    check_shape(document)
    assert document["gate"] == {"state": "done", "error": None}
    assert document["cards"][0]["uid"] == card.uid
    desk.cloud.stop()
    desk.put()
    queued = desk.json("issue", "1-102", *arguments)
    assert queued["state"] == "done"
    assert queued["gate"] == {"state": "queued", "error": "service_not_running"}
    desk.cloud.start()
    assert desk.json("resident", "sync")["waiting"] == 0
    desk.cloud.sim.inject("refuse", "set_card_no", times=None)
    desk.put()
    said = desk.run("issue", "1-103", *arguments, lang="zh_CN")
    assert "1-103 的卡发好了" in said.out
    assert "闪开" in said.out + said.err


def test_a_resident_is_bound_by_the_card_on_the_reader(desk: CliDesk) -> None:
    desk.monkeypatch.setattr(compose, "open_reader", Tapping(desk))
    card = desk.put()
    arguments = ("resident", "bind", "--mobile", "13800000001", "--name", "张三")
    assert desk.json(*arguments)["cards"][0]["uid"] == card.uid
    desk.world.lift()
    assert desk.json(*arguments, status=5)["error"] == "pcsc_no_card"


def test_watching_the_reader_prints_each_tap(desk: CliDesk) -> None:
    tapping = Tapping(desk)
    desk.monkeypatch.setattr(compose, "open_reader", tapping)

    def taps() -> None:
        while not tapping.readers:
            time.sleep(0.01)
        reader = tapping.readers[0]
        for uid in ("04A1B2C3", "04A1B2C3D4E5F6", "08AABBCC"):
            reader.put(uid)
            time.sleep(0.05)
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=taps)
    thread.start()
    answer = desk.run("reader", "watch", "--json")
    thread.join()
    assert answer.status == 0
    told = [json.loads(line) for line in answer.out.splitlines()]
    assert [one["uid"] for one in told] == ["04A1B2C3", "04A1B2C3D4E5F6", None]
    assert told[0]["decimal"] == 0x04A1B2C3
    assert told[2]["error"] == "uid_random"


@pytest.mark.parametrize(
    ("fault", "status", "state", "error"),
    [
        ("refuse", 4, "refused", "door_lock_refused"),
        ("drop_after", 6, "unknown", "outcome_unknown"),
        ("not_json", 6, "unknown", "outcome_unknown"),
        ("hang_after_effect", 6, "unknown", "outcome_unknown"),
    ],
)
def test_exit_status_of_a_vendors_fault(
    desk: CliDesk, fault: str, status: int, state: str, error: str
) -> None:
    desk.put()
    desk.json("rooms", "--refresh")
    desk.door.sim.inject(fault, "MarkRoomCard")
    document = desk.json("issue", "1-101", status=status)
    check_shape(document)
    assert (document["state"], document["error"]) == (state, error)
    assert desk.writes() == 1
    if state == "unknown":
        assert [row["state"] for row in desk.json("unresolved")] == ["unknown"]
        assert desk.json("rooms")[0]["state"] == "unresolved"
        assert len(desk.json("unresolved", "--resolve")) == 1
        assert desk.json("unresolved") == []


def test_a_card_that_reads_back_otherwise_is_a_mismatch(desk: CliDesk) -> None:
    card = desk.put()
    card.defect = type(card.defect)("garbles")
    document = desk.json("issue", "1-101", status=6)
    assert (document["state"], document["error"]) == ("mismatch", "read_back_mismatch")


def test_a_service_that_is_not_there(desk: CliDesk) -> None:
    desk.put()
    desk.door.stop()
    document = desk.json("issue", "1-101", status=5)
    assert (document["state"], document["error"]) == ("failed", "service_not_running")
    assert desk.json("rooms", "--refresh", status=5)["error"] == "service_not_running"


def test_setting_aside_needs_a_reason(desk: CliDesk) -> None:
    desk.put()
    desk.door.sim.inject("drop_after", "MarkRoomCard")
    operation = desk.json("issue", "1-101", status=6)["operation"]
    assert desk.json("unresolved", "--set-aside", operation, status=2)["error"] == "field_empty"
    rows = desk.json("unresolved", "--set-aside", operation, "--reason", "卡找不到了")
    assert rows[0]["state"] == "set_aside"
    again = desk.json("unresolved", "--set-aside", operation, "--reason", "再一次", status=3)
    assert again["error"] == "not_unresolved"


def test_people_read_sentences_with_the_vendors_words_below(desk: CliDesk) -> None:
    desk.put()
    desk.door.sim.inject("refuse", "MarkRoomCard")
    answer = desk.run("issue", "1-101", lang="zh_CN")
    assert answer.status == 4
    assert answer.out == ""
    assert "发卡器忙" in answer.err
    assert "[door_lock_refused]" in answer.err
    desk.put()
    good = desk.run("issue", "1-102", lang="zh_CN")
    assert "1-102 的卡发好了" in good.out
