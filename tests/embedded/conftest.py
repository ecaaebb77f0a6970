"""State directories for launcher tests: made once by a real first start, then copied."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from admin.embedded import EmbeddedPostgres
from tests.embedded.user import Accounts, User
from tests.postgres import temporary_place

Enter = Callable[..., User]


@pytest.fixture(scope="session")
def _made() -> Iterator[Path]:
    with temporary_place() as place:
        with EmbeddedPostgres(place / "state", sync=False):
            pass
        yield place / "state"


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
