"""The settings while they are edited: every value checked as typed, saved all at once or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from station.compose import Station, trial
from station.domain.operation import Kind
from station.domain.operator import PERMISSIONS, Permission
from station.errors import Code, InputInvalid, StationError
from station.home import Home
from station.secrets import SecretName
from station.settings import PARTS, Settings, check_field, save
from station.workflows import care, lock_table
from station.workflows.desk import Desk
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.said import Said, Tone

FIELDS: Final = {
    "desk": (
        *("id", "site", "language", "checkout_time", "max_stay_days", "idle_lock_minutes"),
        *("faces", "fingerprints"),
    ),
    "door_lock": ("url", "appid", "body"),
    "shankai": ("url", "app_id", "org_id", "card_no_reply", "ca_file"),
    "kexin": ("url", "app_id", "signer"),
    "property": ("url", "community_id", "ca_file"),
    "reader": ("name", "uid_order", "compare_card_id"),
}
"""What can be edited here, by section; everything else of a section stays as it is."""
NUMBERS: Final = frozenset({"desk.max_stay_days", "desk.idle_lock_minutes"})
FLAGS: Final = frozenset({"desk.faces", "desk.fingerprints"})
ON, OFF = "True", "False"
"""How a flag is written among the texts."""
SECRETS: Final = {
    "door_lock": SecretName.DOOR_LOCK_APPSECRET,
    "shankai": SecretName.SHANKAI_SECRET,
    "property": SecretName.PROPERTY_TOKEN,
}


@dataclass(frozen=True, slots=True)
class SettingsState:
    """`values` are texts by `section.key`, `problems` what is wrong with them.

    `parts` are the sections that the site has. A typed secret is never in here.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    problems: Mapping[str, InputInvalid] = field(default_factory=dict)
    may: bool = False
    """Whether the operator may change the settings."""
    dirty: bool = False
    saving: bool = False
    testing: frozenset[str] = frozenset()
    tests: Mapping[str, Said] = field(default_factory=dict)
    said: Said | None = None

    @property
    def can_save(self) -> bool:
        return self.may and self.dirty and not self.saving and not self.problems


class SettingsPresenter(Presenter[SettingsState]):
    """Starts as what the desk was opened with."""

    def __init__(self, context: Context) -> None:
        super().__init__(SettingsState())
        self._context = context
        self._secrets: dict[SecretName, str] = {}
        self._renewed = ("", "")
        """A typed token and the one that took its place while it was tried."""
        operator = context.session.need()
        self._may = Permission.SETTINGS in PERMISSIONS[operator.role]
        self.reset()

    @property
    def _present(self) -> Settings:
        station = self._context.station
        return station.settings if station is not None else Settings()

    def reset(self) -> None:
        """Forget what was typed."""
        self._secrets.clear()
        values, parts = _texts(self._present)
        self.show(SettingsState(values=values, parts=parts, may=self._may))

    def edit(self, name: str, text: str) -> None:
        """One value of `section.key`, as typed."""
        if self.state.values.get(name) == text:
            return
        values = {**self.state.values, name: text}
        self._edited(values, self.state.parts, name.partition(".")[0])

    def switch(self, section: str, on: bool) -> None:
        """The site has this part, or has it no more."""
        parts = self.state.parts | {section} if on else self.state.parts - {section}
        if parts != self.state.parts:
            self._edited(self.state.values, parts, section)

    def secret(self, section: str, text: str) -> None:
        """A new secret was typed; empty keeps the one that is there."""
        self._secrets[SECRETS[section]] = text
        self._edited(self.state.values, self.state.parts, section)

    def test(self, section: str) -> None:
        """Try a service as it is typed, saved or not."""
        if section in self.state.testing:
            return
        said = {key: value for key, value in self.state.tests.items() if key != section}
        self.show(replace(self.state, testing=self.state.testing | {section}, tests=said))
        home = self._home()
        secrets = self._station.secrets.with_values(self._secrets)
        operator, state, present = self._context.session.need(), self.state, self._present
        desk = self._context.desk
        typed = self._secrets.get(SecretName.PROPERTY_TOKEN, "")

        def work() -> Said:
            operator.require(Permission.SETTINGS)
            settings = _settings(state, present, {section})
            if section == "kexin":
                return _try_kexin(home, settings, desk)
            if section == "property":
                tried = trial.try_property(home, settings, secrets, typed)
                self._renewed = (typed, tried.renewed)
                return _said_of(tried)
            if section == "door_lock":
                rooms = trial.try_door_lock(home, settings, secrets)
                key = "door_lock_ok" if rooms else "door_lock_empty"
                tone = Tone.GOOD if rooms else Tone.WARN
                return Said(tone, "settings.test_ok", f"settings.{key}", {"rooms": rooms})
            trial.try_shankai(home, settings, secrets)
            there = bool(settings.shankai and settings.shankai.org_id)
            key, tone = ("shankai_ok", Tone.GOOD) if there else ("shankai_no_org", Tone.WARN)
            return Said(tone, "settings.test_ok", f"settings.{key}")

        self.later(
            self._context.lanes.cloud,
            work,
            lambda said: self._tested(section, said),
            lambda error: self._tested(
                section, Said(Tone.BAD, "settings.test_failed", error=error)
            ),
        )

    def save(self) -> None:
        """Keep the secrets, write `station.toml`, journal it, and open the desk anew."""
        if not self.state.can_save:
            return
        desk, operator = self._context.desk, self._context.session.need()
        home, given = self._home(), dict(self._secrets)
        state, present = self.state, self._present

        def work() -> None:
            care.allow(operator, Kind.SETUP)
            settings = _settings(state, present, set(FIELDS))
            trial.keep_secrets(home, given)
            save(settings, home.settings)
            care.note(desk, operator, Kind.SETUP)

        self.show(replace(self.state, saving=True, said=None))
        self.later(self._context.lanes.journal, work, self._saved, self._not_saved)

    def _saved(self, _: None) -> None:
        self._secrets.clear()
        said = Said(Tone.GOOD, "settings.saved", "settings.saved_text")
        self.show(replace(self.state, saving=False, dirty=False, said=said))
        self._context.bridge.changed.emit()
        self._context.ask_restart()

    def _not_saved(self, error: StationError) -> None:
        said = Said(Tone.BAD, "settings.not_saved", error=error)
        self.show(replace(self.state, saving=False, said=said))

    def _tested(self, section: str, said: Said) -> None:
        typed, renewed = self._renewed
        if renewed and self._secrets.get(SecretName.PROPERTY_TOKEN) == typed:
            # The platform takes each token once for the next: the typed one is worth nothing now.
            self._secrets[SecretName.PROPERTY_TOKEN] = renewed
            self._renewed = ("", "")
        tests = {**self.state.tests, section: said}
        self.show(replace(self.state, testing=self.state.testing - {section}, tests=tests))

    def _edited(self, values: Mapping[str, str], parts: frozenset[str], section: str) -> None:
        tests = {key: said for key, said in self.state.tests.items() if key != section}
        before = _texts(self._present)
        dirty = parts != before[1] or any(self._secrets.values())
        dirty = dirty or any(
            values[name] != before[0][name] for name in values if name.partition(".")[0] in parts
        )
        self.show(
            replace(
                self.state,
                values=values,
                parts=parts,
                problems=_problems(values, parts),
                dirty=dirty,
                tests=tests,
                said=None,
            )
        )

    @property
    def _station(self) -> Station:
        station = self._context.station
        assert station is not None  # noqa: S101 - pages are shown for an open desk only
        return station

    def _home(self) -> Home:
        return self._station.home


def _try_kexin(home: Home, settings: Settings, desk: Desk) -> Said:
    """On a lane. Without a lock table the cloud is asked about a lock that nobody has."""
    locks = lock_table.entries(desk)
    known = trial.try_kexin(home, settings, locks[0].lock_id if locks else None)
    key, tone = ("kexin_ok", Tone.GOOD) if known else ("kexin_no_table", Tone.WARN)
    return Said(tone, "settings.test_ok", f"settings.{key}", {"locks": len(locks)})


def _said_of(tried: trial.TriedProperty) -> Said:
    key = "property_ok" if tried.known else "property_no_community"
    tone = Tone.GOOD if tried.known else Tone.WARN
    facts = {"count": tried.communities}
    return Said(tone, "settings.test_ok", f"settings.{key}", facts)


def _settings(state: SettingsState, present: Settings, sections: set[str]) -> Settings:
    """The settings as they will be. Raises `InputInvalid` for the first wrong value."""
    made: dict[str, Any] = {}
    for section in sections:
        if section not in state.parts:
            made[section] = None
            continue
        values = {
            key: _checked(f"{section}.{key}", state.values[f"{section}.{key}"])
            for key in FIELDS[section]
        }
        part = getattr(present, section)
        made[section] = (
            PARTS[section](**values) if part is None else msgspec.structs.replace(part, **values)
        )
    return msgspec.structs.replace(present, **made)


def _texts(settings: Settings) -> tuple[dict[str, str], frozenset[str]]:
    """Every value as text, with a part's defaults where the site does not have it."""
    values: dict[str, str] = {}
    parts = {section for section in FIELDS if getattr(settings, section) is not None}
    for section, keys in FIELDS.items():
        part = getattr(settings, section)
        defaults = {one.name: one.default for one in msgspec.structs.fields(PARTS[section])}
        for key in keys:
            value = getattr(part, key) if part is not None else defaults[key]
            values[f"{section}.{key}"] = "" if value is msgspec.NODEFAULT else str(value)
    return values, frozenset(parts)


def _problems(values: Mapping[str, str], parts: frozenset[str]) -> dict[str, InputInvalid]:
    found: dict[str, InputInvalid] = {}
    for name, text in values.items():
        if name.partition(".")[0] in parts:
            try:
                _checked(name, text)
            except InputInvalid as error:
                found[name] = error
    return found


def _checked(name: str, text: str) -> object:
    """A value in its type. Raises `InputInvalid`."""
    if name in FLAGS:
        return check_field(name, text == ON)
    if name not in NUMBERS:
        return check_field(name, text.strip())
    try:
        return check_field(name, int(text))
    except ValueError:
        raise InputInvalid(Code.SETTINGS_FIELD, field=name, rule="whole_number") from None
