"""Small files written whole or not at all, and durably: settings, key files."""

import os
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from station.errors import Code, InputInvalid

PATIENCE_S: Final = 2.0
RETRY_S: Final = 0.02


def write_atomically(path: Path, raw: bytes, *, replace: bool = True) -> bool:
    """Write `raw` beside `path` (mode 0600), flush it to the disk and put it in place in one move.

    Without `replace` a file that is already there stays, and the answer is False.
    Raises `InputInvalid` FILE_UNWRITABLE.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.unlink(missing_ok=True)
        try:
            _write(beside, raw)
            if replace:
                put_in_place(beside, path)
            elif os.name == "nt":  # where a name that is taken is refused, and links are not a must
                beside.rename(path)
            else:
                os.link(beside, path)
            _flush_folder(path.parent)
        except FileExistsError:
            if replace:
                raise
            return False
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise InputInvalid(
            Code.FILE_UNWRITABLE, path=str(path), why=error.strerror or "?"
        ) from error
    return True


def put_in_place(beside: Path, path: Path) -> None:
    """Move `beside` to `path`, whatever lies there. Raises OSError.

    On Windows nobody can replace a file that another program has open just then, to read or to scan
    it: it is tried again for `PATIENCE_S`.
    """
    until = monotonic() + (PATIENCE_S if os.name == "nt" else 0)
    while True:
        try:
            beside.replace(path)
        except PermissionError:
            if monotonic() > until:
                raise
            sleep(RETRY_S)
        else:
            return


def _write(path: Path, raw: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """A rename is durable only once its folder is; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
