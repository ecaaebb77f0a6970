"""What is kept for LARDER_UNDO_DAYS, what is not, and who can shorten that."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin import schema
from admin.actor import Actor
from admin.reads.selection import Selection
from admin.writes import deletion, retention
from admin.writes.undo import undo
from models import Customer, Document, Invoice, LineItem, Order, User
from tests.postgres import Database
from tests.strangers import Node, Shelf, create, resource_of
from tests.writes.conftest import Act

pytestmark = pytest.mark.anyio

CUSTOMER, ORDER, DOCUMENT = map(resource_of, (Customer, Order, Document))
TABLES = [resource_of(one) for one in (Customer, Invoice, Order, LineItem, Document, User)]


async def test_old_rows_leave_the_trash_unless_something_refers_to_them(
    database: Database, session_maker: async_sessionmaker[AsyncSession], act: Act, ann: Actor
):
    database.sql("""
        insert into customer (id, email, name) select n, n, 'C' from generate_series(1, 6) n;
        insert into invoice (number, customer_id, amount) values ('a', 2, 1);
        insert into inventory_item (sku, name, quantity) values ('s', 'S', 2);
        insert into "order" (id, customer_id) values (1, 3), (2, 4);
        insert into line_item (order_id, sku, qty, unit_price) values (1, 's', 1, 1), (2, 's', 1, 1);
        update "order" set deleted_at = now() - interval '40 days' where id = 1;
        update line_item set deleted_at = now() - interval '40 days' where order_id = 1;
        update customer set deleted_at = now() - interval '40 days' where id <> 6;
        update customer set deleted_at = now() - interval '29 days' where id = 5;
    """)
    swept = await retention.sweep(session_maker, TABLES, 30)
    assert swept.purged == {"customer": 1, "order": 1}
    # Customer 2 has an invoice and 4 an order that lives; 5 is too young; 3 is free once its order is gone.
    assert database.sql("select id from customer order by id") == [(2,), (3,), (4,), (5,), (6,)]
    assert (await retention.sweep(session_maker, TABLES, 30)).purged == {"customer": 1}
    assert (await retention.sweep(session_maker, TABLES, 30)).purged == {}
    query = "select person_id, person_name, kind, source, rows from larder.operation order by id"
    assert database.sql(query) == [
        (None, "Larder", "purge", "retention", 1),
        (None, "Larder", "purge", "retention", 2),
        (None, "Larder", "purge", "retention", 1),
    ]
    assert (await act(undo, ann, 3)).undone == 1
    assert (await act(undo, ann, 2)).undone == 2
    assert database.value("select count(*) from line_item where order_id = 1") == 1


async def test_many_rows_go_in_batches(
    database: Database, session_maker: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(retention, "BATCH", 10)
    database.sql("""insert into document (title, body, deleted_at)
        select 'T', 'x', now() - interval '31 days' from generate_series(1, 35)""")
    assert (await retention.sweep(session_maker, TABLES, 30)).purged == {"document": 35}
    assert database.sql("select rows from larder.operation order by id") == [(10,), (10,), (10,), (5,)]


async def test_a_table_of_a_stranger_that_refers_keeps_a_row(
    database: Database, session_maker: async_sessionmaker[AsyncSession]
):
    """Foreign keys are asked of the database, not of the models."""
    database.sql("""
        insert into document (title, body, deleted_at) select 'T', 'x', '2020-01-01' from generate_series(1, 2);
        create table note (document_id bigint references document on delete set null);
        insert into note values (1);
        grant select on note to larder_app
    """)
    assert (await retention.sweep(session_maker, [DOCUMENT], 30)).purged == {"document": 1}
    assert database.sql("select id from document") == [(1,)]


MONTH = """
    create table larder_log.before_image_2020_01 partition of larder.before_image
      for values from ('2020-01-01') to ('2020-02-01');
    insert into larder.before_image (at, table_name, kind, key, before) values ('2020-01-02', '', 'U', '[]', '{}'),
      (now() - interval '5 days', '', 'U', '[]', '{}'), (now() - interval '200 days', '', 'U', '[]', '{}');
"""


async def test_old_months_are_dropped_and_the_application_cannot_forget_more(
    database: Database, session_maker: async_sessionmaker[AsyncSession], session: AsyncSession
):
    database.sql(MONTH)
    # Asked to keep nothing, the owner's thirty days hold.
    assert (await retention.sweep(session_maker, [], -5)).months == 1
    assert database.value("select to_regclass('larder_log.before_image_2020_01')") is None
    assert database.value("select count(*) from larder.before_image") == 1
    for statement in (
        "create or replace function larder.undo_days() returns integer language sql as 'select 0'",
        "drop function larder.undo_days()",
        "drop table larder_log.before_image_default",
    ):
        with pytest.raises(DBAPIError) as refused:
            await session.execute(text(statement))
        assert refused.value.orig.sqlstate == "42501"
        await session.rollback()


async def test_the_owner_says_how_long(database: Database, session_maker: async_sessionmaker[AsyncSession]):
    database.sql(MONTH)
    assert schema.migrate(database.owner_url, "larder_app", 10) == schema.head_revision()
    engine = sa.create_engine(database.app_url)
    with engine.connect() as connection:
        assert schema.kept_days(connection) == 10
    engine.dispose()
    await retention.sweep(session_maker, [], 300)
    assert database.value("select count(*) from larder.before_image") == 2
    await retention.sweep(session_maker, [], 10)
    assert database.value("select count(*) from larder.before_image") == 1


async def test_a_month_that_somebody_reads_waits_for_the_next_run(
    database: Database, session_maker: async_sessionmaker[AsyncSession], session: AsyncSession
):
    database.sql(MONTH)
    await session.execute(text("select count(*) from larder.before_image"))
    assert (await retention.sweep(session_maker, [], 30)).months == 0
    await session.rollback()
    assert (await retention.sweep(session_maker, [], 30)).months == 1


async def test_a_key_of_several_parts_and_a_tree(
    database: Database, session_maker: async_sessionmaker[AsyncSession], act: Act, ann: Actor
):
    create(database)
    assert (await retention.sweep(session_maker, [resource_of(Node)], 30)).purged == {}
    database.sql("select larder.track('shelf')")
    database.sql("insert into shelf values (1, 'a,b', null, '2020-01-01'), (1, 'c', null, null)")

    assert (await retention.sweep(session_maker, [resource_of(Shelf)], 30)).purged == {"shelf": 1}
    await act(deletion.delete, ann, resource_of(Shelf), Selection(keys=[(1, "c")]))
    assert (await retention.sweep(session_maker, [resource_of(Shelf)], 30)).purged == {}
