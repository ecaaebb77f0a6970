"""The embedded server as a context: entered by every process that uses it, stopped by the last one that leaves.

Users hold a shared lock on a file. The kernel drops the lock of a killed process, so nobody can be forgotten; who
leaves and gets the lock for himself alone was the last, and stops the server.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlencode

from admin.embedded import account as accounts
from admin.embedded import binaries as programs
from admin.embedded import passwords, postmaster, roles
from admin.embedded.cluster import Cluster
from admin.embedded.errors import EmbeddedPostgresError

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "log_checkpoints": "off",
    # A log for each day of the week, overwritten a week later: it never fills the disk.
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
}

UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "logging_collector": "off",
}
"""For databases that are thrown away: a crash of the machine may lose all of it."""


class EmbeddedPostgres:
    """A server whose data lives in `state_dir`, with the database `larder` and its two roles.

    `sync=False` gives up safety for speed and is for tests. Raises `EmbeddedPostgresError` where it cannot run.
    """

    def __init__(self, state_dir: Path, *, sync: bool = True, say: Callable[[str], None] | None = None) -> None:
        self._asked_for = state_dir
        self._sync = sync
        self._say = say or _to_stderr
        self._users: IO[bytes] | None = None

    def __enter__(self) -> EmbeddedPostgres:
        self.state_dir, self._account, moved = accounts.prepare(self._asked_for)
        if moved:
            self._say(moved)
        try:
            with self._starting():
                self._enter()
        except BaseException:
            # Stopped half-way, a server that nobody else uses must not stay behind.
            self.__exit__()
            raise
        return self

    def _enter(self) -> None:
        self.binaries = programs.within_reach(programs.find(), self._account, self.state_dir)
        self.data = self._data_directory()
        self._passwords = passwords.load_or_make(self.state_dir, self.data, self._account)
        self.sockets = _socket_directory(self.data, self._account.uid)
        self._cluster = self._make_cluster()
        self._users = self._lock_file("users.lock")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        self._cluster.ensure_running()
        roles.ensure(self.url(passwords.SUPERUSER, "postgres", driver="postgresql"), self._passwords)

    def __exit__(self, *_: object) -> None:
        users, self._users = self._users, None
        if users is None:
            return
        with self._starting(), users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._cluster.leave()
            else:
                self._cluster.stop()

    @property
    def owner_url(self) -> str:
        """For migrations: the role owns the database and everything in it, and is no superuser."""
        return self.url(passwords.OWNER, roles.DATABASE)

    @property
    def app_url(self) -> str:
        """For the console: the role owns nothing."""
        return self.url(passwords.APP, roles.DATABASE)

    @property
    def superuser_url(self) -> str:
        """For looking at the truth in tests, and for repairs."""
        return self.url(passwords.SUPERUSER, roles.DATABASE)

    def url(self, role: str, database: str, driver: str = "postgresql+psycopg") -> str:
        """The URL of one database of this server, as one of its three roles."""
        secret = quote(self._passwords[role], safe="")
        where = urlencode({"host": str(self.sockets), "port": postmaster.PORT})
        return f"{driver}://{role}:{secret}@/{database}?{where}"

    def _make_cluster(self) -> Cluster:
        return Cluster(
            data=self.data,
            sockets=self.sockets,
            binaries=self.binaries,
            account=self._account,
            password=self._passwords[passwords.SUPERUSER],
            settings=SETTINGS if self._sync else SETTINGS | UNSAFE,
            sync=self._sync,
            say=self._say,
        )

    def _data_directory(self) -> Path:
        """`pgMAJOR` in the state directory; data of another major version is neither opened nor passed over."""
        major = self.binaries.major
        data = self.state_dir / f"pg{major}"
        files = [file for file in sorted(self.state_dir.glob("pg*/PG_VERSION")) if file.parent.name[2:].isdecimal()]
        found = {file.parent: file.read_text().strip() for file in files}
        if not found or found.get(data) == str(major):
            return data
        place = data if data in found else next(iter(found))
        raise EmbeddedPostgresError(
            f"The database in {place} belongs to PostgreSQL {found[place]}, and these programs are PostgreSQL {major}. "
            f"Set PG_BINDIR to the programs of {found[place]} and save it with pg_dump, then move the directory away, "
            "start again and load it with psql."
        )

    def _lock_file(self, name: str) -> IO[bytes]:
        descriptor = os.open(self.state_dir / name, os.O_RDWR | os.O_CREAT, 0o600)
        self._account.hand_over(self.state_dir / name)
        return os.fdopen(descriptor, "r+b", buffering=0)

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        with self._lock_file("start.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _socket_directory(data: Path, uid: int) -> Path:
    """A short path, as the system allows about 100 bytes, and the same for everyone who opens this data directory."""
    # Not $TMPDIR, which may be long and may differ; made for one account, and refused when it is somebody else's.
    return Path("/tmp") / f"larder-{uid}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"  # noqa: S108


def _to_stderr(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
