"""The fields of a property call, checked as the document's tables say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Request

from station.simulators.calls import BodyKind, read_body, read_query
from station.simulators.fields import FieldReader
from station.simulators.property.sentences import SORRY, refused, wrong_field
from station.simulators.property.switches import BodyForm

_PHONE = re.compile(r"1[3-9][0-9]{9}")
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart body."""

    name: str
    content: bytes


class Fields(FieldReader):
    """A call's fields and files, wherever they came: body or address."""

    def __init__(self, values: Mapping[str, object], uploads: Mapping[str, Upload]) -> None:
        super().__init__(values)
        self.uploads = uploads

    def refusal(self, name: str) -> Exception:
        """The document has no sentence for most wrong fields."""
        return wrong_field(name)

    def id(self, name: str = "id") -> int:
        """An id, as number or text."""
        return self.whole(name, 0, _LARGEST_ID)

    def optional_id(self, name: str) -> int | None:
        """An id that may be left out."""
        return None if self.optional(name) is None else self.id(name)

    def phone(self, name: str = "phone") -> str:
        """A mobile number of eleven figures (1.1's refusal for anything else)."""
        given = self.optional(name) or ""
        if not _PHONE.fullmatch(given):
            raise refused(SORRY, "必须是正确的手机号", phone=given)
        return given

    def flag(self, name: str) -> bool | None:
        """A boolean: true, 1, "1", "true" or their contraries; None when it was left out."""
        value = self.raw(name)
        if value is None:
            return None
        known = {"1": True, "true": True, "0": False, "false": False}
        found = known.get(str(value).lower())
        if found is None:
            raise wrong_field(name)
        return found


def read_fields(request: Request, accepted: BodyForm) -> Fields:
    """What a request brought. A body of a kind that is not accepted brings nothing."""
    values = read_query(request.query_string.decode("utf-8", "replace"))
    if (request.content_type or "").startswith("multipart/form-data"):
        uploads = {
            name: Upload(file.filename or "", file.read()) for name, file in request.files.items()
        }
        return Fields(values | request.form.to_dict(), uploads)
    kind, body = read_body(request.content_type or "", request.get_data())
    kinds = {
        BodyForm.EITHER: (BodyKind.FORM, BodyKind.JSON),
        BodyForm.FORM: (BodyKind.FORM,),
        BodyForm.JSON: (BodyKind.JSON,),
    }
    return Fields(values | body if kind in kinds[accepted] else values, {})
