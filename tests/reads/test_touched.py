"""A list narrowed to one operation: the very rows that it touched, whatever their table's key is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.reads import counts, listing, selection
from admin.reads.plans import Explain
from admin.reads.query import Deleted, Filter, ListQuery
from admin.reads.selection import Selection
from admin.resource import Resource
from admin.writes import deletion
from models import Customer, Event
from tests.postgres import Database
from tests.strangers import Shelf, create, resource_of
from tests.writes import conftest as people
from tests.writes.conftest import Act, by_sql

ann, ben, act = people.ann, people.ben, people.act
pytestmark = pytest.mark.anyio

CUSTOMER = resource_of(Customer)


@pytest.fixture
def customers(database: Database) -> None:
    database.sql("insert into customer (email, name) select n, 'C ' || n from generate_series(1, 200) n")


async def touched(session: AsyncSession, resource: Resource, operation: int, deleted: Deleted = "with") -> list[tuple]:
    query = ListQuery(operation=operation, deleted=deleted, size=200)
    rows = (await listing.fetch(session, resource, query)).rows
    assert await counts.exactly(session, resource, query) == counts.Exact(len(rows))
    return sorted(tuple(getattr(row, name) for name in resource.traits.key) for row in rows)


@pytest.mark.usefixtures("customers")
async def test_rows_that_were_made_changed_and_moved_are_all_there(session: AsyncSession, act: Act, ann: Actor):
    other = await act(by_sql, ann, "update customer set city = 'Oslo'")
    number = await act(
        by_sql,
        ann,
        "insert into customer (email, name) select 'new' || n, 'N' from generate_series(1, 3) n",
        "update customer set city = 'Rome' where id between 10 and 12",
        "update customer set id = 1000 where id = 20",
        "delete from customer where id = 30",
    )
    assert await touched(session, CUSTOMER, number) == [(n,) for n in (10, 11, 12, 201, 202, 203, 1000)]
    assert len(await touched(session, CUSTOMER, other)) == 198
    assert await touched(session, CUSTOMER, 999) == []


@pytest.mark.usefixtures("customers")
async def test_the_trash_choice_says_which_of_them(session: AsyncSession, act: Act, ann: Actor):
    done = await act(deletion.delete, ann, CUSTOMER, Selection(keys=[(1,), (2,)]))
    await act(deletion.restore, ann, CUSTOMER, Selection(keys=[(2,)]))
    both = await touched(session, CUSTOMER, done.operation_id)
    assert (both, await touched(session, CUSTOMER, done.operation_id, "hide")) == ([(1,), (2,)], [(2,)])
    assert await touched(session, CUSTOMER, done.operation_id, "only") == [(1,)]
    # The same list is what a bulk act is about.
    chosen = Selection(query=ListQuery(operation=done.operation_id, search="", deleted="only"))
    assert await selection.keys_of(session, CUSTOMER, chosen) == [(1,)]


async def test_keys_of_several_parts_with_any_text(database: Database, session: AsyncSession, act: Act, ann: Actor):
    create(database)
    database.sql("select larder.track('shelf')")
    shelf, codes = resource_of(Shelf), ["a,b", "..", "ü/ö", "'", '"[1]"', ""]
    add = "insert into shelf (room, code) select 7, unnest(array['a,b', '..', 'ü/ö', '''', '\"[1]\"', ''])"
    number = await act(by_sql, ann, add)
    database.sql("insert into shelf (room, code) values (8, 'a,b')")
    assert await touched(session, shelf, number) == sorted((7, code) for code in codes)


async def test_a_few_rows_of_a_large_table_are_found_by_its_key(
    database: Database, session: AsyncSession, act: Act, ann: Actor
):
    database.sql("select larder.untrack('event')")
    database.sql("insert into event (kind) select 'k' from generate_series(1, 100000)")
    database.sql("select larder.track('event')")
    number = await act(by_sql, ann, "update event set kind = 'x' where id in (7, 70, 99999)")
    database.sql("analyze event, larder.before_image, larder.inserted_keys")
    event = resource_of(Event)
    assert await touched(session, event, number, "hide") == [(7,), (70,), (99999,)]
    page = listing.narrowed(event, ListQuery(operation=number)).limit(51)
    plan = str((await session.execute(Explain(page))).scalar_one())
    assert "event_pkey" in plan
    assert "'Seq Scan', 'Parallel Aware': False, 'Async Capable': False, 'Relation Name': 'event'" not in plan


@pytest.mark.usefixtures("customers")
async def test_a_page_of_many_rows_is_found_along_the_list(
    session: AsyncSession, act: Act, ann: Actor, database: Database
):
    number = await act(
        by_sql,
        ann,
        "insert into customer (email, name) select 'n' || n, 'N ' || n from generate_series(1, 3000) n",
        "update customer set city = 'Rome' where id between 190 and 200",
        "update customer set id = 9000 where id = 20",
    )
    database.sql("update larder.operation set rows = 3012 where id = %s", number)
    database.sql("vacuum analyze customer")
    assert len(await seen(session, number)) == 3012
    assert await seen(session, number, city="Rome") == list(range(200, 189, -1))
    query = ListQuery(operation=number, sort="id", size=50)
    _, walk = listing._halves(CUSTOMER, query)
    plan = str((await session.execute(Explain(walk.order_by(Customer.id).limit(51)))).scalar_one())
    assert "inserted_keys" in plan
    assert "customer_pkey" in plan
    assert "Sort" not in plan
    # What was kept before, in batches of thousands, is found as well.
    database.sql(
        "with old as (delete from larder.inserted_keys returning *) insert into larder.inserted_keys "
        "(operation_id, at, table_name, keys, prefixes) select operation_id, at, table_name, jsonb_agg(key), "
        "array_agg(distinct larder.key_prefix(array(select jsonb_array_elements_text(key)))) from old "
        "cross join jsonb_array_elements(keys) as key where operation_id is not null group by 1, 2, 3"
    )
    assert len(await seen(session, number)) == 3012


async def seen(session: AsyncSession, operation: int, **filters: str) -> list[int]:
    """The rows of all pages, one after the other."""
    asked = tuple(Filter(name, "exact", value, value) for name, value in filters.items())
    found: list[int] = []
    query = ListQuery(operation=operation, filters=asked, size=200, sort="id", descending=True, mode="scroll")
    while True:
        page = await listing.fetch(session, CUSTOMER, query)
        found += [row.id for row in page.rows]
        if page.after is None:
            return found
        query = replace(query, after=page.after)
