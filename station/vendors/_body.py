"""How the fields of a call travel: as JSON, as a form, or beside a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

import msgspec
from urllib3.filepost import encode_multipart_formdata


class Body(StrEnum):
    """How the fields of a POST travel."""

    FORM = "form"
    JSON = "json"


@dataclass(frozen=True, slots=True, repr=False)
class File:
    """A file sent beside the fields, as `multipart/form-data`. `kind` is its media type."""

    field: str
    name: str
    kind: str
    content: bytes


def encode(fields: Mapping[str, str | int], body: Body, file: File | None) -> tuple[bytes, str]:
    """The body of a request and its media type; a file makes it multipart whatever `body` says."""
    if file is not None:
        texts = [(name, str(value)) for name, value in fields.items()]
        part = (file.field, (file.name, file.content, file.kind))
        return encode_multipart_formdata([*texts, part])
    if body is Body.JSON:
        return msgspec.json.encode(dict(fields)), "application/json; charset=utf-8"
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"
