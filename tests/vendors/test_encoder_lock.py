"""The encoder's lock between programs: real processes, one of them killed."""

import subprocess
import sys
from pathlib import Path

import pytest

from station.errors import Code, InputInvalid, Refused
from station.vendors.door_lock.lock import EncoderLock

HOLDER = """
import sys
from pathlib import Path
from station.vendors.door_lock.lock import EncoderLock
with EncoderLock(Path(sys.argv[1])).hold():
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_another_program_holds_it_until_it_ends_or_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "encoder.lock"
    mine = EncoderLock(path, wait_s=0.05)
    for kill in (False, True):
        with subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as other:
            assert other.stdout is not None
            assert other.stdin is not None
            assert other.stdout.readline() == "held\n"
            with pytest.raises(Refused) as info, mine.hold():
                pass
            assert info.value.code is Code.ENCODER_BUSY
            if kill:
                other.kill()
            else:
                other.stdin.write("\n")
                other.stdin.flush()
            other.wait(20)
        with mine.hold():
            pass


def test_a_lock_that_cannot_be_made_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "encoder.lock"
    with pytest.raises(InputInvalid) as info, EncoderLock(path, wait_s=0.05).hold():
        pass
    assert info.value.code is Code.FILE_UNWRITABLE
    assert info.value.context["path"] == str(path)


def test_without_a_path_threads_still_take_turns() -> None:
    lock = EncoderLock(None, wait_s=0.05)
    with lock.hold(), pytest.raises(Refused), lock.hold():
        pass
    with lock.hold():
        pass
