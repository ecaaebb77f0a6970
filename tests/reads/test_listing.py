"""The list: its pages and their ends, its parents, what it loads, and that its cost does not grow with the page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import deep_pages, listing, paging, record
from admin.reads.query import Filter, ListQuery
from models import Book, Document, Event, LineItem, Order
from tests.postgres import Database, Queries
from tests.strangers import Link, Node, Odd, Shelf, create, resource_of

pytestmark = pytest.mark.anyio

BOOK, DOCUMENT, EVENT = resource_of(Book), resource_of(Document), resource_of(Event)


@pytest.fixture
def books(database: Database) -> None:
    database.sql("insert into author (name) select 'Author ' || i from generate_series(1, 7) i")
    database.sql(
        "insert into book (author_id, title, created_at) "
        "select 1 + i % 7, 'Book ' || i, timestamptz '2026-01-01Z' + i % 3 * interval '1 day' "
        "from generate_series(1, 103) i"
    )


async def ids(session: AsyncSession, query: ListQuery, resource=BOOK) -> list[int]:
    return [row.id for row in (await listing.fetch(session, resource, query)).rows]


@pytest.mark.usefixtures("books")
async def test_pages_cut_the_whole_list_into_pieces(session: AsyncSession):
    whole = [row.id for row in await session.scalars(listing.matching(BOOK, ListQuery()))]
    pages = [await ids(session, ListQuery(page=page, size=10)) for page in range(1, 12)]
    assert [one for page in pages for one in page] == whole
    assert len(whole) == 103


@pytest.mark.usefixtures("books")
async def test_a_page_knows_its_neighbours(session: AsyncSession):
    for page, rows, previous, following in ((1, 50, False, True), (2, 50, True, True), (3, 3, True, False)):
        shown = await listing.fetch(session, BOOK, ListQuery(page=page))
        assert (len(shown.rows), shown.page, shown.has_previous, shown.has_next) == (rows, page, previous, following)
        assert (shown.before is not None, shown.after is not None) == (previous, following)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("page", [4, 99, 10**11])
async def test_past_the_end_is_the_last_page(session: AsyncSession, page: int):
    last = await ids(session, ListQuery(page=3))
    shown = await listing.fetch(session, BOOK, ListQuery(page=page))
    assert (shown.page, shown.has_next, [row.id for row in shown.rows]) == (3, False, last)


@pytest.mark.usefixtures("books")
async def test_a_full_last_page_is_not_followed_by_an_empty_one(session: AsyncSession):
    only_three = (Filter("id", "lte", "50", 50),)
    assert not (await listing.fetch(session, BOOK, ListQuery(filters=only_three))).has_next
    shown = await listing.fetch(session, BOOK, ListQuery(filters=only_three, page=7))
    assert (shown.page, len(shown.rows)) == (1, 50)


async def test_an_empty_list_is_one_empty_page(session: AsyncSession):
    for page in (1, 5, 10**6):
        shown = await listing.fetch(session, BOOK, ListQuery(page=page))
        assert (shown.rows, shown.page, shown.has_previous, shown.has_next) == ([], 1, False, False)


@pytest.mark.usefixtures("books")
async def test_a_cursor_leads_from_a_numbered_page_into_its_neighbours(session: AsyncSession):
    first, second, third = [await ids(session, ListQuery(page=page, size=25)) for page in (1, 2, 3)]
    shown = await listing.fetch(session, BOOK, ListQuery(page=2, size=25))
    assert [row.id for row in shown.rows] == second
    assert await ids(session, ListQuery(size=25, after=shown.after)) == third
    assert await ids(session, ListQuery(size=25, before=shown.before)) == first


@pytest.mark.usefixtures("books")
async def test_a_page_costs_the_same_number_of_queries_for_any_number_of_rows(session: AsyncSession, queries: Queries):
    counted = []
    for size in (1, 100):
        session.expunge_all()
        queries.clear()
        shown = await listing.fetch(session, BOOK, ListQuery(size=size))
        names = {shown.parents["author_id"][row.author_id].label for row in shown.rows}
        assert len(names) == min(size, 7)
        counted.append(len(queries))
    assert counted == [2, 2]


async def test_a_deleted_parent_is_named_and_marked(session: AsyncSession, database: Database):
    database.sql("insert into customer (id, email, name, deleted_at) values (1, 'a@x', 'Ann', now())")
    database.sql("""insert into "order" (customer_id) values (1)""")
    shown = await listing.fetch(session, resource_of(Order), ListQuery())
    parent = shown.parents["customer_id"][1]
    assert (parent.key, parent.label, parent.deleted) == ("1", "Ann", True)


async def test_a_parent_is_found_by_the_column_that_is_referred_to(session: AsyncSession, database: Database):
    database.sql("insert into inventory_item (id, sku, name, quantity) values (7, 'LMP', 'Lamp', 9)")
    database.sql("insert into customer (id, email, name) values (1, 'a@x', 'Ann')")
    database.sql("""insert into "order" (id, customer_id) values (1, 1)""")
    database.sql("insert into line_item (order_id, sku, qty, unit_price) values (1, 'LMP', 1, 1)")
    shown = await listing.fetch(session, resource_of(LineItem), ListQuery())
    assert (shown.parents["sku"]["LMP"].key, shown.parents["sku"]["LMP"].label) == ("7", "Lamp")


async def test_parents_without_a_relationship_are_named_too(session: AsyncSession, database: Database):
    create(database)
    database.sql("insert into node values ('a', 'Root', null), ('b', 'Leaf', 'a'), ('c', '', 'b')")
    database.sql("insert into link values ('a', 'b', 1), ('b', 'c', 2)")
    nodes = await listing.fetch(session, resource_of(Node), ListQuery())
    assert {key: parent.label for key, parent in nodes.parents["parent_slug"].items()} == {"a": "Root", "b": "Leaf"}
    links = await listing.fetch(session, resource_of(Link), ListQuery())
    assert {key: parent.label for key, parent in links.parents["target"].items()} == {"b": "Leaf", "c": "c"}
    assert {key: parent.label for key, parent in links.parents["source"].items()} == {"a": "Root", "b": "Leaf"}


async def test_columns_that_no_list_shows_are_not_loaded(session: AsyncSession, database: Database):
    database.sql("insert into document (title, body) values ('t', repeat('x', 100000))")
    shown = await listing.fetch(session, resource_of(Document, column_list=["id", "title"]), ListQuery())
    assert set(vars(shown.rows[0])) == {"id", "title", "deleted_at"}


async def test_a_long_text_comes_as_its_beginning_and_whole_on_its_own_page(session: AsyncSession, database: Database):
    database.sql("insert into document (title, body) values ('Short', repeat('é', 5000))")
    shown = await listing.fetch(session, resource_of(Document, column_list=["id", "title", "body"]), ListQuery())
    (row,) = shown.rows
    assert (row.title, row.body) == ("Short", "é" * paging.BRIEF)
    found = await record.get(session, DOCUMENT, (row.id,))
    assert found is not None
    assert len(found.row.body) == 5000


async def test_an_order_by_texts_too_long_for_a_url_has_numbered_pages_only(session: AsyncSession, database: Database):
    database.sql(
        "insert into document (id, title, body) select i, '', repeat(i::text, 5000) from generate_series(1, 4) i"
    )
    query = ListQuery(sort="body", size=2)
    first = await listing.fetch(session, DOCUMENT, query)
    assert (first.has_next, first.after) == (True, None)
    assert await ids(session, replace(query, page=2), DOCUMENT) == [3, 4]


async def test_what_finds_a_row_is_never_cut(session: AsyncSession, database: Database):
    create(database)
    slug = "x" * (paging.BRIEF + 1)
    database.sql("insert into node values (%s, 'Root', null), ('b', 'Leaf', %s)", slug, slug)
    rows = (await listing.fetch(session, resource_of(Node), ListQuery())).rows
    assert {(row.slug, row.parent_slug) for row in rows} == {(slug, None), ("b", slug)}


async def test_live_rows_and_trash_are_merged_in_order(session: AsyncSession, database: Database):
    database.sql(
        "insert into document (title, body, created_at, deleted_at) "
        "select 'd' || i, '', timestamptz '2026-01-01Z' + i % 5 * interval '1 hour', "
        "case when i % 3 = 0 then now() end "
        "from generate_series(1, 40) i"
    )
    query = ListQuery(deleted="with", size=7)
    whole = [row.id for row in await session.scalars(listing.matching(DOCUMENT, query))]
    paged = [one for page in range(1, 7) for one in await ids(session, replace(query, page=page), DOCUMENT)]
    assert paged == whole
    page, scrolled = await listing.fetch(session, DOCUMENT, query), []
    while page.after:
        scrolled += [row.id for row in page.rows]
        page = await listing.fetch(session, DOCUMENT, replace(query, after=page.after))
    assert scrolled + [row.id for row in page.rows] == whole


async def test_a_far_page_of_a_large_list_is_not_walked_to_twice(
    session: AsyncSession, database: Database, queries: Queries, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(deep_pages, "FAR", 100)
    database.sql("insert into event (kind) select 'a' from generate_series(1, 1010) i")
    database.sql("analyze event")
    shown = await listing.fetch(session, EVENT, ListQuery(page=1000, size=50))
    assert (shown.page, [row.id for row in shown.rows]) == (21, list(range(10, 0, -1)))
    assert not any("OFFSET" in statement and "10000" in statement for statement in queries.statements)
    assert (await listing.fetch(session, EVENT, ListQuery(page=20, size=50))).rows[0].id == 60


async def test_every_kind_of_key_and_name_makes_a_list(session: AsyncSession, database: Database):
    create(database)
    database.sql("insert into shelf values (1, 'a,b', 'x', null), (2, 'c', 'y', now())")
    database.sql("""insert into "odd ""table""; %s :x" ("so""rt", tags, data) values ('%s', '{a,b}', '{"k": 1}')""")
    assert [row.code for row in (await listing.fetch(session, resource_of(Shelf), ListQuery())).rows] == ["a,b"]
    (odd,) = (await listing.fetch(session, resource_of(Odd), ListQuery())).rows
    assert (odd.sort, odd.page) == ("%s", None)
