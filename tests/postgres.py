"""What the fixtures hand to a test: a database it may look into, and a record of the statements sent."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql as compose

from admin.embedded import EmbeddedPostgres


class Database:
    """One database of the test server, and the eyes of its superuser."""

    def __init__(self, server: EmbeddedPostgres, name: str) -> None:
        self.name = name
        self.app_url = server.url("larder_app", name)
        self.owner_url = server.url("larder_owner", name)
        self.superuser_url = server.url("postgres", name)
        self._plain_url = server.url("postgres", name, driver="postgresql")
        self._connection: psycopg.Connection[Any] | None = None

    def sql(self, statement: str | compose.Composed, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement as superuser, outside whatever the test does, committed at once; returns its rows."""
        if self._connection is None:
            self._connection = psycopg.connect(self._plain_url, autocommit=True)
        cursor = self._connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, *values: Any) -> Any:
        """The first column of the only row."""
        ((first, *_),) = self.sql(statement, *values)
        return first

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Queries:
    """The statements that reached the database, without the limits that open each transaction."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)

    def clear(self) -> None:
        self.statements.clear()

    def record(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lower().startswith("set local"):
            self.statements.append(statement)


@contextmanager
def temporary_place() -> Iterator[Path]:
    """A directory for a server's state, gone afterwards; if this run is killed, the next run clears it away.

    Not pytest's tmp_path: root closes that to the account the server runs as. In memory where there is enough of it:
    copying a database takes 10 ms there, and 40 to 180 ms on a disk.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 2**30
    base = memory if roomy else Path(tempfile.gettempdir())
    for left in base.glob("larder-tests-*/owner.lock"):
        _clear_away(left)
    place = Path(tempfile.mkdtemp(prefix="larder-tests-", dir=base))
    place.chmod(0o711)
    with (place / "owner.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield place
        finally:
            shutil.rmtree(place)


def _clear_away(owner: Path) -> None:
    """Remove the place of a run that was killed, and the servers that still run there."""
    try:
        with owner.open("w") as lock:
            # The kernel let go of it when the run ended, however it ended.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for process in psutil.process_iter(["name", "cmdline"]):
                arguments = process.info["cmdline"] or []
                if process.info["name"] == "postgres" and any(str(owner.parent) in one for one in arguments):
                    process.send_signal(signal.SIGQUIT)
                    process.wait(10)
            shutil.rmtree(owner.parent, ignore_errors=True)
    except OSError:
        # It belongs to a run that goes on, or to somebody else.
        return
