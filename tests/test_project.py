"""The project itself: its documents are true, its files small and clean, its layers hold."""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import msgspec
import pytest
from packaging.requirements import Requirement

from installer import audit, lock, sizes
from station.settings import PARTS

pytestmark = pytest.mark.linux("files and tools of the project: the same on Windows")
ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TEXT = {".py", ".md", ".toml", ".sh", ".lock", ".c", ".qss", ".ts", ".svg", ".nsi", ".spec", ""}


def sources(*folders: str) -> list[Path]:
    return [
        path
        for path in sizes.source_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders
    ]


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_every_make_command_in_the_documents_exists(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    commands = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))
    assert {"test"} <= commands
    assert commands <= make_targets()


def test_make_has_the_promised_targets() -> None:
    assert {"demo", "test", "check", "bench", "lock", "help", "clean"} <= make_targets()
    listed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in make_targets():
        assert f"make {target}" in listed


@pytest.mark.parametrize("name", READMES)
def test_the_readme_lists_every_setting_and_its_default(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    rows = dict(re.findall(r"^\| (`[a-z_]+\.[a-z_]+`[^|]*) \|([^|]*)\|", text, re.MULTILINE))
    for section, part in PARTS.items():
        for field in msgspec.structs.fields(part):
            key = f"`{section}.{field.name}`"
            row = next((row for row in rows if key in row), None)
            assert row is not None, key
            if field.required or field.default in ("", ()):
                continue
            shown = msgspec.json.encode(field.default).decode().strip('"')
            if not shown.startswith("https://"):
                assert f"`{shown}`" in rows[row], key
    for mentioned in re.findall(r"`([a-z_]+)\.([a-z_]+)`", " ".join(rows)):
        assert mentioned[1] in PARTS[mentioned[0]].__struct_fields__


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


def test_ci_runs_the_readmes_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert script.read_text("utf-8").startswith("#!/usr/bin/env bash\n")
    assert re.search(r"^make test$", script.read_text("utf-8"), re.MULTILINE)
    assert "set -euo pipefail" in script.read_text("utf-8")
    for path in (script, *(ROOT / "installer").glob("*.sh")):
        assert os.access(path, os.X_OK), path


def test_no_file_is_too_long(tmp_path: Path) -> None:
    assert sizes.too_long() == []
    assert sizes.too_long(limit=1), "the check must be able to fail"


@pytest.mark.parametrize(
    "path", sources("station", "ui", "tests", "installer", "resources"), ids=lambda path: path.stem
)
def test_the_first_line_of_a_module_says_what_it_is_for(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert said, path
    assert len(said.splitlines()[0]) > 15, path


def test_no_address_of_a_registry_and_no_path_of_a_machine_in_any_file() -> None:
    hosts = r"pypi\.(org|python)|pythonhosted|npmjs|deb\.debian|proxy\.golang|/simple/"
    paths = r"(?<![\w./-])/(work|root|home|opt|Users)/[a-z]|[A-Z]:\\Users\\"
    unwanted = re.compile(f"{hosts}|{paths}")
    for path in sizes.source_files():
        if path.suffix in TEXT and path != Path(__file__):
            found = unwanted.search(path.read_text("utf-8", errors="replace"))
            assert found is None, (path, found)


def test_the_lock_pins_everything_with_hashes_and_names_no_place() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert "@ " not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=sha256:", ""), re.MULTILINE)
    found = lock.blocks(text)
    for name, block in found.items():
        assert re.match(
            r"[\w.\[\]-]+==[\w.]+( ; [^\\]+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\\n)?)+$", block
        ), name
    for name in lock.WINDOWS_ONLY:
        assert 'sys_platform == "win32"' in found[name]


def _direct() -> list[Requirement]:
    project = PROJECT["project"]
    texts = project["dependencies"] + [
        text for extra in project["optional-dependencies"].values() for text in extra
    ]
    found = [Requirement(text) for text in texts]
    return [one for one in found if one.name != PROJECT["project"]["name"]]


def test_the_lock_fits_the_project() -> None:
    found = lock.blocks((ROOT / "requirements.lock").read_text("utf-8"))
    for wanted in _direct():
        block = found[re.sub(r"[-_.]+", "-", wanted.name).lower()]
        version = block.split("==")[1].split()[0]
        assert wanted.specifier.contains(version, prereleases=True), wanted


def _shipped() -> set[str]:
    """Names of what the program needs at a site, with what that needs in turn."""
    project = PROJECT["project"]
    waiting = list(project["dependencies"])
    for extra in ("window", "simulators", "central"):
        waiting += project["optional-dependencies"][extra]
    found: set[str] = set()
    while waiting:
        wanted = Requirement(waiting.pop())
        if wanted.name in found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        found.add(wanted.name)
        needs = distribution(wanted.name).requires or []
        extras = [{"extra": extra} for extra in ("", *wanted.extras)]
        for text in needs:
            marker = Requirement(text).marker
            if marker is None or any(marker.evaluate(extra) for extra in extras):
                waiting.append(re.sub(r";.*", "", text))
    return found


def test_licences_of_what_is_shipped_allow_it() -> None:
    allowed = re.compile(
        r"\b(MIT|BSD|Apache|MPL|Mozilla|PSF|PSFL|ISC|Unlicense|LGPL\w*|Lesser|HPND)\b",
        re.IGNORECASE,
    )
    shipped = _shipped()
    assert len(shipped) > 20
    for name in sorted(shipped):
        try:
            about = distribution(name).metadata
        except PackageNotFoundError:
            pytest.fail(f"{name} is not installed")
        fields = about.json
        said = [str(fields.get(key, ""))[:200] for key in ("license_expression", "license")]
        said += [text for text in about.get_all("Classifier") or () if text.startswith("License")]
        # With several to choose from, one that allows shipping is enough.
        choices = [choice for text in said for choice in re.split(r"\bOR\b", text)]
        assert any(allowed.search(choice) for choice in choices), (name, said)


VIOLATIONS = {
    "station/workflows/bad.py": "from station.vendors import _http",
    "station/workflows/bad_too.py": "from station import settings, files",
    "station/vendors/bad.py": "from station.journal import chain",
    "station/vendors/shankai/bad.py": "from station.vendors import door_lock",
    "station/simulators/bad.py": "from station.vendors import _http",
    "station/domain/bad.py": "from station import ports",
    "station/reader/bad.py": "import requests, sqlite3, typer",
    "station/journal/bad.py": "import smartcard, flask",
    "station/bad.py": "import PySide6",
    "ui/bad.py": "from station.vendors import _http",
}


def test_the_layers_hold_and_a_violation_is_caught(tmp_path: Path) -> None:
    for name in ("station", "ui", "resources", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]

    def lint() -> tuple[int, str]:
        done = subprocess.run(
            [*command, "--no-cache"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
        )
        return done.returncode, done.stdout + done.stderr

    status, said = lint()
    assert status == 0, said
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    assert said.count(" KEPT") == len(contracts)
    for name, line in VIOLATIONS.items():
        (tmp_path / name).write_text(f'"""Against the rules."""\n\n{line}\n')
    status, said = lint()
    assert status == 1, said
    assert re.findall(r"^(.*) KEPT", said, re.MULTILINE) == []
    assert said.count(" BROKEN") == len(contracts)


def test_every_vendor_is_in_the_contract_of_independence() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    listed = next(one["modules"] for one in contracts if one["type"] == "independence")
    vendors = {
        f"station.vendors.{path.stem}"
        for path in (ROOT / "station" / "vendors").iterdir()
        if not path.name.startswith(("_", ".")) and (path.is_dir() or path.suffix == ".py")
    }
    assert set(listed) == vendors


def test_the_audit_tells_a_hole_from_a_list_that_is_not_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clean: dict[str, Any] = {"name": "a", "version": "1", "vulns": []}
    hole: dict[str, Any] = {
        "name": "b",
        "version": "2",
        "vulns": [{"id": "X-1", "fix_versions": ["3"]}],
    }
    skipped: dict[str, Any] = {"name": "c", "skip_reason": "not found"}
    assert audit.judge({"dependencies": [clean]}) == 0
    assert audit.judge({"dependencies": [clean, hole]}) == 1
    assert audit.judge({"dependencies": [clean, skipped]}) == 1
    assert "b 2: X-1, mended in 3" in capsys.readouterr().out
    assert audit.judge({"dependencies": [skipped, skipped]}) == 0
    assert "NOT AUDITED" in capsys.readouterr().err


def _commands(folder: Path, **scripts: str) -> dict[str, str]:
    """An environment whose PATH starts with small stand-ins for system commands."""
    for name, body in scripts.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.mark.parametrize("which", ["demo", "test"])
def test_missing_system_packages_are_named_or_installed(tmp_path: Path, which: str) -> None:
    script = str(ROOT / "installer" / "system.sh")
    asked = tmp_path / "asked"
    apt = f'echo "$@" >> {asked}'
    someone = _commands(tmp_path, dpkg_query="exit 1", id="echo 1000", apt_get=apt)
    told = subprocess.run([script, which], env=someone, capture_output=True, text=True)
    assert told.returncode == 1
    assert "sudo apt-get install --no-install-recommends python3 python3-venv" in told.stderr
    assert ("strace" in told.stderr) is (which == "test")
    assert not asked.exists()
    root = _commands(tmp_path, id="echo 0")
    done = subprocess.run([script, which], env=root, capture_output=True, text=True)
    assert done.returncode == 0
    assert "install -q -y --no-install-recommends python3 " in asked.read_text()
    there = _commands(tmp_path, dpkg_query="echo installed", apt_get="exit 1")
    assert subprocess.run([script, which], env=there).returncode == 0


def test_the_console_command_leads_somewhere() -> None:
    target = PROJECT["project"]["scripts"]["station"]
    module, _, name = target.partition(":")
    assert callable(getattr(importlib.import_module(module), name))
