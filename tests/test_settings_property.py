"""`[property]` of `station.toml`: its keys, defaults and rules."""

import msgspec
import pytest

from station.errors import Code, InputInvalid
from station.settings import Property, parse


def test_every_key_is_read() -> None:
    settings = parse(
        b'[property]\nurl = "https://homes.example/api/v1/"\ncommunity_id = " 10002 "\n'
        b'houses_max_age_hours = 6\nbody = "form"\nconnect_timeout_s = 2.5\n'
        b'read_timeout_s = 40\nca_file = "r.pem"'
    )
    assert settings.property == Property(
        url="https://homes.example/api/v1",
        community_id="10002",
        houses_max_age_hours=6,
        body="form",
        connect_timeout_s=2.5,
        read_timeout_s=40,
        ca_file="r.pem",
    )


def test_the_defaults_are_those_of_the_documentation() -> None:
    assert msgspec.to_builtins(parse(b"[property]").property) == {
        "url": "https://tc.mg.cool/api/v1",
        "community_id": "",
        "houses_max_age_hours": 24,
        "body": "json",
        "connect_timeout_s": 5,
        "read_timeout_s": 15,
        "ca_file": "",
    }


@pytest.mark.parametrize(
    ("line", "code", "rule"),
    [
        ('url = "http://homes.example"', Code.URL_NOT_HTTPS, "https"),
        ('url = "homes"', Code.URL_MALFORMED, "url"),
        ("community_id = 10002", Code.SETTINGS_FIELD, "text"),
        (f'community_id = "{"1" * 33}"', Code.SETTINGS_FIELD, "length"),
        ('community_id = "1\\u0000"', Code.SETTINGS_FIELD, "characters"),
        ("houses_max_age_hours = 0", Code.SETTINGS_FIELD, "range"),
        ("houses_max_age_hours = 9000", Code.SETTINGS_FIELD, "range"),
        ("houses_max_age_hours = 1.5", Code.SETTINGS_FIELD, "whole_number"),
        ('body = "xml"', Code.SETTINGS_FIELD, "choice"),
        ("connect_timeout_s = 0", Code.SETTINGS_FIELD, "range"),
        ("read_timeout_s = 301", Code.SETTINGS_FIELD, "range"),
        ("read_timeout_s = nan", Code.SETTINGS_FIELD, "range"),
    ],
)
def test_a_value_against_its_rule_is_named(line: str, code: Code, rule: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse(f"[property]\n{line}\n".encode())
    assert caught.value.code is code
    assert caught.value.context["field"] == f"property.{line.split()[0]}"
    assert caught.value.context["rule"] == rule


def test_the_token_is_not_a_setting() -> None:
    with pytest.raises(InputInvalid) as caught:
        parse(b'[property]\ntoken = "demo-token"\n')
    assert caught.value.code is Code.SETTINGS_SECRET_INSIDE
    assert "demo-token" not in str(caught.value)
