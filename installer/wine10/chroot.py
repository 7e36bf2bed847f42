"""A Debian with Wine 10 in a folder, and a way in that leaves nothing behind.

What runs there has namespaces of its own: mounts, processes, network. When it ends, all three are
gone with whatever was mounted, still ran or listened; so nothing is undone here by hand.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from installer.windows.wine import Failed

SUITE: Final = "trixie"
PACKAGES: Final = (
    *("wine", "wine64", "xvfb", "xdotool", "xclip", "imagemagick", "fonts-noto-cjk"),
    *("tesseract-ocr", "tesseract-ocr-chi-sim"),
    *("pcscd", "vsmartcard-vpcd", "iproute2", "python3-minimal", "libpython3-stdlib"),
)
LEFT_OUT: Final = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")
NEEDED: Final = ("mmdebstrap", "unshare", "setpriv", "apt-get")

# No device of this machine but the harmless ones: pcscd must not find a real reader.
_ENTER: Final = """
set -e
root=$1; project=$2; home=$3; shift 3
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/dev"
mkdir "$root/dev/shm" "$root/tmp/.X11-unix" "$root/run/user"
chmod 1777 "$root/tmp" "$root/dev/shm" "$root/tmp/.X11-unix"
chmod 700 "$root/run/user"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir -p "$root/project" "$root/desk"
mount --bind "$project" "$root/project"
mount -o remount,bind,ro "$root/project"
mount --bind "$home" "$root/desk"
ip link set lo up
cd "$root"
exec chroot "$root" env -C /project -i "$@"
"""
_ENVIRONMENT: Final = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "XDG_RUNTIME_DIR": "/run/user",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_THREAD_LIMIT": "1",
}


def what_is_missing() -> str:
    """Why this cannot run here, in a sentence; empty when it can."""
    if sys.platform != "linux":
        return "this runs on Linux only: on Windows the program is simply started"
    if os.geteuid() != 0:
        return "this needs root: it mounts, and makes a Debian of its own"
    missing = [name for name in (*NEEDED, "ip") if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)} (packages mmdebstrap, util-linux, iproute2)"
    return ""


def made(folder: Path) -> bool:
    """Make the Debian in `folder` unless it lies there: about a minute; whether it had to be.

    Raises `Failed`, above all where no Debian mirror can be reached.
    """
    wanted = " ".join((SUITE, *PACKAGES))
    marker = folder / "made-of"
    if marker.is_file() and marker.read_text("utf-8") == wanted:
        return False
    site = _mirror()
    part = folder.with_name(f"{folder.name}.part")
    for old in (folder, part):
        if old.exists():
            shutil.rmtree(old)
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            *("mmdebstrap", "--quiet", "--variant=apt", "--components=main"),
            f"--include={','.join(PACKAGES)}",
            *(f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT),
            *(SUITE, str(part), f"deb {site} {SUITE} main"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(part, ignore_errors=True)
        raise Failed(
            f"Debian {SUITE} could not be made; it comes from this machine's Debian mirror, "
            f"which needs the network:\n{done.stderr[-2000:]}"
        )
    (part / marker.name).write_text(wanted, "utf-8")
    part.rename(folder)
    return True


def _mirror() -> str:
    """The mirror that this machine's apt takes Debian itself from."""
    done = subprocess.run(
        [
            *("apt-get", "indextargets", "--format", "$(SITE)|$(ORIGIN)|$(LABEL)"),
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stdout.splitlines():
        site, origin, label = line.split("|")
        if (origin, label) == ("Debian", "Debian"):
            return site
    raise Failed("this machine's apt knows no Debian mirror (`apt-get update` first)")


def run(
    root: Path,
    project: Path,
    home: Path,
    command: list[str],
    *,
    timeout: float,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run a command in there; its exit status. Its output goes where this program's goes.

    The project is seen read-only as /project, `home` as /desk. Should this program be killed or
    `timeout` seconds pass, everything in there ends with it (`subprocess.TimeoutExpired`).
    """
    settings = [
        f"{name}={value}" for name, value in {**_ENVIRONMENT, **(environment or {})}.items()
    ]
    return subprocess.run(
        [
            *("setpriv", "--pdeathsig", "KILL"),
            *("unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child"),
            *("sh", "-c", _ENTER, "enter", str(root), str(project), str(home)),
            *(*settings, *command),
        ],
        stdin=subprocess.DEVNULL,
        timeout=timeout,
        check=False,
    ).returncode
