"""The record of a request: each statement with its time and its plan, never a value, and nothing when nobody asks."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import explained, listing, plans
from admin.reads.explained import Recorder, watched
from admin.reads.query import Filter, ListQuery
from models import Event
from tests.postgres import Database, Queries
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

EVENT = resource_of(Event)


@pytest.fixture
def events(database: Database) -> None:
    database.sql("insert into event (kind) select 'k' || i % 3 from generate_series(1, 20000) i")
    database.sql("vacuum analyze event")


@pytest.mark.usefixtures("events")
async def test_each_statement_has_its_purpose_time_rows_and_plan(session: AsyncSession):
    recorder = Recorder()
    async with watched(session, recorder):
        with recorder.doing("The rows"):
            await listing.fetch(session, EVENT, ListQuery())
        with recorder.doing("Their number"):
            await plans.estimate(session, listing.narrowed(EVENT, ListQuery()))
    rows, number = recorder.sent
    assert (rows.purpose, rows.rows, number.purpose) == ("The rows", 51, "Their number")
    assert rows.ms is not None
    assert rows.ms > 0
    assert any("event_created_at" in read.text and not read.whole for read in rows.reads)
    assert number.sql.startswith("EXPLAIN")
    assert number.reads == []


@pytest.mark.usefixtures("events")
async def test_no_value_is_kept(session: AsyncSession):
    recorder = Recorder()
    query = ListQuery(filters=(Filter("kind", "icontains", "s3cret", "s3cret"),))
    async with watched(session, recorder):
        await listing.fetch(session, EVENT, query)
    assert "s3cret" not in repr(recorder.sent)
    assert any(read.text == "Seq Scan on event" and read.whole for one in recorder.sent for read in one.reads)


async def test_the_same_statement_too_often_is_noticed_whatever_its_values(session: AsyncSession):
    recorder = Recorder()
    async with watched(session, recorder):
        for key in range(3):
            await session.execute(text("select id from event where id = :key"), {"key": key})
        await session.execute(text("select 1"))
    assert recorder.repeated == [("select id from event where id = ?", 3)]
    assert explained.shape("id IN (%(a_1)s::BIGINT, %(a_2)s::BIGINT)") == explained.shape(
        "id IN (%(a_1)s::BIGINT, %(a_2)s::BIGINT, %(a_3)s::BIGINT)"
    )


async def test_a_statement_that_is_stopped_is_there_without_a_time(session: AsyncSession):
    recorder = Recorder()
    async with watched(session, recorder):
        await session.execute(text("set local statement_timeout = 50"))
        with pytest.raises(DBAPIError):
            await session.execute(text("select pg_sleep(5)"))
    (stopped,) = recorder.sent
    assert (stopped.sql, stopped.ms, stopped.rows) == ("select pg_sleep(5)", None, None)


async def test_it_costs_nothing_when_nobody_asks_and_ends_with_its_block(session: AsyncSession, queries: Queries):
    async with watched(session, None):
        await session.execute(text("select 1"))
    assert queries.statements == ["select 1"]
    recorder = Recorder()
    async with watched(session, recorder):
        pass
    await session.execute(text("select 2"))
    assert recorder.sent == []
    assert queries.statements == ["select 1", "select 2"]
