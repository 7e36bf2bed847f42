"""Bad input: one sentence naming field and rule, exit 2, nothing sent, nothing in the journal."""

import pytest

from tests.cli.conftest import CliDesk

LONG = "9" * 4000
EMOJI = "🛏️"
RTL = "‮1-101"
CONTROL = "1-101\x07"
SQL = "'; DROP TABLE events; --"
NUL_FREE_JUNK = "\udcff\udcfe"

ROOMS = {
    "": "field_empty",
    "   ": "field_empty",
    LONG: "field_too_long",
    RTL: "field_characters",
    CONTROL: "field_characters",
    NUL_FREE_JUNK: "field_characters",
    EMOJI: "room_unknown",
    SQL: "room_unknown",
    "9-999": "room_unknown",
    "775032240849921": "room_unknown",
}
TIMES = {
    "": "time_malformed",
    "tomorrow": "time_malformed",
    "2027-02-30 12:00": "time_malformed",
    "2027-1-2 3:4": "time_malformed",
    LONG: "time_malformed",
    EMOJI: "time_malformed",
    SQL: "time_malformed",
    "２０２７-01-01 12:00": "time_malformed",
    "2020-01-01 12:00": "end_in_past",
    "2999-01-01 12:00": "end_too_far",
}
NUMBERS = {
    "": "field_not_a_number",
    "two": "field_not_a_number",
    "1.5": "field_not_a_number",
    "١": "field_not_a_number",
    EMOJI: "field_not_a_number",
    SQL: "field_not_a_number",
    LONG: "field_too_long",
    "0": "field_out_of_range",
    "-1": "field_out_of_range",
    "1000000000": "field_out_of_range",
}
NAMES = {
    "": "field_empty",
    "张" * 33: "field_too_long",
    EMOJI: "field_characters",
    RTL: "field_characters",
    "张\n三": "field_characters",
}
MOBILES = ("", "123", "1380000000a", LONG, EMOJI, RTL, SQL, "+", "１３８００００００01")
UIDS = {
    "": "uid_malformed",
    "04A1": "uid_malformed",
    "zz": "uid_malformed",
    LONG: "field_out_of_range",
    EMOJI: "uid_malformed",
    SQL: "uid_malformed",
    "0812ABCD": "uid_random",
    "9999999999": "field_out_of_range",
}

UNTIL = ("--until", "2027-01-01 12:00")
CODES = {
    "": "passcode_malformed",
    "12345": "passcode_malformed",
    "12345678901": "passcode_malformed",
    "739l52": "passcode_malformed",
    LONG: "passcode_malformed",
    EMOJI: "passcode_malformed",
    "７３９１５２": "passcode_malformed",
    "111111": "passcode_weak",
    "987654": "passcode_weak",
}
SLOTS = {
    "": "field_not_a_number",
    "one": "field_not_a_number",
    "-1": "field_not_a_number",
    LONG: "field_out_of_range",
    "0": "field_out_of_range",
    "50": "field_out_of_range",
}

CASES: list[tuple[list[str], str]] = [
    *((["issue", "--", text], code) for text, code in ROOMS.items()),
    *((["copy", "--", text], code) for text, code in ROOMS.items()),
    *((["opens", "--", text], code) for text, code in ROOMS.items()),
    *((["checkout", "--", text], code) for text, code in ROOMS.items()),
    *((["passcode", "temporary", "--", text], code) for text, code in ROOMS.items()),
    *((["lock", "show", "--", text], code) for text, code in ROOMS.items()),
    *((["unlock", "--reason", "没带卡", "--", text], code) for text, code in ROOMS.items()),
    *((["passcode", "offline", "1-101", "--until", text], code) for text, code in TIMES.items()),
    *((["passcode", "online", "1-101", *UNTIL, "--", text], code) for text, code in CODES.items()),
    *((["face", "stop", "--", "1-101", text], code) for text, code in SLOTS.items()),
    *(
        (["passcode", "offline", "1-101", *UNTIL, "--guest", text], code)
        for text, code in NAMES.items()
    ),
    *((["move", "--", "1-101", text], code) for text, code in ROOMS.items()),
    *((["recycle", "--room", text], code) for text, code in ROOMS.items()),
    *((["history", "--room", text], code) for text, code in ROOMS.items()),
    *((["group", "--until", "2027-01-01 12:00", "--", text], code) for text, code in ROOMS.items()),
    *((["issue", "1-101", "--until", text], code) for text, code in TIMES.items()),
    *((["group", "1-101", "--until", text], code) for text, code in list(TIMES.items())[:8]),
    *((["history", "--since", text], code) for text, code in list(TIMES.items())[:8]),
    *((["issue", "1-101", f"--nights={text}"], code) for text, code in NUMBERS.items()),
    *((["issue", "1-101", f"--hours={text}"], code) for text, code in NUMBERS.items()),
    *((["issue", "1-101", f"--cards={text}"], code) for text, code in NUMBERS.items()),
    *((["history", f"--limit={text}"], code) for text, code in NUMBERS.items()),
    *((["issue", "1-101", "--guest", text], code) for text, code in NAMES.items()),
    *((["issue", "1-101", "--mobile", text], "mobile_malformed") for text in MOBILES),
    *((["resident", "unbind", "--mobile", text], "mobile_malformed") for text in MOBILES),
    *((["person", "erase", "--mobile", text], "mobile_malformed") for text in MOBILES),
    *(
        (["resident", "bind", "--mobile", "13800000001", "--name", text], code)
        for text, code in NAMES.items()
    ),
    *(
        (["resident", "bind", "--mobile", "13800000001", "--name", "张三", "--uid", text], code)
        for text, code in UIDS.items()
    ),
    (["issue", "1-101", "--until", "2027-01-01 12:00", "--nights", "1"], "fields_exclusive"),
    (["issue", "1-101", "--reason", "x"], "field_empty"),
    (["issue", "1-101", "--gate"], "field_empty"),
    (["issue", "1-101", "--nights"], "usage"),
    (["issue", "1-101", "extra"], "usage"),
    (["issue", "1-101", "--nigths", "2"], "field_choice"),
    (["isue", "1-101"], "field_choice"),
    (["resident", "bnd"], "field_choice"),
    (["move", "1-101"], "field_empty"),
    (["move", "1-101", "1-101"], "same_room"),
    (["group", "1-101", "1-101", "--until", "2027-01-01 12:00"], "field_repeated"),
    (["group", "1-109..1-101", "--until", "2027-01-01 12:00"], "field_out_of_range"),
    (["group", "1-101..1-99999", "--until", "2027-01-01 12:00"], "field_out_of_range"),
    (["recycle", "--card-id", "??"], "card_id_malformed"),
    (["recycle", "--card-id", "03F56240", "--room", "1-101"], "fields_exclusive"),
    (["history", "--kind", "isue"], "field_choice"),
    (["history", "--state", SQL], "field_choice"),
    (["history", "--text", LONG], "field_too_long"),
    (["history", "--text", CONTROL], "field_characters"),
    (["history", "--after", "0"], "field_out_of_range"),
    (["history", "--csv", "a.csv", "--xlsx", "b.xlsx"], "fields_exclusive"),
    (["history", "--csv", ""], "field_empty"),
    (["history", "--csv", "/nonexistent/folder/a.csv"], "file_unwritable"),
    (["unresolved", "--set-aside", "nothing", "--reason", "没有这个"], "operation_unknown"),
    (["unresolved", "--resolve", "--set-aside", "x"], "fields_exclusive"),
    (["unresolved", "--operation", "x"], "fields_one_needed"),
    (["journal", "verify", "/nonexistent"], "file_unreadable"),
    (["journal", "backup", ""], "field_empty"),
    (["operators", "add", "", "--role", "clerk"], "field_empty"),
    (["operators", "add", "x" * 33, "--role", "clerk"], "field_too_long"),
    (["operators", "add", "新人", "--role", "king"], "field_choice"),
    (["operators", "disable", "没有这个人"], "operator_unknown"),
    (["resident", "show", "--mobile", "13800000009"], "resident_unknown"),
    (["simulate", "fridge"], "field_choice"),
    (["passcode", "offline", "1-101"], "field_empty"),
    (["passcode", "stop", "1-101"], "fields_one_needed"),
    (["passcode", "stop", "1-101", "12ab"], "passcode_malformed"),
    (["passcode", "stop", "1-101", "739152", "--id", "c1"], "fields_exclusive"),
    (["passcode", "stop", "1-101", "--id", ""], "field_empty"),
    (["passcode", "show", "nothing"], "credential_unknown"),
    (["unlock", "1-101"], "field_empty"),
    (["unlock", "1-101", "--reason", "没带卡", "--by", "magic"], "field_choice"),
    (["unlock", "1-101", "--reason", "没带卡", "--by", "shankai"], "field_choice"),
    (["face", "add", "1-101", "/nonexistent", *UNTIL, "--agreed"], "file_unreadable"),
    (["finger", "add", "1-101", "", *UNTIL, "--agreed"], "field_empty"),
    (["lock", "import", "/nonexistent"], "file_unreadable"),
    (["lock", "sync", "1-101", "--begin", "--report", "x", "--result", "ok"], "fields_exclusive"),
    (["lock", "sync", "1-101", "--report", "x"], "fields_one_needed"),
    (["lock", "sync", "1-101", "--report", "x", "--result", "maybe"], "field_choice"),
    (["lock", "sync", "1-101", "--report", "x", "--result", "ok"], "operation_unknown"),
    (["simulate", "door-lock", "--port", "70000"], "field_out_of_range"),
    (["simulate", "door-lock", "--fault", "nonsense", "--port", "0"], "field_choice"),
    (["setup", "--set", "desk.idd=x"], "settings_unknown_key"),
    (["setup", "--set", "desk.max_stay_days=soon"], "settings_field"),
    (["setup", "--set", "nonsense"], "field_choice"),
    (["setup", "--set", "door_lock.appsecret=x"], "settings_unknown_key"),
    (["setup", "--set", "shankai.url=http://example.com"], "url_not_https"),
    (["setup", "--secrets-from", "/nonexistent"], "file_unreadable"),
]


@pytest.mark.parametrize(
    ("arguments", "code"), CASES, ids=[f"{n}-{a[0]}-{c}" for n, (a, c) in enumerate(CASES)]
)
def test_bad_input(desk: CliDesk, arguments: list[str], code: str) -> None:
    # before the last word: an option without its value would swallow it
    last = max(len(arguments) - 1, 1) if arguments[-1] == "--nights" else len(arguments)
    place = arguments.index("--") if "--" in arguments else last
    arguments = [*arguments[:place], "--json", *arguments[place:]]
    calls, events = desk.calls(), _events(desk)
    answer = desk.run(*arguments)
    document = answer.json
    assert (document["error"], answer.status) == (code, 2), document
    assert set(document) == {"error", "message"}
    assert 4 < len(document["message"]) < 700
    assert "{" not in document["message"], document["message"]
    assert answer.err == ""
    assert desk.calls() == calls
    assert _events(desk) == events


def _events(desk: CliDesk) -> int:
    count: int = desk.json("journal", "verify", str(desk.home / "journal.db"))["events"]
    return count


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_sentence_names_field_and_rule_in_the_chosen_language(desk: CliDesk, lang: str) -> None:
    answer = desk.run("issue", "1-101", "--nights", "soon", lang=lang)
    assert answer.status == 2
    assert answer.out == ""
    words = {"zh_CN": ("晚数", "数字"), "en": ("ights", "number")}[lang]
    assert all(word in answer.err for word in words), answer.err


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[desk\nid = 1", "settings_malformed"),
        ("[desk]\nid = 1", "settings_field"),
        ("[desk]\ncolour = 'red'", "settings_unknown_key"),
        ("[door_lock]\nappid = 'a'\nappsecret = 'b'", "settings_secret_inside"),
        ("version = 99", "settings_newer"),
        ("[door_lock]\nappid = 'a'\nurl = 'http://example.com'", "url_not_https"),
        ("\x00\x01", "settings_malformed"),
    ],
)
def test_a_malformed_settings_file(desk: CliDesk, text: str, code: str) -> None:
    (desk.home / "station.toml").write_text(text, "utf-8")
    for command in (["rooms"], ["issue", "1-101"], ["setup", "--set", "desk.id=x"]):
        answer = desk.run(*command, "--json")
        assert (answer.status, answer.json["error"]) == (2, code)
    assert (desk.home / "station.toml").read_text("utf-8") == text, "never overwritten"
    findings = desk.json("doctor", status=5)["checks"]
    assert next(one for one in findings if one["name"] == "settings")["state"] == "failed"


def test_bytes_that_are_no_text_on_the_command_line(desk: CliDesk) -> None:
    answer = desk.process("issue", "1-\udcff", "--json")
    assert (answer.status, answer.json["error"]) == (2, "field_characters")


def test_a_room_that_fits_several_is_refused_with_the_list(desk: CliDesk) -> None:
    from station.simulators.hardware import Room

    rooms = [Room("775032240849920", "1-101"), Room("775032240849921", "2-101")]
    desk.world.set_rooms(rooms)
    desk.json("rooms", "--refresh")
    document = desk.json("issue", "101", status=2)
    assert document["error"] == "room_ambiguous"
    assert "1-101" in document["message"]
    assert "2-101" in document["message"]
