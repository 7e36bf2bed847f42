"""The table of vendor calls: made from the code, complete, and naming only what there is."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from installer import calls
from installer.calls_used import USED
from station.cli import app  # noqa: F401 - importing it declares every command
from station.cli.declare import COMMANDS
from station.vendors._http import Endpoint

ROOT = Path(__file__).parents[1]
DOCUMENTED = {"door_lock": 13, "shankai": 9, "kexin": 11, "property": 27}
EVERY_ENDPOINT = """
import gc
from installer import calls
from station.vendors._http import Endpoint
found = {each.call for vendor in calls.vendors() for each in
         (known.endpoint for known in calls.declared(vendor).values())}
made = {each.call for each in gc.get_objects() if isinstance(each, Endpoint)}
print(len(made), sorted(made - found))
"""


def test_the_file_is_what_the_code_says() -> None:
    assert calls.TARGET.read_text("utf-8") == calls.render(), "python -m installer.calls"


@pytest.mark.parametrize("vendor", calls.vendors())
def test_every_documented_call_is_declared_made_and_listed(vendor: str) -> None:
    known = calls.declared(vendor)
    assert len(known) == DOCUMENTED[vendor]
    assert set(known) == set(USED[vendor])
    assert [call for call, found in known.items() if not found.methods] == []


def test_no_endpoint_hides_from_the_table() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_ENDPOINT], capture_output=True, cwd=ROOT, check=True
    )
    assert done.stdout.decode().strip() == f"{sum(DOCUMENTED.values())} []"


def test_a_further_endpoint_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("station.vendors.kexin.calls")
    further = Endpoint("lock/sing", "/third/lock/sing", lambda reply: reply)
    monkeypatch.setattr(module, "LOCK_SING", further, raising=False)
    with pytest.raises(KeyError, match="lock/sing"):
        calls.render()


def test_what_the_table_names_is_there() -> None:
    for vendor, table in USED.items():
        for call, used in table.items():
            for name in used.workflows:
                assert callable(_found(name)), (vendor, call, name)
            assert set(used.commands) <= set(COMMANDS), (vendor, call)
            for page in used.pages:
                assert (ROOT / "ui" / "pages" / f"{page}.py").is_file(), (vendor, call, page)


def _found(name: str) -> object:
    module, *inner = name.split(".")
    found: object = import_module(f"station.workflows.{module}")
    for part in inner:
        found = getattr(found, part)
    return found


def test_the_program_writes_and_checks_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(calls, "ROOT", tmp_path)
    monkeypatch.setattr(calls, "TARGET", tmp_path / "CALLS.md")
    monkeypatch.setattr(sys, "argv", ["calls", "--check"])
    assert calls.main() == 1
    assert "CALLS.md is old" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["calls"])
    assert calls.main() == 0
    monkeypatch.setattr(sys, "argv", ["calls", "--check"])
    assert calls.main() == 0
