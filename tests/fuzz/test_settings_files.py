"""Settings files of every kind of nonsense: always settings, or an error of ours."""

import string
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from station.errors import InputInvalid
from station.settings import PARTS, Settings, load, parse

CORPUS: tuple[bytes, ...] = (
    b"",
    b"\x00",
    b"\xff\xfe[\x00d\x00",
    b"\xef\xbb\xbf",
    b"[desk]\r\nsite = 'a'\r\n",
    b"[desk]\rsite = 'a'",
    b"desk.site = 'a'",
    b"desk = { site = 'a' }",
    b"'desk'.'site' = '''a\nb'''",
    b"[desk.site]",
    b"[desk]\nsite = 1979-05-27T07:32:00Z",
    b"[desk]\nsite = 1979-99-99",
    b"[desk]\nmax_stay_days = 0xFFFFFFFFFFFFFFFFFFFFFFFF",
    b"[desk]\nmax_stay_days = -0",
    b"[door_lock]\nappid='a'\nread_timeout_s = 1e400",
    b"[door_lock]\nappid='a'\nurl='https://[v1.x]/'",
    b"[door_lock]\nappid='a'\nurl='http://2130706433/'",
    b"[door_lock]\nappid='a'\nurl='https://[::1%25eth0]/'",
    b"[[desk]]\nsite='a'\n[[desk]]\nsite='b'",
    b"x = " + b"[" * 100_000,
    b"x = " + b"{a=" * 100_000,
    b"x" + b".x" * 10_000 + b" = 1",
    b"[desk]\n" + b"id = 'a'\n" * 1000,
    "[desk]\nsite = '\u202e\u0000'".encode(),
    b'[desk]\nsite = "\'; DROP TABLE event; --"',
    b'[desk]\nsite = "\\ud800"',
    b"[desk]\ntime_zone = 'CON'",
    b"[desk]\ntime_zone = '" + b"a" * 5000 + b"'",
    b"[desk]\ntime_zone = 'a\\u0000b'",
    b'[desk]\ntime_zone = "a\\u0000b"',
    b'[journal]\npath = "\\u0000"',
    b"version = 99999999999999999999999999",
)

_keys = st.sampled_from(
    sorted({name for part in PARTS.values() for name in part.__struct_fields__} | {*PARTS, "pin"})
) | st.text(string.printable, max_size=12)
_values: st.SearchStrategy[Any] = st.recursive(
    st.text(max_size=20)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.sampled_from(["auto", "12:00", "https://h", "http://127.0.0.1", "zh_CN", "a:b", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=5,
)
_documents = st.dictionaries(
    st.sampled_from([*PARTS, "version"]) | _keys,
    st.dictionaries(_keys, _values, max_size=5) | _values,
    max_size=4,
)
_likely = st.fixed_dictionaries(
    {},
    optional={
        name: st.fixed_dictionaries({}, optional=dict.fromkeys(part.__struct_fields__, _values))
        for name, part in PARTS.items()
    },
)


def settings_or_our_error(raw: bytes) -> None:
    with suppress(InputInvalid):
        assert isinstance(parse(raw), Settings)


def test_the_corpus(tmp_path: Path) -> None:
    for number, raw in enumerate(CORPUS):
        settings_or_our_error(raw)
        path = tmp_path / f"{number}.toml"
        path.write_bytes(raw)
        with suppress(InputInvalid):
            assert isinstance(load(path), Settings)


@settings(max_examples=1500)
@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    settings_or_our_error(raw)


@settings(max_examples=1500)
@given(_documents)
def test_any_document(document: dict[str, Any]) -> None:
    try:
        raw = tomli_w.dumps(document).encode()
    except (ValueError, TypeError, UnicodeEncodeError):
        return
    settings_or_our_error(raw)


@settings(max_examples=1500)
@given(_likely)
def test_known_keys_with_any_values(document: dict[str, Any]) -> None:
    try:
        raw = tomli_w.dumps(document).encode()
    except (ValueError, TypeError, UnicodeEncodeError):
        return
    settings_or_our_error(raw)


@settings(max_examples=1500)
@given(st.sampled_from(CORPUS[4:19]), st.data())
def test_flipped_and_cut_files(raw: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, max(len(raw) - 1, 0)))
    byte = data.draw(st.binary(max_size=3))
    settings_or_our_error(raw[:place] + byte + raw[place + data.draw(st.integers(0, 3)) :])
