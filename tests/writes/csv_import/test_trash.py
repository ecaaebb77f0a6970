"""Rows of a file whose key is in the trash: they come back, changed as the file says, as part of the import."""

from __future__ import annotations

import pytest

from admin.writes import undo
from tests.postgres import Database
from tests.writes.csv_import.conftest import ANN, Imports

pytestmark = pytest.mark.anyio

GONE = "insert into customer (id, email, name, city, deleted_at) values"


async def take_back(imports: Imports) -> None:
    stored = await imports.stored()
    assert stored.record.operation_id is not None
    async with imports.sessions.begin() as session:
        await undo.undo(session, ANN, stored.record.operation_id)


async def test_a_row_comes_back_from_the_trash_and_goes_there_again_by_undo(imports: Imports, database: Database):
    database.sql(f"{GONE} (1, 'a@x', 'Old', 'Ulm', now() - interval '2 days'), (2, 'a@x', 'Newer', 'Bonn', now())")
    database.sql(f"{GONE} (3, 'b@x', 'Ben', 'Ulm', now()), (4, 'c@x', 'Cy', 'Ulm', null), (5, 'c@x', 'C', '', now())")
    database.sql("select setval(pg_get_serial_sequence('customer', 'id'), 5)")
    file = "email,name\na@x,Ann\nb@x,Ben\nc@x,Cy\nd@x,Dee\n"
    assert (await imports.check(file, "customer")).rejected == 2
    report = await imports.choose(trash="restore")
    assert (report.new, report.changed, report.unchanged, report.rejected) == (1, 2, 1, 0)
    assert "2 rows are in the trash. They are restored by this import." in report.warnings
    assert (await imports.apply()).applied
    live = "select id, email, name, city from customer where deleted_at is null and id < 6 order by id"
    assert database.sql(live) == [
        (2, "a@x", "Ann", "Bonn"), (3, "b@x", "Ben", "Ulm"), (4, "c@x", "Cy", "Ulm")
    ]  # fmt: skip
    await take_back(imports)
    assert database.sql(live) == [(4, "c@x", "Cy", "Ulm")]
    assert database.value("select name from customer where id = 2") == "Newer"


async def test_what_a_row_brings_back_may_be_taken_by_now(imports: Imports, database: Database):
    database.sql(
        f"{GONE} (1, 'a@x', 'Ann', null, now()), (2, 'b@x', 'Ben', null, now()), (3, 'a@x', 'New', null, null)"
    )
    await imports.check("id,city\n1,Ulm\n2,Bonn\n", "customer")
    report = await imports.choose(trash="restore", mode="update", skip_bad=True)
    assert [(one.line, one.column, one.reason) for one in report.rejections] == [
        (2, "email", "is already used by New (#3)")
    ]
    await imports.apply()
    assert database.sql("select id from customer where deleted_at is null order by id") == [(2,), (3,)]


async def test_what_went_into_the_trash_with_it_comes_back_too(imports: Imports, database: Database):
    database.sql("insert into customer (id, email, name) values (1, 'a@x', 'Ann')")
    database.sql(
        "insert into inventory_item (sku, name, quantity) values ('s', 'S', 50), ('t', 'T', 50), ('u', 'U', 50)"
    )
    database.sql(
        """insert into "order" (id, customer_id, deleted_at) values (1, 1, '2026-01-02'), (2, 1, '2026-01-02')"""
    )
    database.sql("""insert into line_item (order_id, sku, qty, unit_price, deleted_at) values
                    (1, 's', 1, 1, '2026-01-02'), (1, 't', 1, 1, '2026-01-01'), (2, 'u', 1, 1, '2026-01-02')""")
    await imports.check("id,status\n1,shipped\n", "order")
    await imports.choose(trash="restore")
    await imports.apply()
    alive = "select sku from line_item where deleted_at is null"
    assert database.sql(alive) == [("s",)]
    assert database.sql('select id from "order" where deleted_at is null') == [(1,)]
    await take_back(imports)
    assert database.sql(alive) == []
    assert database.value('select count(*) from "order" where deleted_at is null') == 0


async def test_a_row_does_not_come_back_below_a_parent_in_the_trash(imports: Imports, database: Database):
    database.sql("insert into customer (id, email, name) values (1, 'a@x', 'Ann')")
    database.sql("insert into inventory_item (sku, name, quantity) values ('s', 'S', 50)")
    database.sql("""insert into "order" (id, customer_id, deleted_at) values (1, 1, now())""")
    database.sql(
        "insert into line_item (id, order_id, sku, qty, unit_price, deleted_at) values (1, 1, 's', 1, 1, now())"
    )
    await imports.check("id,qty\n1,2\n", "line-item")
    report = await imports.choose(trash="restore")
    assert [one.reason for one in report.rejections] == ["belongs to a row of order that is in the trash"]
