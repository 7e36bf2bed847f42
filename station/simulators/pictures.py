"""Pictures of faces and fingerprint data: what a lock or cloud makes of them, and samples to send.

Nothing of either is ever kept but its SHA-256.
"""

import hashlib
import re
import struct
import zlib
from base64 import b64decode

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_JPG_HEAD, _JPG_END = b"\xff\xd8\xff", b"\xff\xd9"
_HEXS = re.compile(r"[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2})*")
DIGEST_LENGTH = 64
_DIGEST = re.compile(r"[0-9a-f]{64}")


def digest_of(data: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def picture_digest(base64: str) -> str:
    """The SHA-256 of a whole JPG or PNG in base64. Raises ValueError for anything else."""
    data = b64decode(base64, validate=True)
    if data.startswith(_PNG_HEAD) and data.endswith(_PNG_END):
        return digest_of(data)
    if data.startswith(_JPG_HEAD) and data.endswith(_JPG_END):
        return digest_of(data)
    raise ValueError("neither a JPG nor a PNG")


def template_digest(hexs: str) -> str:
    """The SHA-256 of the bytes in `ab-cd-ef`. Raises ValueError."""
    if not _HEXS.fullmatch(hexs):
        raise ValueError("not hex bytes joined by hyphens")
    return digest_of(bytes.fromhex(hexs.replace("-", "")))


def given_digest(text: str) -> str:
    """A SHA-256 as somebody gave it. Raises ValueError for anything else."""
    if not _DIGEST.fullmatch(text.lower()):
        raise ValueError("not a SHA-256 in hex")
    return text.lower()


def sample_face(number: int = 1) -> bytes:
    """A PNG of 64 x 64 grey pixels that stands for a person's face; each number is another."""
    side = 64
    row = b"\x00" + bytes((number * 37 + at * 3) % 256 for at in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(row * side)), (b"IEND", b""))
    return _PNG_HEAD + b"".join(_chunk(kind, data) for kind, data in parts)


def sample_finger(number: int = 1) -> str:
    """Fingerprint data as the platform takes it; each number is another finger."""
    return hashlib.sha256(f"finger {number}".encode()).digest().hex("-")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
