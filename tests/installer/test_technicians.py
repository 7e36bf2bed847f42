"""The technicians' pages and the check for a real Windows say what is true, in both languages."""

import re
import shlex
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from station.catalogue import Catalogue
from station.cli import app
from station.cli.declare import Call
from station.cli.output import Output
from station.cli.setup_draft import parse_secrets
from station.errors import Code, StationError
from station.secrets import SecretName
from station.settings import PARTS, parse

ROOT = Path(__file__).parents[2]
INSTALLER = ROOT / "installer"
PAGES = {"en": "TECHNICIANS.md", "zh_CN": "TECHNICIANS.zh-CN.md"}
CHECK, PARTS_OF_CHECK = "windows_check.ps1", "windows_check_parts.ps1"
BOTH = pytest.mark.parametrize("lang", PAGES)
FILES = {("journal", "db"), ("journal", "key"), ("journal", "jsonl")}
NOT_THE_PROGRAM = {"ren", "copy", "cd", "set", "echo", "start", "robocopy", "cmdkey", "certutil"}


@cache
def page(lang: str) -> str:
    return (INSTALLER / PAGES[lang]).read_text("utf-8")


def blocks(lang: str, kind: str = r"\w+") -> list[str]:
    return re.findall(rf"(?ms)^```(?:{kind})\n(.*?)^```$", page(lang))


def prose(lang: str) -> str:
    return re.sub(r"(?ms)^```.*?^```$", "", page(lang))


@cache
def setup_source() -> str:
    files = [INSTALLER / "station.nsi", *sorted((INSTALLER / "nsis").glob("*.nsh"))]
    return "\n".join(file.read_text("utf-8") for file in files)


@cache
def command_line() -> Any:
    return app.build(Catalogue("en"))


def parsed(words: list[str]) -> str:
    """The command that the words name, all its options and arguments accepted; nothing is run."""
    catalogue = Catalogue("en")
    call = Call(catalogue, Output(catalogue))
    context = command_line().make_context("station", list(words), obj=call)
    path: list[str] = []
    while hasattr(context.command, "commands"):
        rest = [*context._protected_args, *context.args]
        if not rest:
            return " ".join(path)
        name, command, rest = context.command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
        path.append(name)
    return " ".join(path)


def named(text: str) -> tuple[Any, list[str]]:
    """The command that a mention starts with, and its options: it may leave out what follows."""
    command, words = command_line(), text.split()[1:]
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        command = command.commands[words.pop(0)]
    return command, [word.split("=")[0] for word in words if word.startswith("--")]


def test_a_wrong_command_would_be_noticed() -> None:
    assert parsed(["journal", "recover"]) == "journal recover"
    assert parsed(["--operator", "王芳", "journal", "backup", "x.db"]) == "journal backup"
    for wrong in (["journal", "backup"], ["doctor", "--deeper"], ["docktor"], ["setup", "--set"]):
        with pytest.raises(Exception, match=r".") as met:
            parsed(wrong)
        assert type(met.value).__name__ in {
            "MissingParameter",
            "NoSuchOption",
            "InputInvalid",
            "BadOptionUsage",
            "UsageError",
        }


@BOTH
def test_every_command_of_a_block_is_one_of_the_programs(lang: str) -> None:
    found = []
    for line in "".join(blocks(lang, "bat")).splitlines():
        last = line.split("|")[-1].strip()
        if last.startswith("station "):
            # A backslash is no escape at a Command Prompt.
            found.append(parsed(shlex.split(last.replace("\\", "/"))[1:]))
        elif not line.startswith(("powershell ", '"%ProgramFiles%', ">")):
            assert line.split()[0] in NOT_THE_PROGRAM, line
    assert {"setup", "doctor", "journal recover", "journal backup", "reader watch"} <= set(found)


@BOTH
def test_every_command_that_is_mentioned_exists(lang: str) -> None:
    mentioned = re.findall(r"`(station [^`]+)`", prose(lang))
    assert len(mentioned) > 8
    for text in mentioned:
        command, options = named(text)
        known = {name for parameter in command.params for name in parameter.opts}
        assert set(options) <= known, text
    for option in re.findall(r"`(--[a-z-]+)", prose(lang)):
        everything = (one for _, one in app.every_command(command_line()))
        assert any(option in parameter.opts for one in everything for parameter in one.params)


def test_both_pages_have_the_same_parts() -> None:
    for left, right in zip_longest(blocks("en"), blocks("zh_CN")):
        assert left == right
    shapes = []
    for lang in PAGES:
        lines = prose(lang).splitlines()
        kinds = [re.match(r"(#+|\||- |\d\.)", line) for line in lines]
        shapes.append([found[0] for found in kinds if found])
        assert "@" not in prose(lang).replace("…@card-station", "")
    assert shapes[0] == shapes[1]


@BOTH
def test_the_example_settings_are_accepted_and_name_every_part(lang: str) -> None:
    (example,) = blocks(lang, "toml")
    settings = parse(example.encode())
    assert all(getattr(settings, part) is not None for part in PARTS)
    (secrets,) = blocks(lang, "ini")
    assert set(parse_secrets(secrets)) == set(SecretName) - {SecretName.OPERATOR_PIN}


@BOTH
def test_settings_and_variables_that_are_mentioned_exist(lang: str) -> None:
    for section, key in re.findall(r"`([a-z_]+)\.([a-z_]+)`", prose(lang)):
        if section in PARTS and (section, key) not in FILES:
            assert key in PARTS[section].__struct_fields__, (section, key)
    known = {name.variable for name in SecretName} | {"STATION_LOG_TRAFFIC"}
    assert set(re.findall(r"STATION_[A-Z_]+", page(lang))) <= known


@BOTH
def test_every_exit_status_of_the_setup_is_explained(lang: str) -> None:
    given = {0, 1, 2} | {
        int(found) for found in re.findall(r"!insertmacro Stop (\d+)", setup_source())
    }
    assert {10, 11, 12, 13, 14} <= given
    explained = [int(found) for found in re.findall(r"(?m)^\| (\d+) \|", page(lang))]
    assert explained == sorted(given)


@BOTH
def test_every_option_of_the_setup_is_explained_and_no_other(lang: str) -> None:
    asked = set(re.findall(r'GetOptions\} \$Options "(/[A-Z]+)', setup_source())) - {"/UPGRADE"}
    assert {"/CONFIG", "/PURGE"} <= asked
    shown = set(re.findall(r"(?<![\w\\/])/[A-Z]{1,}(?=[=`\s])", page(lang)))
    assert shown - {"/M", "/E"} == asked | {"/S", "/D"}


@BOTH
def test_messages_are_those_of_the_program(lang: str) -> None:
    words = Catalogue(lang)
    rows = re.findall(r"(?m)^\| (.+?) \| (.+?) \| `([a-z_]+)` \|$", page(lang))
    assert len(rows) > 15
    for cause, _, code in rows:
        shown = words.cause(StationError(Code(code))).replace("—", "…")
        assert cause == shown, code


@pytest.mark.parametrize("name", [*PAGES.values(), "../README.md", "../README.zh-CN.md"])
def test_links_lead_to_a_page_and_to_a_heading_of_it(name: str) -> None:
    here = (INSTALLER / name).resolve()
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", here.read_text("utf-8")):
        file, _, anchor = target.partition("#")
        there = here.parent / file if file else here
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"(?m)^#+ (.+)$", there.read_text("utf-8"))
            slugs = [re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings]
            assert anchor in slugs, target


def test_the_windows_check_fits_the_program_and_the_setup() -> None:
    raw = (INSTALLER / CHECK).read_bytes() + (INSTALLER / PARTS_OF_CHECK).read_bytes()
    text = raw.decode("ascii")  # Windows PowerShell takes a file without a mark for ANSI
    assert PARTS_OF_CHECK in text
    commands = re.findall(r'Invoke-Station "((?:[^"`]|`.)+)"', text)
    commands += re.findall(r'"station\.exe"\) "([^"]+)"', text)
    assert len(commands) > 5
    for command in commands:
        parsed(shlex.split(command.replace('`"', "")))
    names = re.findall(r'(?<!function )Test-That "([^"]+)"', text)
    assert len(names) == len(set(names)) > 25
    for code in re.findall(r"\((1\d)\)", text):
        assert f"Stop {code} " in setup_source(), code
    assert 'CreateDirectory "$SMPROGRAMS\\${APP}"' in setup_source()
    assert "UNPROVEN" in text
