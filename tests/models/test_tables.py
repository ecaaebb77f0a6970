"""The rules of the tables hold in the database itself, against any program that writes to it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from models import Base, Book, Setting, User
from tests.postgres import Database


@pytest.fixture
def filled(database: Database) -> Database:
    """One row of each table that belongs to another."""
    for statement in (
        "insert into author (name) values ('Ursula')",
        "insert into book (author_id, title, isbn) values (1, 'It', '9780000000000')",
        "insert into review (book_id, reviewer, rating, body) values (1, 'Ann', 5, '')",
        """insert into "user" (email, name) values ('ann@example.org', 'Ann')""",
        "insert into api_key (user_id, label) values (1, 'Laptop')",
        "insert into document (owner_id, title, body) values (1, 'Plan', 'We plan.')",
        "insert into customer (email, name) values ('bob@example.org', 'Bob')",
        "insert into invoice (number, customer_id, amount) values ('INV-1', 1, 9.99)",
        "insert into inventory_item (sku, name, quantity) values ('LMP-1', 'Lamp', 3)",
        """insert into "order" (customer_id) values (1)""",
        "insert into line_item (order_id, sku, qty, unit_price) values (1, 'LMP-1', 2, 5)",
    ):
        database.sql(statement)
    return database


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_outside_its_scale_is_refused(rating: int, filled: Database) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        filled.sql("update review set rating = %s", rating)
    assert refused.value.diag.constraint_name == "review_rating_check"


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("update inventory_item set quantity = -1", "inventory_item_quantity_check"),
        ("update line_item set qty = 0", "line_item_qty_check"),
    ],
)
def test_a_quantity_below_its_least_is_refused(statement: str, constraint: str, filled: Database) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        filled.sql(statement)
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("insert into author (name) values ('Ursula')", "author_name_key"),
        ("insert into book (author_id, title, isbn) values (1, 'Again', '9780000000000')", "book_isbn_key"),
        ("insert into inventory_item (sku, name) values ('LMP-1', 'Other')", "inventory_item_sku_key"),
    ],
)
def test_what_is_unique_is_unique(statement: str, constraint: str, filled: Database) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        filled.sql(statement)
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("parent", "child"),
    [("author", "book"), ("customer", "invoice"), ("customer", "order"), ("inventory_item", "line_item")],
)
def test_a_parent_that_is_needed_cannot_go(parent: str, child: str, filled: Database) -> None:
    others = {"customer": {"invoice": '"order"', "order": "invoice"}}.get(parent, {})
    if child in others:
        filled.sql(f"delete from {others[child]}")
    with pytest.raises(psycopg.IntegrityError):
        filled.sql(f"delete from {parent}")
    assert filled.value(f'select count(*) from "{child}"') == 1


def test_children_that_belong_to_a_parent_go_with_it(filled: Database) -> None:
    for parent, child in (("book", "review"), ('"user"', "api_key"), ('"order"', "line_item")):
        filled.sql(f"delete from {parent}")
        assert filled.value(f"select count(*) from {child}") == 0


def test_a_document_outlives_its_owner(filled: Database) -> None:
    filled.sql('delete from "user"')
    assert filled.sql("select owner_id, title from document") == [(None, "Plan")]


def test_a_renamed_sku_takes_its_lines_along(filled: Database) -> None:
    filled.sql("update inventory_item set sku = 'LMP-2'")
    assert filled.value("select sku from line_item") == "LMP-2"


@pytest.mark.parametrize("kind", ["user_role", "document_status", "invoice_status", "order_status"])
def test_enums_hold_the_values_of_the_models(kind: str, database: Database) -> None:
    labels = database.sql("select enumlabel from pg_enum where enumtypid = %s::regtype order by enumsortorder", kind)
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    (declared,) = [c.type for c in columns if isinstance(c.type, sa.Enum) and c.type.name == kind]
    assert [label for (label,) in labels] == list(declared.enums)


@pytest.mark.parametrize(
    ("query", "found"),
    [("prostate", 1), ("budgets", 1), ("the", 0), ("zeppelin", 0)],
)
def test_a_document_is_found_by_the_stems_of_its_words(query: str, found: int, database: Database) -> None:
    database.sql("insert into document (title, body) values ('On prostates', 'The budget of the clinic')")
    matching = "select count(*) from document where search @@ websearch_to_tsquery('english', %s)"
    assert database.value(matching, query) == found


def test_a_word_of_the_title_weighs_more_than_one_of_the_body(database: Database) -> None:
    database.sql("insert into document (title, body) values ('Plan', 'A harbour'), ('Harbour', 'A plan')")
    ranked = database.sql(
        "select title from document, websearch_to_tsquery('english', 'harbour') as query"
        " where search @@ query order by ts_rank(search, query) desc"
    )
    assert ranked == [("Harbour",), ("Plan",)]


def test_a_book_whose_title_is_a_stop_word_is_found(filled: Database) -> None:
    assert filled.value("select count(*) from book where search @@ websearch_to_tsquery('simple', 'it')") == 1


def test_a_text_too_long_for_its_index_is_saved_all_the_same(database: Database) -> None:
    database.sql("insert into document (title, body) select 'Log', string_agg(md5(n::text), ' ') from"
                 " generate_series(1, 60000) as n")  # fmt: skip
    assert database.value("select length(body) from document") > 1_900_000


@pytest.mark.parametrize(
    ("row", "label"),
    [
        (Book(title="It"), "It"),
        (User(name="Ann"), "Ann"),
        (Setting(key="site.name"), "site.name"),
    ],
)
def test_a_row_is_called_by_its_label(row: Any, label: str) -> None:
    assert str(row) == label


def test_every_table_has_a_label_of_its_own() -> None:
    for mapper in Base.registry.mappers:
        assert "__str__" in vars(mapper.class_), mapper.class_
