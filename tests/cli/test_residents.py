"""Residents' cards by command, with the cloud there and away; one tap for both systems."""

from station.simulators.shankai.cloud import User
from tests.cli.conftest import CliDesk, write_settings

ZHANG = ("--mobile", "13800000001", "--name", "张三")
LI = ("--mobile", "13800000002", "--name", "李四")
UID = "04A1B2C3D4E5F6"


def test_bind_show_unbind(desk: CliDesk) -> None:
    document = desk.json("resident", "bind", *ZHANG, "--uid", UID.lower())
    assert (document["kind"], document["state"]) == ("resident_bind", "done")
    assert document["cards"] == [{"card_id": None, "uid": UID, "state": "done"}]
    shown = desk.json("resident", "show", "--mobile", "13800000001")
    assert shown["cards"] == [{"uid": UID, "decimal": None}]
    assert "13800000001" not in str(shown)
    assert desk.json("resident", "unbind", "--mobile", "13800000001")["state"] == "done"
    assert desk.json("resident", "show", "--mobile", "13800000001")["cards"] == []


def test_the_decimal_number_on_a_card(desk: CliDesk) -> None:
    document = desk.json("resident", "bind", *ZHANG, "--uid", "d77777777")
    assert document["cards"][0]["uid"] == f"{77777777:08X}"


def test_a_card_of_somebody_else_needs_yes(desk: CliDesk) -> None:
    desk.json("resident", "bind", *ZHANG, "--uid", UID)
    refused = desk.json("resident", "bind", *LI, "--uid", UID, status=3)
    assert refused["error"] == "uid_bound_elsewhere"
    assert desk.json("resident", "bind", *LI, "--uid", UID, "--yes")["state"] == "done"


def test_a_cloud_that_is_away_queues_and_sync_sends_once(desk: CliDesk) -> None:
    desk.cloud.stop()
    document = desk.json("resident", "bind", *ZHANG, "--uid", UID)
    assert (document["state"], document["error"]) == ("queued", "service_not_running")
    assert desk.json("resident", "show", "--mobile", "13800000001")["waiting"] == 1
    still = desk.json("resident", "sync", status=5)
    assert (still["waiting"], still["pushed"][0]["state"]) == (1, "queued")
    desk.cloud.start()
    sent = desk.json("resident", "sync")
    assert (sent["waiting"], sent["pushed"][0]["state"]) == (0, "done")
    assert desk.json("resident", "sync") == {"pushed": [], "waiting": 0}
    assert len(desk.cloud.sim.calls.all("set_card_no")) == 1


def test_asking_the_cloud_allocates_and_says_so(desk: CliDesk) -> None:
    arguments = ("resident", "show", "--mobile", "13800000001", "--name", "张三", "--ask-cloud")
    assert desk.json(*arguments, status=4)["error"] == "shankai_no_user"
    organization = next(iter(desk.cloud.sim.cloud.organizations.values()))
    organization.users["13800000001"] = User("13800000001", "张三")
    answer = desk.run(*arguments, "--json")
    assert answer.json["cloud"]["is_new"] is True
    assert "allocates" in answer.err
    assert desk.json(*arguments)["cloud"]["is_new"] is False


def test_a_refusal_of_the_cloud(desk: CliDesk) -> None:
    desk.cloud.sim.inject("refuse", "del_user")
    document = desk.json("resident", "unbind", "--mobile", "13800000001", status=None)
    assert document["state"] in {"refused", "queued"}
    assert document["vendor"] is not None


def test_a_person_is_forgotten(desk: CliDesk) -> None:
    desk.json("resident", "bind", *ZHANG, "--uid", UID)
    assert desk.json("person", "erase", "--mobile", "13800000001") == {"erased": True}
    gone = desk.json("resident", "show", "--mobile", "13800000001", status=2)
    assert gone["error"] == "resident_unknown"
    assert desk.json("journal", "verify")["ok"] is True


def test_parts_that_are_not_set_up(desk: CliDesk) -> None:
    write_settings(desk, shankai="", door_lock="")
    for command in (
        ["issue", "1-101"],
        ["read"],
        ["rooms", "--refresh"],
        ["resident", "bind", *ZHANG, "--uid", UID],
        ["resident", "sync"],
        ["resident", "bind", *ZHANG],
    ):
        assert desk.json(*command, status=2)["error"] == "part_not_set_up"
    assert len(desk.json("rooms")) == 12, "what the journal knows is shown all the same"


def test_the_gate_half_without_a_reader_says_so_and_keeps_the_card(desk: CliDesk) -> None:
    desk.put()
    arguments = ("issue", "1-101", "--guest", "张三", "--mobile", "13800000001", "--gate")
    document = desk.json(*arguments, status=2)
    assert document["state"] == "done", "one failing never hides the other"
    assert document["gate"] == {"state": "refused", "error": "part_not_set_up"}
