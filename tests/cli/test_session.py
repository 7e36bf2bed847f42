"""Who may do what: logging in, roles on every command, the very first operator."""

import pytest

from tests.cli.conftest import BOSS, CLERK, PIN, ROOT, TECH, CliDesk

EVERYBODY, NOT_TECH, NOT_CLERK, BOSS_ALONE = (
    {BOSS, CLERK, TECH},
    {BOSS, CLERK},
    {BOSS, TECH},
    {BOSS},
)
UNTIL = ("--until", "2027-01-01 12:00")
FACE = str(ROOT / "resources" / "screenshots" / "rooms.en.dark.png")
ROLES: list[tuple[list[str], set[str]]] = [
    (["rooms"], EVERYBODY),
    (["issue", "1-101"], NOT_TECH),
    (["copy", "1-101"], NOT_TECH),
    (["extend", "1-101", "--nights", "3"], NOT_TECH),
    (["move", "1-101", "1-102"], NOT_TECH),
    (["replace", "1-101"], NOT_TECH),
    (["recycle"], NOT_TECH),
    (["group", "1-101", "--until", "2027-01-01 12:00"], NOT_TECH),
    (["read"], EVERYBODY),
    (["opens", "1-101"], EVERYBODY),
    (["checkout", "1-101"], NOT_TECH),
    (["passcode", "offline", "1-101", *UNTIL], NOT_TECH),
    (["passcode", "online", "1-101", *UNTIL], NOT_TECH),
    (["passcode", "kexin", "1-101", *UNTIL], NOT_TECH),
    (["passcode", "temporary", "1-101"], NOT_TECH),
    (["passcode", "stop", "1-101", "739152"], NOT_TECH),
    (["passcode", "stop-online", "1-101", "1"], NOT_TECH),
    (["passcode", "show", "c1"], NOT_TECH),
    (["unlock", "1-101", "--reason", "没带卡"], NOT_TECH),
    (["face", "add", "1-101", FACE, *UNTIL, "--agreed"], NOT_TECH),
    (["face", "stop", "1-101", "1"], NOT_TECH),
    (["finger", "add", "1-101", FACE, *UNTIL, "--agreed"], NOT_TECH),
    (["finger", "stop", "1-101", "1"], NOT_TECH),
    (["lock", "show", "1-101"], EVERYBODY),
    (["lock", "batteries"], EVERYBODY),
    (["lock", "table"], EVERYBODY),
    (["lock", "import", "{home}/locks.csv"], NOT_CLERK),
    (["lock", "sync", "1-101"], NOT_CLERK),
    (["unresolved"], EVERYBODY),
    (["unresolved", "--resolve"], NOT_TECH),
    (["unresolved", "--set-aside", "x", "--reason", "没有卡"], NOT_TECH),
    (["history"], NOT_TECH),
    (["history", "--operator", BOSS], BOSS_ALONE),
    (["history", "--csv", "{home}/h.csv"], BOSS_ALONE),
    (["journal", "verify"], NOT_CLERK),
    (["journal", "backup", "{home}/b.db"], NOT_CLERK),
    (["journal", "rebuild"], NOT_CLERK),
    (["journal", "export", "{home}/e.jsonl"], BOSS_ALONE),
    (["operators", "list"], BOSS_ALONE),
    (["operators", "add", "新人", "--role", "clerk"], BOSS_ALONE),
    (["operators", "disable", "没有这个人"], BOSS_ALONE),
    (["operators", "reset", "没有这个人"], BOSS_ALONE),
    (
        ["resident", "bind", "--mobile", "13800000001", "--name", "张三", "--uid", "04A1B2C3"],
        NOT_TECH,
    ),
    (["resident", "unbind", "--mobile", "13800000001"], NOT_TECH),
    (["resident", "show", "--mobile", "13800000001"], NOT_TECH),
    (["resident", "show", "--mobile", "13800000001", "--ask-cloud"], NOT_TECH),
    (["resident", "sync"], NOT_TECH),
    (["person", "erase", "--mobile", "13800000001"], BOSS_ALONE),
    (["setup", "--set", "desk.site=x"], NOT_CLERK),
]


@pytest.mark.parametrize(("arguments", "allowed"), ROLES, ids=[" ".join(a[:2]) for a, _ in ROLES])
def test_roles(desk: CliDesk, arguments: list[str], allowed: set[str]) -> None:
    desk.monkeypatch.setenv("STATION_NEW_PIN", PIN)
    arguments = [part.format(home=desk.home) for part in arguments]
    (desk.home / "locks.csv").write_text("room,lock_id\n1-101,1\n", "utf-8")
    for by in (TECH, CLERK, BOSS):
        desk.put()
        for made in desk.home.glob("[beh].*"):
            made.unlink()
        answer = desk.run(*arguments, "--json", by=by)
        document = answer.json
        error = document.get("error") if isinstance(document, dict) else None
        if by in allowed:
            assert error != "not_allowed", (by, document)
        else:
            assert (answer.status, error) == (3, "not_allowed"), (by, document)


def test_the_first_operator_needs_nobody_logged_in_exactly_once(fresh: CliDesk) -> None:
    assert fresh.json("rooms", status=3)["error"] == "no_operator_yet"
    first = fresh.json("operators", "add", "小李", "--role", "clerk", status=3)
    assert first["error"] == "no_operator_yet"
    assert fresh.json("operators", "add", BOSS, "--role", "supervisor")["role"] == "supervisor"
    fresh.monkeypatch.delenv("STATION_OPERATOR_PIN")
    second = fresh.json("operators", "add", "又一个", "--role", "supervisor", status=3)
    assert second["error"] == "not_logged_in"


def test_the_pin_of_the_first_operator_may_come_by_stdin(fresh: CliDesk) -> None:
    arguments = ("operators", "add", BOSS, "--role", "supervisor", "--pin-stdin", "--json")
    assert fresh.process(*arguments, given="13579\n").status == 0
    assert fresh.process("rooms", "--json", STATION_OPERATOR_PIN="13579").status == 0
    assert fresh.process("rooms", "--json", STATION_OPERATOR_PIN=PIN).json["error"] == "pin_wrong"
    assert (
        fresh.process("rooms", "--json", STATION_OPERATOR_PIN="").json["error"] == "not_logged_in"
    )


@pytest.mark.parametrize("pin", ["", "123", "x" * 65, "12\t34"])
def test_a_pin_against_the_rule(fresh: CliDesk, pin: str) -> None:
    arguments = ("operators", "add", BOSS, "--role", "supervisor", "--pin-stdin", "--json")
    answer = fresh.process(*arguments, given=pin + "\n")
    assert (answer.status, answer.json["error"]) == (2, "pin_malformed")
    assert fresh.json("rooms", status=3)["error"] == "no_operator_yet"


def test_the_only_operator_needs_no_name(fresh: CliDesk) -> None:
    fresh.json("operators", "add", BOSS, "--role", "supervisor")
    assert fresh.process("rooms", "--json", STATION_OPERATOR="").status == 0


def test_of_several_operators_one_must_be_named(desk: CliDesk) -> None:
    answer = desk.process("rooms", "--json", STATION_OPERATOR="")
    assert (answer.status, answer.json["error"]) == (3, "not_logged_in")
    assert desk.process("--operator", CLERK, "rooms", "--json").status == 0
    assert desk.process("--operator", "没有这个人", "rooms", "--json").json["error"] == "pin_wrong"


def test_five_wrong_pins_lock(desk: CliDesk) -> None:
    desk.monkeypatch.setenv("STATION_OPERATOR_PIN", "0000")
    errors = [desk.json("rooms", status=3, by=CLERK)["error"] for _ in range(6)]
    assert errors[:4] == ["pin_wrong"] * 4
    assert errors[5] == "operator_locked"
    desk.monkeypatch.setenv("STATION_OPERATOR_PIN", PIN)
    assert desk.json("rooms", status=3, by=CLERK)["error"] == "operator_locked"
    desk.monkeypatch.setenv("STATION_NEW_PIN", "8642")
    desk.json("operators", "reset", CLERK)
    desk.monkeypatch.setenv("STATION_OPERATOR_PIN", "8642")
    desk.json("rooms", by=CLERK)


def test_operators_are_listed_disabled_and_never_the_last_supervisor(desk: CliDesk) -> None:
    assert {row["name"] for row in desk.json("operators", "list")} == {BOSS, CLERK, TECH}
    assert desk.json("operators", "disable", CLERK)["disabled"] is True
    assert desk.json("rooms", status=3, by=CLERK)["error"] == "operator_disabled"
    assert desk.json("operators", "disable", BOSS, status=3)["error"] == "last_supervisor"
    arguments = ("operators", "add", TECH, "--role", "clerk", "--pin-stdin", "--json")
    assert desk.process(*arguments, given="1357\n").json["error"] == "operator_exists"


def test_no_pin_and_no_secret_in_any_file_or_answer(desk: CliDesk) -> None:
    desk.put()
    said = [
        desk.process("issue", "1-101", "--guest", "张三", "--mobile", "13800000001", "--json"),
        desk.process("history", "--json"),
        desk.process("rooms", STATION_LOG_TRAFFIC="1"),
        desk.process("read", "--json", STATION_LOG_TRAFFIC="1"),
    ]
    texts = [answer.out.encode() + answer.err.encode() for answer in said]
    files = [path.read_bytes() for path in desk.home.rglob("*") if path.is_file()]
    for secret in (desk.door.sim.appsecret, desk.cloud.sim.secret, "13800000001"):
        assert all(secret.encode() not in text for text in texts + files), secret
    assert all("张三".encode() not in text for text in texts + files)
