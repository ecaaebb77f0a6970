"""`check` on databases with something wrong: one sentence for each, and nothing said about a good one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from admin import diagnosis
from tests.postgres import Database


def _problems(database: Database, role: str = "larder_app") -> list[str]:
    engine = sa.create_engine(database.owner_url)
    with engine.connect() as connection:
        found = diagnosis.problems(connection, role)
    engine.dispose()
    return found


def test_a_good_database_has_no_problems(database: Database) -> None:
    assert _problems(database) == []


def test_one_role_for_everything_is_allowed(database: Database) -> None:
    assert _problems(database, "larder_owner") == []


@pytest.mark.parametrize(
    ("breakage", "sentence"),
    [
        ("update alembic_version set version_num = 'cookbook'", "is at revision cookbook"),
        ("drop table alembic_version", "was never migrated"),
        ("alter table author drop column country", "Column author.country is missing in the database"),
        ("alter table author add column nickname text", "Column author.nickname is in the database and in no model"),
        ("drop index author_created_at", "Index author_created_at is missing in the database"),
        ("alter table author alter column name drop not null", "differs between the database and its model"),
        (
            "update pg_index set indisvalid = false where indexrelid = 'author_created_at'::regclass",
            "reindex index concurrently author_created_at",
        ),
        ("grant update on larder.operation to larder_app", "larder_app may update larder.operation"),
        ("grant delete on larder.before_image to larder_app", "larder_app may delete larder.before_image"),
    ],
)
def test_what_is_wrong_is_said(database: Database, breakage: str, sentence: str) -> None:
    database.sql(breakage)
    (problem,) = _problems(database)
    assert sentence in problem


def test_a_superuser_is_no_role_for_the_application(database: Database) -> None:
    assert "a superuser" in _problems(database, "postgres")[0]


def test_a_unique_index_that_sees_the_trash_is_warned_of(database: Database) -> None:
    database.sql("create unique index twice on customer (name); create unique index fine on author (name)")
    found = _problems(database)
    assert [line for line in found if "sees rows in the trash of customer" in line] == [found[-1]]


def test_a_table_whose_history_is_not_kept_is_named(database: Database) -> None:
    database.sql("select larder.untrack('\"order\"')")
    database.sql("alter table book disable trigger larder_keep_updated")
    engine = sa.create_engine(database.owner_url)
    with engine.connect() as connection:
        found = diagnosis.problems(connection, "larder_app", ['"order"', "book", "author"])
    engine.dispose()
    assert [line.split(" is not kept")[0] for line in found] == ['The history of "order"', "The history of book"]
