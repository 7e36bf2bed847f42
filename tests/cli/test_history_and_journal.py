"""The history's filters and files; the journal verified, copied, rebuilt, exported, recovered."""

import csv
import json
import subprocess
import sys
import zipfile
from datetime import datetime, time, timedelta

import pytest
import time_machine

from tests.cli.conftest import BOSS, CLERK, ROOT, CliDesk, write_settings
from tests.systems import OWN_CONSOLE, WINDOWS, ask_to_end

ROW_KEYS = {
    "number",
    "operation",
    "parent",
    "kind",
    "state",
    "desk",
    "operator",
    "started_at",
    "ended_at",
    "room",
    "authorised_at",
    "expires_at",
    "card_id",
    "uid",
    "guest",
    "error",
    "vendor",
    "reason",
}


@pytest.fixture
def busy(desk: CliDesk) -> CliDesk:
    """A desk that has issued 1-101 to a guest, been refused, and read a card."""
    desk.issue("1-101", "--guest", "张三", "--mobile", "13800000001")
    desk.json("issue", "1-101", by=CLERK, status=3)
    desk.json("read", by=CLERK)
    return desk


def test_rows_and_filters(busy: CliDesk) -> None:
    rows = busy.history()
    assert all(set(row) == ROW_KEYS for row in rows)
    assert [row["number"] for row in rows] == sorted((r["number"] for r in rows), reverse=True)
    issued = busy.history(kind="issue")
    assert [row["guest"] for row in issued] == ["张* 138****0001"]
    assert {row["operator"] for row in busy.history(operator=CLERK)} == {CLERK}
    assert [row["kind"] for row in busy.history(text="13800000001")] == ["issue"]
    assert [row["kind"] for row in busy.history(text="张三")] == ["issue"]
    assert {row["room"]["name"] for row in busy.history(room="1-101")} == {"1-101"}
    assert {row["kind"] for row in busy.history(card=issued[0]["card_id"])} == {"issue", "read"}
    assert busy.history(until="2020-01-01 00:00") == []
    assert busy.history(since="2099-01-01 00:00") == []
    first = busy.json("history", "--limit", "1")
    then = busy.json("history", "--limit", "1", "--after", str(first[0]["number"]))
    assert then[0]["number"] < first[0]["number"]


def test_times_are_the_sites(busy: CliDesk) -> None:
    before = busy.history(kind="issue")[0]["started_at"]
    write_settings(busy, desk='id = "desk-1"\ntime_zone = "Pacific/Kiritimati"')
    after = busy.history(kind="issue")[0]["started_at"]
    write_settings(busy, desk='id = "desk-1"\ntime_zone = "Pacific/Pago_Pago"')
    assert busy.history(kind="issue")[0]["started_at"] < after
    assert before <= after
    assert busy.history(kind="issue", until=after) != []


def test_a_clerk_sees_their_own_day(busy: CliDesk) -> None:
    rows = busy.json("history", by=CLERK)
    assert {row["operator"] for row in rows} == {CLERK}


def test_export_as_csv(busy: CliDesk) -> None:
    path = busy.home / "history.csv"
    made = busy.json("history", "--csv", str(path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        heads, *rows = list(csv.reader(file))
    assert made == {"file": str(path), "rows": len(rows)}
    assert len(rows) == len(busy.history())
    assert "张* 138****0001" in {row[heads.index("guest")] for row in rows}
    assert busy.history(kind="export") != []


def test_export_as_excel_and_json_lines(busy: CliDesk) -> None:
    sheet, lines = busy.home / "history.xlsx", busy.home / "history.jsonl"
    assert busy.json("history", "--xlsx", str(sheet))["rows"] > 3
    with zipfile.ZipFile(sheet) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()
    count = busy.json("history", "--jsonl", str(lines), "--kind", "issue")["rows"]
    rows = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    assert len(rows) == count == 1
    assert set(rows[0]) == ROW_KEYS


def test_a_file_that_exists_is_kept_unless_forced(busy: CliDesk) -> None:
    for form in ("csv", "xlsx", "jsonl"):
        path = busy.home / f"history.{form}"
        path.write_text("mine", "utf-8")
        assert busy.json("history", f"--{form}", str(path), status=2)["error"] == "file_exists"
        assert path.read_text("utf-8") == "mine"
        busy.json("history", f"--{form}", str(path), "--force")
        assert path.read_bytes()[:4] != b"mine"
    assert list(busy.home.glob(".*part*")) == []


def test_verify_backup_rebuild_export(busy: CliDesk) -> None:
    whole = busy.json("journal", "verify")
    assert set(whole) == {"ok", "events", "head", "first_bad"}
    assert (whole["ok"], whole["first_bad"], len(whole["head"])) == (True, None, 64)
    rebuilt = busy.json("journal", "rebuild")
    assert rebuilt["events"] == whole["events"]
    copy, export = busy.home / "copy.db", busy.home / "journal.jsonl"
    busy.json("journal", "backup", str(copy))
    assert busy.json("journal", "backup", str(copy), status=2)["error"] == "file_exists"
    assert busy.json("journal", "verify", str(copy))["ok"] is True
    made = busy.json("journal", "export", str(export))
    assert made["events"] == len(export.read_bytes().splitlines())
    assert busy.json("journal", "verify", str(export))["head"] == made["head"]


def test_a_changed_event_is_found(busy: CliDesk) -> None:
    export = busy.home / "journal.jsonl"
    busy.json("journal", "export", str(export))
    lines = export.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b"1-101", b"1-102").replace(b"desk-1", b"desk-2")
    export.write_bytes(b"".join(lines))
    broken = busy.json("journal", "verify", str(export), status=7)
    assert (broken["ok"], broken["first_bad"]) == (False, 5)


def test_a_damaged_journal_is_refused_and_recovered(busy: CliDesk) -> None:
    busy.json("journal", "backup", str(busy.home / "backups" / "journal-20260101-000000-000000.db"))
    before = busy.json("journal", "verify")["events"]
    journal = busy.home / "journal.db"
    raw = bytearray(journal.read_bytes())
    raw[: len(raw) // 2] = b"\x55" * (len(raw) // 2)
    journal.write_bytes(bytes(raw))
    busy.put()
    calls = busy.calls()
    refused = busy.json("issue", "1-102", status=7)
    assert refused["error"] == "journal_damaged"
    assert busy.calls() == calls
    assert journal.read_bytes() == bytes(raw), "never overwritten"
    assert busy.json("doctor", status=5)["ok"] is False
    report = busy.json("journal", "recover")
    assert report["recovered"] is True
    after = busy.json("journal", "verify")
    assert after["ok"] is True
    assert after["events"] > before / 2
    assert busy.json("journal", "recover") == {"recovered": False}
    assert busy.json("issue", "1-102")["state"] == "done"


def test_a_journal_that_another_program_holds(busy: CliDesk) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(busy.home / "journal.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        busy.put()
        document = busy.json("issue", "1-102", status=7)
        other.execute("ROLLBACK")
    assert document["error"] == "journal_locked"
    assert busy.writes() == 1


def test_an_exporting_program_that_is_interrupted_leaves_no_file(busy: CliDesk) -> None:
    """SIGINT while the rows are written: exit 2, nothing half."""
    code = (
        "import signal, sys\n"
        "from station.cli import main\n"
        "from station.compose import export\n"
        "real = export.document\n"
        "def row(*given):\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "    return real(*given)\n"
        "export.document = row\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    path = busy.home / "history.jsonl"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "--home",
            str(busy.home),
            "history",
            "--jsonl",
            str(path),
            "--json",
        ],
        capture_output=True,
        cwd=ROOT,
        env=busy.variables(),
        timeout=60,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["error"]) == (2, "command_cancelled")
    assert list(busy.home.glob("*history*")) + list(busy.home.glob(".*history*")) == []


def test_an_interrupted_write_is_unknown_and_never_repeated(busy: CliDesk) -> None:
    """Ctrl-C while the service has the card in its hands: exit 6, and reading settles it."""
    card = busy.put()
    busy.door.sim.inject("hang_after_effect", "MarkRoomCard")
    busy.door.sim.faults.release()
    url = busy.door.url
    slow = f'url = "{url}"\nappid = "{busy.door.sim.appid}"\nread_timeout_s = 60.0'
    write_settings(busy, door_lock=slow)
    running = subprocess.Popen(
        busy.command("issue", "1-107", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=busy.variables(),
        creationflags=OWN_CONSOLE,
    )
    assert busy.door.sim.faults.wait_hanging(1, 60)
    ask_to_end(running)
    if WINDOWS:  # where Ctrl-C is noticed when the call is over
        busy.door.sim.faults.release()
    out, _ = running.communicate(timeout=60)
    busy.door.sim.faults.release()
    assert (running.returncode, json.loads(out)["error"]) == (6, "outcome_unknown")
    writes = busy.writes()
    assert [row["room"]["name"] for row in busy.json("unresolved")] == ["1-107"]
    assert len(busy.json("read")["settled"]) == 1
    assert busy.writes() == writes
    assert busy.world.present(card, "1-107").opened


def test_daily_care_happens_once_and_for_nobody_named(busy: CliDesk) -> None:
    def copies() -> int:
        return len(list((busy.home / "backups").glob("*.db")))

    noon = datetime.combine(datetime.now().date(), time(12)).astimezone()
    with time_machine.travel(noon + timedelta(days=1)):  # a day that the test cannot run past
        before = copies()
        busy.json("rooms")
        assert copies() == before + 1
        busy.json("rooms")
        busy.json("rooms")
        assert copies() == before + 1


def test_people_get_a_table(busy: CliDesk) -> None:
    answer = busy.run("history", lang="zh_CN")
    assert answer.status == 0
    assert "发卡" in answer.out
    assert BOSS in answer.out
    assert "13800000001" not in answer.out
