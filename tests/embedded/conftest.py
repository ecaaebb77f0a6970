"""State directories for launcher tests: made once by a real first start, then copied."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from admin.embedded import EmbeddedPostgres
from tests.embedded.user import Accounts, User
from tests.postgres import fastest_place

Enter = Callable[..., User]


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every account can reach, as a checkout in /srv would be."""
    base = Path(tempfile.mkdtemp(prefix="larder-embedded-", dir=fastest_place()))
    base.chmod(0o711)
    yield base
    shutil.rmtree(base)


@pytest.fixture(scope="session")
def _made() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="larder-embedded-", dir=fastest_place()))
    base.chmod(0o711)
    with EmbeddedPostgres(base / "state", sync=False):
        pass
    yield base / "state"
    shutil.rmtree(base)


@pytest.fixture
def state(place: Path, _made: Path) -> Path:
    """A state directory after a first start, not running."""
    # `cp -a` keeps the owners; the name stays short, and so does the time.
    subprocess.run(["cp", "-a", str(_made), str(place / "state")], check=True)
    return place / "state"


@pytest.fixture
def enter() -> Iterator[Enter]:
    """Start other processes that use a server: `enter(state)`; they are gone after the test."""
    users: list[User] = []

    def start(state: Path, account: str | None = None, *, wait: bool = True) -> User:
        users.append(User(state, Accounts.interpreter(account) if account else [sys.executable]))
        if wait:
            users[-1].entered()
        return users[-1]

    yield start
    for user in users:
        user.end()
