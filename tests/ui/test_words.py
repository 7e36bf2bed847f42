"""The window's words: all that is asked for is there, in both languages, nothing else."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.catalogue import LANGUAGES

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "resources" / "i18n" / "ui"
CJK = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"\{(\w+)\}")
KEY = re.compile(r"[a-z][a-z0-9_]*\.[A-Za-z0-9_]+")
LATIN = re.compile(r"[A-Za-z]{2,}")
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\bstation( [a-z]+)+")
"""A vendor's own name of a field as its paper has it; a command as it is typed."""
LATIN_IN_CHINESE = {
    *("Esc", "Enter", "Ctrl", "Tab", "PIN", "UID", "IC", "ID", "PC", "SC", "URL", "HTTPS", "HTTP"),
    *("English", "Excel", "CSV", "JSON", "XLSX", "SHA", "LGPL", "MIT", "Python", "Qt", "PySide"),
    *("Card", "Station", "xlsx", "csv", "jsonl", "Shift", "Alt", "Home", "End", "Delete", "Space"),
    *("zs", "http", "https", "appid", "appsecret", "secret", "token"),
    *("PDF", "MB", "GB", "KB", "JPG", "PNG", "mac", "room", "entry", "command"),
}
"""What a Chinese clerk reads in Latin letters: keys, file kinds and names of things."""


def page_names() -> list[str]:
    return sorted({path.name.split(".")[0] for path in PAGES.glob("*.toml")})


def texts(page: str, language: str) -> dict[str, str]:
    return tomllib.loads((PAGES / f"{page}.{language}.toml").read_text("utf-8"))


def known() -> set[str]:
    return {f"{page}.{key}" for page in page_names() for key in texts(page, "zh_CN")}


def asked() -> Iterator[tuple[str, re.Pattern[str], set[str] | None]]:
    """(place, pattern of keys, names of the facts) for whatever looks like a key in `ui`.

    A key is a constant or an f-string whose beginning says the page: `f"shell.page_{key}"`. Facts
    are known where it is the first argument of a call.
    """
    pages = set(page_names())
    for path in sorted((ROOT / "ui").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        facts_of: dict[int, set[str] | None] = {}
        inner: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _is_words(node.func):
                names = {word.arg for word in node.keywords}
                facts_of[id(node.args[0])] = (
                    None if None in names else {name for name in names if name}
                )
            if isinstance(node, ast.JoinedStr):
                inner |= {id(part) for part in node.values}
        for node in ast.walk(tree):
            pattern = None if id(node) in inner else _pattern(node)
            if pattern and pattern.split("\\.")[0] in pages:
                place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
                yield place, re.compile(pattern), facts_of.get(id(node))


def _is_words(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"words", "_words"}


def _pattern(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        start = str(node.values[0].value)
        if re.match(r"[a-z]\w*\.", start):
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                for part in node.values
            ]
            return "".join(parts)
    return None


def test_both_languages_have_the_same_pages_keys_and_facts() -> None:
    assert page_names()
    for page in page_names():
        chinese, english = texts(page, "zh_CN"), texts(page, "en")
        assert list(chinese) == list(english), page
        for key, text in chinese.items():
            assert set(PLACE.findall(text)) == set(PLACE.findall(english[key])), f"{page}.{key}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_tidy_and_in_their_language(language: str) -> None:
    for page in page_names():
        for key, text in texts(page, language).items():
            name = f"{page}.{key}"
            assert isinstance(text, str), name
            assert text, name
            if not CJK.search(text) and not LATIN.search(text):
                continue  # a separator
            assert text == text.strip(), name
            if key.startswith(("language_", "about_")):
                continue  # languages and licences go by their own names
            bare = PLACE.sub("", text)
            if language == "en":
                assert not CJK.search(bare), name
                assert not re.search(r"[，。；：！？（）]", bare), name
            else:
                assert set(LATIN.findall(CODE.sub("", bare))) <= LATIN_IN_CHINESE, name
                assert not re.search(r"[\u4e00-\u9fff][,.;:!?()]", bare), name


def test_every_text_that_the_window_asks_for_is_there() -> None:
    there = known()
    lacking = [
        (place, pattern.pattern)
        for place, pattern, _ in asked()
        if not any(pattern.fullmatch(key) for key in there)
    ]
    assert lacking == []


def test_every_text_is_asked_for() -> None:
    patterns = [pattern for _, pattern, _ in asked()]
    unused = [key for key in sorted(known()) if not any(p.fullmatch(key) for p in patterns)]
    assert unused == []


def test_every_text_gets_the_facts_that_it_names() -> None:
    lacking, there = [], known()
    for place, pattern, facts in asked():
        key = pattern.pattern.replace("\\", "")
        if facts is None or key not in there:
            continue
        page, _, name = key.partition(".")
        needed = set(PLACE.findall(re.sub(r"<[^<>]*>", "", texts(page, "en")[name])))
        if needed - facts:
            lacking.append((place, key, sorted(needed - facts)))
    assert lacking == []


def test_no_page_says_a_sentence_of_its_own() -> None:
    """Chinese text in the code of the window would stay Chinese when the language changes."""
    found = []
    for path in sorted((ROOT / "ui").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                is_measure = len(set(node.value)) == 1  # as wide as a name, and never said
                if id(node) not in documented and CJK.search(node.value) and not is_measure:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.value[:20]}")
    assert found == []
