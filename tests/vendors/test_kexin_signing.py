"""Signers: a function, a plug-in's entry point, a program; and each way in which one can fail."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from station.errors import Code, InputInvalid, StationError, Unreachable
from station.vendors.kexin import Signer, signer_from
from station.vendors.kexin.signing import GROUP, sign
from tests.systems import WINDOWS, is_running
from tests.vendors.kexin_calls import KEXIN_CALLS, LOCK, cloud, named_fields
from tests.vendors.servers import RawServer, says

FIELDS: dict[str, str | int] = {"app_id": "app_kexin", "lock_id": 1000003, "name": "张三"}
PATIENCE_S = 20.0


def failure(signer: Signer) -> object:
    """Why a signer failed; that its own words are told to nobody is checked beside it."""
    with pytest.raises(StationError) as info:
        sign(signer, FIELDS)
    error = info.value
    assert type(error) is Unreachable
    assert error.code is Code.KEXIN_SIGNER_FAILED
    assert error.__cause__ is None
    assert "hunter2" not in str(error)
    return error.context["why"]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder from which Python imports a site's own modules."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("site_")]:
        del sys.modules[name]


def module(site: Path, name: str, text: str) -> None:
    (site / f"{name}.py").write_text(text, encoding="utf-8")


def test_without_a_signer_each_use_says_what_is_missing() -> None:
    for setting in ("", "  "):
        with pytest.raises(StationError) as info:
            sign(signer_from(setting), FIELDS)
        assert type(info.value) is InputInvalid
        assert info.value.code is Code.KEXIN_SIGNER_MISSING


def test_without_a_signer_nothing_is_sent() -> None:
    with RawServer(says({"code": 200, "data": None})) as server:
        with cloud(server.url, signer_from("")) as kexin:
            for call in KEXIN_CALLS:
                with pytest.raises(InputInvalid) as info:
                    call.make(kexin)
                assert info.value.code is Code.KEXIN_SIGNER_MISSING
        assert server.connections == 0


def test_what_is_signed_are_all_fields_but_sign_and_img_code() -> None:
    signed = sign(named_fields, {**FIELDS, "img_code": "x", "sign": "old"})
    assert signed["sign"] == "app_id-lock_id-name"
    assert signed["img_code"] == "x"


@pytest.mark.parametrize("form", ["site_one:make", "python:site_one:make", " site_one:make "])
def test_a_function_of_the_site(site: Path, form: str) -> None:
    module(site, "site_one", "def make(fields): return f'{len(fields)}{fields[\"name\"]}x'[0:1]")
    assert sign(signer_from(form), FIELDS)["sign"] == "3"


def test_a_function_is_looked_for_when_first_needed_and_then_kept(site: Path) -> None:
    signer = signer_from("site_late:make")
    assert failure(signer) == "not_found"
    module(
        site,
        "site_late",
        "count = 0\ndef make(fields):\n  global count\n  count += 1\n  return str(count)",
    )
    import importlib

    importlib.invalidate_caches()
    assert [sign(signer, FIELDS)["sign"] for _ in range(3)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("raise RuntimeError('hunter2')", "raised"),
        ("import no_such_module_hunter2", "not_found"),
        ("syntax error", "raised"),
        ("", "not_found"),
        ("make = 'hunter2'", "not_callable"),
        ("def make(fields): raise ValueError('hunter2')", "raised"),
        ("def make(): return 'x'", "raised"),
        ("def make(fields): return None", "not_text"),
        ("def make(fields): return b'x'", "not_text"),
        ("def make(fields): return ''", "empty"),
        ("def make(fields): return '  '", "empty"),
        ("def make(fields): return 'x' * 1025", "too_long"),
        ("def make(fields): return '签名'", "not_text"),
        ("def make(fields): return 'a\\nb'", "not_text"),
    ],
)
def test_a_function_that_gives_no_signature(site: Path, text: str, why: str) -> None:
    module(site, "site_bad", text)
    assert failure(signer_from("site_bad:make")) == why


@pytest.mark.parametrize("form", ["nothing", "no.such.module:make", ":", "python:", "a:"])
def test_a_function_that_is_not_there(form: str) -> None:
    assert failure(signer_from(form)) == "not_found"


def test_a_plug_ins_entry_point(site: Path) -> None:
    module(site, "site_plug", "def make(fields): return 'plugged'")
    info = site / "site_plug-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: site-plug\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        f"[{GROUP}]\nour-site = site_plug:make\nlost = site_x:y\n"
    )
    assert sign(signer_from("entry:our-site"), FIELDS)["sign"] == "plugged"
    assert failure(signer_from("entry:lost")) == "not_found"
    assert failure(signer_from("entry:another")) == "not_found"


def program(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "signer with a space.py"
    path.write_text(text, encoding="utf-8")
    return [sys.executable, "-S", str(path)]


ECHO = """
import json, sys
fields = json.load(sys.stdin.buffer)
print("-".join(f"{name}.{len(str(fields[name]))}" for name in sorted(fields)), *sys.argv[1:])
"""


def test_a_program_gets_the_fields_and_gives_a_line(tmp_path: Path) -> None:
    command = program(tmp_path, ECHO)
    for signer in (
        signer_from("", PATIENCE_S, command=command),
        signer_from("command:" + " ".join(f'"{part}"' for part in command), PATIENCE_S),
    ):
        signed = sign(signer, {**FIELDS, "img_code": "x" * 99})
        assert signed["sign"] == "app_id.9-lock_id.7-name.2"


def test_a_program_signs_a_real_call(tmp_path: Path) -> None:
    signer = signer_from("", PATIENCE_S, command=program(tmp_path, ECHO))
    with RawServer(says({"code": 200, "desc": "OK", "data": None})) as server:
        with cloud(server.url, signer) as kexin:
            kexin.open(LOCK)
        assert server.seen[0].fields["sign"] == "app_id.9-attach.0-lock_id.7"


READ = "import sys, time\nsys.stdin.buffer.read()\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (READ + "sys.stderr.write('hunter2'); sys.exit(3)", "exit_status"),
        (READ + "print('abc'); sys.exit(1)", "exit_status"),
        (READ + "raise ValueError('hunter2')", "exit_status"),
        (READ, "empty"),
        (READ + "print()", "empty"),
        (READ + "print('a b')", "not_text"),
        (READ + "print('a'); print('b')", "not_text"),
        (READ + "sys.stdout.buffer.write(b'\\xff\\xfe\\x00')", "not_text"),
        (READ + "print('x' * 2000)", "too_long"),
        (READ + "print('x' * 5000)", "too_long"),
        (READ + "while True: print('x' * 5000)", "too_long"),
        ("import sys; sys.exit(5)", "exit_status"),
    ],
)
def test_a_program_that_gives_no_signature(tmp_path: Path, text: str, why: str) -> None:
    assert failure(signer_from("", PATIENCE_S, command=program(tmp_path, text))) == why


def test_a_program_need_not_read(tmp_path: Path) -> None:
    command = program(tmp_path, "print('fixed')")
    long: dict[str, str | int] = {"name": "x" * 300_000}
    signer = signer_from("", PATIENCE_S, command=command)
    assert sign(signer, long)["sign"] == "fixed"


NOTE = "print(os.getpid(), file=open(sys.argv[1], 'w'), flush=True)\n"
HANGING = {
    "it waits": f"import os, sys, time\n{NOTE}time.sleep(60)",
    "its output is closed": f"import os, sys, time\n{NOTE}os.close(1)\ntime.sleep(60)",
    "its child has its output": (
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-S', '-c', "
        f"{f'import os, sys, time{chr(10)}{NOTE}time.sleep(60)'!r}, sys.argv[1]])"
    ),
}
ENOUGH_S = 15.0 if WINDOWS else 3.0
"""For the program to start and to note its number."""


@pytest.mark.parametrize("name", HANGING)
def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, name: str) -> None:
    noted = tmp_path / "pid"
    command = [*program(tmp_path, HANGING[name]), str(noted)]
    assert failure(signer_from("", ENOUGH_S, command=command)) == "timed_out"
    assert ended(int(noted.read_text()))


def ended(pid: int) -> bool:
    """Whether a process goes away; one that nobody has fetched yet counts as gone."""
    until = monotonic() + PATIENCE_S
    while monotonic() < until:
        if not is_running(pid) or _waits_to_be_fetched(pid):
            return True
        sleep(0.01)
    return False


def _waits_to_be_fetched(pid: int) -> bool:
    if WINDOWS:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize(
    "make",
    [
        lambda: signer_from("", command=["no-such-program-here"]),
        lambda: signer_from("", command=[os.devnull]),
        lambda: signer_from("command:no-such-program-here --x"),
        lambda: signer_from("command:'never closed"),
        lambda: signer_from("", command=["\0"]),
    ],
)
def test_a_program_that_is_not_there(make: Callable[[], Signer]) -> None:
    assert failure(make()) == "not_found"


def test_no_shell_comes_between(tmp_path: Path) -> None:
    text = "import sys; sys.stdin.buffer.read(); print(sys.argv[1].replace(' ', '_'))"
    command = [*program(tmp_path, text), "$(echo hunter2); `x` | y"]
    signed: Mapping[str, Any] = sign(signer_from("", PATIENCE_S, command=command), FIELDS)
    assert signed["sign"] == "$(echo_hunter2);_`x`_|_y"
