"""Passcodes, faces, fingerprints, remote opening by command: what the doors say is what counts."""

import json
import subprocess
from pathlib import Path
from typing import Any

from station.simulators.kexin.sample import SAMPLE_ID_NUM
from station.simulators.pictures import sample_face, sample_finger
from tests.cli.conftest import BOSS, CLERK, ROOT, CliDesk, write_settings
from tests.systems import OWN_CONSOLE, WINDOWS, ask_to_end

UNTIL = ("--until", "2027-01-31 12:00")
KEYS = {
    *("operation", "kind", "state", "error", "message", "vendor", "room", "credential"),
    *("passcode", "lock"),
}
CREDENTIAL_KEYS = {
    *("id", "kind", "state", "slot", "guest", "authorised_at", "until", "revocable"),
}
WAY_KEYS = {
    *("kind", "card_id", "uid", "credential", "slot", "state", "guest", "authorised_at"),
    *("until", "certainty", "revoking"),
}


def opens(desk: CliDesk, code: str, room: str = "1-101") -> bool:
    return desk.world.try_passcode(room, code).opened


def check_shape(document: dict[str, Any]) -> None:
    assert set(document) == KEYS
    if document["credential"] is not None:
        assert set(document["credential"]) == CREDENTIAL_KEYS
    assert document["message"]


def test_an_offline_passcode_opens_until_it_is_stopped(desk: CliDesk) -> None:
    given = desk.json("passcode", "offline", "1-101", *UNTIL, "--guest", "张三")
    check_shape(given)
    assert (given["kind"], given["state"]) == ("passcode", "done")
    assert given["credential"]["until"] == "2027-01-31 12:00:00"
    assert given["credential"]["guest"] == "张*"
    code = given["passcode"]
    assert opens(desk, code)
    [way] = desk.json("opens", "1-101")["opens"]
    assert set(way) == WAY_KEYS
    assert (way["kind"], way["revoking"], way["certainty"]) == ("offline_passcode", "stop", "opens")
    stopped = desk.json("passcode", "stop", "1-101", code)
    check_shape(stopped)
    assert (stopped["kind"], stopped["state"]) == ("credential_stop", "done")
    assert not opens(desk, code)
    assert desk.json("opens", "1-101")["opens"] == []
    assert desk.json("passcode", "stop", "1-101", code, status=2)["error"] == "credential_unknown"


def test_an_online_passcode_chosen_made_and_stopped_by_slot(desk: CliDesk) -> None:
    chosen = desk.json("passcode", "online", "1-101", "739152", *UNTIL)
    assert (chosen["passcode"], chosen["credential"]["slot"]) == ("739152", 1)
    assert chosen["lock"]["battery"] == 89
    made = desk.json("passcode", "online", "1-101", *UNTIL)
    assert made["credential"]["slot"] == 2
    assert opens(desk, "739152")
    assert opens(desk, made["passcode"])
    desk.json("passcode", "stop-online", "1-101", "1")
    assert not opens(desk, "739152")
    assert opens(desk, made["passcode"])


def test_a_passcode_by_stdin_leaves_no_trace_among_the_arguments(desk: CliDesk) -> None:
    arguments = ("passcode", "online", "1-101", *UNTIL, "--code-stdin", "--json")
    assert desk.process(*arguments, given="739152\n").json["passcode"] == "739152"
    stop = ("passcode", "stop", "1-101", "--code-stdin", "--json")
    assert desk.process(*stop, given="739152\n").json["state"] == "done"
    assert not opens(desk, "739152")
    wrong = desk.process(*arguments, given="12ab\n")
    assert (wrong.status, wrong.json["error"]) == (2, "passcode_malformed")
    both = desk.process(
        "passcode", "stop", "1-101", "739152", "--code-stdin", "--json", given="1\n"
    )
    assert (both.status, both.json["error"]) == (2, "fields_exclusive")


def test_a_passcode_is_shown_again_and_that_is_written_down(desk: CliDesk) -> None:
    given = desk.json("passcode", "online", "1-101", "739152", *UNTIL)
    number = given["credential"]["id"]
    shown = desk.json("passcode", "show", number)
    assert (shown["passcode"], shown["credential"]["id"]) == ("739152", number)
    assert [row["kind"] for row in desk.history()][:1] == ["passcode_show"]
    desk.json("passcode", "stop", "1-101", "--id", number)
    assert desk.json("passcode", "show", number, status=2)["error"] == "credential_unknown"
    elsewhere = desk.json("passcode", "offline", "1-102", *UNTIL)["credential"]["id"]
    wrong = desk.json("passcode", "stop", "1-101", "--id", elsewhere, status=2)
    assert wrong["error"] == "credential_unknown"


def test_a_stay_begins_with_a_passcode(desk: CliDesk) -> None:
    desk.json("passcode", "offline", "1-101", *UNTIL, "--guest", "张三", "--begin-stay")
    [row] = [row for row in desk.json("rooms") if row["name"] == "1-101"]
    assert (row["state"], row["guest"], row["cards_out"]) == ("occupied", "张*", 0)
    card = desk.put()
    desk.json("copy", "1-101")
    assert desk.world.present(card, "1-101").opened


def test_a_stop_that_cannot_be_sent_waits_and_sync_sends_it(desk: CliDesk) -> None:
    code = desk.json("passcode", "online", "1-101", *UNTIL)["passcode"]
    desk.world.lock_of("1-101").reachable = False
    waiting = desk.json("passcode", "stop", "1-101", code)
    assert (waiting["state"], waiting["credential"]["state"]) == ("queued", "stopping")
    [doubtful] = desk.json("unresolved")
    assert (doubtful["kind"], doubtful["state"]) == ("online_passcode", "stopping")
    states = {each["name"]: each["state"] for each in desk.json("doctor")["checks"]}
    assert (states["outbox"], states["credentials"]) == ("warning", "warning")
    assert "unresolved" in desk.run("doctor").out
    desk.world.lock_of("1-101").reachable = True
    sent = desk.json("resident", "sync")
    assert [(push["state"], push["service"]) for push in sent["pushed"]] == [("done", "door_lock")]
    assert desk.json("unresolved") == []
    assert not opens(desk, code)


def test_a_lost_answer_is_unknown_listed_and_stopped_by_its_number(desk: CliDesk) -> None:
    desk.json("passcode", "online", "1-102", *UNTIL)  # how bodies are sent is known from now on
    desk.door.sim.inject("drop_after", "GatewayUploadOnline")
    lost = desk.json("passcode", "online", "1-101", "739152", *UNTIL, status=6)
    check_shape(lost)
    assert (lost["state"], lost["error"]) == ("unknown", "lock_outcome_unknown")
    assert opens(desk, "739152")
    [doubtful] = desk.json("unresolved")
    assert (doubtful["state"], doubtful["credential"]) == ("possible", lost["credential"]["id"])
    said = desk.run("unresolved", lang="zh_CN")
    assert "1-101" in said.out
    assert lost["credential"]["id"] in said.out
    [way] = desk.json("opens", "1-101")["opens"]
    assert way["certainty"] == "perhaps"
    desk.json("passcode", "stop", "1-101", "--id", doubtful["credential"])
    assert not opens(desk, "739152")
    assert desk.json("unresolved") == []


def test_an_interrupted_sending_is_unknown_and_never_repeated(desk: CliDesk) -> None:
    """Ctrl-C while the lock has the passcode already: exit 6, and it can be stopped."""
    desk.json("passcode", "online", "1-102", *UNTIL)
    slow = f'url = "{desk.door.url}"\nappid = "{desk.door.sim.appid}"\ngateway_timeout_s = 60.0'
    write_settings(desk, door_lock=slow)
    desk.door.sim.inject("hang_after_effect", "GatewayUploadOnline")
    running = subprocess.Popen(
        desk.command("passcode", "online", "1-101", "739152", *UNTIL, "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=desk.variables(),
        creationflags=OWN_CONSOLE,
    )
    assert desk.door.sim.faults.wait_hanging(1, 60)
    ask_to_end(running)
    if WINDOWS:  # where Ctrl-C is noticed when the call is over
        desk.door.sim.faults.release()
    out, _ = running.communicate(timeout=60)
    desk.door.sim.faults.release()
    assert (running.returncode, json.loads(out)["error"]) == (6, "lock_outcome_unknown")
    assert len(desk.door.sim.calls.all("GatewayUploadOnline")) == 2
    [doubtful] = desk.json("unresolved")
    assert (doubtful["room"]["name"], doubtful["state"]) == ("1-101", "possible")
    desk.json("passcode", "stop-online", "1-101", str(doubtful["slot"]))
    assert not opens(desk, "739152")


def test_a_foreign_slot_needs_a_supervisors_reason(desk: CliDesk) -> None:
    arguments = ("passcode", "stop-online", "1-101", "7")
    assert desk.json(*arguments, by=CLERK, status=3)["error"] == "slot_unknown"
    why = ("--reason", "客人已走")
    assert desk.json(*arguments, *why, by=CLERK, status=3)["error"] == "not_allowed"
    assert desk.json(*arguments, *why, by=BOSS)["state"] == "done"


def test_faces_and_fingerprints(locks: CliDesk, tmp_path: Path) -> None:
    face, raw, text = tmp_path / "face.png", tmp_path / "finger.bin", tmp_path / "finger.txt"
    face.write_bytes(sample_face())
    raw.write_bytes(bytes.fromhex(sample_finger(1).replace("-", "")))
    text.write_text(sample_finger(2) + "\n", "utf-8")
    refused = locks.json("face", "add", "1-101", str(face), *UNTIL, status=2)
    assert refused["error"] == "consent_needed"
    given = locks.json("face", "add", "1-101", str(face), *UNTIL, "--guest", "张三", "--agreed")
    check_shape(given)
    assert (given["kind"], given["credential"]["slot"], given["passcode"]) == ("face", 1, None)
    assert locks.world.try_face("1-101", sample_face()).opened
    for number, file in ((1, raw), (2, text)):
        locks.json("finger", "add", "1-101", str(file), *UNTIL, "--agreed")
        assert locks.world.try_fingerprint("1-101", sample_finger(number)).opened
    locks.json("face", "stop", "1-101", "1")
    locks.json("finger", "stop", "1-101", "2")
    assert not locks.world.try_face("1-101", sample_face()).opened
    assert locks.world.try_fingerprint("1-101", sample_finger(1)).opened
    assert not locks.world.try_fingerprint("1-101", sample_finger(2)).opened
    face.write_bytes(b"GIF89a")
    wrong = locks.json("face", "add", "1-101", str(face), *UNTIL, "--agreed", status=2)
    assert wrong["error"] == "picture_malformed"


def test_faces_are_off_unless_the_site_turns_them_on(desk: CliDesk, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    face.write_bytes(sample_face())
    refused = desk.json("face", "add", "1-101", str(face), *UNTIL, "--agreed", status=3)
    assert refused["error"] == "faces_off"


def test_a_door_is_opened_from_afar_once_and_says_why(locks: CliDesk) -> None:
    assert locks.json("unlock", "1-101", status=2)["error"] == "field_empty"
    by_cloud = locks.json("unlock", "1-101", "--reason", "客人没带卡")
    assert (by_cloud["state"], by_cloud["service"]) == ("done", "kexin")
    by_gateway = locks.json("unlock", "1-101", "--reason", "客人没带卡", "--by", "door_lock")
    assert (by_gateway["service"], by_gateway["lock"]["battery"]) == ("door_lock", 89)
    assert locks.kexin is not None
    assert locks.kexin.sim.cloud.named("1-101").opened == 1
    assert locks.world.lock_of("1-101").opened == 1
    assert [row["reason"] for row in locks.history(kind="remote_open")] == ["客人没带卡"] * 2
    locks.door.sim.inject("drop_after", "GatewayOpen")
    lost = locks.json("unlock", "1-101", "--reason", "再试", "--by", "door_lock", status=6)
    assert lost["error"] == "lock_outcome_unknown"
    assert len(locks.door.sim.calls.all("GatewayOpen")) == 2


def test_kexin_passwords_are_written_used_and_deleted(locks: CliDesk) -> None:
    assert locks.kexin is not None
    cloud = locks.kexin.sim.cloud
    given = locks.json("passcode", "kexin", "1-101", *UNTIL)
    code = given["passcode"]
    assert given["credential"]["kind"] == "kexin_password"
    assert cloud.try_password("1-101", code).opened
    opened = locks.process(
        *("unlock", "1-101", "--reason", "试一下", "--password-stdin", "--json"), given=f"{code}\n"
    )
    assert (opened.status, opened.json["service"]) == (0, "kexin")
    locks.json("passcode", "stop", "1-101", code)
    assert not cloud.try_password("1-101", code).opened
    short = locks.json("passcode", "temporary", "1-101")
    assert cloud.try_password("1-101", short["passcode"]).opened
    refused = locks.json("passcode", "stop", "1-101", short["passcode"], status=3)
    assert refused["error"] == "credential_not_revocable"
    [way] = locks.json("opens", "1-101")["opens"]
    assert way["revoking"] == "ends_by_itself"


def test_a_face_opens_a_networked_lock(locks: CliDesk, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    face.write_bytes(sample_face())
    arguments = ("lock", "open-face", "1-101", str(face), "--name", "张三", "--reason", "没带卡")
    assert locks.json(*arguments, "--agreed", status=2)["error"] == "fields_one_needed"
    number = f"{SAMPLE_ID_NUM}\n"
    with_number = (*arguments, "--id-number-stdin", "--json")
    asked = locks.process(*with_number, given=number)
    assert (asked.status, asked.json["error"]) == (2, "consent_needed")
    opened = locks.process(*with_number, "--agreed", given=number)
    assert (opened.status, opened.json["state"]) == (0, "done"), opened
    assert SAMPLE_ID_NUM not in opened.out + opened.err
    face.write_bytes(sample_face(2))
    other = locks.process(*with_number, "--agreed", given=number)
    assert (other.status, other.json["error"]) == (4, "kexin_face_mismatch")


def test_check_out_in_one_go(locks: CliDesk, tmp_path: Path) -> None:
    face = tmp_path / "face.png"
    face.write_bytes(sample_face())
    card = locks.issue("1-101", "--guest", "张三", "--mobile", "13800000001")
    codes = [
        locks.json("passcode", kind, "1-101", *UNTIL)["passcode"] for kind in ("offline", "online")
    ]
    locks.json("face", "add", "1-101", str(face), *UNTIL, "--agreed")
    locks.world.lock_of("1-101").reachable = False
    partly = locks.json("checkout", "1-101")
    states = {line["of"]: line["state"] for line in partly["lines"]}
    assert partly["state"] == "queued"
    assert (states["card"], states["stay"], states["face"]) == ("done", "done", "queued")
    assert card.memory is None
    assert {way["kind"] for way in partly["left"]} >= {"face", "online_passcode"}
    locks.world.lock_of("1-101").reachable = True
    locks.json("resident", "sync")
    assert not any(opens(locks, code) for code in codes)
    assert not locks.world.try_face("1-101", sample_face()).opened
    assert locks.json("opens", "1-101")["opens"] == []
    assert locks.json("checkout", "1-101", status=3)["error"] == "no_stay"


def test_check_out_without_the_card_names_it_and_takes_the_gate_card_back(desk: CliDesk) -> None:
    desk.json("resident", "bind", "--mobile", "13800000001", "--name", "张三", "--uid", "04A1B2C3")
    card = desk.issue("1-101", "--guest", "张三", "--mobile", "13800000001")
    document = desk.json("checkout", "1-101", "--no-card", "--gate")
    lines = {line["of"]: line for line in document["lines"]}
    assert set(lines) == {"gate", "stay"}
    assert (lines["gate"]["state"], lines["stay"]["cards"]) == ("done", 1)
    assert card.memory is not None
    assert [way["kind"] for way in document["left"]] == ["card"]
    assert len(desk.cloud.sim.calls.all("del_user")) == 1
    desk.issue("1-102")
    desk.world.lift()
    said = desk.run("checkout", "1-102", lang="zh_CN")
    assert said.status == 4, said
    assert "已退房" in said.out


def test_people_are_shown_the_code_big_and_the_state_in_words(desk: CliDesk) -> None:
    said = desk.run("passcode", "online", "1-101", "739152", *UNTIL, lang="zh_CN")
    assert said.status == 0
    assert "    739152\n" in said.out
    assert "在线密码" in said.out
    table = desk.run("opens", "1-101", lang="zh_CN").out
    assert "可以停用" in table
    assert "739152" not in table
    desk.world.lock_of("1-101").set_percent(7)
    said = desk.run("unlock", "1-101", "--reason", "没带卡", lang="zh_CN")
    assert "1-101 已远程开门" in said.out
    assert "7%" in said.err
    stopped = desk.run("passcode", "stop-online", "1-101", "1", lang="zh_CN")
    assert "已停用" in stopped.out


def test_parts_that_are_not_set_up_say_so(desk: CliDesk) -> None:
    for arguments in (["passcode", "kexin", "1-101", *UNTIL], ["lock", "sync", "1-101"]):
        assert desk.json(*arguments, status=2)["error"] == "part_not_set_up"
    write_settings(desk, door_lock="")
    for arguments in (
        ["passcode", "offline", "1-101", *UNTIL],
        ["unlock", "1-101", "--reason", "没带卡"],
        ["passcode", "stop-online", "1-101", "1", "--reason", "没带卡"],
    ):
        assert desk.json(*arguments, status=2)["error"] == "part_not_set_up", arguments


def test_no_code_and_no_picture_in_any_file(desk: CliDesk) -> None:
    answer = desk.process(
        *("passcode", "online", "1-101", *UNTIL, "--code-stdin", "--json"),
        given="739152\n",
        STATION_LOG_TRAFFIC="1",
    )
    assert answer.json["passcode"] == "739152"
    assert b"739152" not in answer.err.encode()
    files = {path.name: path.read_bytes() for path in desk.home.rglob("*") if path.is_file()}
    assert [name for name, raw in files.items() if b"739152" in raw] == []
