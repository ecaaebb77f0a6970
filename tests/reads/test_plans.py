"""Asking the planner, bounding what it decides, and leaving the transaction as it was."""

from __future__ import annotations

import pytest
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.database import under
from admin.reads import listing, plans
from admin.reads.query import Filter, ListQuery
from models import Document, Event
from tests.postgres import Database
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

SLEEP = select(func.pg_sleep(5))
EVENT, DOCUMENT = resource_of(Event), resource_of(Document)


async def setting(session: AsyncSession, name: str) -> str:
    return str(await session.scalar(select(func.current_setting(name))))


async def test_an_estimate_binds_its_values_like_the_statement_itself(session: AsyncSession, database: Database):
    database.sql("insert into event (kind) select 'k' || i % 10 from generate_series(1, 1000) i; analyze event")
    all_rows = listing.narrowed(EVENT, ListQuery())
    some = listing.narrowed(EVENT, ListQuery(filters=(Filter("kind", "exact", "k1", "k1"),)))
    assert await plans.estimate(session, all_rows) == 1000
    assert await plans.estimate(session, some) == 100
    assert await plans.estimate(session, listing.matching(EVENT, ListQuery()).limit(7)) == 7


async def test_what_takes_too_long_is_none_and_the_transaction_goes_on(session: AsyncSession):
    await session.execute(text("create temporary table kept (n int)"))
    assert await plans.within(session, 20, SLEEP) is None
    assert await plans.within(session, 10_000, select(literal(7))) == [(7,)]
    assert await session.scalar(text("select count(*) from kept")) == 0
    assert await setting(session, "statement_timeout") == "5s"


async def test_other_failures_are_not_taken_for_slowness(session: AsyncSession):
    with pytest.raises(DBAPIError, match="division by zero"):
        await plans.within(session, 10_000, select(text("1 / 0")))


async def test_settings_hold_inside_and_are_put_back(session: AsyncSession):
    before = {name: await setting(session, name) for name in plans.BITMAPS_ONLY}
    async with under(session, plans.BITMAPS_ONLY):
        assert {name: await setting(session, name) for name in plans.BITMAPS_ONLY} == plans.BITMAPS_ONLY
    assert {name: await setting(session, name) for name in plans.BITMAPS_ONLY} == before


async def test_what_the_index_hands_over_counts_also_where_few_of_it_fit(session: AsyncSession, database: Database):
    database.sql(
        "insert into document (title, body, created_at, deleted_at) select 'x', "
        "case when i % 3 = 0 then 'river' else 'meadow' end, timestamptz '2026-01-01Z' + i * interval '1 minute', "
        "case when i % 30 < 2 then now() end from generate_series(1, 30000) i"
    )
    database.sql("vacuum analyze document")
    river, trash = ListQuery(search='"river"', deleted="only"), ListQuery(deleted="only")
    every = await plans.prospect(
        session, *(listing.narrowed(DOCUMENT, query.restarted(deleted="with")) for query in (river, trash)), few=0
    )
    deleted = await plans.prospect(session, *(listing.narrowed(DOCUMENT, query) for query in (river, trash)), few=0)
    assert every.collected >= every.found == pytest.approx(10_000, rel=0.1)
    assert deleted.found == pytest.approx(667, rel=0.2)
    assert deleted.collected > 2 * deleted.found


async def test_a_search_is_collected_when_following_the_order_takes_too_long(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(plans, "MOMENT_MS", 20)
    slow_in_order = select(
        func.current_setting("enable_indexscan"),
        select(func.pg_sleep(5)).where(func.current_setting("enable_indexscan") == "on").scalar_subquery(),
    )
    assert [row[0] for row in await plans.searching(session, slow_in_order)] == ["off"]
    assert await setting(session, "enable_indexscan") == "on"
