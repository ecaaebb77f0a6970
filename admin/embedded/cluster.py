"""One data directory: made by initdb, served by one postmaster, stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from admin.embedded import postmaster
from admin.embedded.account import Account
from admin.embedded.binaries import Binaries
from admin.embedded.errors import EmbeddedPostgresError
from admin.embedded.postmaster import State

PATIENCE = 120
"""Seconds without a sign of life after which a start counts as failed. Crash recovery gives signs of life."""
ORPHANS = "pre-existing shared memory block"


@dataclass
class Cluster:
    """A data directory, the programs for it and the private directory of its socket."""

    data: Path
    sockets: Path
    binaries: Binaries
    account: Account
    password: str
    settings: dict[str, str]
    sync: bool
    say: Callable[[str], None]
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def ensure_running(self) -> None:
        """Attach to the running server, or make the data directory and start one. Held under the start lock."""
        state = self._state()
        if state is State.STARTING:
            # Its starter was killed while it recovered: wait for it, never start a second one.
            self._wait_until_ready()
            state = self._state()
        if state is not State.UP:
            # A live postmaster that nobody can reach has lost its socket, or is on its way out.
            self.stop()
            self._initdb()
            self._start()

    def stop(self) -> None:
        """Stop the server and wait until it is gone: politely first, then at once (it recovers at the next start)."""
        for sent, patience in ((signal.SIGINT, 60), (signal.SIGQUIT, 5)):
            pid = postmaster.running(self.data)
            if pid is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sent)
            deadline = time.monotonic() + patience
            while postmaster.running(self.data) is not None and time.monotonic() < deadline:
                time.sleep(0.02)
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(5)
        with contextlib.suppress(OSError):
            self.sockets.rmdir()

    def leave(self) -> None:
        """Forget the server we started: others still use it, so it outlives us."""
        if self._child is not None and self._child.poll() is None:
            # Without an exit code Python would warn of a forgotten process.
            self._child.returncode = 0

    def _state(self) -> State:
        return postmaster.state(self.sockets, self.data, self.password)

    def _initdb(self) -> None:
        if self.data.exists():
            return
        for left in self.data.parent.glob(f"{self.data.name}.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        # A name of its own each time: the initdb of a killed starter may still be writing into the last one.
        fresh = Path(tempfile.mkdtemp(prefix=f"{self.data.name}.new-", dir=self.data.parent))
        self.account.own_directory(fresh)
        self.account.own_directory(self.sockets)
        password_file = self._password_file()
        done = self.account.run(
            [
                self.binaries.program("initdb"),
                *("-D", str(fresh), "-U", "postgres", "--encoding=UTF8"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}"),
                *_locale(self.binaries.major),
                *([] if self.sync else ["--no-sync"]),
            ],
            env={**os.environ, "LC_ALL": "C"},
        )
        password_file.unlink()
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EmbeddedPostgresError(f"PostgreSQL could not make its data directory: {done.stderr.strip()}")
        fresh.rename(self.data)

    def _password_file(self) -> Path:
        file = self.sockets / "password"
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(self.password)
        if self.account.switched:
            os.chown(file, self.account.uid, self.account.gid)
        return file

    def _start(self) -> None:
        self.account.own_directory(self.sockets)
        # Nothing runs here now. A lock file of a crashed server counts for PostgreSQL as long as its number is taken.
        for left in self.sockets.iterdir():
            left.unlink()
        postmaster.clear_stale_pid_file(self.data)
        deadline = time.monotonic() + PATIENCE
        self._launch()
        while not self._wait_until_ready():
            # After a crash PostgreSQL refuses to start while a backend of the old server still works on the data.
            if ORPHANS not in self._last_words() or time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL did not start. Its last words:\n{self._last_words()}")
            time.sleep(0.2)
            self._launch()

    def _launch(self) -> None:
        command = [self.binaries.program("postgres"), "-D", str(self.data), "-p", postmaster.PORT]
        for name, value in {**self.settings, "unix_socket_directories": f'"{self.sockets}"'}.items():
            command += ["-c", f"{name}={value}"]
        output = os.open(self._start_log(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self.account.hand_over(self._start_log())
            self._child = self.account.start(command, output)
        finally:
            os.close(output)

    def _wait_until_ready(self) -> bool:
        """Wait for the server to answer; False when it ended instead, or gave no sign of life for too long."""
        begun = deadline = time.monotonic()
        deadline += PATIENCE
        told = False
        while (state := self._state()) is not State.UP:
            now = time.monotonic()
            if state is State.STARTING:
                deadline = now + PATIENCE
            if not told and now > begun + 5:
                told = True
                self.say("PostgreSQL is recovering from a crash or a sudden stop. This can take a few minutes.")
            if self._gone() or now > deadline:
                return False
            time.sleep(0.02)
        return True

    def _gone(self) -> bool:
        if self._child is not None:
            return self._child.poll() is not None
        return postmaster.running(self.data) is None

    def _start_log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.start.log")

    def _last_words(self) -> str:
        logs = [self._start_log(), *sorted(self.data.glob("log/*.log"), key=lambda path: path.stat().st_mtime)[-1:]]
        lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()[-8:]]
        return "\n".join(f"  {line}" for line in lines)


def _locale(major: int) -> list[str]:
    # The builtin provider sorts alike on every machine and needs no locale of the system; 16 has none yet.
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C", "--lc-ctype=C.UTF-8"]
