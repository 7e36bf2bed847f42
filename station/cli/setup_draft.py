"""The answers of `setup` before they are written: settings as they will be, and secrets apart."""

import os
from typing import Any

import msgspec

from station.errors import Code, InputInvalid
from station.home import Home
from station.secrets import SecretName, Secrets
from station.settings import Settings, check_field, parse, save
from station.settings_upgrade import VERSION

PREFIX = "STATION_"


class Draft:
    """Starts as what the home has now. Nothing is written before `write`."""

    def __init__(self, home: Home, present: Settings) -> None:
        self.home = home
        self._parts: dict[str, dict[str, Any]] = {
            name: part for name, part in msgspec.to_builtins(present).items() if part is not None
        }
        self.given: dict[SecretName, str] = {}

    def get(self, field: str) -> str:
        """A value as text; empty where there is none."""
        section, _, key = field.partition(".")
        value = self._parts.get(section, {}).get(key, "")
        return str(value)

    def has(self, section: str) -> bool:
        return section in self._parts

    def set(self, field: str, value: object) -> None:
        """One value of `section.key`. Raises `InputInvalid` for a wrong field or value."""
        section, _, key = field.partition(".")
        checked = _checked(field, value)
        self._parts.setdefault(section, {})[key] = msgspec.to_builtins(checked)

    def begin(self, section: str) -> None:
        """The site has this part, with its defaults so far."""
        self._parts.setdefault(section, {})

    def drop(self, section: str) -> None:
        """The site does not have this part."""
        self._parts.pop(section, None)

    def settings(self) -> Settings:
        """The settings as they will be. Raises `InputInvalid` for what is missing."""
        import tomli_w

        return parse(tomli_w.dumps({"version": VERSION, **self._parts}).encode())

    def secrets(self) -> Secrets:
        """What is kept, and what was given just now before it."""
        given = {name.variable: value for name, value in self.given.items()}
        return Secrets(self.home, {**os.environ, **given})

    def write(self) -> list[SecretName]:
        """Write `station.toml` and keep the secrets; returns those that found no keyring."""
        save(self.settings(), self.home.create().settings)
        kept = Secrets(self.home)
        homeless: list[SecretName] = []
        for name, value in self.given.items():
            if os.environ.get(name.variable) == value:
                continue  # the environment has it already, and wins
            try:
                kept.put(name, value)
            except InputInvalid as error:
                if error.code is not Code.SECRET_MISSING:
                    raise
                homeless.append(name)
        return homeless


def _checked(field: str, value: object) -> object:
    """A value typed as TOML would be (`400`, `true`), or plain text where that is what fits."""
    if not isinstance(value, str):
        return check_field(field, value)
    try:
        return check_field(field, value)
    except InputInvalid as as_text:
        typed = _typed(value)
        if as_text.code is not Code.SETTINGS_FIELD or isinstance(typed, str):
            raise
        return check_field(field, typed)


def _typed(text: str) -> object:
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def parse_assignment(text: str) -> tuple[str, str]:
    """`section.key=value`. Raises `InputInvalid` FIELD_CHOICE."""
    field, equals, value = text.partition("=")
    if not equals or "." not in field:
        raise InputInvalid(
            Code.FIELD_CHOICE, field="set", value=text[:40], choices="section.key=value"
        )
    return field.strip(), value.strip()


def parse_secrets(lines: str) -> dict[SecretName, str]:
    """`STATION_…=value` lines, empty ones and `#` skipped. No value is quoted in an error."""
    known = {name.variable: name for name in SecretName}
    found: dict[SecretName, str] = {}
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        variable, equals, value = line.partition("=")
        name = known.get(variable.strip())
        if not equals or name is None:
            choices = ", ".join(known)
            raise InputInvalid(
                Code.FIELD_CHOICE, field="secrets_from", value=f"line {number}", choices=choices
            )
        found[name] = value.strip()
    return found
