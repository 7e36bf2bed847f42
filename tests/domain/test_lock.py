"""What may be sent to a lock: passcodes, slots, pictures, templates; and what a low battery is."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.lock import (
    MAX_PICTURE,
    MAX_TEMPLATE,
    LockReading,
    Picture,
    PictureKind,
    check_passcode,
    check_picture,
    check_slot,
    check_template,
)
from station.errors import Code, InputInvalid
from tests.vendors.pictures import jpg, png, segment


@pytest.mark.parametrize("code", ["123456", "0000000000", "0356241"])
def test_passcodes_that_are_taken(code: str) -> None:
    assert check_passcode(code) == code


@pytest.mark.parametrize(
    "code", ["", "12345", "12345678901", "12345a", "１２３４５６", "12 456", " 123456", "-12345"]
)
def test_a_passcode_has_6_to_10_digits_and_is_never_quoted(code: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        check_passcode(code)
    assert caught.value.code is Code.PASSCODE_MALFORMED
    assert caught.value.context == {"field": "passcode", "low": 6, "high": 10}


def test_slots() -> None:
    assert [check_slot(slot) for slot in (1, 25, 49)] == [1, 25, 49]
    for slot in (0, 50, -1, True, 10**9):
        with pytest.raises(InputInvalid) as caught:
            check_slot(slot)
        assert caught.value.context == {"field": "slot", "low": 1, "high": 49}


@pytest.mark.parametrize(
    ("picture", "found"),
    [
        (png(), Picture(PictureKind.PNG, 3, 2)),
        (jpg(), Picture(PictureKind.JPG, 320, 240)),
        (jpg(frame=0xC2), Picture(PictureKind.JPG, 320, 240)),
        (jpg(before=segment(0xC4, b"\0" * 30)), Picture(PictureKind.JPG, 320, 240)),
        (
            jpg(before=b"\xff\xff\xff" + segment(0xE1, b"Exif")[1:]),
            Picture(PictureKind.JPG, 320, 240),
        ),
        (jpg(before=b"\xff\x01"), Picture(PictureKind.JPG, 320, 240)),
        (jpg(10_000, 1), Picture(PictureKind.JPG, 10_000, 1)),
        (png() + b"\0" * (MAX_PICTURE - len(png())), Picture(PictureKind.PNG, 3, 2)),
    ],
)
def test_pictures_that_are_taken(picture: bytes, found: Picture) -> None:
    assert check_picture(picture) == found


ODD = {
    "empty": b"",
    "a text": b"a picture of a face",
    "a GIF": b"GIF89a\1\0\1\0\0\0\0;",
    "a BMP": b"BM" + b"\0" * 60,
    "a web page": b"<html><img src=x></html>",
    "only PNG's signature": png()[:8],
    "PNG cut in its header": png()[:30],
    "PNG without IHDR": png().replace(b"IHDR", b"IDAT"),
    "PNG with a long IHDR": png()[:8] + struct.pack(">I", 99) + png()[12:],
    "PNG without width": png(0, 5),
    "only JPG's mark": b"\xff\xd8\xff",
    "JPG without a frame": b"\xff\xd8" + segment(0xE0, b"JFIF") + b"\xff\xd9",
    "JPG that scans before its frame": b"\xff\xd8" + segment(0xDA, b"\0" * 9) + jpg()[2:],
    "JPG cut in its frame": jpg()[:24],
    "JPG with a short frame": b"\xff\xd8" + segment(0xC0, b"\x08\0") + b"\0" * 9,
    "JPG whose segment has no length": b"\xff\xd8\xff\xe0\0\0\0\0\0\0",
    "JPG whose segment is longer than it": b"\xff\xd8\xff\xe0\xff\xff\0\0",
    "JPG without height": jpg(5, 0),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_picture(name: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        check_picture(ODD[name])
    assert caught.value.code is Code.PICTURE_MALFORMED
    assert caught.value.context == {"field": "picture"}


@pytest.mark.parametrize("picture", [png() + b"\0" * MAX_PICTURE, jpg(10_001, 5), png(1, 20_000)])
def test_pictures_that_are_too_large(picture: bytes) -> None:
    with pytest.raises(InputInvalid) as caught:
        check_picture(picture)
    assert caught.value.code is Code.PICTURE_TOO_LARGE
    assert (caught.value.context["limit"], caught.value.context["pixels"]) == (2048, 10_000)


@given(st.sampled_from([b"", b"\xff\xd8\xff", png()[:8], jpg(), png()]), st.binary(max_size=60))
def test_any_bytes_are_a_picture_or_refused(start: bytes, rest: bytes) -> None:
    try:
        found = check_picture(start + rest)
    except InputInvalid as error:
        assert error.code in (Code.PICTURE_MALFORMED, Code.PICTURE_TOO_LARGE)
    else:
        assert 0 < found.width <= 10_000
        assert 0 < found.height <= 10_000


def test_templates() -> None:
    assert check_template(b"\xab") == b"\xab"
    assert len(check_template(b"a" * MAX_TEMPLATE)) == MAX_TEMPLATE
    for template in (b"", b"a" * (MAX_TEMPLATE + 1)):
        with pytest.raises(InputInvalid) as caught:
            check_template(template)
        assert caught.value.code is Code.TEMPLATE_MALFORMED
        assert caught.value.context == {"field": "template", "low": 1, "high": 4096}


@pytest.mark.parametrize(("battery", "low"), [(None, False), (20, False), (19, True), (0, True)])
def test_a_battery_below_20_percent_is_low(battery: int | None, low: bool) -> None:
    assert LockReading(battery).is_low is low
