"""The picker of parents: finds what is typed, best first, live rows only, and never looks at a whole table."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import choices
from admin.reads.choices import Choice
from admin.traits import traits_of
from models import Author, Book, Customer, InventoryItem, Order, Review, User
from tests.postgres import Database, Queries
from tests.strangers import Link, Node, Shelf, create

pytestmark = pytest.mark.anyio

CUSTOMER = traits_of(Customer)


async def labels(session: AsyncSession, model: type, term: str, **options) -> list[str]:
    return [choice.label for choice in await choices.search(session, traits_of(model), term, **options)]


@pytest.fixture
def customers(database: Database) -> None:
    for number, name in enumerate(["Joanna Lee", "Ann", "Anna Berg", "Li Ann", "100%", "a_b", "Bo"], start=1):
        database.sql("insert into customer (id, name, email) values (%s, %s, %s)", number, name, f"{number}@x")
    database.sql("insert into customer (id, name, email, deleted_at) values (8, 'Annabel', '8@x', now())")


@pytest.mark.usefixtures("customers")
async def test_the_very_label_then_its_beginning_then_its_parts(session: AsyncSession):
    assert await labels(session, Customer, "ann") == ["Ann", "Anna Berg", "Li Ann", "Joanna Lee"]
    assert await labels(session, Customer, "  Anna ") == ["Anna Berg", "Joanna Lee"]
    assert await labels(session, Customer, "lee jo") == ["Joanna Lee"]


@pytest.mark.usefixtures("customers")
async def test_a_key_stands_on_top(session: AsyncSession, database: Database):
    database.sql("insert into customer (id, name, email) values (9, 'Route 7', '9@x')")
    assert await labels(session, Customer, "7") == ["Bo", "Route 7"]
    assert await choices.search(session, CUSTOMER, "7", limit=1) == [Choice("7", "Bo")]


@pytest.mark.usefixtures("customers")
async def test_one_letter_means_the_beginning_of_a_word(session: AsyncSession):
    assert await labels(session, Customer, "b") == ["Bo", "Anna Berg"]


@pytest.mark.usefixtures("customers")
async def test_no_character_has_a_hidden_meaning(session: AsyncSession):
    assert await labels(session, Customer, "0%") == []
    assert await labels(session, Customer, "100%") == ["100%"]
    assert await labels(session, Customer, "a_b") == ["a_b"]
    assert await labels(session, Customer, "%") == []
    assert await labels(session, Customer, "\x00\\'\"") == []


@pytest.mark.usefixtures("customers")
async def test_nothing_typed_offers_the_first_by_label(session: AsyncSession):
    assert await labels(session, Customer, "", limit=3) == ["100%", "Ann", "Anna Berg"]


async def test_without_an_order_by_label_nothing_typed_offers_the_newest(session: AsyncSession, database: Database):
    for number in range(1, 31):
        database.sql("""insert into "user" (id, name, email) values (%s, 'n', %s)""", number, str(number))
    found = await choices.search(session, traits_of(User), "")
    assert [choice.key for choice in found] == [str(number) for number in range(30, 10, -1)]


async def test_prose_labels_are_found_by_their_words(session: AsyncSession, database: Database):
    database.sql("insert into author (id, name) values (1, 'A')")
    for number, title in ((1, "The Old Man and the Sea"), (2, "Sea"), (3, "Seaside Notes")):
        database.sql("insert into book (id, author_id, title) values (%s, 1, %s)", number, title)
    assert await labels(session, Book, "sea") == ["Sea", "Seaside Notes", "The Old Man and the Sea"]
    assert await labels(session, Book, "old man") == ["The Old Man and the Sea"]


async def test_what_is_chosen_is_what_the_foreign_key_refers_to(session: AsyncSession, database: Database):
    database.sql("insert into inventory_item (id, sku, name) values (7, 'LMP-1', 'Lamp'), (8, 'LMP-2', 'Lampshade')")
    found = await choices.search(session, traits_of(InventoryItem), "lamp", by="sku")
    assert found == [Choice("LMP-1", "Lamp"), Choice("LMP-2", "Lampshade")]
    assert await choices.search(session, traits_of(InventoryItem), "LMP-2", by="sku") == [Choice("LMP-2", "Lampshade")]
    assert await choices.search(session, traits_of(InventoryItem), "8", by="sku") == [Choice("LMP-2", "Lampshade")]


async def test_labels_that_are_no_text_and_strangers(session: AsyncSession, database: Database):
    database.sql("insert into customer (id, name, email) values (1, 'Ann', 'a')")
    database.sql("""insert into "order" (id, customer_id) values (5, 1), (50, 1)""")
    assert await choices.search(session, traits_of(Order), "5") == [Choice("5", "5")]
    assert await choices.search(session, traits_of(Order), "ann") == []
    create(database)
    database.sql("insert into node values ('a', 'Root', null), ('b', 'Leaf', 'a'), ('c', '', null)")
    database.sql("insert into shelf values (1, 'x', 'note')")
    database.sql("insert into link values ('a', 'b')")
    assert await choices.search(session, traits_of(Node), "oo") == [Choice("a", "Root")]
    assert await choices.search(session, traits_of(Node), "c") == [Choice("c", "c")]
    for model in (Shelf, Link, Review, Author):
        for term in ("", "x", "1"):
            await choices.search(session, traits_of(model), term)


@pytest.mark.usefixtures("customers")
async def test_each_way_to_fit_is_bounded_and_read_from_an_index(
    session: AsyncSession, database: Database, queries: Queries
):
    database.sql(
        "insert into customer (id, name, email) select i, 'Ann ' || i, 'x' || i from generate_series(100, 5000) i"
    )
    database.sql("analyze customer")
    assert (await labels(session, Customer, "ann"))[0] == "Ann"
    statement = next(one for one in queries.statements if "UNION" in one)
    assert statement.count("LIMIT") == statement.count("UNION") + 2
    assert statement.count("deleted_at IS NULL") == statement.count("UNION") + 1
