"""Records of all tables by key or text: live ones, a few a table, and never a table read as a whole."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import palette
from admin.reads.palette import Hit
from models import ApiKey, Customer, Document, Event, Order, Review, Setting
from tests import strangers
from tests.postgres import Database, Queries
from tests.strangers import Odd, resource_of

pytestmark = pytest.mark.anyio

DOCUMENT, CUSTOMER, EVENT, SETTING, ORDER, REVIEW, API_KEY = (
    resource_of(model) for model in (Document, Customer, Event, Setting, Order, Review, ApiKey)
)
ALL = [DOCUMENT, CUSTOMER, EVENT, SETTING, ORDER, REVIEW, API_KEY]


@pytest.fixture(autouse=True)
def rows(database: Database) -> None:
    database.sql("insert into customer (email, name) select n || '@x.org', 'Ann ' || n from generate_series(1, 9) n")
    database.sql("insert into document (title, body) select 'Paper ' || n, 'annual plan' from generate_series(1, 9) n")
    database.sql("insert into setting (key, value) values ('ann.mode', '1'), ('a/b, c', '2')")


async def found(session: AsyncSession, text: str, resources=ALL) -> list[Hit]:
    hits = await palette.find(session, resources, text)
    assert hits.slow == ()
    return list(hits.rows)


async def test_a_key_and_a_unique_text_find_their_row_in_every_table_first(session: AsyncSession):
    assert [(hit.identity, hit.key, hit.label) for hit in await found(session, "3")] == [
        ("document", "3", "Paper 3"),
        ("customer", "3", "Ann 3"),
    ]
    assert await found(session, "7@x.org") == [Hit("customer", "7", "Ann 7")]
    assert [hit.identity for hit in await found(session, "a/b, c")] == ["setting"]


async def test_words_find_a_few_rows_a_table_those_first_that_begin_so(session: AsyncSession):
    hits = await found(session, "ann")
    assert [hit.identity for hit in hits] == ["customer"] * 5 + ["document"] * 5 + ["setting"]
    assert hits[0].label == "Ann 1"


async def test_the_trash_is_not_found(session: AsyncSession, database: Database):
    database.sql("update customer set deleted_at = now() where id = 3")
    database.sql("update document set deleted_at = now() where id in (3, 4)")
    assert await found(session, "3") == []
    assert all(hit.identity != "customer" or hit.key != "3" for hit in await found(session, "ann"))
    assert await found(session, "Paper 4") == []


async def test_strange_texts_find_nothing_and_break_nothing(session: AsyncSession, database: Database):
    strangers.create(database)
    for text in ("'", '"', "%", "\\", "::", "a:* & b", "ö" * 200, "9" * 60, "-", "(", "the"):
        await palette.find(session, [*ALL, resource_of(Odd)], text)


async def test_what_may_not_be_seen_is_neither_shown_nor_looked_into(session: AsyncSession):
    hidden = dataclasses.replace(CUSTOMER, list_columns=("id",), details_columns=("id",), search_columns=("name",))
    assert await found(session, "7@x.org", [hidden]) == []
    assert {hit.label for hit in await found(session, "ann", [hidden])} == {""}


async def test_a_large_table_without_an_index_for_the_words_is_not_read(
    session: AsyncSession, database: Database, monkeypatch: pytest.MonkeyPatch
):
    unindexed = dataclasses.replace(CUSTOMER, search_columns=("city",))
    database.sql("update customer set city = 'Annecy'")
    assert [hit.key for hit in await found(session, "annecy", [unindexed])][:1] == ["1"]
    monkeypatch.setattr(palette, "SMALL", 0)
    assert await found(session, "annecy", [unindexed]) == []


async def test_a_table_that_takes_too_long_costs_its_own_rows_only(
    session: AsyncSession, database: Database, monkeypatch: pytest.MonkeyPatch
):
    database.sql("alter table setting enable row level security")
    database.sql("create policy slow on setting using (pg_sleep(1) is not null)")
    hits = await palette.find(session, ALL, "ann")
    assert [one.identity for one in hits.slow] == ["setting"]
    assert {hit.identity for hit in hits.rows} == {"customer", "document"}


async def test_all_tables_cost_two_questions(session: AsyncSession, queries: Queries):
    await session.connection()
    queries.clear()
    await palette.find(session, ALL, "ann")
    asked = [one for one in queries.statements if "savepoint" not in one]
    assert len(asked) == 2
