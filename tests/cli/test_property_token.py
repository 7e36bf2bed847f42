"""The property platform's token by command, and what the doctor says of platform and houses."""

import io
from collections.abc import Iterator
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend

from station import compose
from station.home import Home
from tests.cli.conftest import CLERK, TECH, CliDesk, write_settings
from tests.cli.houses_desk import FIRST, HOUSES, Houses


class Remembering(KeyringBackend):
    """A keyring that lives as long as the test."""

    priority = 1
    name = "a test's own"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def remembering(houses: Houses, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remembering]:
    monkeypatch.delenv("STATION_PROPERTY_TOKEN")
    before, made = keyring.get_keyring(), Remembering()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def paste(houses: Houses, monkeypatch: pytest.MonkeyPatch, text: str, **more: Any) -> Any:
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))
    return houses.desk.json("property", "token", "--token-stdin", **more)


def test_a_pasted_token_is_renewed_and_kept(
    houses: Houses, remembering: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert houses.desk.json("house", "arrears", FIRST, status=2)["error"] == "secret_missing"
    token = houses.sim.give_token()
    refused = paste(houses, monkeypatch, token, by=CLERK, status=3)
    assert refused["error"] == "not_allowed"
    done = paste(houses, monkeypatch, f"Bearer {token}", by=TECH)
    assert (done["kept"], done["verified"]) == (True, True)
    assert len(done["good_until"]) == len("2026-01-31 12:00:00")
    kept = remembering.kept["property_token"]
    assert kept != token, "the pasted one has ended"
    assert houses.desk.json("house", "arrears", FIRST)["total"] == "256.50"
    written = houses.written_down()
    assert token.encode() not in written
    assert kept.encode() not in written
    assert houses.desk.history(kind="setup")


def test_a_token_of_known_age_is_not_renewed_again(
    houses: Houses, remembering: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = paste(houses, monkeypatch, houses.sim.give_token())
    alive = houses.desk.json("property", "keep-alive")
    assert alive == {"renewed": False, "good_until": done["good_until"]}
    remembering.kept["property_token"] = houses.sim.give_token()
    assert houses.desk.json("property", "keep-alive")["renewed"] is True


def test_a_token_that_is_refused_leaves_the_old_one(
    houses: Houses, remembering: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paste(houses, monkeypatch, "nobody's", status=4)["error"] == "property_token_lost"
    assert "property_token" not in remembering.kept
    remembering.kept["property_token"] = houses.sim.give_token()
    before = dict(remembering.kept)
    paste(houses, monkeypatch, "nobody's", status=4)
    assert remembering.kept == before
    for bad, error in (("", "field_empty"), ("a b", "field_characters")):
        assert paste(houses, monkeypatch, bad, status=2)["error"] == error
    assert remembering.kept == before


def test_a_token_is_kept_while_nobody_can_be_asked(
    houses: Houses, remembering: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = houses.sim.give_token()
    houses.server.stop()
    done = paste(houses, monkeypatch, token)
    assert done == {"kept": True, "verified": False, "good_until": None}
    assert remembering.kept["property_token"] == token


def test_without_a_keyring_the_token_is_refused_with_the_variable(
    houses: Houses, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = paste(houses, monkeypatch, houses.sim.give_token(), status=2)
    assert answer["error"] == "secret_missing"
    assert "STATION_PROPERTY_TOKEN" in answer["message"]


def test_another_program_that_renewed_the_token_ends_nothing(
    houses: Houses, remembering: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    paste(houses, monkeypatch, houses.sim.give_token())
    first = remembering.kept["property_token"]
    with compose.build(Home(houses.desk.home), with_encoder=False, with_property=True) as window:
        window.desk.need_property().permissions()
        (houses.desk.home / "desk-state.json").unlink()  # so that nobody knows the token's age
        assert houses.desk.json("property", "keep-alive")["renewed"] is True
        second = remembering.kept["property_token"]
        window.desk.need_property().permissions()
    assert first != second == remembering.kept["property_token"]


def test_keeping_a_lost_token_alive_says_what_to_do(houses: Houses) -> None:
    houses.sim.lose_tokens()
    answer = houses.desk.json("property", "keep-alive", status=4)
    assert answer["error"] == "property_token_lost"


def findings(desk: CliDesk) -> dict[str, dict[str, str]]:
    found = desk.json("doctor", status=None)["checks"]
    return {each["name"]: each for each in found}


def test_the_doctor_looks_at_platform_token_and_houses(houses: Houses) -> None:
    found = findings(houses.desk)
    assert (found["property"]["state"], found["houses"]["state"]) == ("ok", "warning")
    houses.desk.json("house", "tree")
    assert f"{HOUSES}" in findings(houses.desk)["houses"]["detail"]
    houses.set_up(community_id='"77"')
    found = findings(houses.desk)
    assert (found["property"]["state"], "77" in found["property"]["detail"]) == ("warning", True)
    houses.set_up()
    houses.sim.lose_tokens()
    assert findings(houses.desk)["property"]["state"] == "failed"
    houses.server.stop()
    found = findings(houses.desk)
    assert (found["property"]["state"], found["houses"]["state"]) == ("failed", "ok")
    write_settings(houses.desk)
    found = findings(houses.desk)
    assert found["property"]["state"] == "ok"
    assert "houses" not in found


def test_the_doctor_without_a_token(houses: Houses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATION_PROPERTY_TOKEN")
    found = findings(houses.desk)["property"]
    assert found["state"] == "warning"
    assert "station property token" in found["next"]


def test_a_site_without_the_platform_says_so(desk: CliDesk) -> None:
    for command in (
        ("house", "tree"),
        ("house", "find", "101"),
        ("house", "reviews"),
        ("property", "keep-alive"),
        ("property", "token", "--token-stdin"),
    ):
        assert desk.json(*command, status=2)["error"] == "part_not_set_up", command
