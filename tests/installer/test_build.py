"""The steps of the Windows build that need neither Wine nor the package index."""

import json
import struct
import zipfile
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from installer.windows import closure, fetched, icon, interpreter, licences, sbom, summary, wheels
from installer.windows.version_info import write_version_info
from installer.windows.wine import Failed

X64 = Path(pytest.importorskip("setuptools").__file__).with_name("cli-64.exe")
X86 = X64.with_name("cli-32.exe")


def wheel(folder: Path, name: str, metadata: dict[str, str], *modules: str) -> wheels.Wheel:
    """A wheel as the index would give it."""
    stem = name.replace("-", "_")
    path = folder / f"{stem}-1.0-py3-none-any.whl"
    lines = "".join(f"{key}: {value}\n" for key, value in metadata.items())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{stem}-1.0.dist-info/METADATA", f"Name: {name}\nVersion: 1.0\n{lines}\n")
        archive.writestr(f"{stem}-1.0.dist-info/licenses/LICENSE", f"licence of {name}")
        for module in modules:
            archive.writestr(module, "")
    return wheels.Wheel(name, "1.0", path, wheels.metadata_of(path))


def test_every_pin_has_a_version_and_hashes_and_no_marker() -> None:
    pins = fetched.pinned()
    assert {"pyside6-essentials", "pyinstaller", "pywin32-ctypes", "tzdata"} <= set(pins)
    for name, block in pins.items():
        assert fetched.version_of(block), name
        assert "--hash=sha256:" in block, name
        assert ";" not in block, name


def test_what_only_windows_needs_is_needed() -> None:
    named = {one.name for one in wheels.roots() if one.marker is None or "win32" in str(one.marker)}
    assert {"PySide6-Essentials", "tzdata", "psycopg", "flask", "pyscard"} <= named
    assert "pytest" not in named


def test_markers_are_answered_for_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path, "one", {"Requires-Dist": 'two ; sys_platform == "win32"'})
    wheel(tmp_path, "two", {"Requires-Dist": 'three ; sys_platform == "linux"'})
    monkeypatch.setattr(wheels, "pinned", lambda: {"one": "one==1.0 \\", "two": "two==1.0 \\"})
    assert set(wheels.closure([Requirement("one")], tmp_path)) == {"one", "two"}


def test_an_extra_that_is_asked_for_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(tmp_path, "one", {"Requires-Dist": 'two ; extra == "more"'})
    wheel(tmp_path, "two", {})
    monkeypatch.setattr(wheels, "pinned", lambda: {"one": "one==1.0 \\", "two": "two==1.0 \\"})
    assert set(wheels.closure([Requirement("one")], tmp_path)) == {"one"}
    assert set(wheels.closure([Requirement("one[more]")], tmp_path)) == {"one", "two"}


def test_what_is_not_pinned_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"does not pin nothing-like-it"):
        wheels.closure([Requirement("nothing-like-it")], tmp_path)


def test_a_missing_library_is_found_and_who_wants_it(tmp_path: Path) -> None:
    (tmp_path / "program.exe").write_bytes(X64.read_bytes())
    assert closure.look(tmp_path).missing == {"vcruntime140.dll": ["program.exe"]}
    (tmp_path / "VCRUNTIME140.dll").write_bytes(X64.read_bytes())  # here it has what it wants
    assert closure.look(tmp_path).ok
    # The same program, asking for a library that nobody has.
    changed = X64.read_bytes().replace(b"KERNEL32.dll", b"KERNEL77.dll")
    assert changed != X64.read_bytes()
    (tmp_path / "other.exe").write_bytes(changed)
    found = closure.look(tmp_path)
    assert found.missing == {"kernel77.dll": ["other.exe"]}
    assert "missing: kernel77.dll, for other.exe" in found.sentence()
    (tmp_path / "Kernel77.DLL").write_bytes(X64.read_bytes())
    assert closure.look(tmp_path).ok


def test_another_processors_library_and_wines_own_are_found(tmp_path: Path) -> None:
    (tmp_path / "narrow.dll").write_bytes(X86.read_bytes())
    data = bytearray(X64.read_bytes())
    data[0x40:0x50] = b"Wine builtin DLL"
    (tmp_path / "wine.dll").write_bytes(data)
    (tmp_path / "text.pyd").write_text("no library at all")
    assert closure.look(tmp_path).foreign == ["narrow.dll", "text.pyd", "wine.dll"]


def test_an_empty_folder_is_no_program(tmp_path: Path) -> None:
    assert not closure.look(tmp_path).ok


@pytest.mark.parametrize(
    "licence",
    ["MIT", "BSD-3-Clause", "Apache-2.0 OR BSD-2-Clause", "LGPL-3.0-only OR GPL-2.0-only"],
)
def test_a_licence_that_may_be_shipped(tmp_path: Path, licence: str) -> None:
    assert licences.check(wheel(tmp_path, "one", {"License-Expression": licence})) == licence


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0-or-later", "", "Proprietary"])
def test_a_licence_that_may_not(tmp_path: Path, licence: str) -> None:
    with pytest.raises(Failed, match=r"one 1\.0 may not be shipped"):
        licences.check(wheel(tmp_path, "one", {"License-Expression": licence}))


def test_every_licence_text_is_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "LICENSE.txt").write_text("licence of the interpreter")
    made = [wheel(tmp_path, name, {"License": "MIT"}) for name in ("one", "two")]
    licences.collect(made, tmp_path, tmp_path / "out" / "LICENCES.txt")
    text = (tmp_path / "out" / "LICENCES.txt").read_text("utf-8")
    for part in ("licence of one", "licence of two", "licence of the interpreter", "Lucide"):
        assert part in text


def test_the_bill_names_what_is_shipped_and_nothing_else(tmp_path: Path) -> None:
    shipped = wheel(tmp_path, "one", {"License-Expression": "MIT"}, "one/__init__.py")
    pure = wheel(tmp_path, "two", {"License-Expression": "MIT"}, "second.py")
    unused = wheel(tmp_path, "three", {"License-Expression": "MIT"}, "third/__init__.py")
    (tmp_path / "bundle" / "_internal" / "one").mkdir(parents=True)
    parts = sbom.shipped([shipped, pure, unused], tmp_path / "bundle", ["second", "os.path"])
    assert parts == [shipped, pure]
    files = tmp_path / "a.json", tmp_path / "b.json"
    for file in files:
        assert sbom.write_sbom(parts, "1.2.3", "3.11.9", "6.22.3", file) == 4
    bill = json.loads(files[0].read_text("utf-8"))
    assert bill["specVersion"] == "1.6"
    assert {part["name"] for part in bill["components"]} == {
        *("one", "two", "cpython", "pyinstaller-bootloader"),
    }
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_icon_has_every_size(tmp_path: Path) -> None:
    icon.write_icon(tmp_path / "a.ico")
    data = (tmp_path / "a.ico").read_bytes()
    assert struct.unpack_from("<HHH", data) == (0, 1, len(icon.SIZES))
    for number, size in enumerate(icon.SIZES):
        side, _, _, _, _, bits, length, offset = struct.unpack_from(
            "<BBBBHHII", data, 6 + 16 * number
        )
        assert (side or 256, bits) == (size, 32)
        picture = data[offset : offset + length]
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">II", picture[16:24]) == (size, size)


def test_the_forwarder_forwards_each_name() -> None:
    exports = "LIBRARY python311.dll\nEXPORTS\nPy_Main\nPy_None DATA ; comment\n; nothing\n"
    lines = interpreter.forwarder(exports).splitlines()
    assert lines == [
        *("LIBRARY python3.dll", "EXPORTS", "Py_Main=python311.Py_Main"),
        "Py_None=python311.Py_None DATA",
    ]


def test_version_information_is_what_the_packer_reads(tmp_path: Path) -> None:
    write_version_info(tmp_path / "a.txt", "1.2.3", "Card Station", "station.exe")
    text = (tmp_path / "a.txt").read_text("utf-8")
    assert "filevers=(1, 2, 3, 0)" in text
    compile(text, "version", "eval")


def test_two_folders_differ_by_what_is_in_them(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name / "in").mkdir(parents=True)
        (tmp_path / name / "in" / "same").write_text("same")
    assert summary.differing(tmp_path / "a", tmp_path / "b") == []
    (tmp_path / "a" / "in" / "same").write_text("Same")
    (tmp_path / "b" / "more").write_text("")
    assert summary.differing(tmp_path / "a", tmp_path / "b") == ["in/same", "more"]


def test_the_packers_list_of_modules_is_read(tmp_path: Path) -> None:
    toc = tmp_path / "pyinstaller" / "station" / "PYZ-00.toc"
    toc.parent.mkdir(parents=True)
    toc.write_text(
        "('C:\\\\PYZ-00.pyz',\n [('PySide6',\n   'C:\\\\a.py',\n   'PYMODULE'),\n"
        "  ('typing_extensions',\n   'C:\\\\b.py',\n   'PYMODULE')])\n"
    )
    assert summary.frozen_modules(tmp_path) == ["PySide6", "typing_extensions"]


def test_the_checksums_are_those_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "setup.exe").write_bytes(b"abc")
    summary.checksums(tmp_path)
    line = (tmp_path / "SHA256SUMS").read_text("utf-8")
    assert line.startswith("ba7816bf8f01cfea414140de5dae2223")
    assert line.endswith("  setup.exe\n")


def test_metadata_without_a_licence_says_nothing() -> None:
    found = wheels.Wheel("one", "1.0", Path("one.whl"), Message())
    assert licences.licence_of(found) == ""
