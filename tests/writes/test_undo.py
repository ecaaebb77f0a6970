"""Undo: every kind of operation comes back whole, once, at the same cost for one row and for many."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from admin.actor import Actor
from admin.reads.selection import Selection
from admin.writes import deletion, records
from admin.writes.undo import undo
from models import Customer, Order
from tests.postgres import Database
from tests.strangers import Odd, Shelf, create, resource_of
from tests.writes import zoo
from tests.writes.conftest import Act, by_sql

pytestmark = pytest.mark.anyio

CUSTOMER, ORDER = map(resource_of, (Customer, Order))
CID = {"email": "cid@example.org", "name": "Cid"}


def customers(database: Database, columns: str = "id, name") -> list[tuple[Any, ...]]:
    return database.sql(f"select {columns} from customer where deleted_at is null order by id")


async def test_undo_takes_back_a_new_row_and_again_brings_it_back(database: Database, act: Act, ann: Actor):
    saved = await act(records.create, ann, CUSTOMER, CID)
    before = zoo.truth(database, "customer")
    report = await act(undo, ann, saved.operation_id)
    assert (report.undone, report.sentence) == (1, f"Undone: {saved.sentence}")
    assert database.sql("select * from customer") == []
    again = await act(undo, ann, report.operation_id)
    assert again.sentence == f"Done again: {saved.sentence}"
    assert zoo.truth(database, "customer") == before
    third = await act(undo, ann, again.operation_id)
    assert third.sentence == f"Undone: {saved.sentence}"
    assert customers(database) == []


async def test_undo_of_an_edit_puts_the_old_values_back(database: Database, act: Act, ann: Actor):
    saved = await act(records.create, ann, CUSTOMER, CID)
    key = (saved.row.id,)
    edit = await act(records.update, ann, CUSTOMER, key, {"name": "Cid 2", "city": "Rome"})
    assert (await act(undo, ann, edit.operation_id)).whole
    assert customers(database, "name, city") == [("Cid", None)]


async def test_a_purge_comes_back_with_all_that_went(database: Database, act: Act, ann: Actor):
    database.sql("insert into customer (id, email, name) values (1, 'a', 'A')")
    database.sql("insert into inventory_item (sku, name, quantity) values ('S', 'Lamp', 9)")
    database.sql('insert into "order" (id, customer_id) values (1, 1)')
    database.sql("insert into line_item (order_id, sku, qty, unit_price) values (1, 'S', 1, 2), (1, 'S', 3, 4)")
    await act(deletion.delete, ann, ORDER, Selection(keys=[(1,)]))
    before = zoo.truth(database, '"order"'), zoo.truth(database, "line_item")
    done = await act(deletion.purge, ann, ORDER, Selection(keys=[(1,)]))
    report = await act(undo, ann, done.operation_id)
    assert (report.undone, report.whole) == (3, True)
    assert (zoo.truth(database, '"order"'), zoo.truth(database, "line_item")) == before


async def test_set_null_is_taken_back_too(database: Database, act: Act, ann: Actor):
    database.sql("insert into \"user\" (id, email, name, deleted_at) values (1, 'a', 'A', now())")
    database.sql("insert into document (id, owner_id, title, body) values (1, 1, 'T', '')")
    database.sql("insert into api_key (user_id, label) values (1, 'laptop')")
    before = zoo.truth(database, "api_key")
    done = await act(by_sql, ann, 'delete from "user"')
    assert database.sql("select owner_id from document") == [(None,)]
    assert (await act(undo, ann, done)).undone == 3
    assert database.sql("select owner_id from document") == [(1,)]
    assert zoo.truth(database, "api_key") == before


async def test_a_mixed_operation_is_taken_back_in_its_net_effect(database: Database, act: Act, ann: Actor):
    database.sql(
        "insert into customer (id, email, name) values (1, 'a', 'A'), (2, 'b', 'B'), (3, 'c', 'C'), (4, 'd', 'D')"
    )
    database.sql("alter table customer disable trigger touch_updated_at")
    before = zoo.truth(database, "customer")
    operation = await act(
        by_sql,
        ann,
        "update customer set name = name || '!' where id <= 2",
        "insert into customer (id, email, name) values (10, 'x', 'X'), (11, 'y', 'Y')",
        "update customer set name = 'Y2' where id = 11",
        "delete from customer where id = 10",
        "delete from customer where id in (2, 3)",
        "insert into customer (id, email, name) values (3, 'cc', 'C again')",
        "update customer set city = 'Rome' where id = 1",
        "delete from customer where id = 4",
        "insert into customer (id, email, name) values (5, 'd', 'D again')",
    )
    report = await act(undo, ann, operation)
    assert (report.undone, report.whole) == (6, True)
    assert zoo.truth(database, "customer") == before
    again = await act(undo, ann, report.operation_id)
    assert (again.undone, again.whole) == (6, True)
    assert customers(database) == [(1, "A!"), (3, "C again"), (5, "D again"), (11, "Y2")]


async def test_parents_and_children_made_together_go_together(database: Database, act: Act, ann: Actor):
    operation = await act(
        by_sql,
        ann,
        "insert into author (id, name) select i, 'A' || i from generate_series(1, 3) as i",
        "insert into book (author_id, title) select i, 'T' from generate_series(1, 3) as i",
    )
    database.sql("update book set title = 'mine' where author_id = 2")
    report = await act(undo, ann, operation)
    assert (report.undone, report.kept_rows, report.impossible_rows) == (4, 1, 1)
    assert database.sql("select author_id, title from book") == [(2, "mine")]
    assert database.sql("select id from author") == [(2,)]


async def test_rows_that_refer_to_each_other(database: Database, act: Act, ann: Actor):
    create(database)
    database.sql("select larder.track('node'), larder.track('link')")
    operation = await act(
        by_sql,
        ann,
        "insert into node (slug, name) values ('root', 'r')",
        "insert into node (slug, name, parent_slug) values ('a', 'a', 'root'), ('a,b', 'b', 'a')",
        "insert into link values ('a', 'a,b')",
    )
    report = await act(undo, ann, operation)
    assert (report.undone, report.whole) == (4, True)
    again = await act(undo, ann, report.operation_id)
    assert (again.undone, again.whole) == (4, True)
    assert database.value("select count(*) from node") == 3


async def test_tables_of_strangers(database: Database, act: Act, ann: Actor):
    create(database)
    odd, shelf = resource_of(Odd), resource_of(Shelf)
    name = '"odd ""table""; %s :x"'
    database.sql("""select larder.track('"odd ""table""; %s :x"'), larder.track('shelf')""")
    made = await act(records.create, ann, odd, {"page": 1, "select": "%s :x", "sort": "a", "tags": ["a", None]})
    await act(records.create, ann, shelf, {"room": 1, "code": "a,b"})
    before = zoo.truth(database, name), zoo.truth(database, "shelf")
    edit = await act(records.update, ann, odd, (made.row.id,), {"page": 2, "select": None, "tags": []})
    assert (await act(undo, ann, edit.operation_id)).whole
    for resource, key in ((odd, (made.row.id,)), (shelf, (1, "a,b"))):
        done = await act(deletion.delete, ann, resource, Selection(keys=[key]))
        assert (await act(undo, ann, done.operation_id)).whole
    assert (zoo.truth(database, name), zoo.truth(database, "shelf")) == before


async def test_eight_at_once_undo_once(database: Database, act: Act, ann: Actor, ben: Actor):
    key = ((await act(records.create, ann, CUSTOMER, CID)).row.id,)
    done = await act(deletion.delete, ann, CUSTOMER, Selection(keys=[key]))
    reports = await asyncio.gather(*(act(undo, who, done.operation_id) for who in (ann, ben) * 4))
    assert [report.already for report in reports].count(False) == 1
    assert {(report.operation_id, report.undone) for report in reports} == {(reports[0].operation_id, 1)}
    told = next(report.sentence for report in reports if report.already)
    assert told.startswith(("Already undone by Ann on ", "Already undone by Ben on "))
    assert database.value("select count(*) from larder.operation where undoes = %s", done.operation_id) == 1


async def test_after_a_deletion_is_undone_the_next_key_is_free(act: Act, ann: Actor):
    first = await act(records.create, ann, CUSTOMER, CID)
    report = await act(undo, ann, first.operation_id)
    await act(undo, ann, report.operation_id)
    second = await act(records.create, ann, CUSTOMER, {**CID, "email": "other"})
    assert second.row.id > first.row.id


async def test_an_undo_costs_the_same_statements_for_one_row_and_for_many(
    database: Database, act: Act, ann: Actor, queries: Any
):
    database.sql("insert into customer (email, name) select i || '@x', 'C' from generate_series(1, 500) as i")
    sizes = []
    for condition in ("id = 1", "true"):
        operation = await act(by_sql, ann, f"update customer set name = name || '!' where {condition}")
        queries.clear()
        assert (await act(undo, ann, operation)).whole
        sizes.append(len(queries))
    assert sizes[0] == sizes[1]


async def test_an_undo_of_many_rows_looks_again_at_a_table_that_was_empty_when_it_was_analyzed(
    database: Database, act: Act, ann: Actor
):
    rows = "insert into customer (email, name) select n || '@x', 'N' || n from generate_series(1, 3000) as n"
    database.sql(f"{rows}; delete from customer; analyze customer")
    await act(by_sql, ann, rows)
    changed = await act(by_sql, ann, "update customer set city = 'Rome'")
    # Believed to hold one row, every index of it looks as good as the right one, and was read whole for each row.
    assert database.value("select reltuples from pg_class where oid = 'customer'::regclass") == 0
    report = await act(undo, ann, changed)
    assert (report.undone, report.kept_rows, report.impossible_rows) == (3000, 0, 0)
    assert database.value("select reltuples from pg_class where oid = 'customer'::regclass") == 3000
