"""Finding what must not be found: a value in every form in which it might lie in a file."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus


def forms(value: str | bytes) -> dict[str, bytes]:
    """The value as it may be written: encodings, escapes, hexadecimal, base64."""
    raw = value if isinstance(value, bytes) else value.encode()
    found = {
        "as it is": raw,
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "reversed": raw[::-1],
        **{f"base64+{shift}": _base64_inside(raw, shift) for shift in range(3)},
    }
    if isinstance(value, str):
        found |= {
            "utf-16-le": value.encode("utf-16-le"),
            "utf-16-be": value.encode("utf-16-be"),
            "quoted": quote(value).encode(),
            "quoted plus": quote_plus(value).encode(),
            "quoted lower": quote(value).lower().encode(),
            "json": json.dumps(value).strip('"').encode(),
            "JSON": json.dumps(value).strip('"').upper().replace("\\U", "\\u").encode(),
        }
        if not value.isascii():
            found["gbk"] = value.encode("gbk")
    return found


def _base64_inside(raw: bytes, shift: int) -> bytes:
    """What a value looks like inside of longer text in base64, wherever it begins."""
    coded = base64.b64encode(b"\0" * shift + raw)
    # the characters at both ends depend on their neighbours too
    return coded[-(-shift * 4 // 3) : len(coded.rstrip(b"=")) - (1 if len(raw) + shift else 0)]


def found_in(data: bytes, value: str | bytes) -> list[str]:
    """The forms of the value that stand in the data."""
    return [name for name, form in forms(value).items() if len(form) >= 4 and form in data]


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """A file's bytes; of an archive (a spreadsheet is one) every file inside of it too."""
    data = path.read_bytes()
    yield path.name, data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield f"{path.name}/{name}", archive.read(name)
