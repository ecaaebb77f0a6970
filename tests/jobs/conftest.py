"""Imports that wait for a worker, and workers in the test's own process."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import anyio
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin import site
from admin.actor import Actor
from admin.jobs import queue, worker
from admin.jobs.imports import Works
from admin.reads import csv_import as reads
from admin.reads import csv_import_progress as progress
from admin.settings import Settings
from admin.web import logging
from admin.writes.csv_import import receive, store
from admin.writes.csv_import.receive import Upload
from admin.writes.csv_import.store import Stored
from tests.postgres import Database

SECONDS = 60
"""For workers to notice, take over and finish, on a machine that does other things besides."""
RESOURCES = {view.identity: view.build_resource() for view in site.VIEWS}


@dataclass
class Queue:
    """Hands imports in and over to the workers, as a page would."""

    works: Works
    database: Database

    async def hand_in(self, content: str, identity: str = "customer", who: str = "Ann") -> int:
        async with self.works.sessions.begin() as session:
            upload = Upload("file.csv", io.BytesIO(content.encode()))
            return await receive.receive(session, self.actor(who), RESOURCES[identity], upload, timeout_ms=60_000)

    async def queued(self, content: str, identity: str = "customer", who: str = "Ann") -> int:
        import_id = await self.hand_in(content, identity, who)
        await self.run(import_id, who)
        return import_id

    async def run(self, import_id: int, who: str = "Ann") -> None:
        async with self.works.sessions.begin() as session:
            await queue.run(session, self.actor(who), import_id)

    async def ended(self, import_id: int) -> None:
        """Wait until no worker has anything to do with it any more."""
        await self._until(import_id, lambda state: state not in ("staging", "queued", "running"))

    async def at_work(self, import_id: int) -> None:
        """Wait until a worker's transaction is at it."""
        with anyio.fail_after(SECONDS):
            while not await self._seconds(import_id):  # noqa: ASYNC110 nothing announces it
                await anyio.sleep(0.01)

    async def _seconds(self, import_id: int) -> float | None:
        async with self.works.sessions() as session:
            return (await progress.now(session, import_id)).seconds

    async def held_up(self, kind: str = "advisory") -> None:
        """Wait until a transaction waits for a lock of this kind."""
        waiting = "select exists (select from pg_locks where locktype = %s and not granted)"
        with anyio.fail_after(SECONDS):
            while not self.database.value(waiting, kind):  # noqa: ASYNC110 nothing announces it
                await anyio.sleep(0.01)

    async def nobody_at_work(self, import_id: int) -> None:
        """Wait until the server has noticed that the process that worked on it is gone."""
        await self._until(import_id, lambda state: state != "running")

    async def _until(self, import_id: int, reached: Callable[[str], bool]) -> None:
        with anyio.fail_after(SECONDS):
            while not reached(await self.shown(import_id)):  # noqa: ASYNC110 nothing announces it
                await anyio.sleep(0.05)

    async def cancel(self, import_id: int) -> bool:
        async with self.works.sessions.begin() as session:
            return await queue.cancel(session, import_id)

    async def drain(self) -> None:
        await worker.drain(self.works)

    async def stored(self, import_id: int) -> Stored:
        async with self.works.sessions() as session:
            return await store.get(session, import_id)

    async def shown(self, import_id: int) -> str:
        async with self.works.sessions() as session:
            return await reads.state_of(session, import_id)

    async def state(self, import_id: int) -> str:
        return (await self.stored(import_id)).record.state

    def actor(self, who: str) -> Actor:
        found = self.database.sql("select id from larder.person where name = %s", who)
        make = "insert into larder.person (name, role, password_hash) values (%s, 'editor', '-') returning id"
        return Actor(found[0][0] if found else self.database.value(make, who), who, "editor")

    def tables(self) -> list[str]:
        """The tables that imports have made for themselves and that are there now."""
        statement = "select tablename from pg_tables where schemaname = 'larder_staging' order by 1"
        return [name for (name,) in self.database.sql(statement)]

    def jobs(self) -> list[str]:
        return [status for (status,) in self.database.sql("select status::text from procrastinate_jobs order by id")]


@pytest.fixture
def jobs(settings: Settings, session_maker: async_sessionmaker[AsyncSession], database: Database) -> Queue:
    # As the commands do: structlog's own way to show a traceback takes ten seconds for one.
    logging.configure("console")
    return Queue(Works(settings, session_maker, RESOURCES), database)


@pytest.fixture
async def other(session_maker: async_sessionmaker[AsyncSession]):
    """A session of somebody else, in a transaction that stays open."""
    async with session_maker.begin() as session:
        await session.execute(text("select 1"))
        yield session
