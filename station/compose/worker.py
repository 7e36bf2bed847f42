"""Long work for the window in a process of its own, so that the table never stutters meanwhile.

`python -m station.compose.worker` reads one `Job` (JSON, one line) from its input and answers with
JSON lines: `Told` while it works, then one of `Done` or `Failed`. Anything more on the input, or
its end, cancels: when the window dies, its work ends too, and a half-written file vanishes.

Nobody types a PIN here, so a job bears a proof that whoever made it holds the journal's key: a desk
that is open does. Another program of the same user can read that key from the keyring as well, and
with it the journal itself; what the proof keeps out is whoever has the program and no key.
"""

import hmac
import os
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from station import children
from station.children import Child
from station.errors import Code, InputInvalid, Refused, StationError
from station.ports import HistoryFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from station.compose import Station
    from station.domain.operator import Operator

TELL_EVERY_S: Final = 0.1
PAGE: Final = 500
BELOW_NORMAL: Final = 0x4000
"""Windows's name for a program that lets others go first."""


class Job(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What to do. `operator` is a name: their role is looked up, never taken from here.

    `export` writes `wanted` to `path` as `form`; `verify` follows the whole chain; `tally` counts
    what `wanted` finds by kind and state, for the handover sheet.
    """

    task: Literal["export", "verify", "tally"]
    home: str
    operator: str
    language: str = "zh_CN"
    wanted: HistoryFilter = HistoryFilter()
    path: str = ""
    form: Literal["xlsx", "csv", "jsonl"] = "csv"
    overwrite: bool = False
    proof: str = ""
    """See `signed`."""


class Told(msgspec.Struct, frozen=True, tag="told"):
    """How far the work is: things done, and thousandths of the way (0: not known)."""

    done: int
    share: int = 0


class Counted(msgspec.Struct, frozen=True):
    """How many operations of one kind ended in one state."""

    kind: str
    state: str
    count: int


class Done(msgspec.Struct, frozen=True, tag="done", kw_only=True, omit_defaults=True):
    """The work is done. `rows` of an export; the rest of a verification or a tally."""

    rows: int = 0
    ok: bool = True
    events: int = 0
    head: str = ""
    first_bad: int | None = None
    why: str = ""
    counted: tuple[Counted, ...] = ()
    unresolved: tuple[str, ...] = ()
    """Of each unresolved operation: room's name or, without one, the operation."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The work came to nothing, with the error's code and facts."""

    code: str
    context: dict[str, str | int | float | bool | None] = {}

    def error(self) -> StationError:
        """The error as it was raised over there."""
        known = self.code if self.code in Code._value2member_map_ else Code.INTERNAL.value
        return StationError(Code(known), **self.context)


Answer = Told | Done | Failed
read_answer: Final = msgspec.json.Decoder(Answer).decode
write_job: Final = msgspec.json.Encoder().encode


def command() -> tuple[str, list[str], str]:
    """How to start a worker: program, arguments, folder to start it in."""
    return children.command(Child.WORKER)


def signed(job: Job, key: bytes) -> Job:
    """The job with the proof that it was made by whoever holds the journal's key."""
    return msgspec.structs.replace(job, proof=_proof(job, key))


def _proof(job: Job, key: bytes) -> str:
    plain = write_job(msgspec.structs.replace(job, proof=""))
    return hmac.new(key, b"card-station job\0" + plain, "sha256").hexdigest()


class Voice:
    """Answers on the output, not more often than anybody can see; and hears when to stop."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._said_at = 0.0

    def listen(self) -> None:
        """From now on, anything on the input or its end cancels."""
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        # Read from the descriptor: a thread inside a buffered reader would hold up the end.
        with suppress(OSError):
            os.read(0, 1)
        self.cancelled.set()

    def tell(self, done: int, share: int) -> None:
        """Progress. Raises COMMAND_CANCELLED once it was."""
        if self.cancelled.is_set():
            raise InputInvalid(Code.COMMAND_CANCELLED)
        now = time.monotonic()
        if now - self._said_at >= TELL_EVERY_S:
            self._said_at = now
            self.say(Told(done, share))

    def say(self, answer: Answer) -> None:
        os.write(1, msgspec.json.encode(answer) + b"\n")


def run(job: Job, voice: Voice) -> Done:
    """Do it. Raises `StationError`; `Refused` NOT_LOGGED_IN for a job that proves nothing."""
    from station.compose import build
    from station.home import find_home
    from station.secrets import Secrets

    home = find_home(job.home)
    # Asked before anything is opened: a journal is never made for a job that came from nowhere.
    proof = _proof(job, Secrets(home).journal_key())
    if not hmac.compare_digest(proof.encode(), job.proof.encode()):
        raise Refused(Code.NOT_LOGGED_IN)
    with build(home, with_encoder=False) as station:
        return _WORK[job.task](station, job, voice)


def _operator(station: "Station", name: str) -> "Operator":
    """Who asked, with the role that the journal knows. Raises `Refused` NOT_LOGGED_IN."""
    from station.domain.operator import Operator

    for row in station.desk.need_operators().list():
        if row.name == name and not row.disabled:
            return Operator(row.name, row.role)
    raise Refused(Code.NOT_LOGGED_IN)


def _export(station: "Station", job: Job, voice: Voice) -> Done:
    from station.catalogue import Catalogue
    from station.compose.export import export_history

    rows = export_history(
        station,
        _operator(station, job.operator),
        job.wanted,
        Path(job.path),
        job.form,
        Catalogue(job.language),
        overwrite=job.overwrite,
        progress=voice.tell,
        cancelled=voice.cancelled.is_set,
    )
    return Done(rows=rows)


def _verify(station: "Station", job: Job, voice: Voice) -> Done:
    from station.domain.operator import Permission

    _operator(station, job.operator).require(Permission.JOURNAL)
    found = station.store.verify(
        lambda done, total: voice.tell(done, done * 1000 // total if total else 0)
    )
    return Done(
        ok=found.ok,
        events=found.events,
        head=found.head,
        first_bad=found.first_bad,
        why=found.why,
    )


def _tally(station: "Station", job: Job, voice: Voice) -> Done:
    from collections import Counter
    from dataclasses import replace

    from station.workflows.history import allowed

    desk = station.desk
    wanted = allowed(desk, _operator(station, job.operator), replace(job.wanted, limit=PAGE))
    counts: Counter[tuple[str, str]] = Counter()
    rows = 0
    while True:
        page = desk.journal.history(wanted)
        counts.update((row.kind.value, row.state.value) for row in page)
        rows += len(page)
        voice.tell(rows, 0)
        if len(page) < PAGE:
            break
        wanted = replace(wanted, after=page[-1].number)
    events, head = station.store.head()
    counted = tuple(Counted(*which, count) for which, count in counts.most_common())
    left = tuple(row.room_name or row.operation for row in desk.journal.unresolved())
    return Done(rows=rows, events=events, head=head, counted=counted, unresolved=left)


_WORK: Final[dict[str, "Callable[[Station, Job, Voice], Done]"]] = {
    "export": _export,
    "verify": _verify,
    "tally": _tally,
}


def main(_: Sequence[str] = ()) -> int:
    """Read the job, do it, answer; 0 when it was done."""
    voice = Voice()
    step_back()
    try:
        job = msgspec.json.decode(_first_line(), type=Job)
        voice.listen()
        answer: Answer = run(job, voice)
    except StationError as error:
        answer = Failed(error.code.value, _facts(error))
    except Exception as error:
        answer = Failed(Code.INTERNAL.value, {"detail": type(error).__name__})
        _complain()
    with suppress(OSError):
        voice.say(answer)
    return 0 if isinstance(answer, Done) else 1


def step_back() -> None:
    """Leave the processor to the desk first: cards are issued meanwhile."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), BELOW_NORMAL)
    else:
        with suppress(OSError):
            os.nice(5)


def _first_line() -> bytes:
    """The first line of the input and not a byte more: what follows is for `Voice`."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            break
        line += byte
    return line


def _facts(error: StationError) -> dict[str, str | int | float | bool | None]:
    plain = (str, int, float, bool, type(None))
    return {
        name: value if isinstance(value, plain) else str(value)
        for name, value in error.context.items()
    }


def _complain() -> None:
    """The traceback on the error output, without anything personal."""
    import traceback

    from station.logs import redact_text

    sys.stderr.write(redact_text(traceback.format_exc()))


if __name__ == "__main__":
    sys.exit(main())
