"""The lines of an order move the stock, on every way a line can be changed."""

from __future__ import annotations

import psycopg
import pytest

from tests.postgres import Database

ORDER = 'insert into "order" (customer_id) values (1)'


@pytest.fixture
def shop(database: Database) -> Database:
    database.sql("insert into customer (email, name) values ('a@x.org', 'Ann')")
    database.sql("insert into inventory_item (sku, name, quantity) values ('A', 'Lamp', 10), ('B', 'Bulb', 5)")
    database.sql(f"{ORDER}; {ORDER}")
    return database


def stock(database: Database) -> dict[str, int]:
    return dict(database.sql("select sku, quantity from inventory_item"))


def test_every_way_of_changing_a_line_moves_the_stock(shop: Database):
    lines = "insert into line_item (order_id, sku, qty, unit_price) values"
    for change, a, b in (
        (f"{lines} (1, 'A', 3, 1), (1, 'A', 1, 1), (1, 'B', 5, 1)", 6, 0),
        ("update line_item set qty = 1 where sku = 'B'", 6, 4),
        ("update line_item set qty = qty + 1, unit_price = 9", 4, 3),
        ("update line_item set unit_price = 2, position = position + 1", 4, 3),
        ("update line_item set sku = 'B' where id = 2", 6, 1),
        ("update line_item set deleted_at = now() where id = 1", 10, 1),
        ("update line_item set qty = 9 where id = 1", 10, 1),
        ("update line_item set qty = 4, deleted_at = null where id = 1", 6, 1),
        ("insert into line_item (order_id, sku, qty, unit_price, deleted_at) values (1, 'A', 99, 1, now())", 6, 1),
        ("delete from line_item where deleted_at is not null", 6, 1),
        ('delete from "order"', 10, 5),
    ):
        shop.sql(change)
        assert stock(shop) == {"A": a, "B": b}, change


def test_what_is_not_there_cannot_be_taken(shop: Database):
    with pytest.raises(psycopg.errors.RaiseException, match="Only 5 of B left in stock: 6 more cannot be taken"):
        shop.sql("insert into line_item (order_id, sku, qty, unit_price) values (1, 'A', 1, 1), (1, 'B', 6, 1)")
    assert stock(shop) == {"A": 10, "B": 5}


def test_a_renamed_item_takes_its_lines_along_and_nothing_out_of_stock(shop: Database):
    shop.sql("insert into line_item (order_id, sku, qty, unit_price) values (1, 'A', 3, 1)")
    shop.sql("update inventory_item set sku = 'Z' where sku = 'A'")
    assert stock(shop) == {"Z": 7, "B": 5}
    shop.sql("update line_item set qty = 1")
    assert stock(shop) == {"Z": 9, "B": 5}
