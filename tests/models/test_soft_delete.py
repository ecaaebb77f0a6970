"""What is in the trash holds no email and no number; what comes back out of it may find them taken."""

from __future__ import annotations

import psycopg
import pytest

from tests.postgres import Database

INSERTS = {
    "user": """insert into "user" (email, name) values ('ann@example.org', 'Ann')""",
    "customer": "insert into customer (email, name) values ('ann@example.org', 'Ann')",
    "invoice": "insert into invoice (number, customer_id, amount) values ('INV-1', 1, 5)",
}


@pytest.fixture
def shop(database: Database) -> Database:
    database.sql("insert into customer (email, name) values ('bob@example.org', 'Bob')")
    return database


@pytest.mark.parametrize("table", INSERTS)
def test_two_live_rows_cannot_share_it(table: str, shop: Database) -> None:
    shop.sql(INSERTS[table])
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        shop.sql(INSERTS[table])
    column = "number" if table == "invoice" else "email"
    assert refused.value.diag.constraint_name == f"{table}_live_{column}"


@pytest.mark.parametrize("table", INSERTS)
def test_it_is_free_again_once_its_row_is_in_the_trash(table: str, shop: Database) -> None:
    for _ in range(3):
        shop.sql(INSERTS[table])
        shop.sql(f'update "{table}" set deleted_at = now() where deleted_at is null and id > 1')
        shop.sql(f'update "{table}" set deleted_at = now() where deleted_at is null')
    assert shop.value(f'select count(*) from "{table}" where deleted_at is not null') >= 3


@pytest.mark.parametrize("table", INSERTS)
def test_a_restore_may_find_it_taken(table: str, shop: Database) -> None:
    shop.sql(INSERTS[table])
    shop.sql(f'update "{table}" set deleted_at = now()')
    shop.sql(INSERTS[table])
    with pytest.raises(psycopg.errors.UniqueViolation):
        shop.sql(f'update "{table}" set deleted_at = null where deleted_at is not null')


def test_on_conflict_finds_the_partial_index_when_it_repeats_its_where(database: Database) -> None:
    upsert = "insert into customer (email, name) values ('ann@example.org', %s) on conflict (email)"
    with pytest.raises(psycopg.errors.InvalidColumnReference):
        database.sql(f"{upsert} do update set name = excluded.name", "Ann")
    for name in ("Ann", "Anna"):
        database.sql(f"{upsert} where deleted_at is null do update set name = excluded.name", name)
    assert database.sql("select name from customer") == [("Anna",)]
