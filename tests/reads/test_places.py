"""Jumping in a list: to a value, forwards and backwards, with ties and NULLs, and to a percentile."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest

from admin.reads import listing, places
from admin.reads.query import ListQuery
from models import Book, Document, Event
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

BOOK, EVENT, DOCUMENT = resource_of(Book), resource_of(Event), resource_of(Document)


@pytest.fixture
def books(database) -> None:
    database.sql("insert into author (name) values ('Ann')")
    database.sql(
        "insert into book (author_id, title, published, price)"
        " select 1, chr(65 + n % 26) || 'ook ' || n,"
        " case when n % 10 > 0 then date '2000-01-01' + n / 3 end, n / 7 from generate_series(0, 299) n"
    )


async def landed(session, resource, query, value):
    cursor = await places.ahead_of(session, resource, query, value)
    found = await listing.fetch(session, resource, replace(query, mode="scroll", after=cursor))
    return found.rows


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(("column", "value"), [("price", 20), ("published", dt.date(2000, 2, 1)), ("id", 150)])
async def test_the_page_starts_with_the_first_row_of_the_value(session, books, column, value, descending):
    query = ListQuery(sort=column, descending=descending, size=10)
    rows = await landed(session, BOOK, query, value)
    expected = await listing.fetch(session, BOOK, replace(query, size=200))
    expected.rows.extend((await listing.fetch(session, BOOK, replace(query, size=200, page=2))).rows)
    ordered = [row for row in expected.rows if getattr(row, column) is not None]
    at = next(i for i, row in enumerate(ordered) if getattr(row, column) == value)
    assert [row.id for row in rows] == [row.id for row in ordered[at : at + 10]]


async def test_a_value_that_no_row_has_leads_to_what_follows_it(session, books):
    rows = await landed(session, BOOK, ListQuery(sort="title", size=10), "M")
    assert rows[0].title.startswith("Mook")
    rows = await landed(session, BOOK, ListQuery(sort="title", descending=True, size=10), "M\U0010ffff")
    assert rows[0].title.startswith("Mook")


async def test_before_everything_is_the_start_and_behind_it_the_last_rows(session, books):
    query = ListQuery(sort="id", size=10)
    assert await places.ahead_of(session, BOOK, query, -1) is None
    assert [row.id for row in await landed(session, BOOK, query, 10_000)] == list(range(291, 301))


async def test_nulls_lie_before_the_values_of_a_descending_list(session, books):
    query = ListQuery(sort="published", descending=True, size=10)
    rows = await landed(session, BOOK, query, dt.date(2100, 1, 1))
    assert rows[0].published == dt.date(2000, 1, 1) + dt.timedelta(days=99)


async def test_a_jump_keeps_to_the_filters_of_the_list(session, database):
    database.sql(
        "insert into document (title, body, status) select 'Paper ' || lpad(n::text, 3, '0'), '',"
        " (array['draft', 'published'])[1 + n % 2]::document_status from generate_series(1, 100) n"
    )
    everything = ListQuery(sort="title", size=10)
    assert (await landed(session, DOCUMENT, everything, "Paper 050"))[0].title == "Paper 050"
    database.sql("update document set deleted_at = now() where title = 'Paper 050'")
    assert (await landed(session, DOCUMENT, everything, "Paper 050"))[0].title == "Paper 051"


async def test_hundredths_are_those_of_the_table(session, database):
    database.sql(
        "insert into event (kind, created_at) select 'k', timestamptz '2026-01-01Z' + interval '1 min' * n"
        " from generate_series(0, 9999) n"
    )
    assert await places.spread(session, EVENT, ListQuery()) is None, "nothing is known before the first ANALYZE"
    database.sql("analyze event")
    for descending in (False, True):
        spread = await places.spread(session, EVENT, ListQuery(sort="created_at", descending=descending))
        assert spread is not None
        assert len(spread.values) == 101
        assert all(b <= a if descending else a <= b for a, b in pairwise(spread.values))
        quarter = spread.values[25]
        rows = database.value("select count(*) from event where created_at < %s", quarter)
        assert abs((10_000 - rows if descending else rows) - 2_500) < 150
        assert abs(spread.percent(quarter) - 25) <= 1
        assert (spread.percent(spread.values[0]), spread.percent(spread.values[100])) == (0, 100)


async def test_frequent_values_take_the_room_that_they_have(session, database):
    database.sql("insert into author (name) values ('Ann')")
    database.sql(
        "insert into book (author_id, title, price) select 1, 't', case when n <= 5000 then 7 else n end"
        " from generate_series(1, 10000) n"
    )
    database.sql("analyze book")
    spread = await places.spread(session, BOOK, ListQuery(sort="price"))
    assert spread is not None
    assert spread.values[10] == spread.values[45] == 7
    assert abs(spread.values[75] - 7_500) < 300


async def test_nothing_is_said_where_the_statistics_are_not_the_lists(session, books, database):
    database.sql("analyze book")
    assert await places.spread(session, BOOK, ListQuery(sort="title")) is not None
    assert await places.spread(session, BOOK, ListQuery(search="ook", sort="title")) is None
    assert await places.spread(session, BOOK, ListQuery(search="ook")) is None
    assert await places.spread(session, BOOK, ListQuery(sort="author_id")) is None, "sorted by the author's name"
