"""Which addresses a vendor may have: HTTPS anywhere, plain HTTP to this computer only."""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from station.errors import Code, InputInvalid

MAX_URL: Final = 300
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")
_VISIBLE: Final = re.compile(r"[!-~]+")
_PATH: Final = re.compile(r"[A-Za-z0-9._~/%-]*")


def is_loopback(host: str) -> bool:
    """Whether a host name or address (without brackets) is this computer."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_url(url: str, *, field: str) -> str:
    """The address without a trailing slash.

    Raises `InputInvalid` URL_MALFORMED (also for credentials, a query or a fragment inside) and
    URL_NOT_HTTPS.
    """
    wanted = url.strip()
    try:
        parts = urlsplit(wanted)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InputInvalid(Code.URL_MALFORMED, field=field) from None
    fits = (
        len(wanted) <= MAX_URL
        and _VISIBLE.fullmatch(wanted)  # `urlsplit` would drop a line break inside
        and parts.scheme in ("http", "https")
        and "@" not in parts.netloc
        and not parts.query
        and not parts.fragment
        and port != 0
        and _HOST.fullmatch(host)
        and _PATH.fullmatch(parts.path)
    )
    if not fits:
        raise InputInvalid(Code.URL_MALFORMED, field=field)
    if parts.scheme == "http" and not is_loopback(host):
        raise InputInvalid(Code.URL_NOT_HTTPS, field=field, value=host)
    return wanted.rstrip("/")
