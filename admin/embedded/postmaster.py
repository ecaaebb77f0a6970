"""Is a server running on a data directory, and is it ours?

`postmaster.pid` alone answers neither: after a crash it stays, and its number may by then belong to any process.
"""

from __future__ import annotations

import enum
import os
import subprocess
from pathlib import Path

import psycopg

from admin.embedded.errors import EmbeddedPostgresError

PORT = "5432"
"""Only a part of the socket's name: the server listens on no network, and its directory is its own."""


class State(enum.Enum):
    """What a connection to the server's socket says."""

    UP = "up"
    STARTING = "starting"
    DOWN = "down"


def state(sockets: Path, data: Path, password: str) -> State:
    """Connect, and compare the data directory: nothing less proves that the server is up and that it is ours."""
    if not (sockets / f".s.PGSQL.{PORT}").exists():
        return State.DOWN
    try:
        with psycopg.connect(
            host=str(sockets), port=PORT, user="postgres", password=password, dbname="postgres", connect_timeout=3
        ) as connection:
            row = connection.execute("show data_directory").fetchone()
    except psycopg.OperationalError as error:
        # A refused connection carries no SQLSTATE; the server speaks English, as lc_messages is C.
        said = str(error)
        if "password authentication failed" in said:
            raise EmbeddedPostgresError(
                f"The server of {data} refuses our password: {data.parent} holds the passwords of another one."
            ) from None
        return State.STARTING if "starting up" in said or "recovery" in said else State.DOWN
    return State.UP if row is not None and Path(row[0]) == data else State.DOWN


def running(data: Path) -> int | None:
    """The pid of the postmaster of this directory: the recorded one if that is true, else the one that is found."""
    recorded = _recorded_pid(data)
    if recorded is not None and _is_postmaster(recorded, data):
        return recorded
    # The file may be torn while the server runs. Without /proc this stays unseen, and the server stops itself.
    others = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return next((pid for pid in others if _is_postmaster(pid, data)), None)


def clear_stale_pid_file(data: Path) -> None:
    """Make a pid file left by a crash harmless. Call it only when nothing runs on the directory.

    A complete file is kept but made to name us, the parent of the postmaster to come: it names the shared memory too,
    by which PostgreSQL sees backends that outlived their postmaster, and waits for nobody else. A torn one says
    nothing and goes.
    """
    file = data / "postmaster.pid"
    try:
        lines = file.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return
    if _recorded_pid(data) is None or len(lines) < 7:
        file.unlink()
        return
    mode = file.stat()
    fresh = file.with_suffix(".new")
    fresh.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    fresh.chmod(0o600)
    os.chown(fresh, mode.st_uid, mode.st_gid)
    fresh.rename(file)


def _recorded_pid(data: Path) -> int | None:
    try:
        pid = int((data / "postmaster.pid").read_text(errors="replace").partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if pid > 0 else None


def _is_postmaster(pid: int, data: Path) -> bool:
    """Whether a process was started as `postgres … -D data`. Its children show other titles."""
    if Path("/proc/self/cmdline").exists():
        # Asked first, since a fresh Debian has no `ps`.
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return arguments[0].endswith(b"postgres") and os.fsencode(data) in arguments
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "postgres" in shown.stdout and str(data) in shown.stdout
