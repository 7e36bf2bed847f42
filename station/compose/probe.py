"""What time it is elsewhere: a service's Date header, asked for without any of its calls."""

import http.client
import ssl
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

TIMEOUT_S: Final = 3.0


def service_time(url: str) -> datetime | None:
    """The service's own time (UTC, whole seconds); None when it does not say."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(
            host, port, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    )
    try:
        with closing(connection):
            connection.request("HEAD", "/")
            said = connection.getresponse().getheader("Date")
        return None if said is None else parsedate_to_datetime(said).astimezone(UTC)
    except (OSError, http.client.HTTPException, ValueError, TypeError):
        return None
