"""Another process that uses the embedded server, and what the system knows about processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from admin.embedded import binaries

ROOT = Path(__file__).parent.parent.parent
DATA = f"pg{binaries.find().major}"
"""Name of the data directory in a state directory."""
PROGRAM = """
import json, sys
from pathlib import Path
from admin.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), sync=False) as server:
    print(json.dumps({"url": server.url("larder_app", "larder", driver="postgresql"), "data": str(server.data)}))
    sys.stdout.flush()
    sys.stdin.read()
"""


class Accounts:
    """Commands that run Python as somebody else."""

    @staticmethod
    def interpreter(account: str) -> list[str]:
        """The interpreter as `account`, with our packages: the environment's own may lie in root's home."""
        packages = sysconfig.get_path("purelib")
        path = f"PYTHONPATH={ROOT}:{packages}"
        return ["setpriv", f"--reuid={account}", "--regid=nogroup", "--clear-groups", "env", path, "/usr/bin/python3"]


class User:
    """A process inside `with EmbeddedPostgres(state)`; it leaves when told to."""

    def __init__(self, state: Path, interpreter: list[str]) -> None:
        self.process = subprocess.Popen(
            [*interpreter, "-c", PROGRAM, str(state)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.url = ""
        self.data = Path()

    def entered(self) -> User:
        """Wait until it uses the server."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        told = json.loads(line)
        self.url, self.data = told["url"], Path(told["data"])
        return self

    def leave(self) -> int:
        """Let it leave the server, and wait until it is gone."""
        self.process.communicate()
        return self.process.returncode

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def end(self) -> None:
        if self.process.poll() is None:
            self.leave()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def postmasters(data: Path) -> list[int]:
    """The pids of the servers on a data directory."""
    return [
        process.info["pid"]
        for process in psutil.process_iter(["pid", "cmdline"])
        if process.info["cmdline"]
        and str(data) in process.info["cmdline"]
        and "-D" in process.info["cmdline"]
        and Path(process.info["cmdline"][0]).name == "postgres"
    ]


def kill_postmaster(data: Path) -> int:
    """What a lost power cord does to it; returns the pid it had."""
    (pid,) = postmasters(data)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    return pid


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition of the system that nothing announces."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)
