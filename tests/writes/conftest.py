"""Two people who change things, and a way to let one of them do it in a transaction of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.actor import Actor
from admin.writes.operations import recorded
from tests.postgres import Database

Act = Callable[..., Awaitable[Any]]


def person(database: Database, name: str) -> Actor:
    statement = "insert into larder.person (name, role, password_hash) values (%s, 'editor', '-') returning id"
    return Actor(database.value(statement, name), name, "editor")


async def by_sql(session: AsyncSession, actor: Actor, *statements: str) -> int:
    """Run SQL as one operation, as an import would; returns its id."""
    async with recorded(session, actor, "import", None) as operation:
        for statement in statements:
            await session.execute(text(statement))
        operation.rows, operation.sentence = 1, "Many things done."
    return operation.id


@pytest.fixture
def ann(database: Database) -> Actor:
    return person(database, "Ann")


@pytest.fixture
def ben(database: Database) -> Actor:
    return person(database, "Ben")


@pytest.fixture
def act(session_maker: async_sessionmaker[AsyncSession]) -> Act:
    """`await act(function, actor, …)` calls `function(session, actor, …)` in a transaction and commits it."""

    async def call(function: Callable[..., Awaitable[Any]], *arguments: Any, **options: Any) -> Any:
        async with session_maker.begin() as session:
            return await function(session, *arguments, **options)

    return call
