"""Locks by command: their state and batteries, the lock table, a clock set in two steps, doctor."""

from pathlib import Path

import pytest

from tests.cli.conftest import CLERK, TECH, CliDesk, kexin_settings, write_settings
from tests.cli.terminal import Terminal, needs_a_terminal

UNTIL = ("--until", "2027-01-31 12:00")


def checks(desk: CliDesk, status: int = 0) -> dict[str, str]:
    found = desk.json("doctor", status=status)["checks"]
    return {each["name"]: each["state"] for each in found}


def detail(desk: CliDesk, name: str, status: int = 0) -> str:
    found = desk.json("doctor", status=status)["checks"]
    [one] = [each for each in found if each["name"] == name]
    return f"{one['detail']} {one['next'] or ''}"


def test_show_asks_a_networked_lock_and_keeps_what_it_said(locks: CliDesk) -> None:
    assert locks.kexin is not None
    lock = locks.kexin.sim.cloud.named("1-101")
    lock.low_voltage = True
    shown = locks.json("lock", "show", "1-101", "--details")
    assert set(shown) == {"room", "lock", "readings"}
    assert (shown["lock"]["lock_id"], shown["lock"]["online"]) == (lock.lock_id, True)
    assert shown["lock"]["details"]["mac"] == lock.mac
    assert "张三" not in str(shown), "whose lock it is is nobody's business here"
    [reading] = shown["readings"]
    assert (reading["battery"], reading["low"]) == (None, True)
    [low] = locks.json("lock", "batteries")
    assert low["room"]["name"] == "1-101"
    assert "1-101" in detail(locks, "batteries")
    lock.low_voltage, lock.online = False, False
    said = locks.run("lock", "show", "1-101", lang="zh_CN")
    assert "不在线" in said.out


def test_show_without_a_networked_lock_tells_what_is_known(desk: CliDesk) -> None:
    assert desk.json("lock", "show", "1-101") == {
        "room": {"id": "775032240849920", "name": "1-101"},
        "lock": None,
        "readings": [],
    }
    desk.world.lock_of("1-101").set_percent(15)
    desk.json("passcode", "online", "1-101", *UNTIL)
    [reading] = desk.json("lock", "show", "1-101")["readings"]
    assert (reading["battery"], reading["low"]) == (15, True)
    assert len(reading["at"]) == len("2026-01-31 12:00:00")
    assert "15" in desk.run("lock", "batteries").out
    assert checks(desk)["batteries"] == "warning"
    missing = desk.json("lock", "show", "1-101", "--details", status=2)
    assert missing["error"] == "part_not_set_up"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_table_is_read_whole_or_not_at_all(
    locks: CliDesk, tmp_path: Path, encoding: str
) -> None:
    before = locks.json("lock", "table")
    assert len(before["locks"]) == 12
    assert (before["rooms_without_lock"], before["locks_without_room"]) == ([], [])
    table = tmp_path / "t.csv"
    table.write_bytes("房间,锁号,MAC\n1-101,1000001,\n9-999,1000002,\n1-102,x,\n".encode(encoding))
    refused = locks.json("lock", "import", str(table), by=TECH, status=2)
    assert (refused["imported"], refused["locks"]) == (False, 1)
    assert [(each["line"], each["error"]) for each in refused["rejected"]] == [
        (3, "room_unknown"),
        (4, "field_not_a_number"),
    ]
    assert locks.json("lock", "table") == before
    table.write_bytes("房间,锁号,MAC\n1-101,1000001,720003167DF0\n".encode(encoding))
    dry = locks.json("lock", "import", str(table), "--dry-run", by=TECH)
    assert (dry["imported"], dry["locks"]) == (False, 1)
    assert locks.json("lock", "table") == before
    assert locks.json("lock", "import", str(table), by=TECH)["imported"] is True
    after = locks.json("lock", "table")
    assert [each["mac"] for each in after["locks"]] == ["72:00:03:16:7d:f0"]
    assert len(after["rooms_without_lock"]) == 11
    assert "1-102" in detail(locks, "lock_table")
    assert "1-102" in locks.run("lock", "table", lang="zh_CN").err
    assert locks.history(kind="locks_import")


def test_the_table_is_compared_with_the_cloud(locks: CliDesk, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = ("room,lock_id,mac", "1-101,1000001,72:00:03:16:7d:f0", "1-102,1000002,720003167df0")
    table.write_text("\n".join(lines), "utf-8")
    differing = locks.json("lock", "import", str(table), "--check", by=TECH, status=3)
    assert differing["imported"] is False
    assert [(each["room"]["name"], each["error"]) for each in differing["differing"]] == [
        ("1-102", "lock_differs")
    ]
    table.write_text("room,lock_id\n1-101,1000001\n1-102,9\n", "utf-8")
    missing = locks.json("lock", "import", str(table), "--check", status=4)
    assert missing["differing"][0]["error"] == "kexin_lock_missing"
    table.write_text("\n".join(lines[:2]), "utf-8")
    assert locks.json("lock", "import", str(table), "--check")["imported"] is True
    assert locks.kexin is not None
    locks.kexin.stop()
    away = locks.json("lock", "import", str(table), "--check", status=5)
    assert away["error"] == "service_not_running"
    assert locks.run("lock", "import", str(table)).status == 0


@pytest.mark.parametrize(
    ("text", "error"),
    [("", "field_empty"), ("a,b\n1,2\n", "field_empty"), ("room,lock_id\n", None)],
)
def test_a_file_that_is_no_table(
    locks: CliDesk, tmp_path: Path, text: str, error: str | None
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text, "utf-8")
    document = locks.json("lock", "import", str(table), status=2)
    assert document.get("error") == error
    assert len(locks.json("lock", "table")["locks"]) == 12
    assert locks.json("lock", "import", str(tmp_path), status=2)["error"] == "file_unreadable"


def test_a_clock_is_set_in_two_programs(locks: CliDesk) -> None:
    assert locks.kexin is not None
    cloud = locks.kexin.sim.cloud
    lock = cloud.named("1-101")
    lock.clock_offset_s = 900
    begun = locks.json("lock", "sync", "1-101", "--begin", by=TECH)
    assert set(begun) == {
        *("operation", "kind", "state", "room", "lock_id", "key1", "key2", "until"),
    }
    locks.json("rooms", "--refresh")  # another program meanwhile
    assert cloud.bring_keys("1-101", begun["key1"], begun["key2"])
    report = ("lock", "sync", "1-101", "--report", begun["operation"], "--result", "ok")
    elsewhere = [*report[:2], "1-102", *report[3:]]
    assert locks.json(*elsewhere, by=TECH, status=2)["error"] == "operation_unknown"
    assert locks.json(*report, by=TECH)["state"] == "done"
    assert lock.sync is not None
    assert lock.sync.state == 1
    assert [row["state"] for row in locks.history(kind="time_sync")] == ["done"]
    assert locks.json(*report, by=TECH, status=2)["error"] == "operation_unknown"


def test_a_clock_that_was_not_taken_is_reported_so(locks: CliDesk) -> None:
    said = locks.run("lock", "sync", "1-101", by=TECH)
    operation = said.out.split("--report ")[1].split()[0]
    report = ("lock", "sync", "1-101", "--report", operation, "--result", "failed")
    assert locks.json(*report, by=TECH)["state"] == "failed"
    assert locks.kexin is not None
    sync = locks.kexin.sim.cloud.named("1-101").sync
    assert sync is not None
    assert sync.state == 2


@needs_a_terminal
def test_at_a_terminal_the_two_steps_are_one_talk(locks: CliDesk) -> None:
    assert locks.kexin is not None
    terminal = Terminal(locks, "lock", "sync", "1-101")
    terminal.answer("PIN", "2468")
    terminal.answer("[y/N]", "y")
    assert terminal.finish() == 0, terminal.seen
    sync = locks.kexin.sim.cloud.named("1-101").sync
    assert sync is not None
    assert sync.state == 1
    assert str(sync.key1) in terminal.seen


def test_doctor_and_kexin(locks: CliDesk) -> None:
    states = checks(locks)
    assert (states["kexin"], states["lock_table"], states["credentials"]) == ("ok", "ok", "ok")
    assert "faces on, fingerprints on" in detail(locks, "biometrics")
    write_settings(locks, kexin=kexin_settings(locks).replace("demo_signer:sign", "sample:_mac"))
    assert checks(locks, status=5)["kexin"] == "failed"
    unsigned = [line for line in kexin_settings(locks).splitlines() if "signer" not in line]
    write_settings(locks, kexin="\n".join(unsigned))
    assert "kexin.signer" in detail(locks, "kexin", status=5)
    assert locks.kexin is not None
    write_settings(locks, kexin=kexin_settings(locks))
    locks.kexin.stop()
    assert checks(locks, status=5)["kexin"] == "failed"


def test_a_desk_without_kexin_is_well(desk: CliDesk) -> None:
    states = checks(desk)
    assert (states["kexin"], states["batteries"]) == ("ok", "ok")
    assert "lock_table" not in states
    assert "faces off" in detail(desk, "biometrics")
    write_settings(desk, kexin='url = "http://127.0.0.1:9"\napp_id = "A"')
    assert checks(desk, status=5)["lock_table"] == "warning"
    assert desk.run("lock", "table", by=CLERK).status == 0
