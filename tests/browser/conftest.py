"""A real Chromium on a real console: one server for the run, logged in once, watched for anything it complains about.

This is a process of its own (see tests/conftest.py). The console is started by its own command, as a person would.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser import server
from tests.browser.pages import Larder
from tests.browser.patience import patient

# Playwright's own five seconds are little for a page that asks for others, on a machine that does something else too.
expect.set_options(timeout=20_000)

PEOPLE = {"admin": "admin", "Eve Editor": "editor", "Vic Viewer": "viewer"}


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """No gesture before the page's scripts have attached."""
    with pytest.MonkeyPatch.context() as patch:
        patient(patch)
        yield


@pytest.fixture(scope="session")
def settings() -> Iterator[dict[str, str]]:
    """The settings of the console, for commands beside it."""
    with server.environment() as made:
        yield made


@pytest.fixture(scope="session")
def base_url(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a console that runs until the last test is done."""
    log = tmp_path_factory.mktemp("log") / "console.log"
    with server.serving(settings, log) as address:
        for name, role in PEOPLE.items():
            if name != "admin":
                server.command(settings, "user", "add", name, "--role", role, given=server.PASSWORD)
        yield address


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
        Larder(context.new_page()).log_in(name, server.PASSWORD)
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
