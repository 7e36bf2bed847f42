"""Values of `station.toml` that have a form of their own: addresses, and the signers of Kexin."""

import pytest

from station.errors import Code, InputInvalid
from station.settings import check_field, parse


@pytest.mark.parametrize(
    "url", ["https://user:hunter2@h/", "https://:hunter2@h/", "https://user:@h/"]
)
def test_a_password_in_an_address_is_a_secret(url: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse(f"[kexin]\nurl = '{url}'\napp_id = 'a'".encode())
    assert caught.value.code is Code.SETTINGS_SECRET_INSIDE
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:19952",
        "http://127.9.9.9",
        "http://localhost:1",
        "http://[::1]:80/x",
        "https://10.0.0.5:8443/api",
        "https://xn--fiqs8s.example/1.0",
    ],
)
def test_addresses_that_are_taken(url: str) -> None:
    assert check_field("door_lock.url", url) == url


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.0.0.5", Code.URL_NOT_HTTPS),
        ("http://127.evil.example", Code.URL_NOT_HTTPS),
        ("http://localhost.evil.example", Code.URL_NOT_HTTPS),
        ("http://128.0.0.1", Code.URL_NOT_HTTPS),
        ("http://0.0.0.0", Code.URL_NOT_HTTPS),
        ("", Code.URL_MALFORMED),
        ("ftp://h", Code.URL_MALFORMED),
        ("https://", Code.URL_MALFORMED),
        ("https:///x", Code.URL_MALFORMED),
        ("https://h:99999", Code.URL_MALFORMED),
        ("https://h:x", Code.URL_MALFORMED),
        ("https://h:0", Code.URL_MALFORMED),
        ("https://[::1", Code.URL_MALFORMED),
        ("https://h h/", Code.URL_MALFORMED),
        ("https://h\n/", Code.URL_MALFORMED),
        ("https://h/?a=1", Code.URL_MALFORMED),
        ("https://h/#a", Code.URL_MALFORMED),
        ("https://user@h/", Code.URL_MALFORMED),
        ("https://酒店.example", Code.URL_MALFORMED),
        ("https://" + "h" * 300, Code.URL_MALFORMED),
        ("127.0.0.1:19952", Code.URL_MALFORMED),
    ],
)
def test_addresses_that_are_not_taken(url: str, code: Code) -> None:
    with pytest.raises(InputInvalid) as caught:
        check_field("door_lock.url", url)
    assert (caught.value.code, caught.value.context["field"]) == (code, "door_lock.url")


@pytest.mark.parametrize(
    "signer", ["", "a:b", "a.b_c:d1", "python:a.b:c", "entry:my-site.2", "command:/bin/sign --to x"]
)
def test_signers_that_are_taken(signer: str) -> None:
    assert check_field("kexin.signer", signer) == signer


@pytest.mark.parametrize(
    "signer",
    ["nope", "a.b", ":f", "a:b:c", "entry:", "command: ", "a b:c", "a:1", "a:b\nc", "x" * 999],
)
def test_signers_that_are_not_taken(signer: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        check_field("kexin.signer", signer)
    assert caught.value.code is Code.SETTINGS_FIELD
    assert caught.value.context["rule"] in ("signer", "characters")
