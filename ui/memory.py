"""What the window remembers between two runs: `window.ini` in the desk's home.

Never precious and nothing secret: a file that is damaged or cannot be written costs the operator
one choice in a menu.
"""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from ui.theme.tokens import Look

FILE = "window.ini"


class Memory:
    """Look, language, sound, operators' names and the window's place."""

    def __init__(self, home: Path) -> None:
        self._kept = QSettings(str(home / FILE), QSettings.Format.IniFormat)

    @property
    def language(self) -> str:
        """What an operator chose; empty while nobody did."""
        return self._text("language")

    @language.setter
    def language(self, value: str) -> None:
        self._put("language", value)

    @property
    def site_language(self) -> str:
        """The settings' language as of the last run, known before the settings are read."""
        return self._text("site_language")

    @site_language.setter
    def site_language(self, value: str) -> None:
        self._put("site_language", value)

    @property
    def look(self) -> Look:
        found = self._text("look")
        return Look(found) if found in set(Look) else Look.SYSTEM

    @look.setter
    def look(self, value: Look) -> None:
        self._put("look", value.value)

    @property
    def sound(self) -> bool:
        return self._text("sound") != "off"

    @sound.setter
    def sound(self, value: bool) -> None:
        self._put("sound", "on" if value else "off")

    @property
    def site(self) -> str:
        """The site's name as of the last run."""
        return self._text("site")

    @site.setter
    def site(self, value: str) -> None:
        self._put("site", value)

    @property
    def operator(self) -> str:
        """Who logged in last."""
        return self._text("operator")

    @operator.setter
    def operator(self, value: str) -> None:
        self._put("operator", value)

    @property
    def names(self) -> tuple[str, ...]:
        """Who could log in as of the last run."""
        return tuple(name for name in self._text("names").split("\n") if name)

    @names.setter
    def names(self, value: tuple[str, ...]) -> None:
        self._put("names", "\n".join(value))

    @property
    def geometry(self) -> QByteArray:
        found = self._kept.value("geometry")
        return found if isinstance(found, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._put("geometry", value)

    def sync(self) -> None:
        """Write what has changed."""
        self._kept.sync()

    def _text(self, key: str) -> str:
        found = self._kept.value(key, "")
        return found if isinstance(found, str) else ""

    def _put(self, key: str, value: str | QByteArray) -> None:
        if self._kept.value(key) != value:
            self._kept.setValue(key, value)
