"""Runs the project's tests with a Windows Python: under Wine on Linux, as they are on Windows.

    python -m installer.windows_tests [-n 2] [--again] [tests/journal …]

The Windows Python and the packages of `requirements.lock` are put together in build/windows/tests
(`--again`: anew). What is left out is left out by the tests themselves, each with its reason
(markers `linux` and `wine`, see tests/conftest.py); the end counts both, by reason.
"""

import argparse
import compileall
import hashlib
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installer.windows import interpreter, wheels
from installer.windows.fetched import ROOT
from installer.windows.wine import WINDOWS, Failed, Wine, windows_path

WORK: Final = ROOT / "build" / "windows"
PLACE: Final = WORK / "tests"
REPORT: Final = PLACE / "report.xml"
SUMMARY: Final = PLACE / "summary.md"
FONTS: Final = (
    *("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
)
"""Words are measured by tests of the window; a new prefix has no font at all."""
EXAMPLES: Final = "15"
"""Random days of the whole desk (tests/model): they try the rules, which no system changes."""
_STAMPED: Final = (
    *("requirements.lock", "pyproject.toml"),
    *("installer/windows/interpreter.py", "installer/windows/wheels.py"),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of pytest came to; `left_out` counts by reason."""

    tests: int
    failed: int
    left_out: Counter[str]
    seconds: float

    @property
    def passed(self) -> int:
        return self.tests - self.failed - self.left_out.total()

    def text(self) -> str:
        """For people, as Markdown."""
        rows = "\n".join(f"| {count} | {why} |" for why, count in self.left_out.most_common())
        return (
            f"{self.passed} tests passed with the Windows Python, {self.failed} failed, "
            f"{self.left_out.total()} were left out, in {self.seconds:.0f} s.\n\n"
            f"Random days in tests/model: {EXAMPLES} of each kind, fewer than on Linux.\n\n"
            f"| left out | because |\n|---|---|\n{rows}\n"
        )


def put_together(*, again: bool = False) -> Path:
    """The Windows Python with all that program and tests need; python.exe. Raises `Failed`."""
    if WINDOWS:
        return Path(sys.executable)
    python = PLACE / "python"
    wanted = b"".join((ROOT / name).read_bytes() for name in _STAMPED)
    stamp, digest = python / "made-of", hashlib.sha256(wanted).hexdigest()
    if again or not stamp.is_file() or stamp.read_text() != digest:
        interpreter.assemble(python, WORK / "cache")
        needed = wheels.closure([*wheels.roots(), *wheels.test_tools()], WORK / "cache" / "wheels")
        wheels.install(needed.values(), python / "Lib" / "site-packages")
        # Hundreds of tests start a Python: 5 s of each would go into compiling the same again.
        compileall.compile_dir(python / "Lib", quiet=2, workers=0)
        stamp.write_text(digest)
    return python / "python.exe"


def boot() -> Wine:
    """The prefix of the tests, with a font for Chinese. Raises `Failed`."""
    wine = Wine(PLACE / "prefix")
    wine.boot()
    for name in FONTS if not WINDOWS else ():
        found = next(Path("/usr/share/fonts").rglob(name), None)
        link = wine.drive / "windows" / "Fonts" / name
        if found is None:
            raise Failed(f"{name} is missing: apt-get install fonts-dejavu-core fonts-noto-cjk")
        if not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(found)
    return wine


def run(python: Path, wine: Wine, arguments: Sequence[str]) -> int:
    """pytest with these arguments, its output as it comes; its exit status."""
    REPORT.unlink(missing_ok=True)
    own = ["-p", "no:cacheprovider", "--junit-xml", windows_path(REPORT)]
    command = wine.command([python, "-m", "pytest", *own, *arguments])
    variables = {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "0",  # as a desk's Python is: files and consoles speak the code page
        "PYTHONPATH": windows_path(ROOT),
        "STATION_MODEL_EXAMPLES": EXAMPLES,
    }
    # `wine` gives a console program no input and no file for its output: a pipe, read as it comes
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=wine.environment(variables),
    ) as process:
        for line in process.stdout or ():
            sys.stdout.write(line.decode("utf-8", "replace").replace("\r\n", "\n"))
            sys.stdout.flush()
    return process.returncode


def read(report: Path, seconds: float) -> Result:
    """What pytest wrote down. Raises `Failed` where it wrote nothing."""
    if not report.is_file():
        raise Failed("the tests ended without a report")
    suite = ET.parse(report).getroot()  # noqa: S314 - our own file
    tests = list(suite.iter("testcase"))
    bad = [case for case in tests if {"failure", "error"} & {part.tag for part in case}]
    skips = [skip for case in tests if (skip := case.find("skipped")) is not None]
    return Result(len(tests), len(bad), Counter(_reason(skip) for skip in skips), seconds)


def _reason(skip: ET.Element) -> str:
    return re.sub(r"^Skipped: ", "", skip.get("message", "?"))


def main() -> int:
    """The command; 0 when every test passed that was not left out."""
    parser = argparse.ArgumentParser(prog="python -m installer.windows_tests")
    parser.add_argument("--again", action="store_true", help="make the Windows Python anew")
    parser.add_argument("-n", default=str(os.cpu_count() or 1), help="processes side by side")
    options, rest = parser.parse_known_args()
    side_by_side = [] if options.n in {"0", "1"} else ["-n", options.n]
    wine: Wine | None = None
    try:
        python = put_together(again=options.again)
        wine = boot()
        began = time.monotonic()
        status = run(python, wine, ["-q", *side_by_side, *rest])
        result = read(REPORT, time.monotonic() - began)
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if wine is not None:
            wine.close()
    SUMMARY.write_text(result.text(), "utf-8")
    print(f"\n{result.text()}")
    return 0 if status == 0 and result.failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
