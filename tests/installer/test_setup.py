"""The setup is made the same each time, and names exactly the files of the program."""

import hashlib
import os
import shutil
from pathlib import Path, PurePosixPath

import pytest

from installer.windows import signing
from installer.windows.setup import contents, macros, make_setup
from installer.windows.wine import Failed
from tests.installer.conftest import need

EPOCH = 1_700_000_000


def small_bundle(folder: Path) -> Path:
    """A folder with what a setup needs; none of it can run."""
    (folder / "_internal" / "b").mkdir(parents=True)
    for name in ("station.exe", "CardStation.exe", "_internal/z.dll", "_internal/b/a.txt"):
        (folder / name).write_bytes(name.encode())
    return folder


def test_programs_come_last_and_folders_first(tmp_path: Path) -> None:
    files, folders = contents(small_bundle(tmp_path))
    assert [str(path) for path in files] == [
        *("_internal/b/a.txt", "_internal/z.dll"),
        *("CardStation.exe", "station.exe"),
    ]
    assert [str(path) for path in folders] == ["_internal", "_internal/b"]


def test_names_are_written_for_both_sides() -> None:
    text = macros([PurePosixPath("_internal/$a.txt")], [PurePosixPath("_internal")])
    assert '  !insertmacro ${DO} "_internal\\$$a.txt" "_internal/$a.txt"' in text
    assert text.count("!macro Each") == 4


@pytest.mark.parametrize("name", ['a"b', "a`b", "a\nb", "a*b", "${a}"])
def test_a_name_that_would_be_read_as_more(name: str) -> None:
    with pytest.raises(Failed, match="cannot hold a file"):
        macros([PurePosixPath(name)], [])


@pytest.mark.parametrize("version", ["1.2", "1.2.3.4", "1.2.3rc1", "1.2.x", ""])
def test_a_version_is_three_numbers(tmp_path: Path, version: str) -> None:
    with pytest.raises(Failed, match="no version"):
        make_setup(small_bundle(tmp_path / "bundle"), version, tmp_path / "Desk-setup.exe")


def test_a_bundle_without_a_program(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "bundle")
    (bundle / "station.exe").unlink()
    with pytest.raises(Failed, match=r"lacks station\.exe"):
        make_setup(bundle, "1.2.3", tmp_path / "Desk-setup.exe")


@pytest.mark.wine("CreateSymbolicLink answers well and makes nothing")
def test_a_link_in_the_bundle(tmp_path: Path) -> None:
    bundle = small_bundle(tmp_path / "bundle")
    (bundle / "_internal" / "link").symlink_to("z.dll")
    with pytest.raises(Failed, match="links"):
        make_setup(bundle, "1.2.3", tmp_path / "Desk-setup.exe")


def test_two_setups_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    """Whatever the order and the times of the files on the disk."""
    need("makensis")
    first = small_bundle(tmp_path / "first")
    second = tmp_path / "elsewhere" / "second"
    second.mkdir(parents=True)
    for path in sorted(first.rglob("*"), reverse=True):
        target = second / path.relative_to(first)
        if path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    os.utime(second / "station.exe", (1, 1))
    made = [
        make_setup(bundle, "1.2.3", tmp_path / str(number) / "Desk-setup.exe", epoch=EPOCH)
        for number, bundle in enumerate((first, second))
    ]
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in made}
    assert len(digests) == 1
    later = make_setup(first, "1.2.3", tmp_path / "later.exe", epoch=EPOCH + 1000)
    assert later.read_bytes() != made[0].read_bytes(), "the comparison would see a difference"


def test_signed_with_one_certificate_and_time_they_are_the_same(tmp_path: Path) -> None:
    need("osslsigncode")
    certificate = signing.find_certificate({}, tmp_path / "kept")
    made = [tmp_path / "0.exe", tmp_path / "1.exe"]
    for path in made:
        make_setup(small_bundle(tmp_path / path.stem), "1.2.3", path, epoch=EPOCH)
        signing.sign(path, certificate, EPOCH)
    assert made[0].read_bytes() == made[1].read_bytes()


def test_what_makensis_says_is_told(tmp_path: Path) -> None:
    need("makensis")
    bundle = small_bundle(tmp_path / "bundle")
    with pytest.raises(Failed, match="ended with 1"):
        make_setup(bundle, "1.2.3", tmp_path / "Desk-setup.exe", sign=["false"], epoch=EPOCH)
