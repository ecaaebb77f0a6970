"""Deep pages of some millions of rows, within the time that a page may take."""

from __future__ import annotations

import time

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import TooFar
from admin.reads import deep_pages, listing
from admin.reads.query import LAST, ListQuery
from models import Event
from tests.postgres import Database
from tests.strangers import resource_of

pytestmark = [pytest.mark.anyio, pytest.mark.large]

EVENT = resource_of(Event)
ROWS = 4_000_000


async def test_a_deep_page_answers_or_gives_up_and_the_ends_are_at_hand(session: AsyncSession, database: Database):
    database.sql(
        "insert into event (kind, created_at) select 'k', timestamptz '2020-01-01Z' + i * interval '7 seconds'"
        f" from generate_series(1, {ROWS}) i"
    )
    database.sql("vacuum analyze event")
    for page in (1_000, 30_000, 70_000, LAST, 10**9):
        started = time.perf_counter()
        try:
            shown = await listing.fetch(session, EVENT, ListQuery(page=page))
            assert len(shown.rows) == 50
            if shown.page not in (LAST, 80_000):
                assert shown.rows[0].id == ROWS - (page - 1) * 50
        except TooFar:
            assert page > 1_000
        assert time.perf_counter() - started < 2 * deep_pages.FAR_MS / 1000 + 0.3
    counted = await listing.fetch(session, EVENT, ListQuery(page=70_000), ROWS)
    assert counted.rows[0].id == ROWS - 69_999 * 50
    started = time.perf_counter()
    beside = await listing.fetch(session, EVENT, ListQuery(page=70_001, after=counted.after))
    assert beside.rows[0].id == counted.rows[-1].id - 1
    assert time.perf_counter() - started < 0.3
