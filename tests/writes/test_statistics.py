"""Before many rows are joined with a table: nothing that the planner believes may make that take for ever."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.writes import statistics
from tests.postgres import Database

pytestmark = pytest.mark.anyio

SHOWN = text("show enable_nestloop")


async def test_as_many_rows_as_a_table_has_pages_are_joined_by_reading_it(
    session_maker: async_sessionmaker[AsyncSession], database: Database
):
    database.sql("insert into customer (email, name) select n, repeat('x', 900) from generate_series(1, 10000) as n")
    database.sql("create table parted (id int) partition by range (id)")
    database.sql("create table parted_1 partition of parted for values from (0) to (1000000)")
    database.sql("insert into parted select generate_series(1, 400000)")
    pages = {name: database.value("select pg_relation_size(%s) / 8192", name) for name in ("customer", "parted_1")}
    assert min(pages.values()) > statistics.MANY
    for relation, rows, joined in (
        ("customer", 999, "on"),
        ("customer", pages["customer"] - 1, "on"),
        ("customer", pages["customer"], "off"),
        ("parted", pages["parted_1"] - 1, "on"),
        ("parted", pages["parted_1"], "off"),
    ):
        async with session_maker.begin() as session:
            await statistics.refresh(session, relation, rows)
            assert (relation, rows, await session.scalar(SHOWN)) == (relation, rows, joined)
        async with session_maker.begin() as session:
            assert await session.scalar(SHOWN) == "on", "that was a matter of one transaction"
