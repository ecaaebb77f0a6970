"""A list narrowed to one operation: the very rows that it touched, whatever their table's key is made of."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.reads import counts, listing, selection
from admin.reads.plans import Explain
from admin.reads.query import Deleted, ListQuery
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
