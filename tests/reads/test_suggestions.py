"""“Did you mean …?”: words and labels that are close to what was typed, and that find something."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import listing, suggestions
from admin.reads.query import Filter, ListQuery
from admin.resource import Resource
from models import Author, Book, Customer, Document, Event, Setting
from tests.postgres import Database
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

DOCUMENT = resource_of(Document)
DRAFTS = ListQuery(filters=(Filter("status", "exact", "draft", "draft"),))
TRASH = ListQuery(deleted="only")
EVERYTHING = ListQuery()


async def suggest(session: AsyncSession, resource: Resource, typed: str, within: ListQuery = EVERYTHING) -> list[str]:
    return await suggestions.suggest(session, resource, within.restarted(search=typed))


@pytest.fixture
def documents(database: Database) -> None:
    database.sql(
        "insert into document (title, body) select 'Annual deliveries', 'The library budget for the garden ' || i "
        "from generate_series(1, 50) i"
    )
    database.sql("analyze document")


@pytest.mark.usefixtures("documents")
async def test_a_misspelt_word_is_replaced_by_one_as_people_write_it(session: AsyncSession):
    assert await suggest(session, DOCUMENT, "delivires") == ["deliveries"]
    assert await suggest(session, DOCUMENT, "libary budget") == ["library budget"]
    assert await suggest(session, DOCUMENT, "anual libary") == ["annual library"]


@pytest.mark.usefixtures("documents")
async def test_what_is_suggested_finds_something(session: AsyncSession):
    for typed in ("gardne", "budgit deliverys", "annuel"):
        for words in await suggest(session, DOCUMENT, typed):
            assert (await listing.fetch(session, DOCUMENT, ListQuery(search=words))).rows, (typed, words)


@pytest.mark.usefixtures("documents")
async def test_nothing_close_is_no_suggestion(session: AsyncSession):
    for typed in ("xyzzyqq", "%%%", "a", "'", '"'):
        assert await suggest(session, DOCUMENT, typed) == []


async def test_labels_are_suggested_whole(session: AsyncSession, database: Database):
    database.sql(
        "insert into customer (name, email) values ('Johanna Schmidt', '1'), ('Johanna Schmid', '2'), ('Bo', '3')"
    )
    assert await suggest(session, resource_of(Customer), "Johana Schmitt") == ["Johanna Schmid", "Johanna Schmidt"]
    database.sql("update customer set deleted_at = now()")
    assert await suggest(session, resource_of(Customer), "Johana Schmitt") == []


@pytest.mark.usefixtures("documents")
async def test_what_is_suggested_is_found_within_the_filters_and_on_the_same_side_of_the_trash(
    session: AsyncSession, database: Database
):
    assert await suggest(session, DOCUMENT, "delivires", DRAFTS) == ["deliveries"]
    assert await suggest(session, DOCUMENT, "delivires", TRASH) == []
    database.sql("update document set status = 'published'")
    assert await suggest(session, DOCUMENT, "delivires", DRAFTS) == []
    database.sql("update document set deleted_at = now()")
    assert await suggest(session, DOCUMENT, "delivires", TRASH) == ["deliveries"]
    assert await suggest(session, DOCUMENT, "delivires") == []
    database.sql("insert into customer (name, email, deleted_at) values ('Johanna Schmidt', '1', now())")
    assert await suggest(session, resource_of(Customer), "Johana Schmitt", TRASH) == ["Johanna Schmidt"]
    named = ListQuery(deleted="only", filters=(Filter("email", "exact", "2", "2"),))
    assert await suggest(session, resource_of(Customer), "Johana Schmitt", named) == []


async def test_without_words_labels_or_pg_trgm_there_is_none(session: AsyncSession, database: Database):
    for model in (Event, Setting, Author, Book):
        assert await suggest(session, resource_of(model), "something") == []
    await session.rollback()
    database.sql("drop extension pg_trgm cascade")
    assert await suggest(session, resource_of(Customer), "something") == []
