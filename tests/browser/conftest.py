"""A real Chromium on a real console: one server for the run, logged in once, watched for anything it complains about.

This is a process of its own (see tests/conftest.py). The console is started by its own command, as a person would.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.pages import Larder
from tests.postgres import temporary_place

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery staple"
PEOPLE = {"admin": "admin", "Eve Editor": "editor", "Vic Viewer": "viewer"}
START_LIMIT_S = 120


@pytest.fixture(scope="session")
def environment() -> Iterator[dict[str, str]]:
    """A console with a state directory of its own and demo data, whatever this machine has set up."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LARDER_")}
    clean.pop("DATABASE_URL", None)
    with temporary_place() as place:
        yield {
            **clean,
            "LARDER_STATE_DIR": str(place / "state"),
            "LARDER_ADMIN_PASSWORD": PASSWORD,
            "PYTHONPATH": str(ROOT),
        }


@pytest.fixture(scope="session")
def base_url(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console's address. It runs until the last test is done, then stops by SIGTERM and must end cleanly."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("log") / "console.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "admin", "serve", "--port", str(port)],
            env=environment, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent,
        )  # fmt: skip
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz", server, log)
        for name, role in PEOPLE.items():
            if name != "admin":
                command(environment, "user", "add", name, "--role", role, given=PASSWORD)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        code = server.wait(timeout=30)
    assert code == 0, log.read_text(errors="replace")[-4000:]
    assert "Traceback" not in log.read_text(errors="replace")


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert server.poll() is None, f"the console did not start:\n{log.read_text(errors='replace')[-4000:]}"
            time.sleep(0.1)
    raise AssertionError(
        f"the console is not ready after {START_LIMIT_S} s:\n{log.read_text(errors='replace')[-4000:]}"
    )


def command(environment: dict[str, str], *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of Larder's commands beside the running console; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "admin", *arguments],
        env=environment, input=given + "\n" if given else None, capture_output=True, text=True, check=False,
        cwd=environment["LARDER_STATE_DIR"],
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    path = os.environ.get("BROWSER_PATH")
    return {**browser_type_launch_args, **({"executable_path": path} if path else {})}


@pytest.fixture(scope="session")
def logged_in(browser: Browser, base_url: str) -> dict[str, dict[str, object]]:
    """The stored cookies of each person, by role: logging in once a run keeps clear of the login's throttle."""
    states = {}
    for name, role in PEOPLE.items():
        context = browser.new_context(base_url=base_url)
        Larder(context.new_page()).log_in(name, PASSWORD)
        states[role] = context.storage_state()
        context.close()
    return states


@pytest.fixture(scope="session")
def browser_context_args(
    browser_context_args: dict[str, object], base_url: str, logged_in: dict[str, dict[str, object]]
) -> dict[str, object]:
    return {
        **browser_context_args,
        "base_url": base_url,
        "storage_state": logged_in["admin"],
        "viewport": {"width": 1280, "height": 900},
        "timezone_id": "Europe/Berlin",
        "locale": "en-GB",
    }


@pytest.fixture(autouse=True)
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complains of: script errors, CSP reports, missing assets. A test ends with none of them.

    A test that provokes a 4xx page on purpose takes this fixture and removes the line it expects.
    """
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            heard.append(f"{message.text} ({message.location.get('url', '')})")

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    assert heard == []


@pytest.fixture
def larder(page: Page) -> Larder:
    """The console, as the admin sees it."""
    return Larder(page)
