"""Which sorts and filters an index serves: decided from the indexes that are really there."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import index_catalog, indexes
from admin.reads.query import Filter, ListQuery
from models import Customer, Document, Event
from tests.postgres import Database
from tests.strangers import Odd, Plain, Shelf, create, resource_of

pytestmark = pytest.mark.anyio

CUSTOMER, DOCUMENT, EVENT = resource_of(Customer), resource_of(Document), resource_of(Event)
PLAIN, SHELF, ODD = resource_of(Plain), resource_of(Shelf), resource_of(Odd)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept from one question to the next."""
    monkeypatch.setattr(index_catalog, "KEPT_S", -1)


async def sorts(session: AsyncSession, resource, **query) -> set[str]:
    return {one.column for one in await indexes.slow_sorts(session, resource, ListQuery(**query), least=0)}


async def slow(session: AsyncSession, resource, column: str, operator: str, value="x", **query) -> bool:
    asked = ListQuery(filters=(Filter(column, operator, str(value), value),), **query)
    return any(one.condition for one in await indexes.slow_parts(session, resource, asked, least=0))


async def test_the_cookbooks_lists_sort_by_what_was_indexed(session: AsyncSession):
    assert not {"id", "name", "created_at"} & await sorts(session, CUSTOMER)
    assert {"city", "balance"} <= await sorts(session, CUSTOMER)
    assert {"name", "id"} & await sorts(session, CUSTOMER, deleted="only") == {"name"}
    assert "created_at" not in await sorts(session, CUSTOMER, deleted="with")
    assert "name" in await sorts(session, CUSTOMER, deleted="with")


async def test_a_parents_label_is_in_no_index(session: AsyncSession):
    (owner,) = [one for one in await indexes.slow_sorts(session, DOCUMENT, ListQuery(), 0) if one.column == "owner_id"]
    assert owner.remedy is None


async def test_direction_nulls_expressions_and_conditions(session: AsyncSession, database: Database):
    create(database)
    for definition, serves in (
        ("(a, id)", True),
        ("(a desc, id desc)", True),
        ("(a desc)", True),
        ("(a desc nulls last, id desc)", False),
        ("(id, a)", False),
        ("((a + 1), id)", False),
        ("(a, id) where c = 1", False),
    ):
        database.sql(f"create index one on plain {definition}")
        assert ("a" not in await sorts(session, PLAIN)) is serves, definition
        database.sql("drop index one")
    database.sql("create index one on plain (a, id)")
    database.sql("update pg_index set indisvalid = false where indexrelid = 'one'::regclass")
    assert "a" in await sorts(session, PLAIN)


async def test_large_groups_of_one_value_are_not_sorted_by_their_first_column(
    session: AsyncSession, database: Database
):
    create(database)
    database.sql("insert into plain (id, a, b) select i, i % 3, i from generate_series(1, 9000) i")
    database.sql("create index on plain (a); create index on plain (b); analyze plain")
    assert {"a", "b"} & await sorts(session, PLAIN) == {"a"}
    database.sql("create index on plain (c, a, id)")
    assert "a" in await sorts(session, PLAIN)
    assert "a" not in await sorts(session, PLAIN, filters=(Filter("c", "exact", "0", 0),))


async def test_live_and_deleted_rows_have_their_own_indexes(session: AsyncSession, database: Database):
    create(database)
    database.sql("create index on shelf (note) where deleted_at is null")
    assert ["note" in await sorts(session, SHELF, deleted=side) for side in ("hide", "only", "with")] == [
        False, True, True,
    ]  # fmt: skip
    database.sql("create index on shelf (note) where deleted_at is not null")
    assert "note" not in await sorts(session, SHELF, deleted="with")


async def test_filters_by_operator(session: AsyncSession, database: Database):
    for operator in ("exact", "in", "gte", "startswith"):
        assert not await slow(session, CUSTOMER, "name", operator), operator
    assert not await slow(session, CUSTOMER, "name", "icontains")
    assert await slow(session, CUSTOMER, "city", "icontains")
    assert await slow(session, CUSTOMER, "email", "icontains")
    assert not await slow(session, CUSTOMER, "city", "ne")
    assert not await slow(session, CUSTOMER, "city", "isnull", False)
    assert await slow(session, CUSTOMER, "city", "isnull", True)
    assert await slow(session, EVENT, "payload", "contains")
    database.sql("create index on event using gin (payload jsonb_path_ops)")
    assert not await slow(session, EVENT, "payload", "contains")
    database.sql("create index on customer using hash (city) where deleted_at is null")
    assert not await slow(session, CUSTOMER, "city", "exact")
    assert await slow(session, CUSTOMER, "city", "gte")


@pytest.mark.parametrize(
    ("resource", "query"),
    [
        (CUSTOMER, ListQuery(sort="city", descending=True)),
        (CUSTOMER, ListQuery(sort="balance", deleted="only")),
        (CUSTOMER, ListQuery(filters=(Filter("city", "exact", "Oslo", "Oslo"),))),
        (CUSTOMER, ListQuery(filters=(Filter("city", "icontains", "Oslo", "Oslo"),))),
        (EVENT, ListQuery(filters=(Filter("payload", "contains", "{}", {}),))),
        (ODD, ListQuery(sort="sort")),
        (ODD, ListQuery(filters=(Filter("tags", "contains", "a", "a"),))),
    ],
)
async def test_the_remedy_is_an_index_that_serves(
    session: AsyncSession, database: Database, resource, query: ListQuery
):
    create(database)
    found = await indexes.slow_parts(session, resource, query, least=0)
    assert found
    # CONCURRENTLY waits for everybody who has looked at the table.
    await session.rollback()
    for one in found:
        assert one.remedy is not None
        assert one.remedy.startswith("CREATE INDEX CONCURRENTLY ON ")
        database.sql(one.remedy)
    assert await indexes.slow_parts(session, resource, query, least=0) == []


async def test_small_tables_and_common_values_need_none(session: AsyncSession, database: Database):
    assert await indexes.slow_sorts(session, CUSTOMER, ListQuery()) == []
    database.sql("insert into customer (email, name, city) select i, i, i from generate_series(1, 1000) i")
    database.sql("analyze customer")
    asked = ListQuery(filters=(Filter("active", "exact", "true", True),))
    assert await indexes.slow_parts(session, CUSTOMER, asked, least=500) == []
    assert [one.column for one in await indexes.slow_parts(session, CUSTOMER, asked, least=0)] == ["active"]


async def test_the_catalogue_is_read_once_a_minute(
    session: AsyncSession, database: Database, monkeypatch: pytest.MonkeyPatch, queries
):
    monkeypatch.setattr(index_catalog, "KEPT_S", 60)
    for _ in range(3):
        await sorts(session, EVENT)
    assert len(queries) == 1
