"""A console started as a person starts it, in a process of its own."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from admin.schema import ROOT

START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Console:
    """`larder serve` with these settings; `lines` is what it has printed so far."""

    def __init__(self, settings: dict[str, str], *arguments: str, cwd: Path = ROOT) -> None:
        self.port = free_port()
        self.lines: list[str] = []
        self._printed: queue.SimpleQueue[str] = queue.SimpleQueue()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LARDER_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "admin", "serve", "--port", str(self.port), *arguments],
            cwd=cwd,
            env={**clean, "PYTHONPATH": str(ROOT), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Of its own, so that a Ctrl-C meant for it does not end the tests.
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def ready(self) -> Console:
        """Wait until it says where it is."""
        while not any(line.startswith("Larder is at ") for line in self.lines):
            line = self._printed.get(timeout=START_SECONDS)
            assert line, f"it ended instead: {self.lines}"
            self.lines.append(line.rstrip("\n"))
        return self

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return int(answer.status)

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal as a supervisor or, to the whole group, a terminal does; returns the exit code."""
        if sent == signal.SIGINT:
            os.killpg(self.process.pid, sent)
        else:
            self.process.send_signal(sent)
        return self.ended()

    def ended(self) -> int:
        code = self.process.wait(timeout=START_SECONDS)
        while line := self._printed.get(timeout=10):
            self.lines.append(line.rstrip("\n"))
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self._printed.put(line)
        self._printed.put("")
