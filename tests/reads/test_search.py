"""The search box: what it finds in each kind of table, and that no character has a hidden meaning."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import counts, listing, search
from admin.reads.query import Filter, ListQuery
from models import ApiKey, Author, Book, Customer, Document, Event, Setting
from tests.postgres import Database
from tests.strangers import Odd, Shelf, create, resource_of

pytestmark = pytest.mark.anyio

BOOK, DOCUMENT, CUSTOMER, EVENT = (resource_of(model) for model in (Book, Document, Customer, Event))


async def found(session: AsyncSession, resource, text: str, **query) -> list:
    """The keys of what a search shows; the whole list, the export and the count agree with it."""
    asked = ListQuery(search=text, size=200, **query)
    key = resource.traits.key[0]
    shown = [getattr(row, key) for row in (await listing.fetch(session, resource, asked)).rows]
    matching = [getattr(row, key) for row in await session.scalars(listing.matching(resource, asked))]
    assert sorted(map(str, shown)) == sorted(map(str, matching))
    assert (await counts.exactly(session, resource, asked)).n == len(shown)
    return shown


@pytest.fixture
def documents(database: Database) -> None:
    for number, (title, body) in enumerate(
        [
            ("Annual report", "The budget grew. The library has a new roof."),
            ("Library roof", "Repaired in spring."),
            ("Minutes", "annual budgets were discussed; annual figures later"),
            ("Notes 4711", "100% of it, under_score"),
            ("Budget", "annual"),
        ],
        start=1,
    ):
        database.sql("insert into document (id, title, body) values (%s, %s, %s)", number, title, body)


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("roof", {1, 2}),
        ("budget", {1, 3, 5}),  # prose: “budgets” counts
        ("annual budget", {1, 3, 5}),
        ('"annual budget"', {3}),
        ('"annual report"', {1}),
        ("annual -roof", {3, 5}),
        ("spring or minutes", {2, 3}),
        ("libr", {1, 2}),  # still being typed
        ("ann libr", set()),  # only the last word may be unfinished
        ("annual libr", {1}),
        ('"libr"', set()),  # quoted is finished
        ("roof.", {1, 2}),
        ("the", set()),
        ("nothing", set()),
        ("4711", {4}),
        ("3", {3}),
        ("-", set()),
        ('"', set()),
        ("or", set()),
        ("!!! & | ( ) : * <-> \\ '", set()),
        ("%", set()),
        ("_", set()),
    ],
)
async def test_prose_is_searched_by_its_words(session: AsyncSession, text: str, expected: set[int]):
    assert set(await found(session, DOCUMENT, text)) == expected


@pytest.mark.usefixtures("documents")
async def test_the_better_fit_stands_first(session: AsyncSession):
    assert (await found(session, DOCUMENT, "budget"))[0] == 5  # in the title, which weighs more
    assert (await found(session, DOCUMENT, "annual"))[0] == 1


@pytest.mark.usefixtures("documents")
async def test_a_chosen_column_orders_what_is_found(session: AsyncSession):
    assert await found(session, DOCUMENT, "budget", sort="id", descending=True) == [5, 3, 1]
    assert await found(session, DOCUMENT, "budget", sort="title") == [1, 5, 3]


async def test_names_are_searched_as_they_stand(session: AsyncSession, database: Database):
    database.sql("insert into author (id, name) values (1, 'Stephen King')")
    for number, title in ((1, "It"), (2, "The Stand"), (3, "1984"), (1984, "Misery")):
        database.sql(
            "insert into book (id, author_id, title, isbn) values (%s, 1, %s, %s)", number, title, f"isbn-{number}"
        )
    assert await found(session, BOOK, "it") == [1]
    assert await found(session, BOOK, "the") == [2]
    assert await found(session, BOOK, "1984") == [1984, 3]  # the row of that number, and the book of that name
    assert await found(session, BOOK, "isbn-2") == [2]
    assert search.configurations(BOOK.traits)[0][0].value == "simple"
    assert search.configurations(DOCUMENT.traits)[0][0].value == "english"


async def test_without_a_tsvector_the_label_is_searched_by_its_parts(session: AsyncSession, database: Database):
    for number, (name, email) in enumerate(
        [("Ann Lee", "ann@x.org"), ("Lee Annesley", "b@x.org"), ("Bo 100% Li", "c@x.org"), ("a_b", "d@x.org")], start=1
    ):
        database.sql("insert into customer (id, name, email) values (%s, %s, %s)", number, name, email)
    assert set(await found(session, CUSTOMER, "lee")) == {1, 2}
    assert set(await found(session, CUSTOMER, "lee ann")) == {1, 2}
    assert await found(session, CUSTOMER, '"ann lee"') == [1]
    assert await found(session, CUSTOMER, "nesl") == [2]
    assert await found(session, CUSTOMER, "an") == [1, 2]  # two letters: where words begin; the label's beginning first
    assert await found(session, CUSTOMER, "li") == [3]
    assert await found(session, CUSTOMER, "0% l") == []
    assert await found(session, CUSTOMER, '"0% l"') == [3]
    assert await found(session, CUSTOMER, "a_b") == [4]
    assert await found(session, CUSTOMER, "%") == []
    assert await found(session, CUSTOMER, "c@x.org") == [3]  # a unique text, exactly
    assert await found(session, CUSTOMER, "C@X.ORG") == []


async def test_an_index_that_knows_beginnings_is_asked_for_beginnings(session: AsyncSession, database: Database):
    database.sql("insert into event (id, kind) values (1, 'order.paid'), (2, 'order.sent'), (3, 'preorder.paid')")
    assert set(await found(session, EVENT, "order")) == {1, 2}
    assert await found(session, EVENT, "order.p") == [1]
    assert await found(session, EVENT, "order_") == []


async def test_keys_of_text_and_uuid_are_found_exactly(session: AsyncSession, database: Database):
    database.sql("""insert into setting values ('smtp.host', '"x"'), ('smtp.port', '1')""")
    assert await found(session, resource_of(Setting), "smtp.port") == ["smtp.port"]
    assert set(await found(session, resource_of(Setting), "smtp")) == {"smtp.host", "smtp.port"}
    database.sql("""insert into "user" (id, name, email) values (1, 'Ann', 'a')""")
    key = database.value("insert into api_key (user_id, label) values (1, 'laptop') returning id")
    database.sql("insert into api_key (user_id, label) values (1, 'phone')")
    assert await found(session, resource_of(ApiKey), str(key)) == [key]
    assert await found(session, resource_of(ApiKey), key.hex.upper()) == [key]


async def test_strangers_are_searched(session: AsyncSession, database: Database):
    create(database)
    database.sql("insert into shelf values (1, 'a,b'), (1, 'c')")
    shelves = resource_of(Shelf)
    assert [row.code for row in (await listing.fetch(session, shelves, ListQuery(search="1,a\\,b"))).rows] == ["a,b"]
    assert (await listing.fetch(session, shelves, ListQuery(search="a,b"))).rows == []
    database.sql("""insert into "odd ""table""; %s :x" ("select") values ('hello world'), ('other')""")
    assert len(await found(session, resource_of(Odd), "worl")) == 1


async def test_the_trash_is_searched_where_it_is_shown(session: AsyncSession, database: Database):
    database.sql("insert into customer (id, name, email) values (1, 'Ann', 'a@x')")
    database.sql("insert into customer (id, name, email, deleted_at) values (2, 'Ann', 'a@x', now())")
    for text in ("ann", "a@x"):
        assert await found(session, CUSTOMER, text) == [1]
        assert await found(session, CUSTOMER, text, deleted="only") == [2]
        assert set(await found(session, CUSTOMER, text, deleted="with")) == {1, 2}
    assert await found(session, CUSTOMER, "2") == []


@pytest.mark.usefixtures("documents")
async def test_a_search_stays_within_its_filters(session: AsyncSession):
    only = (Filter("id", "lt", "3", 3),)
    assert await found(session, DOCUMENT, "budget", filters=only) == [1]
    assert await found(session, DOCUMENT, "5", filters=only) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]), min_size=1, max_size=30))
async def test_any_text_is_a_search(session, text):
    for resource in (DOCUMENT, CUSTOMER, resource_of(Author)):
        if text.strip():
            await listing.fetch(session, resource, ListQuery(search=text.strip()))
