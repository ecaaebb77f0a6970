"""The triggers: what they keep is exact, nothing that changes rows can forget it, the application cannot touch it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.traits import SECRET
from admin.writes.undo import undo
from tests.postgres import Database
from tests.writes import zoo
from tests.writes.conftest import Act, by_sql

pytestmark = pytest.mark.anyio


def images(database: Database) -> list[tuple[Any, ...]]:
    return database.sql("select kind, key, new_key, before from larder.before_image order by id")


@pytest.mark.parametrize("change", [zoo.CHANGE_ALL, "delete from zoo"])
async def test_every_type_comes_back_to_the_byte(database: Database, act: Act, ann: Actor, change: str):
    zoo.create(database)
    before = zoo.truth(database)
    operation = await act(by_sql, ann, change)
    assert not set(zoo.truth(database)) & set(before)
    report = await act(undo, ann, operation)
    assert (report.undone, report.whole) == (3, True)
    assert zoo.truth(database) == before
    again = await act(undo, ann, report.operation_id)
    assert again.undone == 3
    assert not set(zoo.truth(database)) & set(before)


async def test_settings_of_a_session_do_not_reach_the_images(database: Database, act: Act, ann: Actor):
    zoo.create(database)
    before = zoo.truth(database)
    odd = [
        f"set local {setting}"
        for setting in (
            "timezone = 'Asia/Kathmandu'",
            "datestyle = 'German'",
            "intervalstyle = 'sql_standard'",
            "extra_float_digits = -5",
            "bytea_output = 'escape'",
        )
    ]
    operation = await act(by_sql, ann, *odd, "delete from zoo")
    assert (await act(undo, ann, operation)).whole
    assert zoo.truth(database) == before


async def test_an_update_that_changes_nothing_keeps_nothing(database: Database):
    zoo.create(database)
    database.sql("update zoo set n = n, j = j, arr = arr, words = words, jb = jb")
    assert images(database) == []
    database.sql("update zoo set n = 1.1 where n = 1.10")
    assert [(kind, before["n"]) for kind, _, _, before in images(database)] == [("U", "1.10")]


async def test_a_key_that_changes_is_kept_with_the_new_one_and_put_back(database: Database, act: Act, ann: Actor):
    zoo.create(database)
    before = zoo.truth(database)
    operation = await act(by_sql, ann, """update zoo set k = k || '!', "a b" = 7, n = 5""")
    assert images(database)[0][1:3] == (["x,\\y", "1"], ["x,\\y!", "7"])
    assert (await act(undo, ann, operation)).undone == 3
    assert zoo.truth(database) == before


def test_changes_from_outside_are_kept_with_the_role_that_made_them(database: Database):
    database.sql("insert into setting values ('a', '1'), ('b', 'null')")
    database.sql("update setting set value = '2'")
    database.sql("delete from setting")
    query = "select operation_id, database_role, table_name, kind, key, before from larder.before_image order by id"
    outside = (None, "postgres", "public.setting")
    assert database.sql(query) == [
        (*outside, "U", ["a"], {"key": "a", "value": "1"}),
        (*outside, "U", ["b"], {"key": "b", "value": "null"}),
        (*outside, "D", ["a"], {"key": "a", "value": "2"}),
        (*outside, "D", ["b"], {"key": "b", "value": "2"}),
    ]
    assert database.sql("select operation_id, table_name, keys from larder.inserted_keys") == [
        (None, "public.setting", [["a"], ["b"]])
    ]


def test_many_inserted_keys_are_kept_a_hundred_in_a_row(database: Database):
    database.sql("insert into setting select 'k' || i, '1' from generate_series(1, 250) as i")
    sizes = database.sql("select jsonb_array_length(keys) from larder.inserted_keys order by id")
    assert sorted(size for (size,) in sizes) == [50, 100, 100]
    assert (
        database.value("select count(distinct key) from larder.inserted_keys, jsonb_array_elements(keys) as key") == 250
    )
    unnamed = """
        select count(*) from larder.inserted_keys cross join jsonb_array_elements(keys) as key
        where larder.key_prefix(array(select jsonb_array_elements_text(key))) <> all (prefixes)"""
    assert database.value(unnamed) == 0
    # The first batch: k1 to k99 begin with nothing but k or less, k100 with k1.
    assert sorted(database.value("select prefixes from larder.inserted_keys order by id limit 1")) == ["", "k", "k1"]


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        (["7"], ""),
        (["1234567"], "12345"),
        (["-1234"], "-12"),
        (["0192f0a1-b2c3-7def-8123-456789abcdef"], "0192f0a1-b2c3"),
        (["12", "345"], "12,3"),
        (["", ""], ""),
    ],
)
def test_what_a_key_begins_with(database: Database, key: list[str], prefix: str):
    assert database.sql("select larder.key_prefix(%s)", key) == [(prefix,)]


def test_cascades_and_generated_columns(database: Database):
    database.sql("insert into author (id, name) values (1, 'Ann')")
    database.sql("insert into book (id, author_id, title) values (1, 1, 'Sea')")
    database.sql("insert into review (book_id, reviewer, rating, body) values (1, 'x', 5, '')")
    database.sql("delete from book")
    kept = database.sql("select table_name, before ? 'search' from larder.before_image order by table_name")
    assert kept == [("public.book", False), ("public.review", False)]


def test_a_column_that_is_added_later_is_kept(database: Database):
    database.sql("insert into setting values ('a', '1')")
    database.sql("alter table setting add column note text default 'x'")
    database.sql("delete from setting")
    assert images(database)[0][3] == {"key": "a", "value": "1", "note": "x"}


def test_truncate_is_refused_with_a_remedy(database: Database):
    database.sql("insert into setting values ('a', '1')")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=r"untrack\('public.setting'\)"):
        database.sql("truncate setting")
    database.sql("select larder.untrack('setting')")
    database.sql("truncate setting")
    assert images(database) == []


def test_a_table_without_a_primary_key_cannot_be_tracked(database: Database):
    database.sql("create table keyless (a int)")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="keyless has no primary key"):
        database.sql("select larder.track('keyless')")


IMAGE_LATER = """
    insert into larder.before_image (at, table_name, kind, key, before)
    values (now() + cast(%s as interval), '', 'U', '[]', '{}')
"""
PARTITIONS = "select count(*) from pg_class where relnamespace = 'larder_log'::regnamespace and relkind = 'r'"


def test_months_are_made_ahead_and_no_month_is_ever_missing(database: Database):
    assert database.value(PARTITIONS) == 2 * (1 + 4)
    database.sql(IMAGE_LATER, "5 months")
    assert database.value("select count(*) from larder_log.before_image_default") == 1
    database.sql("select larder.make_months(6)")
    assert database.value(PARTITIONS) == 2 * (1 + 7) - 1
    database.sql(IMAGE_LATER, "6 months")
    assert database.value("select count(*) from larder_log.before_image_default") == 1
    assert database.value("select count(*) from larder.before_image") == 2


TAMPERING = (
    "update larder.operation set sentence = 'nothing'",
    "delete from larder.operation",
    "truncate larder.operation",
    "insert into larder.before_image (table_name, kind, key, before) values ('public.book', 'U', '[]', '{}')",
    "update larder.before_image set before = '{}'",
    "delete from larder.before_image",
    "insert into larder.inserted_keys (table_name, keys) values ('public.book', '[]')",
    "delete from larder.inserted_keys",
    "delete from larder_log.before_image_default",
    "drop table larder.before_image",
    "alter table setting disable trigger larder_keep_updated",
    "alter table setting disable trigger all",
    "drop trigger larder_keep_updated on setting",
    "select larder.untrack('setting')",
    "set session_replication_role = 'replica'",
    "truncate setting",
    """create trigger fake after delete on larder_staging.mine referencing old table as rows_before
       for each statement execute function larder.keep_deleted()""",
    "create or replace function larder.keep_deleted() returns trigger language plpgsql as 'begin end'",
)  # fmt: skip


@pytest.mark.parametrize("statement", TAMPERING)
async def test_the_application_cannot_tamper(session: AsyncSession, statement: str):
    await session.execute(text("create table larder_staging.mine (a int primary key)"))
    with pytest.raises(DBAPIError) as refused:
        await session.execute(text(statement))
    assert refused.value.orig.sqlstate == "42501"


# -- secrets ----------------------------------------------------------------------------------------------------------

VAULT = """
    create table vault (id int primary key, name text, password text{}, api_key text);
    select larder.track('vault');
    grant all on vault to larder_app;
    insert into vault values (1, 'a', 'hunter2', 'k-1'), (2, 'b', 'tr0ub4dor', 'k-2'), (3, 'c', 's3same', null)
"""


def test_the_database_and_the_program_know_the_same_secrets(database: Database):
    names = ["password", "Passwd", "client_secret", "token_id", "sha_hash", "hash", "apikey", "api_key", "private_key",
             "hashed", "key", "name", "hash_of", "public_key"]  # fmt: skip
    found = database.sql("select name, larder.is_secret(name) from unnest(%s::text[]) as name", names)
    assert found == [(name, bool(SECRET.search(name))) for name in names]
    assert [name for name, secret in found if not secret] == ["hashed", "key", "name", "hash_of", "public_key"]


async def test_no_record_ever_holds_a_secret(database: Database, act: Act, ann: Actor):
    database.sql(VAULT.format(""))
    await act(by_sql, ann, "update vault set password = 'x', name = 'z' where id = 1", "update vault set name = 'y'")
    await act(by_sql, ann, "delete from vault where id = 2")
    held = database.sql("select before from larder.before_image order by id")
    first, *others = [before for (before,) in held]
    assert first == {"id": "1", "name": "a", "password": "•••"}
    assert {tuple(before) for before in others} == {("id", "name")}
    assert "tr0ub4dor" not in str(held) + str(database.sql("select * from larder.inserted_keys"))
    assert "hunter2" not in str(held)


async def test_undo_puts_back_what_is_no_secret(database: Database, act: Act, ann: Actor):
    database.sql(VAULT.format(""))
    number = await act(
        by_sql, ann, "update vault set password = 'x' where id < 3", "update vault set name = 'z' where id > 1"
    )
    report = await act(undo, ann, number)
    assert database.sql("select id, name, password from vault order by id") == [
        (1, "a", "x"), (2, "b", "x"), (3, "c", "s3same"),
    ]  # fmt: skip
    assert [(left.key, left.reason) for left in report.impossible] == [
        ("1", "no record holds a secret (password and api key)")
    ]
    assert "Secrets stay as they are now" in report.sentence


@pytest.mark.parametrize(("rule", "back"), [("", 1), (" not null default '!'", 1), (" not null", 0)])
async def test_a_removed_row_comes_back_without_its_secret_or_not_at_all(
    database: Database, act: Act, ann: Actor, rule: str, back: int
):
    database.sql(VAULT.format(rule))
    report = await act(undo, ann, await act(by_sql, ann, "delete from vault where id = 1"))
    assert (report.undone, report.impossible_rows) == (back, 1 - back)
    assert database.value("select count(*) from vault where password = 'hunter2'") == 0
    assert database.value("select count(*) from vault") == 2 + back
