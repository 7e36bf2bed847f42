"""Form or JSON? The platform's text says JSON, its examples send forms: found out harmlessly."""

from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from threading import Lock
from typing import TypeVar

from station.errors import Code, StationError, VendorRefused
from station.vendors._http import Body

T = TypeVar("T")


class BodySetting(StrEnum):
    """What a site sets."""

    AUTO = "auto"
    FORM = "form"
    JSON = "json"


_ABOUT_THE_BODY = frozenset(
    {Code.SERVICE_HTTP_STATUS, Code.REPLY_NOT_JSON, Code.REPLY_SHAPE, Code.DOOR_LOCK_REFUSED}
)
"""Answers that may come of the wrong body. A service that is not there says nothing about it."""


class BodyChooser:
    """Knows the body, or finds it out with a call that changes nothing.

    `remember` is told each finding, so that it outlives the program; `known` is such a finding.
    """

    def __init__(
        self, setting: BodySetting, known: Body | None, remember: Callable[[str], None] | None
    ) -> None:
        self._auto = setting is BodySetting.AUTO
        self._body = known if self._auto else Body(setting.value)
        self._remember = remember
        self._lock = Lock()

    def known_or(self, find_out: Callable[[], object]) -> Body:
        """The body to use. While it is not known, `find_out` must lead through `trying`."""
        if self._body is None:
            find_out()
        if self._body is None:  # pragma: no cover - `trying` sets it or raises
            raise AssertionError("the body was not found out")
        return self._body

    def trying(self, harmless: Callable[[Body], T]) -> T:
        """Make a harmless call; under `auto` with the other body too, if the first is not liked.

        The other body is also tried when a remembered one is refused: the service may have been
        replaced by a newer one. Raises what the first body met, when neither pleases.
        """
        with self._lock:
            first = self._body or Body.FORM
            try:
                reply = harmless(first)
            except StationError as error:
                if not self._auto or error.code not in _ABOUT_THE_BODY:
                    raise
                met = error
            else:
                self._found(first)
                return reply
            other = Body.JSON if first is Body.FORM else Body.FORM
            try:
                reply = harmless(other)
            except StationError as error:
                # A refusal names a cause (a wrong secret); a strange page only says "not this way".
                raise (error if _says_more(error, met) else met) from None
            self._found(other)
            return reply

    def _found(self, body: Body) -> None:
        if body is self._body:
            return
        self._body = body
        if self._remember is not None:
            with suppress(Exception):  # finding it out again costs one harmless call
                self._remember(body.value)


def _says_more(error: StationError, met: StationError) -> bool:
    return isinstance(error, VendorRefused) and not isinstance(met, VendorRefused)
