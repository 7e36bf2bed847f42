"""The one place that talks HTTP: sessions, time-outs, signing, envelopes, faults, redaction, log.

A vendor declares its calls as `Endpoint`s and how its envelope is opened; `Api.call` does the rest.
What a caller sees is a checked value or a `StationError`, never anything else:

- nothing was sent (refused, DNS, TLS handshake, connect time-out, proxy): `Unreachable`, even of a
  write
- something was sent and no clear answer came: of a write `OutcomeUnknown(call, cause)`, of an
  idempotent call `Unreachable` with the same code
- the vendor answered no: `VendorRefused(call, vendor_code, vendor_msg)`

HTTP 4xx of a write: 401, 403, 404, 405, 411, 413, 414, 415, 429 and 431 are answered before a
request is acted upon, so nothing was written; any other status may come from half-done work.
"""

import logging
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
import tenacity
from requests.utils import get_environ_proxies

from station import logs
from station.errors import (
    Code,
    InputInvalid,
    OutcomeUnknown,
    StationError,
    Unreachable,
    VendorRefused,
)
from station.vendors import _body, _reply
from station.vendors._body import Body as Body
from station.vendors._body import File as File
from station.vendors._connection import Adapter, Watch, tls_context, watching
from station.vendors._endpoint import MIB as MIB
from station.vendors._endpoint import NOT_ACTED_UPON as NOT_ACTED_UPON
from station.vendors._endpoint import WITH_BODY, Reply, Signer
from station.vendors._endpoint import Endpoint as Endpoint
from station.vendors._endpoint import Envelope as Envelope
from station.vendors._endpoint import Fields as Fields
from station.vendors._endpoint import Patience as Patience
from station.vendors._faults import WireError, classify, retry_after
from station.vendors._url import check_url, is_loopback

# urllib3 warns about odd headers with the whole address in its text, and so with the token.
logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)


class Api:
    """One vendor's address, and the way to it. May be used by several threads.

    `cloud` decides what an HTML page means (a captive portal, or a wrong local service).
    `believed` are codes of the vendor that count whatever the HTTP status of their reply is.
    Raises `InputInvalid` URL_MALFORMED, URL_NOT_HTTPS, FILE_UNREADABLE (the certificate file).
    """

    def __init__(
        self,
        service: str,
        url: str,
        *,
        envelope: Callable[[Any], Envelope],
        cloud: bool,
        patience: Patience,
        ca_file: Path | None = None,
        sign: Signer | None = None,
        believed: Container[int] = frozenset(),
    ) -> None:
        self.service = service
        self._url = check_url(url, field=f"{service}.url")
        self._envelope = envelope
        self._cloud = cloud
        self._patience = patience
        self._sign = sign
        self._believed = believed
        self._log = logs.get(f"vendors.{service}")
        self._local = is_loopback(urlsplit(self._url).hostname or "")
        self._tls = tls_context(ca_file) if self._url.startswith("https:") else None
        self._lock = Lock()
        self._kept: Adapter | None = None

    def call(
        self,
        endpoint: Endpoint[Reply],
        fields: Fields | None = None,
        *,
        query: Mapping[str, str] | None = None,
        body: Body = Body.JSON,
        bearer: str = "",
        file: File | None = None,
    ) -> Reply:
        """Send one call and return its checked reply. Raises as the head of this file says.

        `bearer` is a token that goes into the header `Authorization`.
        """
        request = self._prepare(endpoint, fields or {}, query or {}, body, bearer, file)
        attempts = (endpoint.attempts or self._patience.attempts) if endpoint.idempotent else 1
        if attempts == 1:
            return self._once(endpoint, request)
        again = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(attempts),
            wait=tenacity.wait_random_exponential(self._patience.backoff_s, max=5),
            retry=tenacity.retry_if_exception(self._worth_repeating),
            reraise=True,
        )
        reply: Reply = again(self._once, endpoint, request)
        return reply

    def close(self) -> None:
        """Close the kept connection. The next call opens another."""
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def _worth_repeating(self, error: BaseException) -> bool:
        if not isinstance(error, StationError) or error.code not in self._patience.retried:
            return False
        status = error.context.get("status", 500)
        return isinstance(status, int) and status >= 500

    def _prepare(
        self,
        endpoint: Endpoint[Any],
        fields: Fields,
        query: Mapping[str, str],
        body: Body,
        bearer: str,
        file: File | None,
    ) -> "_Request":
        for name, value in (*fields.items(), *query.items()):
            lone = isinstance(value, str) and not value.isascii()
            if lone and any("\ud800" <= char <= "\udfff" for char in str(value)):
                raise InputInvalid(Code.FIELD_CHARACTERS, field=name)
        signed = self._sign(fields) if self._sign else fields
        kept = logs.SECRET_KEYS | logs.PERSONAL_KEYS | endpoint.secret
        sent = {**signed, **query}
        hidden = (bearer, *(str(value) for name, value in sent.items() if name.lower() in kept))
        content, kind = b"", ""
        if endpoint.method in WITH_BODY:
            content, kind = _body.encode(signed, body, file)
        if self._log.isEnabledFor(logs.TRAFFIC):
            open_ = {
                name: logs.HIDDEN if name.lower() in endpoint.secret else value
                for name, value in sent.items()
            }
            self._log.log(logs.TRAFFIC, "-> %s %s", endpoint.call, logs.redact(open_, hidden))
        url = f"{self._url}{endpoint.path}" + (f"?{urlencode(query)}" if query else "")
        return _Request(url, content, kind, bearer, hidden)

    def _once(self, endpoint: Endpoint[Reply], request: "_Request") -> Reply:
        began = monotonic()
        error: StationError
        try:
            status, content = self._exchange(endpoint, request)
            envelope = self._open(content)
            self._note(endpoint, request, began, status, envelope)
            if envelope.refused is None:
                return endpoint.parse(envelope.data)
            error = self._refusal(endpoint, request, envelope)
        except WireError as fault:
            error = self._error(endpoint, fault)
        except _reply.ShapeError as wrong:
            error = self._error(endpoint, WireError(Code.REPLY_SHAPE, done=True, field=wrong.field))
        except Exception as unforeseen:
            self._log.error(
                "%s: %s", endpoint.call, logs.redact_text(repr(unforeseen), request.hidden)
            )
            error = self._error(endpoint, WireError(Code.INTERNAL, done=True))
        self._log.log(logs.TRAFFIC, "!! %s %s", endpoint.call, error)
        # Raised out here, so that no exception with the address (and its token) hangs on it.
        raise error

    def _exchange(self, endpoint: Endpoint[Any], request: "_Request") -> tuple[int, bytes]:
        """The status and the body of a reply that may be looked into. Raises `WireError`."""
        patience = self._patience
        watch = Watch(monotonic() + patience.overall_s)
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "card-station",
        }
        if request.kind:
            headers["Content-Type"] = request.kind
        if request.bearer:
            headers["Authorization"] = f"Bearer {request.bearer}"
        if endpoint.once:
            headers["Connection"] = "close"
        try:
            prepared = requests.Request(
                endpoint.method, request.url, headers=headers, data=request.content or None
            ).prepare()
            with watching(watch), self._way(fresh=endpoint.once) as way:
                # The adapter alone, without a `requests.Session`: no redirects, no cookies, no
                # netrc and no certificates from the environment.
                response = way.send(
                    prepared,
                    stream=True,
                    timeout=(patience.connect_s, patience.read_s),
                    proxies=self._proxies(),
                )
                with response:
                    return response.status_code, self._body(endpoint, response)
        except WireError as fault:
            raised = fault
        except Exception as error:
            raised = classify(error, sent=watch.sent)
        self.close()
        try:
            raise raised
        finally:
            # It holds this frame, and the frame the reply: its connection would stay open for long.
            del raised

    @contextmanager
    def _way(self, *, fresh: bool) -> Iterator[Adapter]:
        """The kept connection, or one of its own that is closed after the call."""
        if fresh:
            with closing(Adapter(self._tls)) as way:
                yield way
            return
        with self._lock:
            if self._kept is None:
                self._kept = Adapter(self._tls)
            kept = self._kept
        yield kept

    def _proxies(self) -> dict[str, str]:
        return {} if self._local else get_environ_proxies(self._url)

    def _body(self, endpoint: Endpoint[Any], response: requests.Response) -> bytes:
        """The body of a good reply, or of one whose body says itself what is wrong."""
        try:
            self._check_status(response)
        except WireError as fault:
            if self._believed:
                with suppress(Exception):  # whatever is wrong with the body, the status says more
                    content = _read(response, endpoint.max_bytes)
                    if self._open(content).code in self._believed:
                        return content
            raise fault from None
        return _read(response, endpoint.max_bytes)

    def _check_status(self, response: requests.Response) -> None:
        status = response.status_code
        if 200 <= status < 300:
            return
        done = status not in NOT_ACTED_UPON
        if status in (429, 503):
            wait = retry_after(response.headers.get("Retry-After"))
            facts = {} if wait is None else {"retry_after_s": wait}
            raise WireError(Code.SERVICE_BUSY, done=done, status=status, **facts)
        portal = status == 511 or (300 <= status < 400 and self._leads_away(response))
        code = Code.CAPTIVE_PORTAL if self._cloud and portal else Code.SERVICE_HTTP_STATUS
        raise WireError(code, done=done, status=status)

    def _leads_away(self, response: requests.Response) -> bool:
        try:
            host = urlsplit(response.headers.get("Location", "")).hostname
        except ValueError:
            return True
        return host is not None and host != urlsplit(self._url).hostname

    def _open(self, content: bytes) -> Envelope:
        try:
            return self._envelope(_reply.decode(content))
        except _reply.NotJsonError:
            page = self._cloud and content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
            code = Code.CAPTIVE_PORTAL if page else Code.REPLY_NOT_JSON
        raise WireError(code, done=True, size=len(content))

    def _note(
        self,
        endpoint: Endpoint[Any],
        request: "_Request",
        began: float,
        status: int,
        envelope: Envelope,
    ) -> None:
        if self._log.isEnabledFor(logs.TRAFFIC):
            data = logs.HIDDEN if endpoint.private else envelope.data
            shown = {"code": envelope.code, "msg": envelope.msg, "data": data}
            took = round((monotonic() - began) * 1000)
            reply = logs.redact(shown, (*request.hidden, *_secrets(envelope.data)))
            self._log.log(logs.TRAFFIC, "<- %s %s %s ms %s", endpoint.call, status, took, reply)

    def _refusal(
        self, endpoint: Endpoint[Any], request: "_Request", envelope: Envelope
    ) -> VendorRefused:
        return VendorRefused(
            endpoint.refusal or envelope.refused or Code.INTERNAL,
            service=self.service,
            call=endpoint.call,
            vendor_code=str(envelope.code),
            vendor_msg=logs.redact_text(envelope.msg, (*request.hidden, *_secrets(envelope.data))),
        )

    def _error(self, endpoint: Endpoint[Any], fault: WireError) -> StationError:
        facts: dict[str, Any] = {"service": self.service, "call": endpoint.call, **fault.facts}
        if fault.done and not endpoint.idempotent:
            return OutcomeUnknown(endpoint.unknown, cause=fault.code.value, **facts)
        return Unreachable(fault.code, **facts)


@dataclass(frozen=True, slots=True, repr=False)
class _Request:
    """A call made ready. `hidden`: values that no log and no error may show."""

    url: str
    content: bytes
    kind: str
    bearer: str
    hidden: tuple[str, ...]


def _secrets(data: Any) -> Iterator[str]:
    """What a reply holds that its own sentence may repeat: a passcode just made, a name."""
    if isinstance(data, dict):
        for name, value in data.items():
            if value and str(name).lower() in logs.SECRET_KEYS | logs.PERSONAL_KEYS:
                yield str(value)


def _read(response: requests.Response, limit: int) -> bytes:
    """The body, as far as `limit` bytes. Raises `WireError` REPLY_TOO_LARGE beyond."""
    announced = response.headers.get("Content-Length", "")
    content = bytearray()
    too_large = announced.isdigit() and len(announced) < 20 and int(announced) > limit
    while not too_large:
        piece = response.raw.read(64 * 1024, decode_content=True)
        if not piece:
            return bytes(content)
        content += piece
        too_large = len(content) > limit
    raise WireError(Code.REPLY_TOO_LARGE, done=True, limit=limit)
