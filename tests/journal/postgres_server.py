"""A PostgreSQL server of one's own: a temporary folder, loopback, a free port, ended by its pid."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.journal.waiting import until


def programs() -> Path | None:
    """Where the server's programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if found:
        return found[-1].parent
    name = shutil.which("postgres")
    return Path(name).parent if name else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(bin_folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """(address without a database's name, the process)."""
    # The server refuses to run as root.
    who = {"user": "postgres", "group": "postgres", "extra_groups": []}
    mine = who if os.getuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    port = free_port()
    try:
        if mine:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        subprocess.run(
            [
                bin_folder / "initdb",
                "-D",
                data,
                "-A",
                "trust",
                "-U",
                "desk",
                "-E",
                "UTF8",
                "-N",
                "--locale=C",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **mine,  # type: ignore[call-overload]
        )
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "fsync": "off",
            "timezone": "UTC",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        process = subprocess.Popen(
            [bin_folder / "postgres", "-D", data, *settings],
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **mine,  # type: ignore[call-overload]
        )
        url = f"postgresql+psycopg://desk@127.0.0.1:{port}"
        try:
            until(lambda: answers(url) or process.poll() is not None)
            yield url, process
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def answers(url: str) -> bool:
    try:
        administer(url, "SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def administer(url: str, statement: str) -> None:
    """One statement on the server's own database."""
    plain = url.replace("+psycopg", "") + "/postgres"
    with psycopg.connect(plain, autocommit=True, connect_timeout=2) as connection:
        connection.execute(statement.encode())
