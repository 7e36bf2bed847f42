"""Pictures for locks: the smallest that a header makes, and a whole PNG."""

import struct
import zlib


def png(width: int = 3, height: int = 2) -> bytes:
    """A whole PNG, grey."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x7f" * width for _ in range(height)))
    parts = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def jpg(width: int = 320, height: int = 240, *, frame: int = 0xC0, before: bytes = b"") -> bytes:
    """A JPG's segments as far as its frame, then no picture; `before` stands ahead of the frame."""
    app = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    start = segment(frame, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    return b"\xff\xd8" + app + before + start + b"\xff\xd9"


def segment(marker: int, data: bytes) -> bytes:
    """One segment of a JPG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
