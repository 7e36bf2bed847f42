"""What the command line says before it does anything: help, languages, imports, no arguments."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import station.cli
from station.catalogue import LANGUAGES, Catalogue
from station.cli import app, main
from tests.cli.conftest import ROOT, CliDesk

HEAVY = (
    "requests sqlalchemy flask keyring alembic xlsxwriter pypinyin smartcard cryptography argon2"
)


@pytest.mark.parametrize("arguments", [["--help"], ["issue", "--help"], ["issue"], ["--version"]])
def test_no_heavy_library_is_imported_for_words(arguments: list[str]) -> None:
    code = (
        "import sys, json; from station.cli import main; main(json.loads(sys.argv[1]));"
        "print(sorted(set(sys.argv[2].split()) & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(arguments), HEAVY],
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    assert done.stdout.decode().splitlines()[-1] == "[]"


def test_a_command_without_the_reader_imports_no_smartcard(desk: CliDesk) -> None:
    code = (
        "import sys; from station.cli import main; status = main(sys.argv[1:]);"
        "print(status, 'smartcard' in sys.modules, 'requests' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--home", str(desk.home), "rooms", "--json"],
        capture_output=True,
        cwd=ROOT,
        env=desk.variables(),
        timeout=60,
        check=True,
    )
    assert done.stdout.decode().splitlines()[-1] == "0 False False"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_option_has_its_words(language: str) -> None:
    words = Catalogue(language)
    for path, command in app.every_command(app.build(words)):
        assert not command.help.startswith("cli_help."), path
        for parameter in command.params:
            assert not parameter.help.startswith("cli_option."), (path, parameter.name)


def test_every_text_that_the_code_asks_for_exists_in_both_languages() -> None:
    wanted = set()
    for file in Path(station.cli.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                section, _, key = node.value.partition(".")
                if section in {"cli", "check", "tour"} and key.isidentifier() and key[-1] != "_":
                    wanted.add(node.value)
    assert len(wanted) > 50
    for language in LANGUAGES:
        words = Catalogue(language)
        assert [key for key in sorted(wanted) if words.text(key) == key] == []


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"LANG": "en_GB.UTF-8"}, "Usage"),
        ({"LANG": "zh_CN.UTF-8"}, "用法"),
        ({"LANG": "C.UTF-8"}, "用法"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "用法"),
    ],
)
def test_help_speaks_the_language_of_the_system(
    tmp_path: Path, environment: dict[str, str], word: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "station", "--home", str(tmp_path / "none"), "--help"],
        capture_output=True,
        cwd=ROOT,
        env={"PATH": "/usr/bin", "PYTHONUTF8": "1"} | environment,
        timeout=60,
        check=True,
    )
    assert done.stdout.decode().startswith(word)
    assert not (tmp_path / "none").exists(), "help makes no home"


def test_help_speaks_the_language_of_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    (tmp_path / "station.toml").write_text('[desk]\nlanguage = "en"\n', "utf-8")
    assert main(["--home", str(tmp_path), "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage")
    assert main(["--home", str(tmp_path), "--lang", "zh_CN", "--help"]) == 0
    assert capsys.readouterr().out.startswith("用法")


def test_without_a_command_and_a_screen_it_says_what_to_do_instead(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    said = capsys.readouterr()
    assert "no screen" in said.err
    assert "station --help" in said.err
    assert said.out == ""


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_no_terminal_encoding_is_in_the_way(desk: CliDesk, encoding: str) -> None:
    more = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(
        desk.command("rooms", lang="zh_CN"),
        capture_output=True,
        cwd=ROOT,
        env=desk.variables(**more),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    spoken = "gbk" if encoding == "gbk" else "utf-8"  # what has no Chinese is of no use
    assert "1-101" in done.stdout.decode(spoken)
    assert "空净" in done.stdout.decode(spoken)
    document = subprocess.run(
        desk.command("issue", "没有", "--json", lang="zh_CN"),
        capture_output=True,
        cwd=ROOT,
        env=desk.variables(**more),
        timeout=60,
        check=False,
    )
    assert json.loads(document.stdout.decode("utf-8"))["error"] == "room_unknown"


@pytest.mark.parametrize("arguments", [["--lang", "fr", "rooms"], ["--home", "", "rooms"]])
def test_global_options_are_checked(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] in {"field_choice", "field_empty"}
