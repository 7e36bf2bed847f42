"""Names, mobile numbers and reasons: what is accepted, and how people are masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.person import (
    Person,
    mask_mobile,
    mask_name,
    parse_mobile,
    parse_name,
    parse_reason,
)
from station.errors import Code, InputInvalid


@pytest.mark.parametrize(
    ("text", "mobile"),
    [
        ("13800000001", "13800000001"),
        (" 138 0000-0001 ", "13800000001"),
        ("+8613800000001", "13800000001"),
        ("+44 7700 900001", "+447700900001"),
    ],
)
def test_mobile_numbers(text: str, mobile: str) -> None:
    assert parse_mobile(text) == mobile


@pytest.mark.parametrize(
    "text",
    ["", "1380000000", "138000000011", "23800000001", "1380000000x", "１３８００００００01", "+12"],
)
def test_malformed_mobiles_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_mobile(text)
    assert caught.value.code is Code.MOBILE_MALFORMED
    assert caught.value.context == {"field": "mobile"}


@pytest.mark.parametrize(
    "text", ["张三", " 欧阳娜娜 ", "O'Brien-Smith", "Łukasz", "阿依古丽·买买提"]
)
def test_names_of_people_are_accepted(text: str) -> None:
    assert parse_name(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.FIELD_EMPTY),
        ("  ", Code.FIELD_EMPTY),
        ("张" * 33, Code.FIELD_TOO_LONG),
        ("张\n三", Code.FIELD_CHARACTERS),
        ("张\u202e三", Code.FIELD_CHARACTERS),
        ("张\x00三", Code.FIELD_CHARACTERS),
        ("张🙂", Code.FIELD_CHARACTERS),
        ("张\ud800", Code.FIELD_CHARACTERS),
    ],
)
def test_bad_names_name_the_rule(text: str, code: Code) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_name(text)
    assert caught.value.code is code


def test_reasons_are_one_line_of_some_length() -> None:
    assert parse_reason(" 客人换房 ") == "客人换房"
    for bad in ("", "x", "a\nb", "x" * 201):
        with pytest.raises(InputInvalid) as caught:
            parse_reason(bad)
        assert caught.value.context["field"] == "reason"


def test_people_are_masked() -> None:
    assert Person("张三", "13800000001").masked == "张* 138****0001"
    assert mask_name("欧阳娜娜子") == "欧***"
    assert mask_name("李") == "李"
    assert mask_mobile("123") == "***"
    assert Person().masked == ""


@given(st.text(max_size=60))
def test_any_text_is_a_name_or_one_clear_error(text: str) -> None:
    try:
        name = parse_name(text)
    except InputInvalid as error:
        assert error.context["field"] == "name"
    else:
        name.encode()
        assert 1 <= len(name) <= 32
        assert "\n" not in name
