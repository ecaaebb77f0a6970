"""Trash, restore, purge: exactly the rows that are meant, with what belongs to them, all or nothing."""

from __future__ import annotations

import asyncio
import time

import pytest

from admin.actor import Actor
from admin.errors import BadRequest, Conflict
from admin.reads import selection
from admin.reads.query import Filter, ListQuery
from admin.reads.restorable import Kept
from admin.reads.selection import Selection
from admin.writes import deletion
from admin.writes.undo import undo
from models import Author, Book, Customer, Invoice, LineItem, Order, Setting
from tests.postgres import Database
from tests.strangers import Shelf, create, resource_of
from tests.writes.conftest import Act

pytestmark = pytest.mark.anyio

AUTHOR, BOOK, CUSTOMER, INVOICE, LINE, ORDER, SETTING = map(
    resource_of, (Author, Book, Customer, Invoice, LineItem, Order, Setting)
)
EVERYTHING = Selection(query=ListQuery())
TRASH = Selection(query=ListQuery(deleted="only"))


def keys(*numbers: int) -> Selection:
    return Selection(keys=[(number,) for number in numbers])


def add_orders(database: Database, orders: int, lines: int) -> None:
    database.sql("insert into customer (id, email, name) values (1, 'ann@example.org', 'Ann')")
    database.sql("insert into inventory_item (sku, name, quantity) values ('S', 'Lamp', 99999)")
    database.sql('insert into "order" (id, customer_id) select i, 1 from generate_series(1, %s) as i', orders)
    database.sql(
        "insert into line_item (id, order_id, sku, qty, unit_price) "
        "select (o - 1) * %s + l, o, 'S', 1, 1 from generate_series(1, %s) as o, generate_series(1, %s) as l",
        lines, orders, lines,
    )  # fmt: skip


def add_customers(database: Database, *rows: tuple[int, str, str, str | None]) -> None:
    for row in rows:
        database.sql("insert into customer (id, email, name, deleted_at) values (%s, %s, %s, %s)", *row)


def live(database: Database, table: str) -> list[int]:
    return [key for (key,) in database.sql(f"select id from {table} where deleted_at is null order by id")]


async def test_an_order_goes_to_the_trash_with_its_lines_and_comes_back_with_them(
    database: Database, act: Act, ann: Actor
):
    add_orders(database, 2, 3)
    done = await act(deletion.delete, ann, ORDER, keys(1))
    assert (done.rows, done.sentence) == (1, "Order 1 and 3 line items deleted.")
    assert (live(database, '"order"'), live(database, "line_item")) == ([2], [4, 5, 6])
    moments = 'select deleted_at from "order" union select deleted_at from line_item'
    assert len(database.sql(moments)) == 2, "one moment of deletion, and NULL"
    done = await act(deletion.restore, ann, ORDER, keys(1))
    assert done.sentence == "Order 1 and 3 line items restored."
    assert (live(database, '"order"'), live(database, "line_item")) == ([1, 2], [1, 2, 3, 4, 5, 6])


async def test_a_line_that_was_deleted_earlier_stays_deleted(database: Database, act: Act, ann: Actor):
    add_orders(database, 1, 3)
    await act(deletion.delete, ann, LINE, keys(2))
    done = await act(deletion.delete, ann, ORDER, keys(1))
    assert done.along == {"public.line_item": 2}
    done = await act(deletion.restore, ann, ORDER, keys(1))
    assert done.along == {"public.line_item": 2}
    assert live(database, "line_item") == [1, 3]


async def test_a_line_does_not_come_back_before_its_order(database: Database, act: Act, ann: Actor):
    add_orders(database, 1, 2)
    await act(deletion.delete, ann, ORDER, keys(1))
    with pytest.raises(deletion.InTheWay, match=r"2 cannot come back: its order 1 is in the trash; restore that\."):
        await act(deletion.restore, ann, LINE, keys(2))


async def test_deleting_again_changes_nothing(database: Database, act: Act, ann: Actor):
    add_orders(database, 1, 1)
    await act(deletion.delete, ann, ORDER, keys(1))
    again = await act(deletion.delete, ann, ORDER, keys(1, 99))
    assert (again.rows, again.operation_id) == (0, None)
    assert database.value("select count(*) from larder.operation") == 1


async def test_of_several_deletions_at_once_one_counts(database: Database, act: Act, ann: Actor):
    add_orders(database, 50, 2)
    answers = await asyncio.gather(*(act(deletion.delete, ann, ORDER, EVERYTHING) for _ in range(6)))
    assert sorted(answer.rows for answer in answers) == [0, 0, 0, 0, 0, 50]


async def test_all_that_a_list_finds(database: Database, act: Act, ann: Actor):
    add_orders(database, 10, 2)
    of_high_key = Filter("id", "gt", "7", 7)
    done = await act(deletion.delete, ann, ORDER, Selection(query=ListQuery(filters=(of_high_key,), page=3, size=2)))
    assert done.sentence == "3 orders and 6 line items deleted."
    assert live(database, '"order"') == [1, 2, 3, 4, 5, 6, 7]
    assert (await act(deletion.restore, ann, ORDER, TRASH)).rows == 3


async def test_more_rows_than_one_act_may_touch_are_refused(
    database: Database, act: Act, ann: Actor, monkeypatch: pytest.MonkeyPatch
):
    add_orders(database, 5, 0)
    monkeypatch.setattr(selection, "MOST_ROWS", 4)
    with pytest.raises(BadRequest, match="More than 4 rows at once"):
        await act(deletion.delete, ann, ORDER, EVERYTHING)
    assert len(live(database, '"order"')) == 5


async def test_a_restore_that_would_break_a_unique_key_says_which_row_is_in_the_way(
    database: Database, act: Act, ann: Actor
):
    add_customers(database, (1, "a@x", "Ann", "2026-01-01"), (2, "b@x", "Bea", "2026-01-01"), (3, "a@x", "Cid", None))
    reason = Kept("1", "email a@x is already used by Cid (#3)", ("customer", "3"))
    with pytest.raises(deletion.InTheWay, match="Customer 1 cannot come back: email a@x is already used by Cid") as way:
        await act(deletion.restore, ann, CUSTOMER, keys(1))
    assert way.value.kept == [reason]
    done = await act(deletion.restore, ann, CUSTOMER, TRASH)
    assert (done.rows, done.kept) == (1, [reason])
    assert done.sentence == "1 customer restored. 1 kept in the trash: email a@x is already used by Cid (#3)."
    assert live(database, "customer") == [2, 3]


async def test_of_two_that_want_the_same_value_the_last_deleted_comes_back(database: Database, act: Act, ann: Actor):
    add_customers(database, (1, "a@x", "Ann", "2026-01-02"), (2, "a@x", "Bea", "2026-01-01"))
    done = await act(deletion.restore, ann, CUSTOMER, TRASH)
    assert done.rows == 1
    assert [(kept.key, kept.link) for kept in done.kept] == [("2", ("customer", "1"))]
    assert live(database, "customer") == [1]


async def test_a_table_without_a_trash_deletes_for_good_with_its_cascade(database: Database, act: Act, ann: Actor):
    database.sql("insert into author (id, name) values (1, 'A')")
    database.sql("insert into book (id, author_id, title) values (1, 1, 'T'), (2, 1, 'U')")
    database.sql("insert into review (book_id, reviewer, rating, body) select 1, 'x', 5, '' from generate_series(1, 3)")
    with pytest.raises(Conflict, match="Nothing was deleted: 2 books still refer to it"):
        await act(deletion.delete, ann, AUTHOR, keys(1))
    done = await act(deletion.delete, ann, BOOK, keys(1))
    assert (done.sentence, done.along) == ("Book 1 and 3 reviews deleted.", {"public.review": 3})
    with pytest.raises(Conflict, match="Nothing was deleted: 1 book still refers to it"):
        await act(deletion.delete, ann, AUTHOR, keys(1))
    await act(deletion.delete, ann, BOOK, keys(2))
    assert (await act(deletion.delete, ann, AUTHOR, keys(1))).rows == 1


async def test_one_row_that_cannot_go_keeps_all(database: Database, act: Act, ann: Actor):
    database.sql("insert into author (id, name) values (1, 'A'), (2, 'B')")
    database.sql("insert into book (author_id, title) values (2, 'T')")
    with pytest.raises(Conflict, match="1 book still refers to them"):
        await act(deletion.delete, ann, AUTHOR, EVERYTHING)
    assert database.value("select count(*) from author") == 2
    assert database.value("select count(*) from larder.before_image") == 0


async def test_purge_touches_the_trash_alone(database: Database, act: Act, ann: Actor):
    add_orders(database, 2, 2)
    await act(deletion.delete, ann, ORDER, keys(1))
    done = await act(deletion.purge, ann, ORDER, keys(1, 2))
    assert done.sentence == "1 order and 2 line items deleted forever."
    assert database.sql('select id from "order"') == [(2,)]
    assert (await act(deletion.purge, ann, ORDER, keys(2))).sentence == "Nothing was deleted: it is not in the trash."
    await act(deletion.delete, ann, CUSTOMER, keys(1))
    with pytest.raises(Conflict, match="1 order still refers to it"):
        await act(deletion.purge, ann, CUSTOMER, keys(1))


async def test_odd_keys_mean_their_own_row(database: Database, act: Act, ann: Actor):
    create(database)
    database.sql("insert into setting values ('a,b', '1'), ('a', '1'), ('b', '1')")
    assert (await act(deletion.delete, ann, SETTING, Selection(keys=[("a,b",)]))).sentence == "Setting a,b deleted."
    assert database.sql("select key from setting order by key") == [("a",), ("b",)]
    shelf = resource_of(Shelf)
    database.sql("insert into shelf values (1, 'x'), (1, 'y'), (2, 'x')")
    assert (await act(deletion.delete, ann, shelf, Selection(keys=[(1, "y"), (2, "x")]))).rows == 2
    assert database.sql("select room, code from shelf where deleted_at is null") == [(1, "x")]
    assert (await act(deletion.restore, ann, shelf, TRASH)).rows == 2
    assert (await act(deletion.delete, ann, shelf, Selection(query=ListQuery()))).rows == 3


async def test_ten_thousand_rows_go_in_one_transaction_and_come_back(database: Database, act: Act, ann: Actor):
    add_orders(database, 10_000, 1)
    before = database.sql('select o::text from "order" as o order by id')
    start = time.perf_counter()
    done = await act(deletion.delete, ann, ORDER, EVERYTHING)
    deleted = time.perf_counter()
    assert done.sentence == "10,000 orders and 10,000 line items deleted."
    report = await act(undo, ann, done.operation_id)
    undone = time.perf_counter()
    print(f"10,000 orders with a line each: deleted in {deleted - start:.2f} s, undone in {undone - deleted:.2f} s")
    assert (report.undone, report.whole) == (20_000, True)
    database.sql('alter table "order" disable trigger touch_updated_at')
    database.sql('update "order" set updated_at = created_at')
    assert database.sql('select o::text from "order" as o order by id') == before
    assert live(database, "line_item") == list(range(1, 10_001))
