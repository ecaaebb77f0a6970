"""A console whose pages and workers are processes of their own, and one that is killed while somebody uploads."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

import pytest

from admin.schema import ROOT
from tests.commands.console import Console
from tests.embedded.user import eventually
from tests.postgres import Database

Start = Callable[[], subprocess.Popen[str]]

PASSWORD = "correct horse battery staple"
FILE = b"email,name\nann@x,Ann\n"
FORM = {"content-type": "multipart/form-data; boundary=larder"}
HEAD = b'--larder\r\ncontent-disposition: form-data; name="file"; filename="people.csv"\r\n\r\n'
STAGED = "select count(*) from pg_tables where schemaname = 'larder_staging'"


class Browser:
    """Somebody who is logged in."""

    def __init__(self, console: Console) -> None:
        self._at = ("127.0.0.1", console.port)
        self.headers = {"origin": f"http://127.0.0.1:{console.port}"}
        form = urllib.parse.urlencode({"username": "admin", "password": PASSWORD})
        self._ask("POST", "/admin/login", form.encode(), {"content-type": "application/x-www-form-urlencoded"})

    def get(self, path: str) -> str:
        return self._ask("GET", path)[1]

    def post(self, path: str, body: bytes = b"") -> str:
        """Where the answer leads."""
        return self._ask("POST", path, body, FORM if body else {"content-length": "0"})[0]

    def begin(self, path: str, size: int) -> socket.socket:
        """An upload of so many bytes of which not all come."""
        sent = "".join(f"{name}: {value}\r\n" for name, value in {**self.headers, **FORM}.items())
        upload = socket.create_connection(self._at)
        upload.sendall(f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {size}\r\n{sent}\r\n".encode())
        upload.sendall(HEAD + FILE)
        return upload

    def _ask(self, method: str, path: str, body: bytes = b"", more: dict[str, str] | None = None) -> tuple[str, str]:
        connection = HTTPConnection(*self._at, timeout=60)
        connection.request(method, path, body, {**self.headers, **(more or {})})
        answer = connection.getresponse()
        assert answer.status in (200, 303), (answer.status, answer.read())
        cookies = [value.split(";", 1)[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        if cookies:
            self.headers["cookie"] = "; ".join(cookies)
        text = answer.read().decode()
        connection.close()
        return str(answer.getheader("location")), text


@pytest.fixture
def settings(database: Database) -> dict[str, str]:
    urls = {"DATABASE_URL": database.app_url, "LARDER_OWNER_URL": database.owner_url}
    return urls | {"LARDER_WORKER": "0", "LARDER_DEMO": "0", "LARDER_ADMIN_PASSWORD": PASSWORD}


@pytest.fixture
def console(settings: dict[str, str]) -> Iterator[Console]:
    started = Console(settings)
    yield started
    if started.process.poll() is None:
        started.stop()


@pytest.fixture
def worker(settings: dict[str, str]) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        call = [sys.executable, "-m", "admin", "worker"]
        started.append(subprocess.Popen(call, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.communicate()


def test_jobs_wait_for_a_worker_and_a_killed_console_leaves_no_upload(
    database: Database, console: Console, worker: Start
) -> None:
    browser = Browser(console.ready())
    page = browser.post("/admin/customer/import", HEAD + FILE + b"\r\n--larder--\r\n")
    assert browser.post(f"{page}/apply") == page
    # Nobody is there who would do it, and the page says so.
    assert "No worker is running" in browser.get(page)
    working = worker()
    eventually(lambda: database.value("select state from larder.import") == "done", 60)
    assert "1 customer imported" in browser.get(page)
    working.terminate()
    said, _ = working.communicate(timeout=60)
    assert (working.returncode, said.splitlines()[-1]) == (0, "Stopped.")

    upload = browser.begin("/admin/customer/import", 10_000)
    console.stop(signal.SIGKILL)
    upload.close()
    assert (database.value("select count(*) from larder.import"), database.value(STAGED)) == (1, 0)
