"""`station.toml`: what is read, what is refused and how it is named, and safe saving."""

import os
from datetime import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.card import CardIdRelation, UidOrder
from station.domain.person import clean_text
from station.errors import Code, InputInvalid
from station.settings import PARTS, Desk, DoorLock, Settings, check_field, load, parse, save, set_up
from station.settings_upgrade import VERSION

WHOLE = """
version = 1
[desk]
id = "desk-2"
site = "桃花园酒店"
language = "en"
checkout_time = "14:00"
max_stay_days = 30
time_zone = "Asia/Shanghai"
idle_lock_minutes = 5
faces = true
fingerprints = true
[door_lock]
url = "http://127.0.0.1:19999/"
appid = "A1"
body = "form"
connect_timeout_s = 1
read_timeout_s = 9.5
gateway_timeout_s = 45
[shankai]
url = "https://gate.example/1.0"
app_id = "B2"
org_id = "o1"
card_no_reply = "decimal"
ca_file = "root.pem"
[kexin]
url = "https://locks.example"
app_id = "C3"
signer_command = ["/usr/bin/sign", "--site"]
signer_timeout_s = 2.5
connect_timeout_s = 3
read_timeout_s = 60
[property]
[reader]
name = "ACS"
uid_order = "reversed"
compare_card_id = "equal"
[journal]
path = "j.db"
keep_personal_days = 90
backup_keep = 3
[central]
url = "postgresql+psycopg://desk@db.example:5432/cards"
"""


def refused(text: str | bytes) -> InputInvalid:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(InputInvalid) as caught:
        parse(raw)
    return caught.value


def tidied(site: str) -> str | None:
    try:
        return clean_text(site, field="", limit=64, empty_allowed=True)
    except InputInvalid:
        return None


def facts(error: InputInvalid) -> dict[str, Any]:
    return {"code": error.code, **error.context}


def test_every_key_is_read() -> None:
    settings = parse(WHOLE.encode())
    assert settings.desk.site == "桃花园酒店"
    assert settings.desk.checkout == time(14, 0)
    assert settings.desk.stay_rules.max_stay_days == 30
    assert settings.door_lock == DoorLock(
        url="http://127.0.0.1:19999",
        appid="A1",
        body="form",
        connect_timeout_s=1,
        read_timeout_s=9.5,
        gateway_timeout_s=45,
    )
    assert (settings.desk.faces, settings.desk.fingerprints) == (True, True)
    assert settings.shankai is not None
    assert settings.shankai.card_no_reply == "decimal"
    assert settings.kexin is not None
    assert settings.kexin.signer_command == ("/usr/bin/sign", "--site")
    assert settings.kexin.signer_timeout_s == 2.5
    assert (settings.kexin.connect_timeout_s, settings.kexin.read_timeout_s) == (3, 60)
    assert settings.property is not None
    assert settings.property.url == "https://tc.mg.cool/api/v1"
    assert settings.reader is not None
    assert settings.reader.uid_order is UidOrder.REVERSED
    assert settings.reader.compare_card_id is CardIdRelation.EQUAL
    assert settings.journal.backup_keep == 3
    assert settings.central is not None


def test_the_defaults_are_those_of_the_documentation() -> None:
    settings = parse(b'[door_lock]\nappid = "a"\n[shankai]\napp_id = "b"\n[reader]\n')
    assert settings.desk == Desk(
        id="desk-1",
        site="",
        language="zh_CN",
        checkout_time="12:00",
        max_stay_days=400,
        time_zone="",
        idle_lock_minutes=15,
        faces=False,
        fingerprints=False,
    )
    assert msgspec.to_builtins(settings.door_lock) == {
        "url": "http://127.0.0.1:19952",
        "appid": "a",
        "body": "auto",
        "connect_timeout_s": 2,
        "read_timeout_s": 15,
        "gateway_timeout_s": 30,
    }
    assert settings.shankai is not None
    assert settings.shankai.url == "https://api.baohe.tv:8081/1.0"
    assert settings.shankai.card_no_reply == "hex"
    assert settings.reader is not None
    assert settings.reader.uid_order is UidOrder.AS_READ
    assert settings.reader.compare_card_id is CardIdRelation.UNRELATED
    assert msgspec.to_builtins(settings.journal) == {
        "path": "journal.db",
        "keep_personal_days": 180,
        "backup_keep": 14,
    }


def test_a_part_left_out_is_not_set_up(tmp_path: Path) -> None:
    settings = load(tmp_path / "station.toml")
    assert settings == Settings()
    for name in ("door_lock", "shankai", "kexin", "property", "reader", "central"):
        with pytest.raises(InputInvalid) as caught:
            set_up(getattr(settings, name), name)
        assert facts(caught.value) == {"code": Code.PART_NOT_SET_UP, "part": name}
    assert set_up(settings.desk, "desk") is settings.desk


@pytest.mark.parametrize(
    ("text", "field", "rule"),
    [
        ("desk = 5", "desk", "section"),
        ("[[desk]]", "desk", "section"),
        ("[desk]\nid = ''", "desk.id", "name"),
        ("[desk]\nid = '前台'", "desk.id", "name"),
        ("[desk]\nsite = 5", "desk.site", "text"),
        ('[desk]\nsite = "a\\u0007b"', "desk.site", "characters"),
        ('[desk]\nsite = "a\\u202Eb"', "desk.site", "characters"),
        (f"[desk]\nsite = '{'长' * 65}'", "desk.site", "length"),
        ("[desk]\nlanguage = 'fr'", "desk.language", "choice"),
        ("[desk]\ncheckout_time = '24:00'", "desk.checkout_time", "time_of_day"),
        ("[desk]\ncheckout_time = 12:00:00", "desk.checkout_time", "text"),
        ("[desk]\nmax_stay_days = 0", "desk.max_stay_days", "range"),
        ("[desk]\nmax_stay_days = 1000000000", "desk.max_stay_days", "range"),
        ("[desk]\nmax_stay_days = 1.5", "desk.max_stay_days", "whole_number"),
        ("[desk]\nmax_stay_days = true", "desk.max_stay_days", "whole_number"),
        ("[desk]\ntime_zone = '../../etc/passwd'", "desk.time_zone", "time_zone"),
        ("[desk]\ntime_zone = 'Mars/Base'", "desk.time_zone", "time_zone"),
        ("[desk]\nidle_lock_minutes = 481", "desk.idle_lock_minutes", "range"),
        ("[desk]\nfaces = 1", "desk.faces", "true_or_false"),
        ("[desk]\nfingerprints = 'yes'", "desk.fingerprints", "true_or_false"),
        ("[door_lock]", "door_lock.appid", "needed"),
        ("[door_lock]\nappid='a'\ngateway_timeout_s=301", "door_lock.gateway_timeout_s", "range"),
        ("[door_lock]\nappid = '  '", "door_lock.appid", "needed"),
        ("[door_lock]\nappid = 'a'\nbody = 'xml'", "door_lock.body", "choice"),
        ("[door_lock]\nappid = 'a'\nread_timeout_s = nan", "door_lock.read_timeout_s", "range"),
        ("[door_lock]\nappid = 'a'\nread_timeout_s = inf", "door_lock.read_timeout_s", "range"),
        ("[door_lock]\nappid = 'a'\nread_timeout_s = 'x'", "door_lock.read_timeout_s", "number"),
        ("[shankai]\napp_id = 'a'\ncard_no_reply = 16", "shankai.card_no_reply", "choice"),
        ("[kexin]\napp_id = 'a'", "kexin.url", "needed"),
        (
            "[kexin]\nurl='https://h'\napp_id='a'\nread_timeout_s=0.1",
            "kexin.read_timeout_s",
            "range",
        ),
        (
            "[kexin]\nurl='https://h'\napp_id='a'\nsigner_timeout_s=0",
            "kexin.signer_timeout_s",
            "range",
        ),
        (
            "[kexin]\nurl='https://h'\napp_id='a'\nsigner_command='x'",
            "kexin.signer_command",
            "list_of_texts",
        ),
        (
            "[kexin]\nurl='https://h'\napp_id='a'\nsigner_command=['']",
            "kexin.signer_command",
            "command",
        ),
        (
            "[kexin]\nurl='https://h'\napp_id='a'\nsigner='a:b'\nsigner_command=['x']",
            "kexin.signer",
            "exclusive",
        ),
        ("[reader]\nuid_order = 'backwards'", "reader.uid_order", "choice"),
        ("[reader]\ncompare_card_id = 1", "reader.compare_card_id", "choice"),
        ("[journal]\npath = ''", "journal.path", "needed"),
        ("[journal]\nkeep_personal_days = -1", "journal.keep_personal_days", "range"),
        ("[journal]\nbackup_keep = 0", "journal.backup_keep", "range"),
        ("version = 'one'", "version", "range"),
        ("version = 0", "version", "range"),
    ],
)
def test_a_bad_value_names_the_field_and_the_rule(text: str, field: str, rule: str) -> None:
    error = refused(text)
    assert (error.code, error.context["field"], error.context["rule"]) == (
        Code.SETTINGS_FIELD,
        field,
        rule,
    )


@pytest.mark.parametrize(
    ("text", "field", "near"),
    [
        ("[dorr_lock]\nappid = 'a'", "dorr_lock", "door_lock"),
        ("[desk]\ncheckout = '12:00'", "desk.checkout", "desk.checkout_time"),
        ("[journal]\nbackups = 3", "journal.backups", "journal.backup_keep"),
        ("languages = 'en'", "languages", None),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(
    text: str, field: str, near: str | None
) -> None:
    error = refused(text)
    assert error.code is Code.SETTINGS_UNKNOWN_KEY
    assert error.context["field"] == field
    assert error.context["near"] == near or (near is None and error.context["near"] in PARTS)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[desk]\nsite = \n", 2),
        ("[desk", 1),
        ("[desk]\n[desk]\n", 2),
        ("a = 1\na = 2", 2),
        ("x = " + "[" * 5000, 1),
        ("[desk]\nmax_stay_days = " + "9" * 5000, 2),
    ],
)
def test_malformed_toml_names_the_line(text: str, line: int) -> None:
    assert facts(refused(text)) == {"code": Code.SETTINGS_MALFORMED, "line": line, "rule": "toml"}


def test_a_file_saved_in_another_encoding_is_named_as_such() -> None:
    error = refused('[desk]\nsite = "桃花园"\n'.encode("gb18030"))
    assert facts(error) == {"code": Code.SETTINGS_MALFORMED, "line": 2, "rule": "utf8"}


def test_notepads_byte_order_mark_does_no_harm() -> None:
    assert parse(b"\xef\xbb\xbf[desk]\nsite = 'a'").desk.site == "a"


@pytest.mark.parametrize(
    "key",
    ["appsecret", "secret", "token", "pin", "password", "access_token", "APPSECRET", "db-pin"],
)
def test_a_secret_is_refused_and_never_quoted(key: str) -> None:
    error = refused(f'[door_lock]\nappid = "a"\n"{key}" = "hunter2hunter2"\n')
    assert facts(error) == {
        "code": Code.SETTINGS_SECRET_INSIDE,
        "field": f"door_lock.{key}",
    }
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("key", ["mapping", "spinning", "shipping"])
def test_a_word_that_merely_contains_pin_is_no_secret(key: str) -> None:
    assert refused(f"[desk]\n{key} = 1").code is Code.SETTINGS_UNKNOWN_KEY


def test_one_field_can_be_checked_alone() -> None:
    assert check_field("desk.site", "  桃花园 ") == "桃花园"
    for field, code in (
        ("desk.nothing", Code.SETTINGS_UNKNOWN_KEY),
        ("nothing.id", Code.SETTINGS_UNKNOWN_KEY),
        ("nothing", Code.SETTINGS_UNKNOWN_KEY),
    ):
        with pytest.raises(InputInvalid) as caught:
            check_field(field, "x")
        assert caught.value.code is code


def test_what_is_saved_reads_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    settings = parse(WHOLE.encode())
    save(settings, path)
    assert load(path) == settings
    assert path.read_text("utf-8").startswith(f"version = {VERSION}\n")
    save(Settings(), path)
    assert load(path) == Settings()
    assert [item.name for item in tmp_path.iterdir()] == ["station.toml"]


@given(site=st.text(max_size=70), hours=st.integers(-5, 30), days=st.integers(-5, 4000))
def test_any_desk_is_saved_faithfully_or_refused(
    tmp_path_factory: pytest.TempPathFactory, site: str, hours: int, days: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "faithful.toml"
    desk = Desk(site=site, checkout_time=f"{hours:02}:00", max_stay_days=days)
    if not (0 <= hours < 24 and 1 <= days <= 3650):
        with pytest.raises(InputInvalid):
            save(Settings(desk=desk), path)
        return
    try:
        save(Settings(desk=desk), path)
    except InputInvalid as error:
        refused_field = error.context["field"]
    else:
        refused_field = ""
        assert load(path).desk == msgspec.structs.replace(desk, site=tidied(site))
    assert (refused_field == "desk.site") is (tidied(site) is None)


def test_a_save_that_cannot_be_finished_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    save(parse(WHOLE.encode()), path)
    before = path.read_bytes()
    with pytest.raises(InputInvalid) as bad:
        save(Settings(desk=Desk(id="")), path)
    assert bad.value.code is Code.SETTINGS_FIELD
    blocked = tmp_path / "folder"
    blocked.mkdir()
    with pytest.raises(InputInvalid) as caught:
        save(Settings(), blocked)
    assert caught.value.code is Code.FILE_UNWRITABLE
    assert path.read_bytes() == before
    assert {item.name for item in tmp_path.iterdir()} == {"station.toml", "folder"}


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX")
def test_the_saved_file_is_for_this_user_alone(tmp_path: Path) -> None:
    save(Settings(), tmp_path / "station.toml")
    assert (tmp_path / "station.toml").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid) as caught:
        load(tmp_path)
    assert caught.value.code is Code.FILE_UNREADABLE
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * 1_000_001)
    with pytest.raises(InputInvalid) as too_large:
        load(huge)
    assert facts(too_large.value) == {
        "code": Code.FILE_UNREADABLE,
        "path": str(huge),
        "why": "too_large",
    }
