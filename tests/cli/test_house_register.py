"""Residents registered by command: a form from a file, pictures, consent; nothing of it kept."""

import json
from pathlib import Path

import pytest

from station.simulators.pictures import sample_face
from tests.cli.conftest import CLERK
from tests.cli.houses_desk import FIRST, ID_NUMBER, Houses

FORM = {
    "name": "李四",
    "mobile": "13800000002",
    "id_number": ID_NUMBER,
    "sex": "女",
    "nation": "汉族",
    "address": "某省某市某区甲1号",
    "politics": "群众",
    "job": "教师",
    "company": "某某小学",
    "birth": "1990-01-01",
    "role": "租客",
}


@pytest.fixture
def face(tmp_path: Path) -> str:
    path = tmp_path / "face.jpg"
    path.write_bytes(sample_face())
    return str(path)


def a_form(tmp_path: Path, **changes: object) -> str:
    path = tmp_path / "form.json"
    kept = {key: value for key, value in (FORM | changes).items() if value is not None}
    path.write_text(json.dumps(kept), "utf-8")
    return str(path)


def test_a_resident_is_registered(houses: Houses, tmp_path: Path, face: str) -> None:
    arguments = ("house", "register", FIRST, a_form(tmp_path), "--photo", face)
    assert houses.desk.json(*arguments, status=2)["error"] == "consent_needed"
    assert houses.calls() == 0
    done = houses.desk.json(*arguments, "--agreed", by=CLERK)
    assert (done["state"], done["house"]["id"]) == ("done", "1")
    form = houses.sim.estate.records.reviews[4].form
    assert (form["name"], form["birth"], form["role"]) == ("李四", "19900101", "租客")
    kept = houses.written_down()
    for value in (*FORM.values(), form["photo"]):
        if value not in ("女", "汉族", "群众", "租客", "1990-01-01"):
            assert value.encode() not in kept, value


def test_the_identity_card_fills_what_the_form_leaves_open(houses: Houses, face: str) -> None:
    form = (
        'mobile = "13800000002"\npolitics = "党员"\njob = "教师"\ncompany = "某某小学"\n'
        'birth = 1991-02-03\nveteran = true\nchoice = "with_owner"\n'
    )
    arguments = ("house", "register", FIRST, "-", "--photo", face, "--id-card", face, "--agreed")
    done = houses.desk.process(*arguments, "--json", given=form)
    assert done.status == 0, done.err
    sent = houses.sim.estate.records.reviews[4].form
    assert (sent["name"], sent["idcard"], sent["nation"]) == ("张三", ID_NUMBER, "汉")
    assert (sent["birth"], sent["tyjr"], sent["choice"]) == ("19910203", "1", "1")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": None}, "field_empty"),
        ({"mobile": "12"}, "mobile_malformed"),
        ({"id_number": "12"}, "id_number_malformed"),
        ({"sex": "x"}, "field_choice"),
        ({"role": "国王"}, "field_choice"),
        ({"choice": "both"}, "field_choice"),
        ({"veteran": "yes"}, "field_choice"),
        ({"birth": "yesterday"}, "time_malformed"),
        ({"job": 7}, "field_characters"),
        ({"salary": "much"}, "field_choice"),
    ],
)
def test_a_form_that_is_not_well_sends_nothing(
    houses: Houses, tmp_path: Path, face: str, changes: dict[str, object], error: str
) -> None:
    arguments = ("house", "register", FIRST, a_form(tmp_path, **changes), "--photo", face)
    answer = houses.desk.run(*arguments, "--agreed", "--json")
    assert (answer.status, answer.json["error"]) == (2, error)
    assert ID_NUMBER not in answer.out + answer.err
    assert houses.calls() == 0


def test_files_that_cannot_be_read(houses: Houses, tmp_path: Path, face: str) -> None:
    odd = tmp_path / "odd.toml"
    for raw in (b"name = ", b"\xff\xfe", b"[1, 2]", b"{" * 5000, b"x" * 100_000):
        odd.write_bytes(raw)
        arguments = ("house", "register", FIRST, str(odd), "--photo", face, "--agreed")
        assert houses.desk.json(*arguments, status=2)["error"] == "file_unreadable"
    good = a_form(tmp_path)
    for photo, error in ((str(tmp_path / "none"), "file_unreadable"), (good, "picture_malformed")):
        arguments = ("house", "register", FIRST, good, "--photo", photo, "--agreed")
        assert houses.desk.json(*arguments, status=2)["error"] == error
    assert houses.calls() == 0


def test_a_known_number_is_taken_over(houses: Houses) -> None:
    arguments = ("house", "adopt", "--mobile", "13800000002", "--community", "10002")
    status, found, said = houses.proved(*arguments)
    assert (status, found) == (0, {"binding": "bound_before"})
    assert "138****0002" in said
    missing = ("house", "adopt", "--mobile", "13800000002", "--code-stdin")
    assert houses.desk.json(*missing, status=2)["error"] == "field_empty"
