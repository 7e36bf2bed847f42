"""The named values of a call, whichever body they came in; each vendor says how it refuses one."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping

_DIGITS = re.compile(r"-?[0-9]{1,19}")


class FieldReader(ABC):
    """A call's fields, read and checked; a vendor's own reader adds its kinds of fields.

    Every method raises what `refusal` gives for a field that is not as the document says.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    @abstractmethod
    def refusal(self, name: str) -> Exception:
        """The vendor's refusal of a call whose field of that name is missing or wrong."""

    def raw(self, name: str) -> object:
        """A value as it came; None when it is missing or empty."""
        value = self._values.get(name)
        return None if value == "" else value

    def optional(self, name: str) -> str | None:
        """A value as text; None when it is missing or empty. Long ids may come as numbers."""
        value = self.raw(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise self.refusal(name)

    def text(self, name: str) -> str:
        """A value that must be there, as text."""
        value = self.optional(name)
        if value is None:
            raise self.refusal(name)
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds, both included; it may come in quotes."""
        text = self.text(name)
        if not _DIGITS.fullmatch(text) or not least <= int(text) <= most:
            raise self.refusal(name)
        return int(text)
