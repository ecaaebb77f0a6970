"""Starts each console on the same database, one process each, and stops it again."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PASSWORD = "only for measuring"
START_LIMIT_S = 60


@dataclass
class Server:
    """A running console: where it listens, what to send along, and its process."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    cookie: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return (
            {"Cookie": self.cookie, "Accept-Encoding": "identity"} if self.cookie else {"Accept-Encoding": "identity"}
        )

    def rss(self) -> int:
        """Resident bytes of the process and its children."""
        parent = psutil.Process(self.process.pid)
        return sum(process.memory_info().rss for process in [parent, *parent.children(recursive=True)])


COMMANDS = {
    "Larder": "{python} -m admin serve --port {port}",
    "sqladmin": "{python} -m uvicorn bench.peers.stock_sqladmin:app --port {port} --no-access-log",
    "Django": "{python} -m gunicorn -w 1 -b 127.0.0.1:{port} --timeout 600 --log-level error bench.peers.django_admin",
}
READY = {"Larder": "/readyz", "sqladmin": "/admin/", "Django": "/admin/auth/customer/"}


@contextmanager
def running(name: str, app_url: str, owner_url: str) -> Iterator[Server]:
    """Start one console and wait until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "BENCH_URL": app_url,
        "DATABASE_URL": app_url,
        "LARDER_OWNER_URL": owner_url,
        "LARDER_ADMIN_PASSWORD": PASSWORD,
        "LARDER_DEMO": "0",
    }
    process = subprocess.Popen(
        [part.format(python=sys.executable, port=port) for part in COMMANDS[name].split()],
        env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    server = Server(name, port, process)
    try:
        _wait(server)
        if name == "Larder":
            server.cookie = _log_in(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(server: Server) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            connection.request("GET", READY[server.name])
            if connection.getresponse().status == 200:
                return
        except OSError:
            if server.process.poll() is not None:
                break
        time.sleep(0.1)
    raise SystemExit(f"{server.name} did not start")


def _log_in(server: Server) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    form = urllib.parse.urlencode({"username": "admin", "password": PASSWORD})
    origin = f"http://127.0.0.1:{server.port}"
    connection.request(
        "POST", "/admin/login", form, {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
    )
    answer = connection.getresponse()
    cookies = [value.split(";", 1)[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    if answer.status != 303 or not cookies:
        raise SystemExit(f"logging in to Larder answered {answer.status}")
    return "; ".join(cookies)
