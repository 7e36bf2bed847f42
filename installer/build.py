"""Builds the Windows package: one command, on Linux (with Wine) and on Windows alike.

    python -m installer.build [--again] [--version 1.2.3]

`build/windows` gets what is made on the way, `dist/windows` the result: the setup, its checksum,
the bill of materials and a summary (sizes, times, the largest files). `--again` builds once more
beside it and says whether the two are the same, byte for byte. See CONTRIBUTING.md.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from installer.windows import bootloader, closure, interpreter, signing, wheels
from installer.windows.fetched import ROOT, pinned, version_of
from installer.windows.freeze import EPOCH, NAME, freeze
from installer.windows.licences import collect
from installer.windows.sbom import shipped, write_sbom
from installer.windows.setup import make_setup
from installer.windows.summary import Summary, checksums, differing, frozen_modules
from installer.windows.wine import WINDOWS, Failed, Wine
from station.version import VERSION

WORK: Final = ROOT / "build" / "windows"
RESULT: Final = ROOT / "dist" / "windows"
PAPERS: Final = ("LICENSE", "installer/TECHNICIANS.md", "installer/TECHNICIANS.zh-CN.md")
SIGNED_HERE: Final = ("CardStation.exe", "station.exe", "_internal/python3.dll")
"""What the setup brings that nobody else has signed."""

_T = TypeVar("_T")


@dataclass(slots=True)
class Build:
    """One build: its folders, what it has learned on the way, and how long each step took."""

    version: str
    work: Path = WORK
    result: Path = RESULT
    times: dict[str, float] = field(default_factory=dict)
    made_of: str = ""

    def step(self, name: str, work: Callable[[], _T]) -> _T:
        """Do one step, and say so before and after."""
        print(f"{name} …", flush=True)
        began = time.monotonic()
        done = work()
        self.times[name] = time.monotonic() - began
        print(f"    {self.times[name]:.1f} s", flush=True)
        return done

    def run(self) -> Path:
        """Every step; the setup that was made. Raises `Failed`."""
        wine = Wine(self.work / "prefix-build")
        self.step("Wine prefix", wine.boot)
        python = self.step("Windows Python", self._python)
        packages = python.parent / "Lib" / "site-packages"
        needed = self.step("wheels", lambda: self._wheels(packages))
        self.step("bootloader", lambda: self._bootloader(packages))
        self.step("licences", lambda: self._papers(needed))
        bundle = self.step("program", lambda: freeze(wine, python, self.work, self.version))
        wine.close()
        self.step("dependencies", lambda: self._closure(bundle))
        certificate = signing.find_certificate()
        self.step("signatures", lambda: self._sign(bundle, certificate))
        parts = self.step("bill of materials", lambda: self._sbom(needed, bundle))
        setup = self.step("setup", lambda: self._setup(bundle))
        self._result(setup, bundle, parts, certificate.is_test)
        return setup

    def _python(self) -> Path:
        """The Windows Python that everything is packed with; python.exe's path."""
        if WINDOWS:
            self.made_of = f"CPython {sys.version.split()[0]} of this Windows"
            import venv

            venv.create(self.work / "interpreter", clear=True, with_pip=False)
            return self.work / "interpreter" / "Scripts" / "python.exe"
        self.made_of = interpreter.assemble(self.work / "interpreter", self.work / "cache")
        return self.work / "interpreter" / "python.exe"

    def _wheels(self, packages: Path) -> list[wheels.Wheel]:
        folder = self.work / "cache" / "wheels"
        needed = wheels.closure(wheels.roots(), folder)
        tools = wheels.closure(wheels.tools(), folder)
        wheels.install({**needed, **tools}.values(), packages)
        return list(needed.values())

    def _bootloader(self, packages: Path) -> None:
        bootloader.put_in_place(bootloader.build(self.work / "cache"), packages)

    def _papers(self, needed: list[wheels.Wheel]) -> None:
        papers = self.work / "papers"
        shutil.rmtree(papers, ignore_errors=True)
        stdlib = Path(sys.base_prefix) if WINDOWS else interpreter.nearest_stdlib()[0]
        collect(needed, stdlib, papers / "LICENCES.txt")
        for name in PAPERS:
            text = (ROOT / name).read_text("utf-8")
            shown = Path(name).name if Path(name).suffix else f"{name}.txt"
            (papers / shown).write_text(text, "utf-8", newline="\r\n")

    def _closure(self, bundle: Path) -> None:
        found = closure.look(bundle)
        print(f"    {found.sentence()}", flush=True)
        if not found.ok:
            raise Failed("the program would not start everywhere")

    def _sign(self, bundle: Path, certificate: signing.Certificate) -> None:
        for name in SIGNED_HERE:
            if (bundle / name).is_file():
                signing.sign(bundle / name, certificate, int(EPOCH))
        if certificate.is_test:
            print("    with a TEST certificate that no Windows trusts", flush=True)

    def _sbom(self, needed: list[wheels.Wheel], bundle: Path) -> int:
        modules = frozen_modules(self.work)
        parts = shipped(needed, bundle, modules)
        python = ".".join(map(str, sys.version_info[:3] if WINDOWS else interpreter.VERSION))
        tool = version_of(pinned()["pyinstaller"])
        return write_sbom(parts, self.version, python, tool, self.result / "sbom.cdx.json")

    def _setup(self, bundle: Path) -> Path:
        os.environ.setdefault("SOURCE_DATE_EPOCH", EPOCH)
        return make_setup(
            bundle,
            self.version,
            self.result / f"{NAME}-{self.version}-setup.exe",
            licence=self.work / "papers" / "LICENCES.txt",
            icon=self.work / "station.ico",
            sign=signing.command(),
        )

    def _result(self, setup: Path, bundle: Path, parts: int, test: bool) -> None:
        checksums(self.result)
        summary = Summary(self.version, setup, bundle, parts, self.made_of, test, self.times)
        (self.result / "summary.md").write_text(summary.text(), "utf-8")
        print(summary.short(), flush=True)


def main() -> int:
    """The command; 0 when everything was built (and, with `--again`, is the same)."""
    parser = argparse.ArgumentParser(prog="python -m installer.build", description=__doc__)
    parser.add_argument(
        "--version", default=VERSION, help="three numbers; the program's own if not"
    )
    parser.add_argument("--again", action="store_true", help="build once more and compare")
    given = parser.parse_args()
    build = Build(given.version)
    try:
        if given.again:
            return _again(build)
        build.run()
    except Failed as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    return 0


def _again(build: Build) -> int:
    """Freeze and pack once more from the same parts; 0 when not a byte differs."""
    first = build.work / "bundle"
    kept = build.work / "first"
    if not build.result.is_dir() or not first.is_dir():
        raise Failed("there is nothing to compare with: build once first")
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(build.result, kept / "result")
    shutil.copytree(first, kept / "bundle")
    build.run()
    different = differing(kept / "bundle", first) + differing(kept / "result", build.result)
    different = [name for name in different if name != "summary.md"]  # it has the times
    shutil.rmtree(kept)
    for name in different:
        print(f"differs: {name}")
    print("the second build is the same, byte for byte" if not different else "NOT the same")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
