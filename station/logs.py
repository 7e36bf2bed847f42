"""Logs: a rotating file in the desk's home, the TRAFFIC level for vendor calls, and redaction.

Nothing secret and nothing personal reaches a log. `redact` is used where vendor traffic is logged
(it knows the fields by name); `RedactionFilter` stands before every handler and catches what slips
into free text and tracebacks. Only the standard library is imported: start-up waits for this.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

TRAFFIC: Final = 5
"""Below DEBUG: one line for each vendor call and each reply."""

ROOT: Final = "station"
LOG_FILE: Final = "station.log"
MAX_BYTES: Final = 2 * 1024 * 1024
KEPT_FILES: Final = 5
"""Older files kept beside the current one: 12 MiB of log at most."""

HIDDEN: Final = "***"
MAX_LOGGED_TEXT: Final = 500
MAX_LOGGED_ITEMS: Final = 20

SECRET_KEYS: Final = frozenset(
    {
        "access_token",
        "accesstoken",
        "token",
        "appsecret",
        "app_secret",
        "appid",
        "app_id",
        "secret",
        "sign",
        "signature",
        "pass",
        "password",
        "pwd",
        "pin",
        "muid",
        "base64",
        "hexs",
        "img_code",
        "authorization",
        "cookie",
        "set-cookie",
    }
)
PERSONAL_KEYS: Final = frozenset(
    {"name", "mobile", "phone", "tel", "id_card", "idcard", "contact", "login"}
)
OPEN_KEYS: Final = frozenset({"rm_id", "room_id", "card_no", "card_id", "uid"})
"""Identifiers that may look like an identity number and are needed whole."""
SHOWN_KEYS: Final = frozenset(
    {
        "code",
        "msg",
        "errcode",
        "errmsg",
        "data",
        "rm_name",
        "abkp",
        "valid",
        "unvalid",
        "org_id",
        "is_new",
        "ic_id_mode",
        "expires_in",
        "ce",
        "d2",
        "m1",
        "state",
        "status",
    }
)
"""Fields whose text is shown, redacted as free text is. Any other text may be somebody's name."""

_NAMES: Final = SECRET_KEYS | PERSONAL_KEYS | OPEN_KEYS | SHOWN_KEYS
_KEYS: Final = "|".join(sorted(SECRET_KEYS | PERSONAL_KEYS, key=len, reverse=True))
_NAMED: Final = re.compile(
    rf"""(?P<key>(?<![\w-])(?:{_KEYS})\\?["']?\s*(?:=|:|%3D)\s*(?:Bearer\s+|Basic\s+)?)"""
    r"""(?:\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|[^\s&"'<>,;)}\]]+)""",
    re.IGNORECASE,
)
_BEARER: Final = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/-]{8,}=*")
# A number may stand behind a JSON escape: `\u623713800000001` is one character and a mobile number.
_START: Final = r"(?:(?<![0-9A-Fa-f])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
_MOBILE: Final = re.compile(
    _START + r"(?:(?:\+|00|%2B)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
)
_DATE: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY: Final = re.compile(
    rf"""(?P<open>(?:rm|room)_?id\\?["']?\s*(?:=|:)\s*\\?["']?\d+)|"""
    rf"{_START}[1-9]\d{{5}}(?:(?:19|20)\d{{2}}{_DATE}\d{{3}}[\dXx]|\d{{2}}{_DATE}\d{{3}})(?![0-9])",
    re.IGNORECASE,
)
_BLOB: Final = re.compile(r"[A-Za-z0-9+/_-]{160,}={0,2}")


def get(name: str) -> logging.Logger:
    """The logger `station.<name>`; loggers are named after the part, not after the module."""
    return logging.getLogger(f"{ROOT}.{name}")


_known_secrets: Final[set[str]] = set()


def hide(*secrets: str) -> None:
    """Keep these values out of every log from now on, wherever they turn up.

    For whoever holds a secret. Values of less than six characters are not taken: blanking those
    would blank half of everything.
    """
    _known_secrets.update(secret for secret in secrets if len(secret) >= 6)


def redact_text(text: str, hidden: Iterable[str] = ()) -> str:
    """Free text without secrets, tokens, mobile numbers and identity numbers.

    `hidden` are values known to be secret or personal here (a name, a token): they go wherever they
    stand. Values of one character are left: they would blank half a sentence.
    """
    values = sorted(
        _known_secrets.union(value for value in hidden if len(value) > 1), key=len, reverse=True
    )
    # A value that is part of a key (a secret called "secret") goes last: the keys are needed whole.
    early = [value for value in values if value.lower() not in _KEYS]
    text = _without(text, early)
    text = _BLOB.sub(lambda found: f"{HIDDEN}({len(found[0])} characters)", text)
    text = _NAMED.sub(lambda found: found["key"] + HIDDEN, text)
    text = _without(text, values)
    text = _BEARER.sub(lambda found: f"{found[1]} {HIDDEN}", text)
    text = _IDENTITY.sub(lambda found: found["open"] or HIDDEN, text)
    return _MOBILE.sub(HIDDEN, text)


def _without(text: str, values: Iterable[str]) -> str:
    for value in values:
        text = text.replace(value, HIDDEN)
    return text


def redact(value: Any, hidden: Iterable[str] = ()) -> Any:
    """A copy of a request's or reply's fields that may be logged: cut short and without secrets.

    Text of a field that is not known to be harmless is not shown, only its length.
    """
    return _shown(value, tuple(hidden), known=True)


def _shown(value: Any, hidden: tuple[str, ...], *, known: bool) -> Any:
    if isinstance(value, Mapping):
        pairs = list(value.items())[:MAX_LOGGED_ITEMS]
        return {_key(key): _field(str(key)[:64], item, hidden) for key, item in pairs}
    if isinstance(value, (list, tuple)):
        items = [_shown(item, hidden, known=known) for item in value[:MAX_LOGGED_ITEMS]]
        more = len(value) - len(items)
        return [*items, f"… {more} more"] if more else items
    if isinstance(value, bool) or value is None:
        return value
    text = str(value)
    if not known and isinstance(value, str):
        return f"({len(text)} characters)" if text else ""
    redacted = redact_text(text[:MAX_LOGGED_TEXT], hidden)
    if len(text) > MAX_LOGGED_TEXT:
        redacted += f"… {len(text)} characters"
    return redacted if isinstance(value, str) or redacted != text else value


def _key(key: object) -> str:
    name = str(key)[:64]
    return name if name.lower() in _NAMES else redact_text(name)


def _field(key: str, value: Any, hidden: tuple[str, ...]) -> Any:
    folded = key.strip().lower()
    if folded in SECRET_KEYS or folded in PERSONAL_KEYS:
        return HIDDEN if value not in ("", None) else value
    if folded in OPEN_KEYS and isinstance(value, (str, int)) and len(str(value)) <= 64:
        return value if str(value) not in hidden else HIDDEN
    return _shown(value, hidden, known=folded in SHOWN_KEYS)


class RedactionFilter(logging.Filter):
    """Redacts each record for good: message, arguments, traceback and stack.

    The record itself is changed, so no handler that comes later sees the original.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except Exception:
            message = f"{record.msg!s} (arguments do not fit)"
        record.msg, record.args = _one_line(redact_text(message)), ()
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        record.exc_info = None
        if record.exc_text:
            record.exc_text = redact_text(record.exc_text)
        if record.stack_info:
            record.stack_info = redact_text(record.stack_info)
        return True


def _one_line(text: str) -> str:
    """Control characters escaped: a vendor's message cannot forge a line of the log."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == " " else ascii(char)[1:-1] for char in text
    )


def setup(
    home: Path | None,
    *,
    traffic: bool = False,
    level: int = logging.INFO,
    stderr: int | None = None,
) -> None:
    """Send the desk's records to `<home>/logs/station.log` and, from `stderr` on, to the terminal.

    May be called again; earlier handlers are closed. A log that cannot be written never stops the
    desk: without a usable folder there is only the terminal. `traffic` also logs vendor calls.
    """
    logger = logging.getLogger(ROOT)
    close()
    logger.setLevel(TRAFFIC if traffic else level)
    logger.propagate = False
    logging.addLevelName(TRAFFIC, "TRAFFIC")
    if home is not None:
        handler = _file_handler(home / "logs")
        if handler is not None:
            _attach(logger, handler, "%(asctime)s %(levelname)s %(name)s %(message)s")
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.CRITICAL if stderr is None else stderr)
    _attach(logger, terminal, "%(levelname)s %(name)s: %(message)s")


def close() -> None:
    """Close the handlers that `setup` added; the logger passes records on again."""
    logger = logging.getLogger(ROOT)
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.propagate = True


def _attach(logger: logging.Logger, handler: logging.Handler, form: str) -> None:
    handler.setFormatter(logging.Formatter(form))
    handler.addFilter(RedactionFilter())
    logger.addHandler(handler)


def _file_handler(folder: Path) -> logging.Handler | None:
    from logging.handlers import RotatingFileHandler  # late: it imports sockets and queues

    class Rotating(RotatingFileHandler):
        """Keeps writing to the same file where another program's handle forbids the rotation."""

        def doRollover(self) -> None:  # noqa: N802 - the base class's name
            try:
                super().doRollover()
            except OSError:
                if self.stream is None:
                    self.stream = self._open()

        def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
            """A full disk is the journal's to report; the log stays silent."""

    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / LOG_FILE
        path.touch(mode=0o600)
        return Rotating(
            path,
            maxBytes=MAX_BYTES,
            backupCount=KEPT_FILES,
            encoding="utf-8",
            errors="backslashreplace",
            delay=True,
        )
    except OSError:
        return None
