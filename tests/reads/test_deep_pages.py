"""Pages by number at any depth are the pages that an OFFSET would give, or say that they are too far."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import TooFar
from admin.reads import deep_pages, listing
from admin.reads.query import LAST, ListQuery
from admin.resource import Resource
from models import Document, Event
from tests.postgres import Database, Queries
from tests.strangers import Plain, create, resource_of

pytestmark = pytest.mark.anyio

DOCUMENT, EVENT, PLAIN = resource_of(Document), resource_of(Event), resource_of(Plain)
SIZE = 10


@pytest.fixture
def plain(database: Database) -> None:
    """Ties and NULLs in every sort column."""
    create(database)
    database.sql(
        "insert into plain (id, a, b, c) select i, nullif(i % 5, 0), nullif(chr(97 + i % 3), 'c'), i % 4"
        " from generate_series(1, 103) i"
    )


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything behind the first three pages is far."""
    monkeypatch.setattr(deep_pages, "FAR", 3 * SIZE)


async def ids(session: AsyncSession, resource: Resource, query: ListQuery, total: int | None = None) -> list[int]:
    return [row.id for row in (await listing.fetch(session, resource, query, total)).rows]


async def by_offset(session: AsyncSession, resource: Resource, query: ListQuery) -> list[int]:
    statement = listing.matching(resource, query).offset((query.page - 1) * query.size).limit(query.size)
    return [row.id for row in await session.scalars(statement)]


@pytest.mark.usefixtures("plain", "near")
@pytest.mark.parametrize("total", [None, 103], ids=["uncounted", "counted"])
@pytest.mark.parametrize("sort", [None, "a", "b", "c"])
@pytest.mark.parametrize("descending", [False, True])
async def test_every_page_is_the_one_that_an_offset_gives(
    session: AsyncSession, sort: str | None, descending: bool, total: int | None
):
    for page in range(1, 12):
        query = ListQuery(sort=sort, descending=descending and sort is not None, page=page, size=SIZE)
        shown = await listing.fetch(session, PLAIN, query, total)
        assert [row.id for row in shown.rows] == await by_offset(session, PLAIN, query), page
        assert (shown.page, shown.has_previous, shown.has_next) == (page, page > 1, page < 11)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("sort", ["a", "b", "c"])
async def test_neighbours_by_cursor_are_the_pages_of_their_numbers(session: AsyncSession, sort: str):
    for page in range(2, 11):
        shown = await listing.fetch(session, PLAIN, ListQuery(sort=sort, page=page, size=SIZE))
        for number, place in ((page - 1, {"before": shown.before}), (page + 1, {"after": shown.after})):
            query = ListQuery(sort=sort, page=number, size=SIZE)
            beside = await listing.fetch(session, PLAIN, ListQuery(sort=sort, page=number, size=SIZE, **place))
            assert [row.id for row in beside.rows] == await by_offset(session, PLAIN, query)
            assert beside.page == number


@pytest.mark.usefixtures("near")
async def test_live_rows_and_trash_together(session: AsyncSession, database: Database):
    database.sql(
        "insert into document (title, body, created_at, deleted_at) select 't' || i, 'b', "
        "timestamptz '2026-01-01Z' + i / 4 * interval '1 day', case when i % 3 = 0 then now() end "
        "from generate_series(1, 95) i"
    )
    for page in range(1, 11):
        query = ListQuery(deleted="with", page=page, size=SIZE)
        expected = await by_offset(session, DOCUMENT, query)
        assert await ids(session, DOCUMENT, query) == await ids(session, DOCUMENT, query, 95) == expected


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("page", [LAST, 12, 10**11])
async def test_the_last_page_by_name_and_by_any_number_past_the_end(session: AsyncSession, page: int):
    for total in (None, 103):
        shown = await listing.fetch(session, PLAIN, ListQuery(page=page, size=SIZE), total)
        assert (shown.page, len(shown.rows), shown.has_previous, shown.has_next) == (11, 3, True, False)


@pytest.mark.parametrize("page", [LAST, 1, 7])
async def test_an_empty_list_has_one_page(session: AsyncSession, page: int):
    for total in (None, 0):
        shown = await listing.fetch(session, EVENT, ListQuery(page=page, size=SIZE), total)
        assert (shown.page, shown.rows, shown.has_previous, shown.has_next) == (1, [], False, False)


@pytest.mark.usefixtures("plain")
async def test_a_cursor_whose_rows_are_gone_gives_way_to_the_number(session: AsyncSession, database: Database):
    third = await listing.fetch(session, PLAIN, ListQuery(page=3, size=SIZE))
    database.sql("delete from plain where id > 30")
    assert len(await ids(session, PLAIN, ListQuery(page=3, size=SIZE))) == 10
    shown = await listing.fetch(session, PLAIN, ListQuery(page=4, size=SIZE, after=third.after))
    assert (shown.page, len(shown.rows)) == (3, 10)
    database.sql("delete from plain where id <= 20")
    shown = await listing.fetch(session, PLAIN, ListQuery(page=2, size=SIZE, before=third.before))
    assert (shown.page, len(shown.rows)) == (1, 10)


@pytest.fixture
def events(database: Database) -> None:
    database.sql(
        "insert into event (kind, created_at) select 'k', timestamptz '2026-01-01Z' + i * interval '1 second'"
        " from generate_series(1, 200000) i"
    )
    database.sql("vacuum analyze event")


@pytest.mark.usefixtures("events")
async def test_what_cannot_be_counted_in_a_moment(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch, queries: Queries
):
    monkeypatch.setattr(deep_pages, "FAR_MS", 1)
    with pytest.raises(TooFar):
        await listing.fetch(session, EVENT, ListQuery(page=3000))
    # The end is read from the end; it has no number.
    for page in (LAST, 10**9):
        queries.clear()
        shown = await listing.fetch(session, EVENT, ListQuery(page=page))
        assert (shown.page, [row.id for row in shown.rows]) == (LAST, list(range(50, 0, -1)))
        assert (shown.has_previous, shown.has_next) == (True, False)
    before = await listing.fetch(session, EVENT, ListQuery(page=LAST, before=shown.before))
    assert [row.id for row in before.rows] == list(range(100, 50, -1))
    # Near the start a number still counts, and whoever has counted gets everywhere.
    assert len(await ids(session, EVENT, ListQuery(page=200))) == 50
    assert (await ids(session, EVENT, ListQuery(page=3999), 200_000)) == list(range(100, 50, -1))
    assert (await ids(session, EVENT, ListQuery(page=3), 200_000))[0] == 199_900
