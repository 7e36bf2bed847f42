"""What a build has made, in figures: sizes, times, the largest files; and whether two are alike."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LARGEST: Final = 20
_MODULE: Final = re.compile(r"^\s*\[?\('([A-Za-z_][\w.]*)',$", re.MULTILINE)
MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one build. `times` are seconds; sizes are given in MB of 1,000,000 bytes."""

    version: str
    setup: Path
    bundle: Path
    parts: int
    made_of: str
    test_signature: bool
    times: dict[str, float]

    def short(self) -> str:
        """For the terminal."""
        took = sum(self.times.values())
        return (
            f"{self.setup.name}: {self.setup.stat().st_size / MB:.1f} MB; "
            f"installed {self._installed() / MB:.1f} MB; {took:.0f} s"
        )

    def text(self) -> str:
        """The whole summary (Markdown)."""
        signed = "a TEST certificate (no Windows trusts it)" if self.test_signature else "yes"
        lines = [
            f"# Card Station {self.version} for Windows",
            "",
            "| what | figure |",
            "|---|---|",
            f"| setup | {self.setup.stat().st_size / MB:.1f} MB |",
            f"| installed | {self._installed() / MB:.1f} MB in {len(self._files())} files |",
            f"| components in the bill of materials | {self.parts} |",
            f"| interpreter | {self.made_of} |",
            f"| signed with | {signed} |",
            f"| SHA-256 of the setup | `{digest(self.setup)}` |",
            "",
            f"## The {LARGEST} largest files",
            "",
            "| file | MB |",
            "|---|---|",
        ]
        sized = sorted(self._files(), key=lambda path: (-path.stat().st_size, path))
        for path in sized[:LARGEST]:
            name = path.relative_to(self.bundle).as_posix()
            lines.append(f"| {name} | {path.stat().st_size / MB:.2f} |")
        lines += ["", "## Time", "", "| step | s |", "|---|---|"]
        lines += [f"| {name} | {seconds:.1f} |" for name, seconds in self.times.items()]
        return "\n".join(lines) + "\n"

    def _files(self) -> list[Path]:
        return [path for path in self.bundle.rglob("*") if path.is_file()]

    def _installed(self) -> int:
        return sum(path.stat().st_size for path in self._files())


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(folder: Path) -> None:
    """Write SHA256SUMS over what the folder gives to others, as `sha256sum --check` reads it."""
    given = sorted(folder.glob("*.exe")) + sorted(folder.glob("*.json"))
    lines = [f"{digest(path)}  {path.name}" for path in given]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", "utf-8")


def frozen_modules(work: Path) -> list[str]:
    """The names of the Python modules that went into the program's archive."""
    toc = work / "pyinstaller" / "station" / "PYZ-00.toc"
    return _MODULE.findall(toc.read_text("utf-8"))


def differing(one: Path, other: Path) -> list[str]:
    """The files that are not the same in both folders, or in one of them only."""
    names = {
        path.relative_to(folder).as_posix()
        for folder in (one, other)
        for path in folder.rglob("*")
        if path.is_file()
    }
    return sorted(name for name in names if not _same(one / name, other / name))


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and digest(one) == digest(other)
