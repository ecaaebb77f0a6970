"""Migrations as they run at a start: many processes at once, old servers, and what the application may do after."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql as compose

from admin import schema
from admin.embedded import EmbeddedPostgres
from tests.postgres import Database

MIGRATE = "import sys; from admin import schema; print(schema.migrate(sys.argv[1], 'larder_app'))"

_numbers = count(1)


@pytest.fixture
def empty(server: EmbeddedPostgres) -> Iterator[Database]:
    """A database that was never migrated."""
    made = Database(server, f"empty_{next(_numbers)}")
    postgres = Database(server, "postgres")
    postgres.sql(compose.SQL("create database {} owner larder_owner").format(compose.Identifier(made.name)))
    yield made
    made.close()
    postgres.sql(compose.SQL("drop database {} with (force)").format(compose.Identifier(made.name)))
    postgres.close()


def as_app(database: Database, statement: str) -> None:
    with psycopg.connect(database.app_url.replace("+psycopg", "")) as connection:
        connection.execute(statement)


def test_five_processes_migrate_at_once(empty: Database) -> None:
    command = [sys.executable, "-c", MIGRATE, empty.owner_url]
    started = [
        subprocess.Popen(command, cwd=schema.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    results = [(*process.communicate(timeout=60), process.returncode) for process in started]

    assert [code for _, _, code in results] == [0] * 5, results
    assert {out.strip() for out, _, _ in results} == {schema.head_revision()}
    assert empty.sql("select version_num from alembic_version") == [(schema.head_revision(),)]


def test_migrating_again_changes_nothing(database: Database) -> None:
    tables = "select oid, relname from pg_class where relkind in ('r', 'i', 'S') order by oid"
    before = database.sql(tables)
    assert schema.migrate(database.owner_url, "larder_app") == schema.head_revision()
    assert database.sql(tables) == before


def test_a_failed_migration_leaves_nothing_behind(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("pulled the plug")

    monkeypatch.setattr(schema.grants, "grant", fail)
    with pytest.raises(RuntimeError):
        schema.migrate(empty.owner_url, "larder_app")
    assert empty.value("select count(*) from pg_class where relnamespace = 'public'::regnamespace") == 0


def test_an_older_server_is_refused_in_one_sentence(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "server_major", lambda _: 15)
    with pytest.raises(schema.SchemaError) as refused:
        schema.migrate(empty.owner_url, "larder_app")
    assert str(refused.value) == "Larder needs PostgreSQL 16 or newer; this server is PostgreSQL 15."
    assert empty.value("select to_regclass('author')") is None


def test_the_version_is_asked_of_the_server(server: EmbeddedPostgres, database: Database) -> None:
    engine = sa.create_engine(database.app_url)
    with engine.connect() as connection:
        assert schema.server_major(connection) == server.binaries.major
        schema.require_supported(connection)
    engine.dispose()


def test_a_schema_from_the_future_is_left_alone(database: Database) -> None:
    database.sql("update alembic_version set version_num = 'from_the_future'")
    with pytest.raises(schema.SchemaError, match="newer Larder"):
        schema.migrate(database.owner_url, "larder_app")


def test_a_locked_table_makes_the_migration_give_way_and_try_again(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is held until the first attempt has given up, and is gone at the second."""
    monkeypatch.setattr(schema, "PAUSE", 0)
    attempts = []
    grant = schema.grants.grant
    holder = psycopg.connect(empty.superuser_url.replace("+psycopg", ""))
    holder.execute("create table in_use (id int)")
    holder.execute("alter table in_use owner to larder_owner")
    holder.commit()
    holder.execute("lock table in_use")

    def grant_after_lock(connection: sa.Connection, role: str) -> None:
        attempts.append(role)
        if len(attempts) == 2:
            holder.rollback()
        connection.execute(sa.text("set local lock_timeout = '50ms'"))
        connection.execute(sa.text("lock table in_use"))
        grant(connection, role)

    monkeypatch.setattr(schema.grants, "grant", grant_after_lock)
    try:
        assert schema.migrate(empty.owner_url, "larder_app") == schema.head_revision()
    finally:
        holder.close()
    assert len(attempts) == 2


def test_a_table_locked_for_good_ends_in_a_sentence(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "PAUSE", 0)

    def never(connection: sa.Connection, _: str) -> None:
        connection.execute(sa.text("set local lock_timeout = '1ms'"))
        connection.execute(sa.text("select pg_advisory_xact_lock(1)"))

    monkeypatch.setattr(schema.grants, "grant", never)
    with psycopg.connect(empty.superuser_url.replace("+psycopg", "")) as holder:
        holder.execute("select pg_advisory_xact_lock(1)")
        with pytest.raises(schema.SchemaError, match="stayed locked"):
            schema.migrate(empty.owner_url, "larder_app")


def test_whether_the_database_is_current(database: Database, empty: Database) -> None:
    answers = []
    for one in (database, empty):
        engine = sa.create_engine(one.app_url)
        with engine.connect() as connection:
            answers.append((schema.current_revision(connection), schema.is_current(connection)))
        engine.dispose()
    assert answers == [(schema.head_revision(), True), (None, False)]


def test_the_role_of_a_url() -> None:
    assert schema.role_of("postgresql+psycopg://ann:secret@/larder") == "ann"
    with pytest.raises(schema.SchemaError, match="names no role"):
        schema.role_of("postgresql+psycopg:///larder")


def test_neither_role_is_a_superuser(database: Database) -> None:
    roles = "select rolname, rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname like 'larder%' order by 1"
    assert database.sql(roles) == [("larder_app", False, False, False), ("larder_owner", False, False, False)]


def test_the_application_owns_nothing(database: Database) -> None:
    assert database.sql("select relname from pg_class where relowner = 'larder_app'::regrole") == []


@pytest.mark.parametrize(
    "statement",
    [
        "create table public.mine (id int)",
        "create schema mine",
        "drop table author",
        "alter table author add column mine int",
        "alter table author disable trigger all",
        "truncate author",
        "update alembic_version set version_num = ''",
        "delete from alembic_version",
    ],
)
def test_the_application_cannot(database: Database, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_app(database, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into author (name) values ('Ann Lee')",
        "update author set name = 'Ann Lee'",
        "delete from author",
        "create table larder_staging.import_1 (line int)",
        "select version_num from alembic_version",
    ],
)
def test_the_application_can(database: Database, statement: str) -> None:
    as_app(database, statement)
