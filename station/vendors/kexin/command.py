"""A signer that is a program: fields as JSON to its standard input, one line comes back.

No shell, no waiting without end, no more read than a signature is long. What it writes to standard
error goes nowhere, since it may hold its secret.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Final

import msgspec

from station.vendors.kexin.failing import failed
from station.vendors.kexin.job import with_all_it_starts

MAX_OUTPUT: Final = 4096
_REAP_S: Final = 2.0


class CommandSigner:
    """Runs `command` for each signature, `timeout_s` seconds at most."""

    def __init__(self, command: Sequence[str], timeout_s: float) -> None:
        self._command = list(command)
        self._timeout_s = timeout_s

    def __call__(self, fields: Mapping[str, str | int]) -> str:
        """Raises `Unreachable` KEXIN_SIGNER_FAILED."""
        until = monotonic() + self._timeout_s
        process = self._start()
        end_all = with_all_it_starts(process.pid)
        talk = _Talk(process, msgspec.json.encode(dict(fields)) + b"\n")
        try:
            talk.start()
            talk.join(self._timeout_s)
            if talk.is_alive():
                raise failed("timed_out")
            if len(talk.heard) > MAX_OUTPUT:
                raise failed("too_long")
            try:
                status = process.wait(max(until - monotonic(), 0.05))
            except subprocess.TimeoutExpired:
                raise failed("timed_out") from None
            if status != 0:
                raise failed("exit_status")
            return _line(talk.heard)
        finally:
            _end(process, talk, end_all)

    def _start(self) -> "subprocess.Popen[bytes]":
        if not self._command:
            raise failed("not_found")
        hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            return subprocess.Popen(  # noqa: S603 - the site's own program, from its settings
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=sys.platform != "win32",
                creationflags=hidden,
            )
        except (OSError, ValueError):
            raise failed("not_found") from None


class _Talk(Thread):
    """Writes and reads at once, so that a program that does neither holds up nobody."""

    def __init__(self, process: "subprocess.Popen[bytes]", said: bytes) -> None:
        super().__init__(daemon=True, name="kexin-signer")
        self._process = process
        self._said = said
        self.heard = b""

    def run(self) -> None:
        stdin, stdout = self._process.stdin, self._process.stdout
        with suppress(OSError, ValueError):  # it may not want to know
            if stdin is not None:
                with stdin:
                    stdin.write(self._said)
        with suppress(OSError, ValueError):
            if stdout is not None:
                self.heard = stdout.read(MAX_OUTPUT + 1)


def _end(process: "subprocess.Popen[bytes]", talk: Thread, end_all: Callable[[], None]) -> None:
    """Nothing of the program is left: itself, what it started, and the pipes to it."""
    end_all()
    if process.returncode is None:  # not waited for, so its number is nobody else's yet
        with suppress(OSError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_REAP_S)
    talk.join(_REAP_S)
    if not talk.is_alive():
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _line(heard: bytes) -> str:
    try:
        lines = heard.decode("utf-8-sig").split()
    except UnicodeDecodeError:
        raise failed("not_text") from None
    if len(lines) > 1:
        raise failed("not_text")
    return lines[0] if lines else ""
