from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import dashboard
from admin.reads.counts import About, AtLeast, Exact
from models import Document, Event, Order
from tests import strangers
from tests.postgres import Database, Queries
from tests.strangers import Odd, resource_of

pytestmark = pytest.mark.anyio

DOCUMENT, EVENT, ORDER, ODD = (resource_of(model) for model in (Document, Event, Order, Odd))


def documents(database: Database, live: int, deleted: int) -> None:
    database.sql("insert into document (title, body) select 'a', 'b' from generate_series(1, %s)", live)
    database.sql(
        "insert into document (title, body, deleted_at) select 'a', 'b', now() from generate_series(1, %s)", deleted
    )


async def test_small_tables_are_counted_without_their_trash(session: AsyncSession, database: Database):
    documents(database, 3, 2)
    assert await dashboard.sizes(session, [DOCUMENT, EVENT]) == {"document": Exact(3), "event": Exact(0)}


async def test_large_tables_are_estimated_without_their_trash(session: AsyncSession, database: Database):
    documents(database, 9_000, 3_000)
    database.sql("insert into event (kind) select 'a' from generate_series(1, 12000)")
    database.sql("analyze document, event")
    sizes = await dashboard.sizes(session, [DOCUMENT, EVENT])
    assert sizes["event"] == About(12_000)
    assert isinstance(sizes["document"], About)
    assert abs(sizes["document"].n - 9_000) < 100


async def test_a_table_without_statistics_is_counted_up_to_the_limit(session: AsyncSession, database: Database):
    database.sql("insert into event (kind) select 'a' from generate_series(1, 10005)")
    assert await dashboard.sizes(session, [EVENT]) == {"event": AtLeast(10_000)}


async def test_names_that_need_quoting_are_found(session: AsyncSession, database: Database):
    strangers.create(database)
    database.sql('insert into "order" (customer_id) select 1 where false')
    assert await dashboard.sizes(session, [ODD, ORDER]) == {"odd": Exact(0), "order": Exact(0)}


async def test_all_tables_cost_one_query(session: AsyncSession, queries: Queries):
    queries.clear()
    await dashboard.sizes(session, [DOCUMENT, EVENT, ORDER])
    assert len(queries) == 1
