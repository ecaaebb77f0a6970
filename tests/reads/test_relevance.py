"""Pages of a search by relevance: the ranked part, the rest, and the boundary that nothing slips across."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import BadRequest
from admin.reads import listing, ranked
from admin.reads.query import ListQuery
from models import Book, Customer, Document
from tests.postgres import Database
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

DOCUMENT, BOOK = resource_of(Document), resource_of(Book)
WORD = ListQuery(search="sea", size=10)


@pytest.fixture(autouse=True)
def _few_are_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranked, "RANKED", 20)


@pytest.fixture
def documents(database: Database) -> None:
    """45 documents about the sea, then 30 about land; every seventh is called “sea”, which weighs more."""
    database.sql(
        "insert into document (id, title, body, created_at) select i, case when i % 7 = 0 then 'sea' else 'x' end, "
        "case when i <= 45 then 'sea' else 'land' end, timestamptz '2026-01-01Z' + i * interval '1 h' "
        "from generate_series(1, 75) i"
    )


async def ids(session: AsyncSession, query: ListQuery) -> list[int]:
    return [row.id for row in (await listing.fetch(session, DOCUMENT, query)).rows]


async def scrolled(session: AsyncSession, query: ListQuery, between=None) -> list[int]:
    shown = await listing.fetch(session, DOCUMENT, replace(query, mode="scroll"))
    found = [row.id for row in shown.rows]
    while shown.after:
        if between:
            between()
        shown = await listing.fetch(session, DOCUMENT, replace(query, mode="scroll", after=shown.after))
        found += [row.id for row in shown.rows]
    return found


@pytest.mark.usefixtures("documents")
async def test_the_newest_are_ranked_and_the_others_follow_by_age(session: AsyncSession):
    pages = [await ids(session, replace(WORD, page=page)) for page in range(1, 6)]
    whole = [one for page in pages for one in page]
    newest = {*range(26, 46), 49, 56, 63, 70} & set(sorted({*range(1, 46), 49, 56, 63, 70})[-20:])
    assert set(whole[:20]) == newest
    assert set(whole[:6]) == {70, 63, 56, 49, 42, 35}
    assert whole[20:] == sorted({*range(1, 46), 49, 56, 63, 70} - newest, reverse=True)


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("size", [1, 2, 4, 5, 10, 20])
async def test_numbered_pages_and_scrolling_show_the_same(session: AsyncSession, size: int):
    query = replace(WORD, size=size)
    numbered, page = [], 1
    while rows := await listing.fetch(session, DOCUMENT, replace(query, page=page)):
        numbered += [row.id for row in rows.rows]
        if not rows.has_next:
            break
        page += 1
    assert len(numbered) == len(set(numbered)) == 49
    assert await scrolled(session, query) == numbered


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("size", [3, 7, 10, 50])
async def test_scrolling_up_is_scrolling_down_reversed(session: AsyncSession, size: int):
    query = replace(WORD, size=size, mode="scroll")
    pages = [await listing.fetch(session, DOCUMENT, query)]
    while pages[-1].after:
        pages.append(await listing.fetch(session, DOCUMENT, replace(query, after=pages[-1].after)))
    back = pages[-1]
    down = [row.id for page in pages for row in page.rows]
    up = [row.id for row in back.rows]
    while back.before:
        back = await listing.fetch(session, DOCUMENT, replace(query, before=back.before))
        up = [*(row.id for row in back.rows), *up]
    assert up == down
    assert not back.has_previous


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("seed", range(8))
async def test_what_comes_and_goes_moves_nothing_across_the_boundary(
    session: AsyncSession, database: Database, seed: int
):
    chance = random.Random(seed)
    before = set(await scrolled(session, WORD))
    gone: set[int] = set()
    added = iter(range(1000, 2000))

    def change() -> None:
        for _ in range(3):
            title = chance.choice(["sea", "x"])
            database.sql("insert into document (id, title, body) values (%s, %s, 'sea')", next(added), title)
            victim = chance.randint(1, 75)
            database.sql("delete from document where id = %s", victim)
            gone.add(victim)

    seen = await scrolled(session, replace(WORD, size=chance.choice([4, 7, 10])), change)
    assert len(seen) == len(set(seen))
    assert before - gone <= set(seen)


async def test_what_is_named_exactly_stands_on_top_however_old(session: AsyncSession, database: Database):
    database.sql("insert into author (id, name) values (1, 'A')")
    database.sql("insert into book (id, author_id, title) select i, 1, 'volume 7' from generate_series(1, 60) i")
    query = ListQuery(search="7", size=10)
    first = await listing.fetch(session, BOOK, query)
    assert first.rows[0].id == 7
    everything = [
        row.id for page in range(1, 7) for row in (await listing.fetch(session, BOOK, replace(query, page=page))).rows
    ]
    assert sorted(everything) == list(range(1, 61))
    scrolled_ids, shown = [], await listing.fetch(session, BOOK, replace(query, mode="scroll"))
    while True:
        scrolled_ids += [row.id for row in shown.rows]
        if not shown.after:
            break
        shown = await listing.fetch(session, BOOK, replace(query, mode="scroll", after=shown.after))
    assert scrolled_ids == everything


@pytest.mark.usefixtures("documents")
async def test_past_the_end_is_the_last_page(session: AsyncSession):
    shown = await listing.fetch(session, DOCUMENT, replace(WORD, page=99))
    assert (shown.page, len(shown.rows), shown.has_next) == (5, 9, False)
    nothing = await listing.fetch(session, DOCUMENT, ListQuery(search="xyzzy", page=3))
    assert (nothing.page, nothing.rows) == (1, [])


@pytest.mark.usefixtures("documents")
async def test_exactly_the_ranked_ones_have_no_next_page(session: AsyncSession, database: Database):
    database.sql("delete from document where id <= 29")
    assert (await listing.fetch(session, DOCUMENT, replace(WORD, page=1))).has_next
    assert not (await listing.fetch(session, DOCUMENT, replace(WORD, page=2))).has_next


@pytest.mark.usefixtures("documents")
async def test_a_cursor_of_another_order_is_refused(session: AsyncSession):
    by_id = await listing.fetch(session, DOCUMENT, replace(WORD, sort="id"))
    with pytest.raises(BadRequest):
        await listing.fetch(session, DOCUMENT, replace(WORD, mode="scroll", after=by_id.after))
    by_relevance = await listing.fetch(session, DOCUMENT, replace(WORD, mode="scroll"))
    with pytest.raises(BadRequest):
        await listing.fetch(session, DOCUMENT, replace(WORD, sort="id", after=by_relevance.after))


async def test_a_table_without_any_text_is_searched_by_its_key_alone(session: AsyncSession, database: Database):
    database.sql("insert into customer (id, name, email) select i, 'n' || i, i::text from generate_series(1, 5) i")
    resource = resource_of(Customer, column_searchable_list=[])
    assert [row.id for row in (await listing.fetch(session, resource, ListQuery(search="3"))).rows] == [3]
