"""Imports without pages: a file in, a report out, on the cookbook's tables and on one of every kind of column."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin import site
from admin.actor import Actor
from admin.resource import Resource
from admin.writes.csv_import import apply, receive, store
from admin.writes.csv_import.receive import Upload
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.sniff import Format
from admin.writes.csv_import.store import Stored
from tests.postgres import Database
from tests.writes.csv_import import branches, guarded, oddities

TIMEOUT_MS = 60_000
ANN = Actor(None, "Ann", "admin")
RESOURCES = {view.identity: view.build_resource() for view in site.VIEWS}
ODD = {"oddity": oddities.RESOURCE, "guarded": guarded.RESOURCE, "branch": branches.RESOURCE}


@dataclass
class Imports:
    """Hands files in, as Ann would."""

    sessions: async_sessionmaker[AsyncSession]
    database: Database
    id: int = 0

    def resource(self, identity: str) -> Resource:
        return (RESOURCES | ODD)[identity]

    async def hand_in(
        self, content: bytes | str, identity: str = "book", name: str = "file.csv", delimiter: str | None = None
    ) -> Stored:
        """What is found in the file, with what is offered for it."""
        file = io.BytesIO(content.encode() if isinstance(content, str) else content)
        async with self.sessions.begin() as session:
            self.id = await receive.receive(
                session, ANN, self.resource(identity), Upload(name, file, delimiter=delimiter), timeout_ms=TIMEOUT_MS
            )
        return await self.stored()

    async def stored(self, import_id: int | None = None) -> Stored:
        async with self.sessions() as session:
            return await store.get(session, import_id or self.id)

    async def check(
        self, content: bytes | str, identity: str = "book", *, name: str = "file.csv", **choices: Any
    ) -> Report:
        """The review of a file with choices that differ from those offered."""
        stored = await self.hand_in(content, identity, name)
        assert stored.record.error is None, stored.record.error
        assert stored.report is not None
        return await self.choose(**choices) if choices else stored.report

    async def choose(self, **choices: Any) -> Report:
        stored = await self.stored()
        assert stored.options is not None
        options = replace(stored.options, **choices)
        resource = self.resource(stored.record.identity)
        async with self.sessions.begin() as session:
            return await receive.choose(session, resource, self.id, options, timeout_ms=TIMEOUT_MS)

    async def read(self, form: Format) -> Stored:
        stored = await self.stored()
        async with self.sessions.begin() as session:
            await receive.read_again(
                session, self.resource(stored.record.identity), self.id, form, timeout_ms=TIMEOUT_MS
            )
        return await self.stored()

    async def apply(self, import_id: int | None = None) -> Report:
        stored = await self.stored(import_id)
        async with self.sessions.begin() as session:
            return await apply.apply(
                session, ANN, self.resource(stored.record.identity), stored.id, timeout_ms=TIMEOUT_MS
            )

    async def run(self, content: bytes | str, identity: str = "book", **choices: Any) -> Report:
        """Check and apply."""
        await self.check(content, identity, **choices)
        return await self.apply()

    def staging(self) -> list[str]:
        """The tables that imports have left behind."""
        return [name for (name,) in self.database.sql(
            "select tablename from pg_tables where schemaname = 'larder_staging' order by 1"
        )]  # fmt: skip


@pytest.fixture
def imports(session_maker: async_sessionmaker[AsyncSession], database: Database) -> Imports:
    return Imports(session_maker, database)


@pytest.fixture
def oddity(database: Database) -> None:
    """The table with a column of every kind."""
    database.sql(oddities.TABLE)
