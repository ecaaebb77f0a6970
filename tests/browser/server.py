"""Larder as a person starts it: its own command in a process of its own, on demo data, in a place of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import temporary_place

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery staple"
START_LIMIT_S = 120


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """Settings for a console that shares nothing with what this machine has set up."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LARDER_")}
    clean.pop("DATABASE_URL", None)
    with temporary_place() as place:
        yield {
            **clean,
            "LARDER_STATE_DIR": str(place / "state"),
            "LARDER_ADMIN_PASSWORD": PASSWORD,
            "PYTHONPATH": str(ROOT),
        }


@contextmanager
def serving(settings: dict[str, str], log: Path) -> Iterator[str]:
    """A running console's address. It stops by SIGTERM, and must end cleanly without a traceback in its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "admin", "serve", "--port", str(port)],
            env=settings, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent,
        )  # fmt: skip
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        code = server.wait(timeout=30)
    assert code == 0, _end_of(log)
    assert "Traceback" not in log.read_text(errors="replace"), _end_of(log)


def command(settings: dict[str, str], *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of Larder's commands beside the running console; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "admin", *arguments],
        env=settings, input=given + "\n" if given else None, capture_output=True, text=True, check=False,
        cwd=settings["LARDER_STATE_DIR"],
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert server.poll() is None, f"the console did not start:\n{_end_of(log)}"
            time.sleep(0.1)
    raise AssertionError(f"the console is not ready after {START_LIMIT_S} s:\n{_end_of(log)}")


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]
