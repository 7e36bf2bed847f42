"""Typed settings of one site: `station.toml`, its parts, keys and defaults.

A part that the site does not have is left out, and is None here. Nothing secret stands in this
file (see `secrets.py`). Reading is strict: an unknown key, a bad value or a secret is an error that
names the field and the rule.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar, get_type_hints

import msgspec

from station import settings_rules as rules
from station.domain.card import CardIdRelation, UidOrder
from station.domain.stay import StayRules
from station.errors import Code, InputInvalid
from station.settings_upgrade import VERSION, keep_older, upgrade

MAX_FILE: Final = 1_000_000
_SECRET_WORDS: Final = frozenset({"secret", "appsecret", "token", "pin", "password", "passwd"})
_Part = TypeVar("_Part", bound="Part")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Base of a section. Times are seconds unless the name says otherwise."""


class Desk(Part, frozen=True, kw_only=True):
    """This computer and its site's rules. An empty `time_zone` means the computer's own."""

    id: Annotated[str, rules.NAME] = "desk-1"
    site: Annotated[str, rules.text(64)] = ""
    language: Literal["zh_CN", "en"] = "zh_CN"
    checkout_time: Annotated[str, rules.TIME_OF_DAY] = "12:00"
    max_stay_days: Annotated[int, rules.between(1, 3650)] = 400
    time_zone: Annotated[str, rules.time_zone] = ""
    idle_lock_minutes: Annotated[int, rules.between(1, 480)] = 15
    faces: bool = False
    """Whether faces may be sent to locks; each needs its guest's consent."""
    fingerprints: bool = False

    @property
    def checkout(self) -> time:
        """When guests leave, site-local time of day."""
        return rules.parse_time_of_day(self.checkout_time)

    @property
    def stay_rules(self) -> StayRules:
        return StayRules(self.checkout, self.max_stay_days)


class DoorLock(Part, frozen=True, kw_only=True):
    """The door-lock platform's local service (door lock 1-3)."""

    url: Annotated[str, rules.web_address] = "http://127.0.0.1:19952"
    appid: Annotated[str, rules.text(needed=True)]
    body: Literal["auto", "form", "json"] = "auto"
    connect_timeout_s: Annotated[float, rules.between(0.1, 60)] = 2
    read_timeout_s: Annotated[float, rules.between(0.5, 300)] = 15
    gateway_timeout_s: Annotated[float, rules.between(0.5, 300)] = 30
    """For calls that go on to a lock over radio."""


class Shankai(Part, frozen=True, kw_only=True):
    """The community gates' cloud. `org_id` is empty until the community is registered."""

    url: Annotated[str, rules.web_address] = "https://api.baohe.tv:8081/1.0"
    app_id: Annotated[str, rules.text(needed=True)]
    org_id: Annotated[str, rules.text()] = ""
    card_no_reply: Literal["hex", "decimal"] = "hex"
    """How the cloud writes `card_no` in its answers: its text says hex, its example is decimal."""
    ca_file: Annotated[str, rules.OPTIONAL_PATH] = ""


class Kexin(Part, frozen=True, kw_only=True):
    """The Kexin lock cloud. Whoever makes its `sign` has any secret of it: none is kept here."""

    url: Annotated[str, rules.web_address]
    app_id: Annotated[str, rules.text(needed=True)]
    signer: Annotated[str, rules.signer] = ""
    signer_command: Annotated[tuple[str, ...], rules.command] = ()
    signer_timeout_s: Annotated[float, rules.between(0.5, 60)] = 5
    connect_timeout_s: Annotated[float, rules.between(0.1, 60)] = 5
    read_timeout_s: Annotated[float, rules.between(0.5, 300)] = 30
    ca_file: Annotated[str, rules.OPTIONAL_PATH] = ""


class Property(Part, frozen=True, kw_only=True):
    """The property platform. An empty `community_id` shows every community that it knows."""

    url: Annotated[str, rules.web_address] = "https://tc.mg.cool/api/v1"
    community_id: Annotated[str, rules.text(32)] = ""
    houses_max_age_hours: Annotated[int, rules.between(1, 8760)] = 24
    """Houses that are older are fetched again; until then, and offline, the kept ones serve."""
    body: Literal["json", "form"] = "json"
    connect_timeout_s: Annotated[float, rules.between(0.1, 60)] = 5
    read_timeout_s: Annotated[float, rules.between(0.5, 300)] = 15
    ca_file: Annotated[str, rules.OPTIONAL_PATH] = ""


class Reader(Part, frozen=True, kw_only=True):
    """The PC/SC reader; an empty `name` takes whichever is there."""

    name: Annotated[str, rules.text()] = ""
    uid_order: UidOrder = UidOrder.AS_READ
    compare_card_id: CardIdRelation = CardIdRelation.UNRELATED


class Journal(Part, frozen=True, kw_only=True):
    """The journal; a relative `path` is taken from the home folder."""

    path: Annotated[str, rules.PATH] = "journal.db"
    keep_personal_days: Annotated[int, rules.between(1, 3650)] = 180
    backup_keep: Annotated[int, rules.between(1, 365)] = 14


class Central(Part, frozen=True, kw_only=True):
    """One PostgreSQL for a site with several desks; the password is kept apart."""

    url: Annotated[str, rules.database_address]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a site sets. A part that is None is not set up."""

    desk: Desk = Desk()
    door_lock: DoorLock | None = None
    shankai: Shankai | None = None
    kexin: Kexin | None = None
    property: Property | None = None
    reader: Reader | None = None
    journal: Journal = Journal()
    central: Central | None = None


PARTS: Final[dict[str, type[Part]]] = {
    "desk": Desk,
    "door_lock": DoorLock,
    "shankai": Shankai,
    "kexin": Kexin,
    "property": Property,
    "reader": Reader,
    "journal": Journal,
    "central": Central,
}


def set_up(part: _Part | None, name: str) -> _Part:
    """The part, or `InputInvalid` PART_NOT_SET_UP."""
    if part is None:
        raise InputInvalid(Code.PART_NOT_SET_UP, part=name)
    return part


def load(path: Path) -> Settings:
    """Read `station.toml`; a file that is not there means nothing is set up.

    Raises `InputInvalid`: FILE_UNREADABLE, SETTINGS_… and URL_… (see `parse`).
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise InputInvalid(Code.FILE_UNREADABLE, path=str(path), why="too_large")
        raw = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise InputInvalid(
            Code.FILE_UNREADABLE, path=str(path), why=error.strerror or "?"
        ) from error
    return parse(raw)


def parse(raw: bytes) -> Settings:
    """Settings from the bytes of a file.

    Raises `InputInvalid`: SETTINGS_MALFORMED (context `line`), SETTINGS_SECRET_INSIDE,
    SETTINGS_UNKNOWN_KEY, SETTINGS_FIELD (`field`, `rule`), SETTINGS_NEWER, URL_MALFORMED,
    URL_NOT_HTTPS.
    """
    document = _read_toml(raw)
    _refuse_secrets(document)
    document = upgrade(document)
    _refuse_unknown(document, PARTS, "")
    parts: dict[str, Any] = {name: _part(PARTS[name], name, document[name]) for name in document}
    settings = Settings(**parts)
    if settings.kexin is not None and settings.kexin.signer and settings.kexin.signer_command:
        raise InputInvalid(
            Code.SETTINGS_FIELD, field="kexin.signer", rule="exclusive", other="signer_command"
        )
    return settings


def check_field(field: str, value: object) -> object:
    """One value of `section.key` on its own (for `setup` and the settings page), tidied."""
    section, _, key = field.partition(".")
    _refuse_unknown([section], PARTS, "")
    part = PARTS[section]
    _refuse_unknown([key], part.__struct_fields__, section)
    return _value(get_type_hints(part, include_extras=True)[key], field, value)


def save(settings: Settings, path: Path) -> None:
    """Write the settings so that a crash leaves the old file or the new one, never half of it.

    What an older program wrote is kept beside it. Raises `InputInvalid` FILE_UNWRITABLE,
    SETTINGS_NEWER; or what `parse` raises, should a value be against a rule.
    """
    import tomli_w

    from station.files import write_atomically

    parts = {
        name: value for name, value in msgspec.to_builtins(settings).items() if value is not None
    }
    raw = tomli_w.dumps({"version": VERSION, **parts}).encode()
    parse(raw)
    keep_older(path)
    write_atomically(path, raw)


def _read_toml(raw: bytes) -> dict[str, Any]:
    import tomllib

    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputInvalid(Code.SETTINGS_MALFORMED, line=line, rule="utf8") from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise InputInvalid(Code.SETTINGS_MALFORMED, line=line, rule="toml") from None


def _refuse_secrets(document: Mapping[str, object]) -> None:
    """Whatever looks like a secret is refused by its key, at any depth; its value is not quoted."""
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        above, value = waiting.pop()
        if isinstance(value, list):
            waiting += [(above, inner) for inner in value]
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                if _looks_secret(key.lower()):
                    raise InputInvalid(Code.SETTINGS_SECRET_INSIDE, field=(above + key)[:64])
                waiting.append((f"{above}{key}."[:64], inner))


def _looks_secret(key: str) -> bool:
    words = set(re.split(r"[^a-z]+", key))
    return bool(words & _SECRET_WORDS) or key.endswith(("secret", "token", "password"))


def _refuse_unknown(keys: Iterable[str], known: Collection[str], section: str) -> None:
    for key in keys:
        if key not in known:
            from difflib import get_close_matches

            near = get_close_matches(key[:64], known, n=1, cutoff=0.0)
            above = f"{section}." if section else ""
            raise InputInvalid(
                Code.SETTINGS_UNKNOWN_KEY,
                field=f"{above}{key[:64]}",
                near=above + (near[0] if near else ""),
            )


def _part(part: type[Part], section: str, document: object) -> Part:
    if not isinstance(document, dict):
        raise InputInvalid(Code.SETTINGS_FIELD, field=section, rule="section")
    _refuse_unknown(document, part.__struct_fields__, section)
    hints = get_type_hints(part, include_extras=True)
    values = {}
    for field in msgspec.structs.fields(part):
        if field.name in document:
            name = f"{section}.{field.name}"
            values[field.name] = _value(hints[field.name], name, document[field.name])
        elif field.required:
            raise InputInvalid(Code.SETTINGS_FIELD, field=f"{section}.{field.name}", rule="needed")
    return part(**values)


def _value(hint: Any, field: str, value: object) -> object:
    """The value in the type of its annotation, checked by the annotation's rules."""
    try:
        typed: object = msgspec.convert(value, hint)
        for rule in getattr(hint, "__metadata__", ()):
            typed = rule(typed)
    except msgspec.ValidationError:
        raise InputInvalid(Code.SETTINGS_FIELD, field=field, **_wanted(hint)) from None
    except rules.RuleError as broken:
        raise InputInvalid(broken.code, field=field, rule=broken.rule, **broken.facts) from None
    return typed


def _wanted(hint: Any) -> dict[str, object]:
    """The rule that a value of a wrong type or choice broke."""
    kind = getattr(hint, "__origin__", hint)
    choices = getattr(hint, "__args__", ()) if kind is Literal else ()
    if kind in {UidOrder, CardIdRelation}:
        choices = tuple(kind)
    if choices:
        return {"rule": "choice", "choices": ", ".join(choices)}
    names = {str: "text", int: "whole_number", float: "number", bool: "true_or_false"}
    return {"rule": names.get(kind, "list_of_texts")}
