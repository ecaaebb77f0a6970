"""Make sure the tests have a browser, and print its path, or nothing for Playwright's own.

In this order: `$BROWSER_PATH`, a Chromium or Chrome of the system, Playwright's own, a download by Playwright, and the
system's package where we may install one.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MAC = tuple(f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ("Google Chrome", "Chromium"))
HELP = """The browser tests need Chromium.
  Debian or Ubuntu:  sudo apt-get install chromium
  elsewhere:         .venv/bin/python -m playwright install chromium"""


def ensure() -> str:
    """The path of a browser that starts; empty for Playwright's own. Exits with what to do when there is none."""
    for command in [None, *_remedies()]:
        if command is not None:
            _run(command)
        for path in _candidates():
            if _starts(path):
                return path
    raise SystemExit(HELP)


def _candidates() -> list[str]:
    found = [os.environ.get("BROWSER_PATH"), *map(shutil.which, NAMES), *MAC]
    return [*(path for path in found if path and os.access(path, os.X_OK)), ""]


def _starts(path: str) -> bool:
    """Start it once: a snap's stub or missing libraries show only then."""
    try:
        with sync_playwright() as playwright:
            playwright.chromium.launch(executable_path=path or None).close()
    except Error:
        return False
    return True


def _remedies() -> list[list[str]]:
    playwright = [sys.executable, "-m", "playwright", "install"]
    apt = shutil.which("apt-get") if os.geteuid() == 0 else None
    if apt is None:
        return [[*playwright, "chromium"]]
    if platform.freedesktop_os_release().get("ID") == "debian":
        package = [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        return [[*playwright, "chromium"], [apt, "update", "-qq"], package]
    # Ubuntu's package is a snap, which cannot run in a container.
    return [[*playwright, "chromium"], [*playwright, "--with-deps", "chromium"]]


def _run(command: list[str]) -> None:
    print("No browser for the tests yet. Trying:", " ".join(command), file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, stdout=sys.stderr, env=quiet, check=False)


if __name__ == "__main__":
    print(ensure())
