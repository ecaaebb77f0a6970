"""Order: total, index-friendly, and by a parent's label without losing the rows that have none."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import listing, ordering
from admin.reads.query import ListQuery
from admin.traits import traits_of
from models import Document, Event, LineItem
from tests.postgres import Database
from tests.strangers import Link, Odd, Plain, Shelf, create, resource_of

pytestmark = pytest.mark.anyio


def directions(resource, query=None) -> list[tuple[str, bool]]:
    order = ordering.order_of(resource, query or ListQuery())
    return [(key.column.name, key.descending) for key in order.keys if key.column]


async def test_the_key_ends_every_order_in_the_direction_of_its_first_column():
    assert directions(resource_of(Event)) == [("created_at", True), ("id", True)]
    assert directions(resource_of(Event), ListQuery(sort="kind")) == [("kind", False), ("id", False)]
    assert directions(resource_of(Shelf), ListQuery(sort="note", descending=True)) == [
        ("note", True),
        ("room", True),
        ("code", True),
    ]


async def test_a_key_column_that_is_sorted_by_stands_once():
    assert directions(resource_of(Shelf), ListQuery(sort="code", descending=True)) == [("code", True), ("room", True)]
    assert directions(resource_of(Event), ListQuery(sort="id")) == [("id", False)]


async def test_a_key_made_of_foreign_keys_still_ends_the_order_when_sorted_by_its_label():
    order = ordering.order_of(resource_of(Link), ListQuery(sort="source"))
    assert [str(key.sql) for key in order.keys] == ["source_parent.name", "Link.source", "Link.target"]


async def test_what_has_no_order_cannot_be_sorted_by():
    assert not {"tags", "data", "words"} & ordering.sortable(resource_of(Odd))
    assert {"id", "page", "sort", "select", "size", "amount"} <= ordering.sortable(resource_of(Odd))


async def test_rows_without_a_parent_stay_when_sorting_by_the_parents_label(session: AsyncSession, database: Database):
    database.sql("""insert into "user" (id, email, name) values (1, 'z', 'Zoe')""")
    database.sql("""insert into "user" (id, email, name, deleted_at) values (2, 'a', 'Ann', now())""")
    for number, owner in ((1, 1), (2, None), (3, 2)):
        database.sql("insert into document (id, title, body, owner_id) values (%s, '', '', %s)", number, owner)
    resource = resource_of(Document)
    up = await listing.fetch(session, resource, ListQuery(sort="owner_id"))
    down = await listing.fetch(session, resource, ListQuery(sort="owner_id", descending=True))
    assert [row.id for row in up.rows] == [3, 1, 2]  # Ann (in the trash, but shown), Zoe, nobody
    assert [row.id for row in down.rows] == [2, 1, 3]


async def test_a_reference_by_a_unique_text_sorts_by_the_parents_label():
    order = ordering.order_of(resource_of(LineItem), ListQuery(sort="sku"))
    assert str(order.keys[0].sql) == "sku_parent.name"
    assert order.keys[0].nullable


async def test_nulls_stand_where_a_plain_index_has_them(session: AsyncSession, database: Database):
    create(database)
    database.sql("insert into plain (id, a) values (1, 2), (2, null), (3, 1)")
    resource = resource_of(Plain)
    up = await listing.fetch(session, resource, ListQuery(sort="a"))
    down = await listing.fetch(session, resource, ListQuery(sort="a", descending=True))
    assert ([row.id for row in up.rows], [row.id for row in down.rows]) == ([3, 1, 2], [2, 1, 3])


@pytest.mark.parametrize("descending", [False, True])
async def test_one_plain_index_serves_both_directions(session: AsyncSession, database: Database, descending: bool):
    database.sql("insert into event (kind) select 'a' from generate_series(1, 5000); analyze event")
    traits = traits_of(Event)
    statement = listing.matching(resource_of(Event), ListQuery(sort="created_at", descending=descending))
    sql = str(statement.with_only_columns(traits.attribute("id")).compile(compile_kwargs={"literal_binds": True}))
    plan = database.sql(f"explain {sql} limit 10")
    assert any("event_created_at" in line for (line,) in plan)
    assert not any("Sort" in line for (line,) in plan)
