"""updated_at is true whoever changes a row, and however many at once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from models import Author, Base, Document
from models.recipes.timestamps import Timestamps
from tests.postgres import Database

STAMPED = sorted(
    (mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, Timestamps)),
    key=str,
)
"""In an order of their own: every process of a run has to find the same tests."""


@pytest.fixture
def authors(database: Database) -> Database:
    database.sql(
        "insert into author (name, created_at, updated_at)"
        " select 'Author ' || n, '2020-01-01', '2020-01-01' from generate_series(1, 3) as n"
    )
    return database


def stale(database: Database, table: str = "author") -> int:
    return int(database.value(f"select count(*) from {table} where updated_at = '2020-01-01'"))


def test_raw_sql_moves_it(authors: Database) -> None:
    authors.sql("update author set country = 'Peru' where name = 'Author 1'")
    assert stale(authors) == 2


def test_a_bulk_update_moves_it(authors: Database) -> None:
    authors.sql("update author set country = 'Peru'")
    assert stale(authors) == 0


def test_an_update_that_changes_nothing_leaves_it(authors: Database) -> None:
    authors.sql("update author set name = name")
    assert stale(authors) == 3


def test_it_cannot_be_set_by_hand(authors: Database) -> None:
    authors.sql("update author set updated_at = '2030-01-01' where name = 'Author 1'")
    assert authors.value("select count(*) from author where updated_at > now()") == 0


def test_a_generated_column_does_not_hide_a_change(database: Database) -> None:
    database.sql("insert into document (title, body, updated_at) values ('a', 'b', '2020-01-01')")
    database.sql("update document set body = body")
    assert stale(database, "document") == 1
    database.sql("update document set body = 'c'")
    assert stale(database, "document") == 0


@pytest.mark.parametrize("table", STAMPED, ids=lambda table: str(table.name))
def test_every_column_counts_as_a_change(table: sa.Table, database: Database) -> None:
    """A table with a generated column lists the others in its trigger; one that was forgotten would go unnoticed."""
    definition = database.value(
        "select pg_get_triggerdef(oid) from pg_trigger where tgrelid = %s::regclass and tgname = 'touch_updated_at'",
        f'"{table.name}"',
    )
    if any(column.computed is not None for column in table.columns):
        for column in table.columns:
            assert (f"new.{column.name}" in definition.lower()) == (column.computed is None), column.name
    else:
        assert "old.* IS DISTINCT FROM new.*" in definition


@pytest.mark.anyio
async def test_the_session_knows_what_the_trigger_wrote(session: AsyncSession, authors: Database) -> None:
    author = (await session.scalars(sa.select(Author).where(Author.name == "Author 2"))).one()
    author.country = "Peru"
    await session.flush()
    assert author.updated_at.year > 2020
    assert author.created_at.year == 2020


@pytest.mark.anyio
async def test_the_defaults_of_the_database_are_there_after_the_insert(session: AsyncSession) -> None:
    document = Document(title="Plan", body="")
    session.add(document)
    await session.flush()
    assert document.status == "draft"
    assert document.created_at == document.updated_at
