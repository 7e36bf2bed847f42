"""`setup` and `doctor` against good and broken services, by options and at a terminal."""

import json
import tomllib
from typing import Any

import pytest

from tests.cli.conftest import BOSS, CLERK, PIN, CliDesk, write_settings
from tests.cli.terminal import Terminal, needs_a_terminal

CHECK_KEYS = {"name", "state", "detail", "next"}


def check_shape(document: dict[str, Any]) -> dict[str, str]:
    """The doctor's document; each part's state by name."""
    assert set(document) == {"ok", "checks"}
    for check in document["checks"]:
        assert set(check) == CHECK_KEYS
        assert check["state"] in {"ok", "warning", "failed"}
        assert check["detail"]
        assert (check["next"] is None) == (check["state"] == "ok"), check
    return {check["name"]: check["state"] for check in document["checks"]}


def test_a_well_desk(desk: CliDesk) -> None:
    states = check_shape(desk.json("doctor", "--deep"))
    assert {name for name, state in states.items() if state == "failed"} == set()
    wanted = {"door_lock", "shankai", "journal", "chain", "operators", "clock", "disk", "reader"}
    assert {name: states[name] for name in wanted} == dict.fromkeys(wanted, "ok")
    assert states["keyring"] == "warning", "this machine has none in tests"


def test_a_computer_with_nothing_set_up(fresh: CliDesk) -> None:
    (fresh.home / "station.toml").unlink()
    for name in fresh.environment:
        if name.endswith("SECRET"):
            fresh.monkeypatch.delenv(name)
    states = check_shape(fresh.json("doctor"))
    assert states["settings"] == "warning"
    assert {states[name] for name in ("door_lock", "shankai", "reader", "journal")} == {"ok"}
    assert not (fresh.home / "journal.db").exists(), "the doctor makes nothing"


def test_what_is_broken_is_named_with_a_next_step(desk: CliDesk) -> None:
    desk.door.stop()
    desk.monkeypatch.setenv("STATION_SHANKAI_SECRET", "wrong")
    states = check_shape(desk.json("doctor", status=5))
    assert (states["door_lock"], states["shankai"]) == ("failed", "failed")
    assert states["journal"] == "ok"
    said = desk.run("doctor", lang="zh_CN")
    assert said.status == 5
    assert "✘ 门锁平台" in said.out


def test_a_missing_secret_and_a_reader_without_service(desk: CliDesk) -> None:
    desk.monkeypatch.delenv("STATION_DOOR_LOCK_APPSECRET")
    write_settings(desk, reader='name = "no such reader"')
    states = check_shape(desk.json("doctor", status=5))
    assert (states["door_lock"], states["reader"]) == ("failed", "failed")
    assert desk.json("issue", "1-101", status=2)["error"] == "secret_missing"


def test_a_clock_apart_from_the_services(desk: CliDesk) -> None:
    desk.world.clock.advance(3600)
    write_settings(desk, shankai="")
    assert check_shape(desk.json("doctor"))["clock"] == "warning"


def test_something_unresolved_and_something_waiting(desk: CliDesk) -> None:
    desk.put()
    desk.door.sim.inject("drop_after", "MarkRoomCard")
    desk.json("issue", "1-101", status=6)
    desk.cloud.stop()
    desk.json("resident", "bind", "--mobile", "13800000001", "--name", "张三", "--uid", "04A1B2C3")
    states = check_shape(desk.json("doctor", status=5))
    assert (states["unresolved"], states["outbox"]) == ("warning", "warning")


def test_setup_by_options(fresh: CliDesk) -> None:
    (fresh.home / "station.toml").unlink()
    door = fresh.door
    document = fresh.json(
        "setup",
        *("--set", "desk.site=桃花园", "--set", "desk.max_stay_days=30"),
        *("--set", f"door_lock.url={door.url}", "--set", f"door_lock.appid={door.sim.appid}"),
        *("--supervisor", BOSS),
    )
    assert document["ok"] is True
    assert document["supervisor"] == BOSS
    assert document["set_variables"] == []
    text = (fresh.home / "station.toml").read_text("utf-8")
    settings = tomllib.loads(text)
    assert settings["desk"]["site"] == "桃花园"
    assert settings["desk"]["max_stay_days"] == 30
    assert door.sim.appsecret not in text
    assert len(fresh.json("rooms", "--refresh")) == 12
    assert [row["kind"] for row in fresh.history()][-2:] == ["setup", "operator_add"]


def test_setup_again_keeps_what_is_not_named_and_needs_a_role(desk: CliDesk) -> None:
    refused = desk.json("setup", "--set", "desk.site=x", by=CLERK, status=3)
    assert refused["error"] == "not_allowed"
    desk.json("setup", "--set", "desk.checkout_time=14:00")
    settings = tomllib.loads((desk.home / "station.toml").read_text("utf-8"))
    assert settings["desk"]["checkout_time"] == "14:00"
    assert settings["door_lock"]["url"] == desk.door.url
    assert desk.json("issue", "1-101", status=None)["stay"]["expires_at"].endswith("14:00:00")


def test_secrets_without_a_keyring_are_named_as_variables(fresh: CliDesk) -> None:
    fresh.monkeypatch.delenv("STATION_DOOR_LOCK_APPSECRET")
    fresh.environment.pop("STATION_DOOR_LOCK_APPSECRET")
    answer = fresh.process(
        *("setup", "--secrets-from", "-", "--json"),
        given=f"# ours\nSTATION_DOOR_LOCK_APPSECRET={fresh.door.sim.appsecret}\n",
    )
    document = answer.json
    assert document["set_variables"] == ["STATION_DOOR_LOCK_APPSECRET"]
    assert {check["name"]: check["state"] for check in document["checks"]}["door_lock"] == "ok"
    assert fresh.door.sim.appsecret not in answer.out + answer.err
    files = [path.read_bytes() for path in fresh.home.rglob("*") if path.is_file()]
    assert all(fresh.door.sim.appsecret.encode() not in raw for raw in files)


def test_a_wrong_line_of_secrets_quotes_none(fresh: CliDesk) -> None:
    answer = fresh.process("setup", "--secrets-from", "-", "--json", given="hush-hush-value\n")
    assert (answer.status, answer.json["error"]) == (2, "field_choice")
    assert "hush" not in answer.out + answer.err


def test_a_broken_connection_is_said_and_settings_are_kept(fresh: CliDesk) -> None:
    fresh.door.stop()
    document = fresh.json("setup", "--set", "desk.site=x", status=5)
    assert document["ok"] is False
    failed = [check for check in document["checks"] if check["state"] == "failed"]
    assert [check["name"] for check in failed] == ["door_lock"]
    assert failed[0]["next"]
    assert tomllib.loads((fresh.home / "station.toml").read_text("utf-8"))["desk"]["site"] == "x"


@needs_a_terminal
def test_setup_at_a_terminal(fresh: CliDesk) -> None:
    (fresh.home / "station.toml").unlink()
    terminal = Terminal(fresh, "setup")
    terminal.answer("Name of the site", "桃花园")
    terminal.answer("Id of this desk", "desk 7")
    terminal.answer("Id of this desk", "desk-7")
    terminal.answer("Check-out time", "")
    terminal.answer("Is there a", "y")
    terminal.answer("Address of the door-lock service", "http://127.0.0.1:9")
    terminal.answer("appid", fresh.door.sim.appid)
    terminal.answer("not shown", "")
    terminal.answer("once more?", "y")
    terminal.answer("Address of the door-lock service", fresh.door.url)
    terminal.answer("appid", "")
    terminal.answer("not shown", "")
    terminal.answer("reached, 12 rooms", "n")
    terminal.answer("Is there a", "n")
    terminal.answer("Name of the first supervisor", BOSS)
    terminal.answer("New PIN", PIN)
    terminal.answer("Once more", "1357")
    terminal.answer("New PIN", PIN)
    terminal.answer("Once more", PIN)
    assert terminal.finish() == 0, terminal.seen
    assert fresh.door.sim.appsecret not in terminal.seen
    settings = tomllib.loads((fresh.home / "station.toml").read_text("utf-8"))
    assert settings["desk"]["id"] == "desk-7"
    assert settings["door_lock"]["url"] == fresh.door.url
    assert "shankai" not in settings
    assert len(fresh.json("rooms", "--refresh")) == 12


@needs_a_terminal
def test_a_person_at_a_terminal_is_asked_before_a_live_card_is_overwritten(desk: CliDesk) -> None:
    card = desk.issue("1-101")
    desk.put()
    desk.json("move", "1-101", "1-102")
    desk.put(card)
    terminal = Terminal(desk, "issue", "1-103")
    terminal.answer("PIN", PIN)
    terminal.answer("[y/N]", "y")
    assert terminal.finish() == 0, terminal.seen
    assert "1-103" in terminal.seen
    assert "✔" in terminal.seen
    assert desk.world.present(card, "1-103").opened


@needs_a_terminal
def test_a_supervisor_at_a_terminal_is_asked_for_the_reason(desk: CliDesk) -> None:
    desk.issue("1-101")
    card = desk.put()
    terminal = Terminal(desk, "issue", "1-101")
    terminal.answer("PIN", PIN)
    terminal.answer("Reason", "客人弄丢了全部")
    assert terminal.finish() == 0, terminal.seen
    assert desk.world.present(card, "1-101").opened
    assert desk.history(kind="issue")[0]["reason"] == "客人弄丢了全部"


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_doctor_speaks_both_languages(desk: CliDesk, lang: str) -> None:
    answer = desk.process("doctor", "--json", lang=lang)
    details = " ".join(check["detail"] for check in answer.json["checks"])
    assert "check." not in details
    assert ("间房" in details) is (lang == "zh_CN")
    assert json.loads(answer.out)["ok"] is True


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_every_check_has_a_name(desk: CliDesk, lang: str) -> None:
    assert "check." not in desk.run("doctor", lang=lang).out
