"""The self-test's checks of what is loaded: modules, libraries, words, sounds, keyring, trust.

Everything is imported by name: this file must name libraries that only their own part may import.
"""

import pkgutil
import platform
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib import import_module, resources
from typing import Final

from station.catalogue import LANGUAGES
from station.children import is_packaged
from station.cli.display import has_window
from station.cli.selftest import NotWell
from station.errors import StationError

PACKAGES: Final = ("station", "ui", "resources")
UNDER_ALEMBIC_ONLY: Final = "station.journal.migrations.env"
"""Runs when Alembic runs it: opening a journal is what tries it."""
NAMED: Final = 5
"""So many of several failures are named."""

LIBRARIES: Final = {
    "alembic": ("alembic.command", "mako.template"),
    "argon2-cffi": ("argon2", "_argon2_cffi_bindings"),
    "cryptography": ("cryptography.hazmat.primitives.ciphers.aead",),
    "filelock": ("filelock",),
    "keyring": ("keyring", "keyring.backends.null", "keyring.backends.fail"),
    "msgspec": ("msgspec.json",),
    "platformdirs": ("platformdirs",),
    "pypinyin": ("pypinyin",),
    "pyscard": ("smartcard.scard", "smartcard.util"),
    "requests": ("requests", "urllib3", "certifi", "charset_normalizer", "idna"),
    "rich": ("rich.console", "rich.table", "rich.progress"),
    "SQLAlchemy": ("sqlalchemy", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql"),
    "tenacity": ("tenacity",),
    "tomli-w": ("tomli_w",),
    "truststore": ("truststore",),
    "typer": ("typer", "typer.main"),
    "XlsxWriter": ("xlsxwriter",),
}
"""Every library that the program depends on, with the modules that must load."""
ON_WINDOWS: Final = {
    "tzdata": ("tzdata",),
    "pywin32-ctypes": ("win32ctypes.pywin32.win32cred",),
    "Windows keyring": ("keyring.backends.Windows",),
}
EXTRAS: Final = {
    "PySide6-Essentials": tuple(
        f"PySide6.Qt{name}" for name in ("Core", "Gui", "Widgets", "Network", "PrintSupport", "Svg")
    ),
    "flask": ("flask",),
    "werkzeug": ("werkzeug.serving",),
    "psycopg": ("psycopg", "psycopg_binary"),
}
"""What an installation from source may go without; the package has all of it."""


def versions() -> str:
    """What this is made of."""
    found = {
        "python": platform.python_version(),
        "openssl": import_module("ssl").OPENSSL_VERSION,
        "sqlite": import_module("sqlite3").sqlite_version,
        "system": platform.platform(),
        "packaged": str(is_packaged()).lower(),
    }
    if has_window():
        found["qt"] = import_module("PySide6.QtCore").qVersion()
    return ", ".join(f"{name} {value}" for name, value in found.items())


def modules() -> str:
    """Every module of the program."""
    names = [name for package in PACKAGES for name in _modules(package)]
    if not has_window() and not is_packaged():
        names = [name for name in names if not name.startswith("ui")]
    _load(names)
    return f"{len(names)}"


def libraries() -> str:
    """Every library that the program ships with."""
    wanted = dict(LIBRARIES)
    if sys.platform == "win32":
        wanted |= ON_WINDOWS
    missing = [name for name, inner in EXTRAS.items() if not _is_there(inner[0])]
    wanted |= {
        name: inner for name, inner in EXTRAS.items() if is_packaged() or name not in missing
    }
    _load(name for inner in wanted.values() for name in inner)
    left_out = "" if is_packaged() or not missing else f", - {', '.join(missing)}"
    return f"{len(wanted)}{left_out}"


def words() -> str:
    """The words of both languages, file by file."""
    place, wrong = resources.files("resources") / "i18n", []
    files = [*place.iterdir(), *(place / "ui").iterdir()]
    names = {file.name for file in files if file.name.endswith(".toml")}
    for name in names:
        stem, language, _ = name.split(".")
        wrong += [f"{stem}.{other}" for other in LANGUAGES if f"{stem}.{other}.toml" not in names]
        if language not in LANGUAGES:
            wrong.append(name)
    for file in files:
        if file.name.endswith(".toml"):
            tomllib.loads(file.read_text("utf-8"))
    if wrong or len(names) < 2 * len(LANGUAGES):
        raise NotWell(", ".join(wrong) or f"{len(names)}")
    return f"{len(names)}"


def sounds() -> str:
    """Both sounds, and on Windows what plays them."""
    import wave

    found = [
        file for file in (resources.files("resources") / "sounds").iterdir() if ".wav" in file.name
    ]
    for file in found:
        with file.open("rb") as raw, wave.open(raw) as sound:
            if not any(sound.readframes(sound.getnframes())):
                raise NotWell(file.name)
    if len(found) < 2:
        raise NotWell(f"{len(found)}")
    if sys.platform == "win32":
        import_module("winsound")
    return ", ".join(sorted(file.name for file in found))


def keyring() -> str:
    """Where secrets would be kept. Nothing is read from it and nothing written."""
    from station.secrets import keyring_name

    name = keyring_name()
    if not name and sys.platform == "win32":
        raise NotWell("-")
    return name or "-"


def trust() -> str:
    """The system's certificates, and the TLS context that the vendors' clients use."""
    import ssl

    import_module("station.vendors._connection").tls_context(None)
    return f"{ssl.create_default_context().cert_store_stats()['x509_ca']}"


def readers() -> str:
    """The readers there are; a computer without any, or without the service, is no fault."""
    from station.reader.reader import list_readers

    try:
        return ", ".join(list_readers()) or "-"
    except StationError as error:
        return error.code.value


def _modules(package: str) -> Iterator[str]:
    """The package's name and those of all modules below it; nothing but packages is imported."""
    yield package
    try:
        inside = import_module(package)
    except Exception:  # named by whoever loads it
        return
    for found in pkgutil.iter_modules(inside.__path__, f"{package}."):
        if found.ispkg:
            yield from _modules(found.name)
        elif found.name != UNDER_ALEMBIC_ONLY:
            yield found.name


def _load(names: Iterable[str]) -> None:
    wrong = []
    for name in names:
        try:
            import_module(name)
        except (Exception, SystemExit) as error:  # whatever a module does when it is loaded
            wrong.append(f"{name}: {type(error).__name__}: {error}")
    if wrong:
        more = f" (+{len(wrong) - NAMED})" if len(wrong) > NAMED else ""
        raise NotWell("; ".join(wrong[:NAMED]) + more)


def _is_there(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
