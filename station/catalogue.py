"""The message catalogue: turns codes and facts into a clerk's words, in the chosen language.

The words stand in `resources/i18n`: `messages.<language>.toml` and `errors.<language>.toml` serve
command line and window, `cli…`, `cli_help…` and `tour.<language>.toml` the command line,
`ui/<page>.<language>.toml` one page. Nothing here raises for a fact that is missing or odd: an
error must never fail while it is being said.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from station.errors import Code, StationError

LANGUAGES: Final = ("zh_CN", "en")
DASH: Final = "—"
MAX_FACT: Final = 300
_PLACE: Final = re.compile(r"\{(\w+)\}")
_UTC: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_IDENTIFIER: Final = re.compile(r"[a-z]\w*[._]\w")
"""A key, which is written as it is even where a sentence begins with it."""
_WHOLE_MINUTE: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d):00")
"""The end of a stay, as `format_time` writes it: said without its seconds."""
_OPTIONAL: Final = re.compile(r"<([^<>]*)>")
_SECTIONS: Final = {"service": "part", "name": "field", "fields": "field", "why": "why"} | {
    key: key
    for key in (
        *("field", "part", "kind", "state", "step", "role", "permission", "rule"),
        "credential",
    )
}
"""Facts that are codes themselves, and the section with their words."""


_FILES: Final = {
    "cli": "cli",
    "check": "cli",
    "cli_help": "cli_help",
    "cli_option": "cli_help",
    "tour": "tour",
}
"""The command line's sections and the file of each, read when it is first asked for."""


class Catalogue:
    """The words of one language (`zh_CN` or `en`; anything else is taken as `zh_CN`)."""

    def __init__(self, language: str = LANGUAGES[0]) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        chinese = self.language == "zh_CN"
        self._gap, self._comma = ("", "、") if chinese else (" ", ", ")
        self._with_key = "{}（{}）" if chinese else "{} ({})"

    @property
    def _words(self) -> dict[str, Any]:
        """Read when first asked for: the window's log-in page says nothing of it."""
        return _shared(self.language)

    def sentence(self, error: StationError) -> str:
        """Cause and next step in one short text."""
        return f"{self.cause(error)}{self._gap}{self.next_step(error)}"

    def cause(self, error: StationError) -> str:
        """What happened, with the field and the rule."""
        return self._of_error(error, "cause")

    def next_step(self, error: StationError) -> str:
        """What to do now."""
        return self._of_error(error, "next")

    def sentence_of(self, code: str, facts: Mapping[str, object] | None = None) -> str:
        """As `sentence`, from a code as the journal keeps it."""
        known = code if code in self._words["error"] else Code.INTERNAL.value
        error = StationError(Code(known))
        error.context = dict(facts or {})
        return self.sentence(error)

    def word(self, section: str, key: object) -> str:
        """The word for one value of an enum or one field; the value itself where none is known."""
        text = _plain(key)
        found = self._section(section).get(text)
        return found if isinstance(found, str) else text or DASH

    def text(self, key: str, **facts: object) -> str:
        """A text by `section.key`, or by `key` alone for `[cli]`, with its facts filled in."""
        section, _, rest = key.rpartition(".")
        template = self._section(section or "cli").get(rest)
        return self._fill(template, facts) if isinstance(template, str) else key

    def _section(self, name: str) -> Mapping[str, Any]:
        """A section of the shared file; `ui_<page>` is a file of its own, read when asked for."""
        if name.startswith("ui_"):
            return _load(f"ui/{name.removeprefix('ui_')}", self.language)
        source = _load(_FILES[name], self.language) if name in _FILES else self._words
        found: Mapping[str, Any] = source.get(name, {})
        return found

    def _of_error(self, error: StationError, part: str) -> str:
        words = self._words["error"].get(error.code.value) or self._words["error"]["internal"]
        filled = self._fill(words[part], error.context)
        return filled if _IDENTIFIER.match(filled) else filled[:1].upper() + filled[1:]

    def _fill(self, template: str, facts: Mapping[str, object]) -> str:
        def keep(part: re.Match[str]) -> str:
            names = _PLACE.findall(part[1])
            return part[1] if all(_plain(facts.get(name)) for name in names) else ""

        def fact(place: re.Match[str]) -> str:
            return self._fact(place[1], facts)

        return _PLACE.sub(fact, _OPTIONAL.sub(keep, template))

    def _fact(self, name: str, facts: Mapping[str, object]) -> str:
        text = _plain(facts.get(name)).rstrip("。.!！")
        section = _SECTIONS.get(name)
        if not text:
            return DASH
        if section == "rule":
            inner = {key: value for key, value in facts.items() if key != "rule"}
            return self._fill(self.word(section, text), inner)
        if section is None:
            return text
        return self._comma.join(self._item(section, item) for item in text.split(", "))

    def _item(self, section: str, item: str) -> str:
        """The word for a code; a setting's comes with its key, as it is found in the file."""
        name = self._section("setting").get(item) if section == "field" else None
        return self._with_key.format(name, item) if name else self.word(section, item)


def choose_language(setting: str, environment: Mapping[str, str]) -> str:
    """The setting, else the system's language; Chinese where neither says anything we speak."""
    wanted = [setting, *(environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))]
    for text in wanted:
        short = text.replace("-", "_").split(".")[0].split("@")[0]
        if short in {"", "C", "POSIX"}:
            continue
        return "zh_CN" if short.lower().startswith("zh") else "en"
    return LANGUAGES[0]


@lru_cache(maxsize=len(LANGUAGES))
def _shared(language: str) -> dict[str, Any]:
    return _load("messages", language) | _load("errors", language)


@lru_cache(maxsize=64)
def _load(file: str, language: str) -> dict[str, Any]:
    import tomllib

    place = resources.files("resources") / "i18n" / f"{file}.{language}.toml"
    return tomllib.loads(place.read_text("utf-8")) if place.is_file() else {}


def _plain(value: object) -> str:
    """A fact as one line of printable text; empty where there is none (`-` stands for none too)."""
    if value is None or value == "-":
        return ""
    try:
        if isinstance(value, Enum):
            value = value.value
        elif isinstance(value, str) and _UTC.fullmatch(value):
            value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            # What is stored in UTC is said in the computer's time; stays are local already.
            value = (value.astimezone() if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S")
        elif isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
            value = ", ".join(_plain(item) for item in value)
        text = _WHOLE_MINUTE.sub(r"\1 \2", str(value))
    except Exception:  # whatever a fact is, the sentence is said
        return "?"
    shown = "".join(char if char.isprintable() else " " for char in text[: MAX_FACT + 1]).strip()
    return shown if len(shown) <= MAX_FACT else shown[:MAX_FACT] + "…"
