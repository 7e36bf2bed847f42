"""Houses by command: fetched, found, shown, what they owe; a card is issued all the same."""

import pytest

from station.simulators.property import money
from tests.cli.conftest import CLERK, TECH, write_settings
from tests.cli.houses_desk import FIRST, FULL_NAME, HOUSES, OWNER, Houses


def test_the_tree_is_fetched_once_and_again_when_asked(houses: Houses) -> None:
    tree = houses.desk.json("house", "tree", by=CLERK)
    assert len(tree["houses"]) == HOUSES
    assert tree["houses"][0] == {
        "id": "1",
        "name": FULL_NAME,
        "number": "101",
        "kind": "单元楼",
        "community": {"id": "10002", "name": "晨曦家园"},
        "building": {"id": "1", "name": "1栋"},
        "unit": {"id": "1", "name": "1单元"},
        "floor": {"id": "1", "name": "1楼"},
    }
    assert len(tree["fetched_at"]) == len("2026-01-31 12:00:00")
    count = houses.calls()
    said = houses.desk.run("house", "tree").out
    assert "1单元 1楼: 101号 102号 103号 104号" in said
    assert houses.calls() == count
    houses.desk.json("house", "tree", "--refresh")
    assert houses.calls() == 2 * count


def test_houses_are_found_offline(houses: Houses) -> None:
    houses.desk.json("house", "tree")
    houses.server.stop()
    found = houses.desk.json("house", "find", "1-1-101")
    assert [each["name"] for each in found] == [FULL_NAME, "交运里1栋1单元1楼101号"]
    [one] = houses.desk.json("house", "find", "chenxi 1-1-101")
    assert one["id"] == "1"
    assert houses.desk.json("house", "find", "9-999") == []
    assert "No house fits" in houses.desk.run("house", "find", "9-999").out
    assert FULL_NAME in houses.desk.run("house", "find", "晨曦家园1栋1单元 101").out
    answer = houses.desk.json("house", "arrears", FIRST, status=5)
    assert answer["error"] == "service_not_running"
    assert houses.desk.json("house", "tree", "--refresh", status=5)["error"]
    assert len(houses.desk.json("house", "tree")["houses"]) == HOUSES


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "field_empty"),
        ("9" * 4000, "field_too_long"),
        ("\u202e101", "field_characters"),
        ("9-999", "house_unknown"),
        ("'; DROP TABLE events; --", "house_unknown"),
        ("101", "house_ambiguous"),
    ],
)
def test_a_house_that_is_not_meant_is_one_sentence(houses: Houses, text: str, error: str) -> None:
    answer = houses.desk.json("house", "arrears", text, status=2)
    assert answer["error"] == error
    assert houses.calls("orders/list") == 0


def test_a_house_its_masked_owner_and_its_arrears(houses: Houses) -> None:
    shown = houses.desk.json("house", "show", FIRST)
    assert (shown["house"]["name"], shown["owner"]) == (FULL_NAME, "138****0001")
    assert shown["arrears"]["total"] == "256.50"
    said = houses.desk.run("house", "show", FIRST, lang="zh_CN").out
    assert "138****0001" in said
    assert "欠费 256.50 元" in said
    assert OWNER not in said + str(shown)
    ownerless = houses.desk.json("house", "show", "id:2")
    assert (ownerless["owner"], ownerless["arrears"]["total"]) == (None, "0.00")
    assert "knows no owner" in houses.desk.run("house", "show", "id:2").out


def test_arrears_and_payments(houses: Houses) -> None:
    owed = houses.desk.json("house", "arrears", FIRST, by=CLERK)
    assert (owed["total"], [order["amount"] for order in owed["orders"]]) == (
        "256.50",
        ["16.50", "240.00"],
    )
    money.set_arrears(houses.sim.estate, 1, [])
    assert "owes nothing" in houses.desk.run("house", "arrears", FIRST).out
    paid = houses.desk.json("house", "payments", FIRST, "--limit", "3")["payments"]
    assert [bill["total"] for bill in paid] == ["0.02", "120.00", "120.00"]
    assert len(houses.desk.run("house", "payments", FIRST).out.splitlines()) == 1 + 19
    for bad in ("0", "1001", "x"):
        houses.desk.json("house", "payments", FIRST, "--limit", bad, status=2)


def test_roles(houses: Houses) -> None:
    for command in (
        ("tree",),
        ("find", "101"),
        ("show", FIRST),
        ("arrears", FIRST),
        ("payments", FIRST),
        ("reviews",),
    ):
        answer = houses.desk.json("house", *command, by=TECH, status=3)
        assert answer["error"] == "not_allowed", command
    assert houses.calls() == 0


def test_arrears_are_said_before_a_card_and_keep_nobody_from_it(houses: Houses) -> None:
    houses.desk.put()
    answer = houses.desk.run("issue", "1-101", "--house", FIRST, "--json")
    assert (answer.status, answer.json["state"]) == (0, "done")
    assert answer.json["arrears"]["total"] == "256.50"
    assert "owes 256.50 yuan" in answer.err
    houses.desk.put()
    fine = houses.desk.run("issue", "1-102", "--house", "id:2", "--json")
    assert fine.json["arrears"]["total"] == "0.00"
    assert "owes" not in fine.err
    houses.desk.put()
    assert "arrears" not in houses.desk.json("copy", "1-102")


def test_whatever_is_wrong_with_the_house_the_card_is_issued(houses: Houses) -> None:
    for room, house in (("1-101", "9-999"), ("1-102", "101"), ("1-103", "")):
        houses.desk.put()
        answer = houses.desk.run("issue", room, "--house", house, "--json")
        assert (answer.status, answer.json["state"], answer.json["arrears"]) == (0, "done", None)
        assert "Not known whether anything is owed" in answer.err
    houses.server.stop()
    houses.desk.put()
    assert houses.desk.json("issue", "1-104", "--house", FIRST)["arrears"] is None
    write_settings(houses.desk)
    houses.desk.put()
    assert houses.desk.json("issue", "1-105", "--house", FIRST)["arrears"] is None
