"""Lists of a million rows answer at any depth and for any word; run by `make test-large`."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.database import bounded
from admin.reads import counts, keyset, listing
from admin.reads.counts import About
from admin.reads.query import ListQuery
from models import Document, Event
from tests.postgres import Database
from tests.strangers import resource_of

pytestmark = [pytest.mark.anyio, pytest.mark.large]

EVENT, DOCUMENT = resource_of(Event), resource_of(Document)
ROWS = 1_000_000
LIMIT_MS = 1_000
"""For a single statement, on a machine that does other things too; reading the whole table takes several times that."""


async def test_any_depth_of_a_table(session: AsyncSession, database: Database):
    database.sql(
        "insert into event (kind, created_at) "
        "select 'k' || i %% 5, timestamptz '2026-01-01Z' + i * interval '1 second' "
        "from generate_series(1, %s) i",
        ROWS,
    )
    database.sql("vacuum analyze event")
    created_at = database.value("select created_at from event where id = %s", ROWS // 2)
    order = listing.cursor_order(EVENT, ListQuery())
    middle = keyset.cursor(EVENT, order, (created_at, ROWS // 2))
    async with bounded(session, LIMIT_MS):
        first = await listing.fetch(session, EVENT, ListQuery())
        assert [row.id for row in first.rows[:2]] == [ROWS, ROWS - 1]
        deep = await listing.fetch(session, EVENT, ListQuery(after=middle))
        assert deep.rows[0].id == ROWS // 2 - 1
        back = await listing.fetch(session, EVENT, ListQuery(before=middle))
        assert back.rows[-1].id == ROWS // 2 + 1
        counted = await counts.count(session, EVENT, ListQuery(), first)
    assert isinstance(counted, About)
    assert counted.n == pytest.approx(ROWS, rel=0.05)


async def test_any_word_of_a_table(session: AsyncSession, database: Database):
    database.sql(
        "insert into document (title, body, created_at) "
        "select 'Paper ' || i, case when i = 7 then 'heron' when i %% 3 = 0 then 'wide river' else 'meadow' end, "
        "timestamptz '2026-01-01Z' + i * interval '1 second' from generate_series(1, %s) i",
        ROWS,
    )
    database.sql("vacuum analyze document")
    found = {}
    async with bounded(session, LIMIT_MS):
        for word in ("heron", "river", "heron river", "xyzzy"):
            for sort in (None, "created_at"):
                page = await listing.fetch(session, DOCUMENT, ListQuery(search=word, sort=sort))
                found[word, bool(sort)] = len(page.rows)
    assert found == {
        (word, sort): rows
        for word, rows in {"heron": 1, "river": 50, "heron river": 0, "xyzzy": 0}.items()
        for sort in (False, True)
    }
