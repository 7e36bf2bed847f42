"""A private pcscd with USB readers that are really plugged and unplugged, and cards to tap on them.

pcscd has no option for its socket's path, but accepts a listening socket by the LISTEN_FDS protocol
(fd 3); clients find it by PCSCLITE_CSOCK_NAME, which libpcsclite reads once, at its first use. So a
process has one socket path, on which services come and go.
"""

import hashlib
import os
import plistlib
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.pcsc.vcard import VirtualCard

HERE: Final = Path(__file__).parent
INSTALL: Final = (
    "apt-get install -y --no-install-recommends pcscd vsmartcard-vpcd libpcsclite-dev gcc "
    "umockdev gir1.2-umockdev-1.0 python3-gi"
)
DRIVERS: Final = Path("/usr/lib/pcsc/drivers")
NEEDED: Final = (
    Path("/usr/sbin/pcscd"),
    DRIVERS / "serial/libifdvpcd.so",
    Path("/usr/include/PCSC/ifdhandler.h"),
    Path("/usr/bin/gcc"),
    Path("/usr/bin/umockdev-wrapper"),
    Path("/usr/lib/python3/dist-packages/gi"),
)
ACS: Final = "0001"
OMNIKEY: Final = "0002"
SAM: Final = "0003"
MODELS: Final = {
    ACS: "ACS ACR122U PICC Interface",
    OMNIKEY: "HID Global OMNIKEY 5022 Smart Card Reader",
    SAM: "ACS ACR1252 1S CL Reader SAM",
}
MOST_READERS: Final = 8
DEADLINE: Final = 20.0

_START: Final = """
exec 3<&0 0</dev/null
mount --bind "$1" /usr/lib/pcsc/drivers || exit 1
exec env LISTEN_FDS=1 LISTEN_PID=$$ VPCD_BASE="$4" UMOCKDEV_DIR="$2" \
    LD_PRELOAD=libumockdev-preload.so.0 /usr/sbin/pcscd --foreground --info --config "$3"
"""


def what_is_missing() -> str:
    """Why the rig cannot run here, with what to do about it; empty when it can."""
    missing = [str(path) for path in NEEDED if not path.exists()]
    if missing:
        return f"{', '.join(missing)} not found: {INSTALL}"
    if subprocess.run([*_unshare(), "true"], capture_output=True, check=False).returncode:
        return "no right to a mount namespace (unshare -m): run as root"
    return ""


def _unshare() -> list[str]:
    return ["unshare", "-m" if os.geteuid() == 0 else "-rm"]


def build(folder: Path) -> tuple[Path, Path]:
    """Compile the readers' driver and the C floor unless it was done: (drivers folder, floor)."""
    sources = [HERE / "usbvpcd.c", HERE / "floor.c"]
    text = b"".join(source.read_bytes() for source in sources) + repr(MODELS).encode()
    done = folder / hashlib.sha256(text).hexdigest()[:16]
    if not done.exists():
        made = Path(tempfile.mkdtemp(dir=folder))
        contents = made / "drivers/vpcdusb.bundle/Contents"
        (contents / "Linux").mkdir(parents=True)
        gcc = ["gcc", "-O2", "-Wall", "-I/usr/include/PCSC"]
        library = contents / "Linux/libvpcdusb.so"
        _run([*gcc, "-shared", "-fPIC", "-o", str(library), str(sources[0]), "-ldl"])
        _run([*gcc, "-o", str(made / "floor"), str(sources[1]), "-lpcsclite"])
        (contents / "Info.plist").write_bytes(_bundle())
        (made / "drivers/serial").mkdir()
        shutil.copy(DRIVERS / "serial/libifdvpcd.so", made / "drivers/serial")
        made.chmod(0o755)
        try:
            made.rename(done)
        except OSError:  # another process was quicker
            shutil.rmtree(made)
    return done / "drivers", done / "floor"


def _bundle() -> bytes:
    return plistlib.dumps(
        {
            "CFBundleExecutable": "libvpcdusb.so",
            "CFBundleName": "VPCDUSB",
            "ifdCapabilities": "0x00000000",
            "ifdVendorID": ["0x0FFE"] * len(MODELS),
            "ifdProductID": [f"0x{product}" for product in MODELS],
            "ifdFriendlyName": list(MODELS.values()),
        },
        sort_keys=False,
    )


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _free_base() -> int:
    """The first of a row of free ports, below those that the system hands out."""
    while True:
        base = random.randrange(20000, 32000, 2 * MOST_READERS + 4)
        try:
            for port in range(base, base + 2 * MOST_READERS + 4):
                with socket.socket() as probe:
                    probe.bind(("0.0.0.0", port))
        except OSError:
            continue
        return base


def _is_listening(port: int) -> bool:
    """Whether somebody listens on a TCP port, without connecting: a connection would be a card."""
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(
        local.endswith(f":{port:04X}") and state == "0A"
        for _, local, _, state, *_ in map(str.split, rows)
    )


class Rig:
    """The service and its readers."""

    def __init__(self, socket_path: Path, drivers: Path) -> None:
        self.socket_path = socket_path
        self._drivers = drivers
        self._folder = Path(tempfile.mkdtemp(prefix="pcscd-"))
        (self._folder / "readers").mkdir()
        self._log = self._folder / "log"
        self._base = _free_base()
        self._pcscd: subprocess.Popen[bytes] | None = None
        self._cards: dict[int, VirtualCard] = {}
        self._plugged: set[int] = set()
        self._hotplug = subprocess.Popen(
            ["umockdev-wrapper", "/usr/bin/python3", str(HERE / "hotplug.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._testbed = self._answer()

    @property
    def is_running(self) -> bool:
        return self._pcscd is not None

    def start(self) -> None:
        """Start the service; what is plugged stays plugged."""
        self.socket_path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener, self._log.open("wb") as log:
            listener.bind(str(self.socket_path))
            listener.listen(16)
            self.socket_path.chmod(0o666)
            arguments = [self._drivers, self._testbed, self._folder / "readers", self._base]
            self._pcscd = subprocess.Popen(
                # Should the tests be killed, the service goes with them.
                [
                    "setpriv",
                    "--pdeathsig",
                    "KILL",
                    *_unshare(),
                    "sh",
                    "-c",
                    _START,
                    "pcscd",
                    *map(str, arguments),
                ],
                stdin=listener.fileno(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._until(lambda: b"daemon ready" in self._log.read_bytes())
        for number in self._plugged:
            self._until_open(number, is_open=True)

    def stop(self, *, asked: bool = False) -> None:
        """End the service (kill or ask it); nobody listens on its socket from then on."""
        if self._pcscd is not None:
            if asked:
                self._pcscd.terminate()
            else:
                self._pcscd.kill()
            self._pcscd.wait(DEADLINE)
            self._pcscd = None

    def plug(self, number: int, product: str = ACS) -> VirtualCard:
        """Plug reader `number` (from 1) in; the card that belongs to it."""
        self._ask(f"add {number} {product}")
        self._plugged.add(number)
        self._cards[number] = VirtualCard(self._port(number))
        self._until_open(number, is_open=True)
        return self._cards[number]

    def unplug(self, number: int) -> None:
        """Pull the reader; a card on it is lifted with it."""
        self._ask(f"remove {number}")
        self._plugged.discard(number)
        self._until_open(number, is_open=False)
        self._cards[number].lift()

    def clear(self) -> None:
        """Lift every card and pull every reader."""
        for card in self._cards.values():
            card.lift()
        for number in sorted(self._plugged):
            self.unplug(number)

    def close(self) -> None:
        self.clear()
        self.stop()
        if self._hotplug.stdin is not None and self._hotplug.stdout is not None:
            self._hotplug.stdin.close()
            self._hotplug.wait(DEADLINE)
            self._hotplug.stdout.close()
        self.socket_path.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _port(self, number: int) -> int:
        return self._base + 2 * number

    def _until_open(self, number: int, *, is_open: bool) -> None:
        """Wait until the service has taken in that a reader was plugged or pulled."""
        if self._pcscd is not None:
            self._until(lambda: _is_listening(self._port(number)) is is_open)

    def _until(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + DEADLINE
        while not is_so():
            if time.monotonic() > end or self._pcscd is None or self._pcscd.poll() is not None:
                raise RuntimeError(self._log.read_text(errors="replace")[-2000:])
            time.sleep(0.002)

    def _ask(self, line: str) -> None:
        assert self._hotplug.stdin is not None
        self._hotplug.stdin.write(line + "\n")
        self._hotplug.stdin.flush()
        assert self._answer() == "ok"

    def _answer(self) -> str:
        assert self._hotplug.stdout is not None
        return self._hotplug.stdout.readline().strip()


@contextmanager
def running_rig(socket_path: Path, drivers: Path) -> Iterator[Rig]:
    """A started service without readers."""
    rig = Rig(socket_path, drivers)
    try:
        rig.start()
        yield rig
    finally:
        rig.close()
