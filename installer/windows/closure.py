"""Checks that a packaged folder has every DLL that its programs ask for, and nothing it must not.

What is neither in the folder nor part of Windows 10 itself would be missing on a desk, where nobody
can mend it. A DLL of Wine's own, or one for another processor, must not have got in.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROGRAMS: Final = (".exe", ".dll", ".pyd")
X64: Final = 0x8664
_OF_WINDOWS: Final = """\
    advapi32 authz avrt bcrypt bcryptprimitives cabinet cfgmgr32 comctl32 comdlg32 credui crypt32
    d2d1 d3d11 d3d12 d3d9 dbghelp dcomp dhcpcsvc dnsapi dwmapi dwrite dxgi gdi32 gdiplus imm32
    iphlpapi kernel32 mpr mscms msi msimg32 msvcrt ncrypt netapi32 ntdll ole32 oleaut32 opengl32
    propsys psapi rpcrt4 secur32 setupapi shcore shell32 shlwapi ucrtbase uiautomationcore user32
    userenv uxtheme version wevtapi winhttp winmm winscard winspool.drv wldap32 wlanapi ws2_32
    wtsapi32"""
OF_WINDOWS: Final = frozenset(_OF_WINDOWS.split())
"""Libraries of Windows 10 1809 itself. `icuuc` is not among them: Qt 6.8 does without."""
_API_SET: Final = re.compile(r"(api|ext)-ms-win-")
_WINES_OWN: Final = (b"Wine builtin DLL", b"Wine placeholder DLL")


@dataclass(slots=True)
class Findings:
    """What is wrong with a folder: library → who asks for it; files that must not be there."""

    programs: int = 0
    missing: dict[str, list[str]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.programs > 0 and not self.missing and not self.foreign

    def sentence(self) -> str:
        lines = [f"{self.programs} programs and libraries looked at"]
        lines += [f"missing: {name}, for {', '.join(by)}" for name, by in self.missing.items()]
        lines += [f"must not be there: {name}" for name in self.foreign]
        return "\n".join(lines)


def look(folder: Path) -> Findings:
    """Look at every program and library in a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    there = {path.name.lower() for path in files}
    found = Findings()
    for path in files:
        if path.suffix.lower() not in PROGRAMS:
            continue
        found.programs += 1
        wanted, fits = _imports(path)
        if not fits:
            found.foreign.append(path.relative_to(folder).as_posix())
        for name in sorted(wanted):
            known = name in there or name.removesuffix(".dll") in OF_WINDOWS or _API_SET.match(name)
            if not known:
                found.missing.setdefault(name, []).append(path.name)
    return found


def _imports(path: Path) -> tuple[set[str], bool]:
    """The libraries a file asks for (at once or later), and whether it is a genuine x64 file."""
    import pefile

    data = path.read_bytes()
    try:
        program = pefile.PE(data=data, fast_load=True)
    except pefile.PEFormatError:
        return set(), False
    kinds = pefile.DIRECTORY_ENTRY
    program.parse_data_directories(
        [kinds["IMAGE_DIRECTORY_ENTRY_IMPORT"], kinds["IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT"]]
    )
    entries = [
        *getattr(program, "DIRECTORY_ENTRY_IMPORT", []),
        *getattr(program, "DIRECTORY_ENTRY_DELAY_IMPORT", []),
    ]
    fits = program.FILE_HEADER.Machine == X64 and not any(
        mark in data[:4096] for mark in _WINES_OWN
    )
    return {entry.dll.decode("ascii").lower() for entry in entries}, fits
