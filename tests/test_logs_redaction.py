"""Redaction: secrets, tokens, names and numbers in fields and in free text, and nothing else."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from station import logs

NAME, MOBILE = "张三", "13800000001"


@pytest.fixture(autouse=True)
def _no_secret_known_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests' clients have made secrets known, some of them ordinary words."""
    monkeypatch.setattr(logs, "_known_secrets", set())


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET /1.0/x?access_token=abc123&y=1", "abc123"),
        ("url: /get_access_token?app_id=A77&secret=S88 HTTP/1.1", "A77"),
        ("url: /get_access_token?app_id=A77&secret=S88 HTTP/1.1", "S88"),
        ("{'appsecret': 'S88', 'rm_id': '1'}", "S88"),
        ('{"appsecret":"S88"}', "S88"),
        ('{\\"appsecret\\":\\"S88\\"}', "S88"),
        ("appid=A77", "A77"),
        ("APPID = A77", "A77"),
        ("sign: 9f86d081", "9f86d081"),
        ("pwd=123456", "123456"),
        ("pass=hunter2;", "hunter2"),
        ("muid='0356241'", "0356241"),
        ("hexs=ab-cd-ef", "ab-cd-ef"),
        ("Authorization: Bearer eyJhbGciOi.J9", "eyJhbGciOi"),
        ("authorization=Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("use Bearer eyJhbGciOiJ9 now", "eyJhbGciOiJ9"),
        ("base64 " + "QUJD" * 60, "QUJDQUJD"),
        ("name=张三 tried", "张三"),
        ("Person(name='张三', mobile='13800000001')", "张三"),
        ("mobile 13800000001", "13800000001"),
        ("手机号13800000001找不到", "13800000001"),
        ("+8613800000001", "13800000001"),
        ("0086 138 0000 0001", "138 0000 0001"),
        ("138-0000-0001", "138-0000-0001"),
        ("a\\n13800000001", "13800000001"),
        ("\\u623713800000001", "13800000001"),
        ("%E5%8F%B713800000001", "13800000001"),
        ("13800000001,13800000002", "13800000002"),
        ("id 110101199003070003.", "110101199003070003"),
        ("id 11010119900307003X", "11010119900307003X"),
        ("id 11010119900307003x", "11010119900307003x"),
        ("old id 110101900307003", "110101900307003"),
        ("身份证110101199003070003号", "110101199003070003"),
    ],
)
def test_free_text_is_redacted(text: str, secret: str) -> None:
    assert secret not in logs.redact_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "room 775032240849920 written",
        "rm_id=775032199003070",
        "'rm_id': '110101199003070003'",
        '"room_id": 110101900307003',
        "card 03F56240, uid 04A1B2C3D4E5F6",
        "uid 04A13800000001",
        "d2 1702979380980",
        "2026-07-23 14:20:00 rm_name=1-101",
        "a1" * 32,
        "filename=x.log hostname=desk-1",
    ],
)
def test_what_technicians_need_stays(text: str) -> None:
    assert logs.redact_text(text) == text


def test_fields_are_redacted_by_name() -> None:
    fields = {
        "appid": "A77",
        "Sign": "x",
        "name": NAME,
        "mobile": int(MOBILE),
        "rm_id": "110101199003070003",
        "card_no": "0x1380000000",
        "msg": f"ok {MOBILE}",
        "list": [{"pwd": "1"}, (MOBILE,)],
        "secret": "",
        "flag": True,
        "none": None,
        "number": 5,
        "long": "x " * 400,
        "errmsg": "x " * 400,
        "remark": "anything",
    }
    shown = logs.redact(fields)
    assert shown["appid"] == shown["Sign"] == shown["name"] == shown["mobile"] == "***"
    assert shown["rm_id"] == fields["rm_id"]
    assert shown["card_no"] == fields["card_no"]
    assert shown["msg"] == "ok ***"
    assert shown["list"] == [{"pwd": "***"}, ["(11 characters)"]]
    assert shown["secret"] == ""
    assert (shown["flag"], shown["none"], shown["number"]) == (True, None, 5)
    assert shown["errmsg"].endswith("… 800 characters")
    assert shown["long"] == "(800 characters)"
    assert shown["remark"] == "(8 characters)"
    assert len(logs.redact(list(range(10_000)))) == 21


def test_a_secret_once_known_is_hidden_for_good() -> None:
    logs.hide("PR0PER-one", "short")
    assert logs.redact_text("a PR0PER-one here, a short there") == "a *** here, a short there"
    assert logs.redact({"msg": "PR0PER-one"}) == {"msg": "***"}


def test_a_secret_that_is_an_ordinary_word_does_not_open_others() -> None:
    logs.hide("secret", "appsecret", "password")
    assert logs.redact({"secret": "S88", "appsecret": "S88"}) == {
        "secret": "***",
        "appsecret": "***",
    }
    for text in ("secret=S88", "{'appsecret': 'S88'}", "password: S88"):
        assert "S88" not in logs.redact_text(text)


def test_known_values_go_wherever_they_stand() -> None:
    assert logs.redact_text("用户张三丰不在", ["张三丰", "张三"]) == "用户***不在"
    assert logs.redact_text("a1", ["a", ""]) == "a1"


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_mobile_number_never_survives(before: str, after: str) -> None:
    """Whatever stands around it, unless digits or hex letters make another number of it."""
    hexed = "0123456789abcdefABCDEF"
    assume(not before or before[-1] not in hexed)
    assume(not after[:1].isdigit())
    assert MOBILE not in logs.redact_text(f"{before}{MOBILE}{after}")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_redaction_never_fails(value: object) -> None:
    logs.redact({"a": value, "name": value, "rm_id": value})
