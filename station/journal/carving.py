"""Events out of raw bytes: what a damaged file still holds when SQLite can read it no more.

An event's hash is stored right behind its canonical bytes, so each one found proves itself. Events
longer than a page are put together from their overflow pages.
"""

import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

_START: Final = re.compile(rb'\{"desk":"')
_END: Final = re.compile(rb'Z"\}')
_LONGEST: Final = 1 << 20
_WAL_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_LEAF: Final = 0x0D
_HASH: Final = 32

Bytes = bytes | mmap.mmap


def events_in(data: Bytes, low: int = 0, high: int | None = None) -> Iterator[tuple[bytes, bytes]]:
    """(canonical, hash) of every whole event in the bytes, in the order of their places."""
    end_of_data = len(data) if high is None else high
    place = low
    while (start := _START.search(data, place, end_of_data)) is not None:
        following = _START.search(data, start.end(), end_of_data)
        limit = min(start.start() + _LONGEST, end_of_data)
        if following is not None:
            limit = min(limit, following.start())
        place = start.end()
        for end in _END.finditer(data, start.end(), limit):
            canonical = data[start.start() : end.end()]
            stored = data[end.end() : end.end() + _HASH]
            if sha256(canonical).digest() == stored:
                yield canonical, stored
                place = end.end()
                break


@dataclass(slots=True)
class Pages:
    """The pages of a database file and of its WAL, the WAL's newest first."""

    size: int
    main: Bytes
    wal: dict[int, bytes] = field(default_factory=dict)

    def page(self, number: int) -> bytes:
        """One page; empty where there is none."""
        found = self.wal.get(number)
        if found is not None:
            return found
        return self.main[(number - 1) * self.size : number * self.size]

    def long_events(self, page: bytes, offset: int = 0) -> Iterator[tuple[bytes, bytes]]:
        """Events of a leaf page that run over into other pages."""
        if len(page) < self.size or page[offset] != _LEAF:
            return
        (cells,) = struct.unpack_from(">H", page, offset + 3)
        for place in range(offset + 8, offset + 8 + 2 * cells, 2):
            if place + 2 > self.size:
                return
            (cell,) = struct.unpack_from(">H", page, place)
            payload = self._long_payload(page, cell)
            if payload:
                yield from events_in(payload)

    def _long_payload(self, page: bytes, cell: int) -> bytes:
        length, at = _varint(page, cell)
        _, at = _varint(page, at)
        most = self.size - 35
        if not most < length <= _LONGEST:
            return b""
        least = (self.size - 12) * 32 // 255 - 23
        local = least + (length - least) % (self.size - 4)
        local = local if local <= most else least
        if at + local + 4 > self.size:
            return b""
        parts = [page[at : at + local]]
        left = length - local
        (following,) = struct.unpack_from(">I", page, at + local)
        while left > 0 and following:
            overflow = self.page(following)
            if len(overflow) < self.size:
                return b""
            (following,) = struct.unpack_from(">I", overflow)
            parts.append(overflow[4 : 4 + left])
            left -= self.size - 4
        return b"".join(parts) if left <= 0 else b""


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(9):
        if at >= len(data):
            return 0, at
        byte = data[at]
        at += 1
        if step == 8:
            return value << 8 | byte, at
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value, at


def frames(wal: bytes) -> Iterator[tuple[int, int, bytes, bytes]]:
    """(page number, database size after a commit or 0, salts, page) of every frame by its place."""
    if len(wal) < _WAL_HEADER:
        return
    size = page_size(struct.unpack_from(">I", wal, 8)[0])
    for place in range(_WAL_HEADER, len(wal) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        number, commit = struct.unpack_from(">II", wal, place)
        start = place + _FRAME_HEADER
        yield number, commit, wal[place + 8 : place + 16], wal[start : start + size]


def page_size(found: int) -> int:
    """A page size out of a header; what cannot be one is taken for the usual 4096."""
    size = 65536 if found == 1 else found
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else 4096


def carve(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Every whole event in a database file and its WAL; the same one may come several times.

    Reads only. Raises `OSError`.
    """
    wal_path = path.with_name(path.name + "-wal")
    wal = wal_path.read_bytes() if wal_path.exists() else b""
    yield from events_in(wal)
    newest = {number: page for number, _, _, page in frames(wal)}
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        size = page_size(struct.unpack_from(">H", data, 16)[0]) if len(data) >= 100 else 4096
        yield from events_in(data)
        pages = Pages(size, data, newest)
        for page in newest.values():
            yield from pages.long_events(page)
        for number in range(1, len(data) // size + 1):
            yield from pages.long_events(
                data[(number - 1) * size : number * size], 100 if number == 1 else 0
            )
