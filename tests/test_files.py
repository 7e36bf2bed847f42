"""Small files are written whole or not at all, also while another program reads them."""

import threading
from pathlib import Path

import pytest

from station.errors import Code, InputInvalid
from station.files import write_atomically
from tests.systems import WINDOWS


def test_what_was_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert write_atomically(path, b"one", replace=False)
    assert not write_atomically(path, b"two", replace=False)
    assert path.read_bytes() == b"one"
    assert write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_reader_is_waited_for(tmp_path: Path) -> None:
    """Windows replaces no file that is open."""
    path = tmp_path / "file"
    path.write_bytes(b"one")
    reader = path.open("rb")
    timer = threading.Timer(0.3, reader.close)
    timer.start()
    assert write_atomically(path, b"two")
    timer.join()
    assert path.read_bytes() == b"two"


@pytest.mark.skipif(not WINDOWS, reason="an open file is in nobody's way")
def test_a_reader_who_stays_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    with path.open("rb"), pytest.raises(InputInvalid) as caught:
        write_atomically(path, b"two")
    assert caught.value.code is Code.FILE_UNWRITABLE
    assert path.read_bytes() == b"one"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
