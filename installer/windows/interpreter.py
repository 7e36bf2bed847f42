"""Puts a Windows CPython 3.11 together on Linux, and proves where its binaries come from.

- python311.dll, the .pyd modules, OpenSSL, SQLite: out of a wheel of panda3d, which carries them as
  the Python Software Foundation built and signed them. Each signature is checked before use.
- Lib: of the CPython 3.11 on this machine that is nearest to them, without what is Linux's own.
- python.exe and python3.dll (it forwards the stable ABI): built here with mingw-w64.

A release for sites is built on Windows with python.org's interpreter by the same `build.py`.
"""

import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from installer.windows.fetched import block, download
from installer.windows.wine import COMPILER, Failed

VERSION: Final = (3, 11, 9)
SOURCE: Final = "1.10.16"
SOURCE_HASH: Final = "37acfb92655c4226879f95c988e2ef1449a53c54486d6c1ebc00e2772429af82"
SIGNERS: Final = ("Python Software Foundation", "Microsoft Corporation")
BESIDE: Final = ("python311.dll", "vcruntime140.dll")
"""What lies beside python.exe; the rest goes into DLLs."""
UNUSED: Final = ("_tkinter.pyd", "tcl86t.dll", "tk86t.dll", "_msi.pyd")
NOT_WINDOWS: Final = (
    *("site-packages", "dist-packages", "lib-dynload", "__pycache__", "config-3*"),
    *("_sysconfigdata*", "sitecustomize.py", "EXTERNALLY-MANAGED", "test", "tests", "idlelib"),
    *("ensurepip", "tkinter", "turtledemo", "turtle.py", "lib2to3", "*.txt"),
)
WHEEL_FOR: Final = (
    *("--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp"),
    *("--only-binary", ":all:"),
)
_DIGEST: Final = re.compile(r"^(Current|Calculated) message digest\s*:\s*(\S+)", re.MULTILINE)
_SIGNER: Final = re.compile(r"Signer #0:\s*Subject: [^\n]*CN=([^,/\n]+)")


def assemble(target: Path, cache: Path) -> str:
    """Make the interpreter in `target`; what it was made of, in one line. Raises `Failed`."""
    target = target.absolute()
    parts = cache / f"python-{SOURCE}"
    if not parts.is_dir():
        _unpack(cache, parts)
    for part in sorted(parts.iterdir()):
        check_signature(part)
    stdlib, version = nearest_stdlib()
    shutil.rmtree(target, ignore_errors=True)
    (target / "DLLs").mkdir(parents=True)
    (target / "Scripts").mkdir()
    for part in sorted(parts.iterdir()):
        name = part.name.lower() if part.name.lower() in BESIDE else part.name
        shutil.copyfile(part, (target if name in BESIDE else target / "DLLs") / name)
    shutil.copytree(stdlib, target / "Lib", ignore=shutil.ignore_patterns(*NOT_WINDOWS))
    _fit(target / "Lib")
    (target / "Lib" / "site-packages").mkdir()
    _build_programs(target)
    binaries = ".".join(map(str, VERSION))
    return f"Windows binaries of CPython {binaries}, Lib of {'.'.join(map(str, version))}"


def _unpack(cache: Path, parts: Path) -> None:
    """Fetch the wheel and keep of it what is Python's and signed."""
    with tempfile.TemporaryDirectory(dir=_made(cache)) as folder:
        got = Path(folder)
        download([block("panda3d", SOURCE, [SOURCE_HASH])], got, *WHEEL_FOR)
        kept = got / "parts"
        kept.mkdir()
        with zipfile.ZipFile(next(got.glob("panda3d-*.whl"))) as wheel:
            for name in wheel.namelist():
                folder_name, _, base = name.rpartition("/")
                wanted = base.endswith((".pyd", ".dll")) and not base.startswith("api-ms-")
                if folder_name == "deploy_libs" and wanted and base not in UNUSED:
                    (kept / base).write_bytes(wheel.read(name))
        kept.rename(parts)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def check_signature(binary: Path) -> None:
    """Raises `Failed` unless the file is signed by who makes CPython, and unchanged since."""
    said = subprocess.run(
        ["osslsigncode", "verify", "-in", str(binary)], capture_output=True, text=True, check=False
    ).stdout
    digests = {digest for _, digest in _DIGEST.findall(said)}
    signer = _SIGNER.search(said)
    if len(digests) != 1 or len(_DIGEST.findall(said)) != 2:
        raise Failed(f"{binary.name} is not signed, or was changed after it was signed")
    if signer is None or signer[1].strip() not in SIGNERS:
        named = signer[1] if signer else "nobody"
        raise Failed(f"{binary.name} is signed by {named}, not by who makes CPython")


def nearest_stdlib() -> tuple[Path, tuple[int, int, int]]:
    """The folder and version of the pure-Python library here that is nearest to the binaries."""
    found: dict[tuple[int, int, int], Path] = {}
    versions = Path.home() / ".pyenv" / "versions"
    others = [str(program) for program in versions.glob("3.11.*/bin/python3.11")]
    for program in ("/usr/bin/python3.11", "python3.11", *others):
        if shutil.which(program) is None:
            continue
        said = subprocess.run(
            [
                *(program, "-I", "-c"),
                "import sys, sysconfig; print(*sys.version_info[:3], sysconfig.get_path('stdlib'))",
            ],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.split(maxsplit=3)
        if len(said) == 4 and said[:2] == ["3", "11"]:
            found[int(said[0]), int(said[1]), int(said[2])] = Path(said[3].strip())
    if not found:
        raise Failed("no Python 3.11 is on this machine to take its library from")
    version = min(found, key=lambda known: (abs(known[2] - VERSION[2]), known))
    return found[version], version


def _fit(library: Path) -> None:
    """What 3.11.9's own part of the import system calls, as 3.11.9's library has it."""
    metadata = library / "importlib" / "metadata" / "__init__.py"
    plain = "    def invalidate_caches(cls)"
    text = metadata.read_text("utf-8").replace(f"\n\n{plain}", f"\n\n    @classmethod\n{plain}")
    metadata.write_text(text, "utf-8")


def _build_programs(target: Path) -> None:
    """python.exe, pythonw.exe and python3.dll."""
    source = Path(__file__).with_name("python_main.c")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        exports = _tool(["gendef", "-", str(target / "python311.dll")], work)
        (work / "python311.def").write_text(exports)
        _tool(
            [
                *("x86_64-w64-mingw32-dlltool", "-d", "python311.def", "-D", "python311.dll"),
                *("-l", "libpython311.a"),
            ],
            work,
        )
        (work / "python3.def").write_text(forwarder(exports))
        linked = ("-s", "-Wl,--no-insert-timestamp")
        _tool(
            [
                *(COMPILER, "-shared", "-nostdlib", "-Wl,--entry=0", *linked),
                *("-o", str(target / "python3.dll"), "python3.def"),
            ],
            work,
        )
        for name, options in (("python", ()), ("pythonw", ("-mwindows", "-DWINDOWED"))):
            _tool(
                [
                    *(COMPILER, "-municode", "-O2", *options, *linked, str(source)),
                    *("libpython311.a", "-o", str(target / f"{name}.exe")),
                ],
                work,
            )


def forwarder(exports: str) -> str:
    """The .def file of a python3.dll that forwards each name which python311.dll exports."""
    lines = ["LIBRARY python3.dll", "EXPORTS"]
    seen = False
    for line in exports.splitlines():
        words = line.split(";")[0].split()
        if seen and words:
            data = " DATA" if "DATA" in words[1:] else ""
            lines.append(f"{words[0]}=python311.{words[0]}{data}")
        seen = seen or words == ["EXPORTS"]
    return "\n".join(lines) + "\n"


def _tool(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{command[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout
