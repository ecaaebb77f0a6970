"""A real PostgreSQL for every test: one throw-away server a run, migrated once, and a clone of that for each test.

No Playwright here. Its sync session keeps an event loop running in the main thread, which fails every async test
after it, so the browser tests have a process and a conftest of their own.
"""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql as compose
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from xdist.remote import Producer

from admin import schema
from admin.database import make_engine, make_session_maker
from admin.embedded import EmbeddedPostgres
from admin.settings import Settings
from tests import spread
from tests.postgres import Database, Queries, temporary_place

# Two slow, shared cores: how long an example takes says nothing about the code.
hypothesis_settings.register_profile("larder", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("larder")


TEMPLATE = "larder"
"""The embedded server's own database is migrated, then only ever copied."""

for name in [name for name in os.environ if name.startswith("LARDER_") or name == "DATABASE_URL"]:
    # What somebody has set up for their own console must not reach the tests.
    del os.environ[name]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> spread.Spread:
    return spread.Spread(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=spread.place)


def pytest_collection_finish() -> None:
    """What is there by now stays until the end, and is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every account can reach, as a checkout in /srv would be."""
    with temporary_place() as made:
        yield made


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """The run's own server, migrated; its data is gone afterwards."""
    with temporary_place() as place, EmbeddedPostgres(place / "state", sync=False) as running:
        schema.migrate(running.owner_url, "larder_app")
        yield running


@pytest.fixture(scope="session")
def _maintenance(server: EmbeddedPostgres) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(server.url("postgres", "postgres", driver="postgresql"), autocommit=True) as connection:
        yield connection


_numbers = count(1)
_left: list[str] = []
"""Databases to drop. Not at once: the backends of one just left live on for a moment, for which DROP waits 100 ms."""


Clone = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(scope="session")
def clone(server: EmbeddedPostgres, _maintenance: psycopg.Connection[Any]) -> Clone:
    """`with clone() as database` is a migrated, empty database of one's own."""

    @contextmanager
    def cloned() -> Iterator[Database]:
        while _left:
            drop = compose.SQL("drop database {} with (force)")
            _maintenance.execute(drop.format(compose.Identifier(_left.pop())))
        name = f"test_{next(_numbers)}"
        copy = compose.SQL("create database {} owner larder_owner template {} strategy file_copy")
        _maintenance.execute(copy.format(compose.Identifier(name), compose.Identifier(TEMPLATE)))
        made = Database(server, name)
        yield made
        made.close()
        _left.append(name)

    return cloned


@pytest.fixture
def database(clone: Clone) -> Iterator[Database]:
    """A migrated, empty database of the test's own."""
    with clone() as made:
        yield made


@pytest.fixture
def settings(database: Database) -> Settings:
    """Settings for the test's database, without a worker inside; nothing is read from the environment's own `.env`."""
    urls = {"DATABASE_URL": database.app_url, "owner_url": database.owner_url}
    values: dict[str, Any] = {**urls, "worker": False, "_env_file": None}
    return Settings(**values)


@pytest.fixture
async def engine(anyio_backend: str, settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The console's engine, as the application's role."""
    made = make_engine(settings)
    yield made
    await made.dispose()


@pytest.fixture
def session_maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """The console's own sessionmaker."""
    return make_session_maker(engine)


@pytest.fixture
async def session(session_maker: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """One session of the console's maker; what is not committed is rolled back."""
    async with session_maker() as opened:
        yield opened


@pytest.fixture
def queries(engine: AsyncEngine) -> Iterator[Queries]:
    """Records the statements that `engine` sends: `queries.clear()`, then `len(queries)`."""
    recorder = Queries()
    event.listen(engine.sync_engine, "before_cursor_execute", recorder.record)
    yield recorder
    event.remove(engine.sync_engine, "before_cursor_execute", recorder.record)
