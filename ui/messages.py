"""The window's words: the shared catalogue in the language of the moment, switched at run time.

Widgets that show words connect to `changed` (or live below a `Retranslated` widget) and ask again.
"""

from PySide6.QtCore import QObject, Signal

from station.catalogue import Catalogue
from station.errors import StationError


class Words(QObject):
    """One language's words; `changed` says that it is another one now."""

    changed = Signal()

    def __init__(self, language: str = "zh_CN", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = Catalogue(language)

    def echo(self) -> "Words":
        """The same words through an object that ends with a page; see `Context.for_page`."""
        return _Echo(self)

    @property
    def language(self) -> str:
        return self.catalogue.language

    @property
    def catalogue(self) -> Catalogue:
        return self._catalogue

    def switch(self, language: str) -> None:
        """Speak another language from now on (`zh_CN` or `en`)."""
        if language != self.language:
            self._catalogue = Catalogue(language)
            self.changed.emit()

    def __call__(self, key: str, **facts: object) -> str:
        """A page's text: `words("login.title")` is `title` of `resources/i18n/ui/login.*.toml`."""
        return self.catalogue.text(f"ui_{key}", **facts)

    def word(self, section: str, key: object) -> str:
        """The word for a value of an enum, as the command line says it."""
        return self.catalogue.word(section, key)

    def sentence(self, error: StationError) -> str:
        """Cause and next step."""
        return self.catalogue.sentence(error)

    def cause(self, error: StationError) -> str:
        return self.catalogue.cause(error)

    def next_step(self, error: StationError) -> str:
        return self.catalogue.next_step(error)


class _Echo(Words):
    """Says what its source says, in the source's language."""

    def __init__(self, source: Words) -> None:
        QObject.__init__(self)
        self._source = source
        self._bell = _Bell(self)
        source.changed.connect(self._bell.rung)
        self._bell.rung.connect(self._pass_on)

    @property
    def catalogue(self) -> Catalogue:
        return self._source.catalogue

    def switch(self, language: str) -> None:
        self._source.switch(language)

    def _pass_on(self) -> None:
        self.changed.emit()


class _Bell(QObject):
    """PySide connects a signal to a signal, but not to one of an object that can be called."""

    rung = Signal()
