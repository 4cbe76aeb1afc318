"""A private PostgreSQL server for the tests: made in a temporary folder, always stopped.

It is Debian's ``postgresql`` package; a machine without it fails the tests instead of passing
them unseen. The server refuses to run as root, so root runs it as the user ``postgres``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

_OWNER = "postgres"


class Server:
    """A running server, reached through a socket in its own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def database(self, encoding: str = "UTF8") -> str:
        """Make an empty database; return its URL."""
        name = f"registry_{next(self._numbers)}"
        with psycopg.connect(
            host=str(self._folder), user=_OWNER, dbname=_OWNER, autocommit=True
        ) as db:
            db.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING {encoding}".encode())
        return f"postgresql://{_OWNER}@/{name}?host={self._folder}"


@contextmanager
def private_server() -> Iterator[Server]:
    """Start a server that nobody else can reach; stop it and remove its files at the end."""
    # A socket's path must be short, so this is not pytest's folder.
    folder = Path(tempfile.mkdtemp(prefix="pl-pg-"))
    data = folder / "data"
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c shared_buffers=16MB"
    try:
        if _is_root():
            shutil.chown(folder, _OWNER)
        _run(
            folder, "initdb", "-D", data, "-U", _OWNER, "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync",
        )  # fmt: skip
        _run(folder, "pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", options)
        try:
            yield Server(folder)
        finally:
            _run(folder, "pg_ctl", "stop", "-w", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder)


def _run(folder: Path, program: str, *arguments: str | Path) -> None:
    command = [str(part) for part in (_program(program), *arguments)]
    if _is_root():
        command = ["runuser", "-u", _OWNER, "--", *command]
    # The output goes to a file: the server inherits it, and a pipe would never end.
    with (folder / f"{program}.out").open("wb") as out:
        done = subprocess.run(
            command, cwd=folder, stdout=out, stderr=subprocess.STDOUT, check=False
        )
    assert done.returncode == 0, (folder / f"{program}.out").read_text(encoding="utf-8")


def _program(name: str) -> str:
    """The program on the path, or where Debian keeps it (newest version)."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    found = shutil.which(name) or (str(debian[-1]) if debian else None)
    assert found, f"PostgreSQL's {name} is missing: apt-get install postgresql"
    return found


def _version(path: Path) -> int:
    return int(path.parts[-3])


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
