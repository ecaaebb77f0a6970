"""Undo when the rows are not as the operation left them: nothing of others is lost, and each row gets its reason."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.errors import Conflict, NotFound
from admin.reads.selection import Selection
from admin.writes import deletion, records
from admin.writes.undo import Left, undo
from models import Author, Book, Customer, Setting
from tests.postgres import Database
from tests.strangers import resource_of
from tests.writes.conftest import Act, by_sql

pytestmark = pytest.mark.anyio

AUTHOR, BOOK, CUSTOMER, SETTING = map(resource_of, (Author, Book, Customer, Setting))
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
CID = {"email": "cid@example.org", "name": "Cid"}


def customers(database: Database, columns: str = "id, name") -> list[tuple[Any, ...]]:
    return database.sql(f"select {columns} from customer where deleted_at is null order by id")


async def test_what_somebody_changed_since_is_kept_column_by_column(
    database: Database, act: Act, ann: Actor, ben: Actor
):
    key = ((await act(records.create, ann, CUSTOMER, CID)).row.id,)
    edit = await act(records.update, ann, CUSTOMER, key, {"name": "Cid 2", "city": "Rome"})
    await act(records.update, ben, CUSTOMER, key, {"active": False})
    await act(records.update, ben, CUSTOMER, key, {"city": "Bonn"})
    report = await act(undo, ann, edit.operation_id)
    assert customers(database, "name, city, active") == [("Cid", "Bonn", False)]
    [left] = report.kept
    assert (left.table, left.key, left.partly, report.undone) == ("public.customer", str(key[0]), True, 1)
    assert left.reason.startswith("Ben changed city on ")
    assert "1 put back in part: Ben changed city" in report.sentence


async def test_an_edit_that_was_wholly_overwritten_is_kept(database: Database, act: Act, ann: Actor, ben: Actor):
    key = ((await act(records.create, ann, CUSTOMER, CID)).row.id,)
    edit = await act(records.update, ann, CUSTOMER, key, {"name": "Cid 2"})
    await act(records.update, ben, CUSTOMER, key, {"name": "Cid 3"})
    report = await act(undo, ann, edit.operation_id)
    assert (report.operation_id, report.undone, report.kept_rows) == (None, 0, 1)
    assert report.sentence.startswith(f"Nothing could be undone: {edit.sentence} 1 kept: Ben changed name on ")
    assert customers(database) == [(key[0], "Cid 3")]


async def test_a_value_that_is_as_before_already_is_left(act: Act, ann: Actor, ben: Actor):
    key = ((await act(records.create, ann, CUSTOMER, CID)).row.id,)
    edit = await act(records.update, ann, CUSTOMER, key, {"name": "Cid 2"})
    await act(records.update, ben, CUSTOMER, key, {"name": "Cid"})
    [left] = (await act(undo, ann, edit.operation_id)).kept
    assert left.reason == "it is as it was before"


async def test_changes_from_outside_count_as_changes_since(database: Database, act: Act, ann: Actor):
    key = ((await act(records.create, ann, CUSTOMER, CID)).row.id,)
    edit = await act(records.update, ann, CUSTOMER, key, {"name": "Cid 2"})
    database.sql("update customer set name = 'by psql'")
    [left] = (await act(undo, ann, edit.operation_id)).kept
    assert left.reason.startswith("somebody outside the console changed name on ")


async def test_a_new_row_that_was_changed_or_is_referred_to_is_kept(
    database: Database, act: Act, ann: Actor, ben: Actor
):
    changed, used = [await act(records.create, ann, AUTHOR, {"name": name}) for name in "AB"]
    await act(records.update, ben, AUTHOR, (changed.row.id,), {"country": "PT"})
    database.sql("insert into book (author_id, title) values (%s, 'T')", used.row.id)
    assert (await act(undo, ann, changed.operation_id)).kept[0].reason.startswith("Ben changed it on ")
    assert (await act(undo, ann, used.operation_id)).impossible[0].reason == "rows of book refer to it"
    assert database.value("select count(*) from author") == 2


async def test_one_undo_after_another_leads_back_to_the_start(database: Database, act: Act, ann: Actor, ben: Actor):
    """What was changed since and changed back is no reason to keep a new row: its history is not what it holds."""
    made = await act(records.create, ann, CUSTOMER, CID)
    edit = await act(records.update, ann, CUSTOMER, (made.row.id,), {"name": "Cid 2", "city": "Rome"})
    assert (await act(undo, ben, made.operation_id)).kept_rows == 1
    assert (await act(undo, ann, edit.operation_id)).whole
    assert (await act(undo, ann, made.operation_id)).whole
    assert customers(database) == []


async def test_a_new_row_that_is_gone_is_told(database: Database, act: Act, ann: Actor):
    saved = await act(records.create, ann, CUSTOMER, CID)
    database.sql("delete from customer")
    [left] = (await act(undo, ann, saved.operation_id)).kept
    assert left.reason.startswith("somebody outside the console deleted it on ")


async def test_an_edited_row_that_is_gone_is_told(act: Act, ann: Actor, ben: Actor):
    key = ("k",)
    await act(records.create, ann, SETTING, {"key": "k", "value": 1})
    edit = await act(records.update, ann, SETTING, key, {"value": 2})
    await act(deletion.delete, ben, SETTING, Selection(keys=[key]))
    [left] = (await act(undo, ann, edit.operation_id)).kept
    assert left.reason.startswith("Ben deleted it on ")


async def test_a_deleted_row_whose_key_or_value_or_parent_is_taken_or_gone(database: Database, act: Act, ann: Actor):
    database.sql("insert into author (id, name) values (1, 'A')")
    database.sql(
        "insert into book (id, author_id, title, isbn) values (1, 1, 'T', 'i1'), (2, 1, 'U', 'i2'), (3, 1, 'V', 'i3')"
    )
    done = await act(deletion.delete, ann, BOOK, Selection(keys=[(1,), (2,), (3,)]))
    database.sql("insert into book (id, author_id, title, isbn) values (1, 1, 'new', null), (9, 1, 'new', 'i2')")
    report = await act(undo, ann, done.operation_id)
    assert report.impossible == [
        Left("public.book", "1", "a row with this key exists again"),
        Left("public.book", "2", "isbn is used by #9 now"),
    ]
    assert report.undone == 1
    assert database.sql("select id, title from book order by id") == [(1, "new"), (3, "V"), (9, "new")]
    done = await act(deletion.delete, ann, BOOK, Selection(keys=[(3,)]))
    database.sql("delete from book")
    database.sql("delete from author")
    [left] = (await act(undo, ann, done.operation_id)).impossible
    assert left.reason == "its author 1 does not exist any more"


async def test_a_row_from_the_trash_whose_value_was_taken(database: Database, act: Act, ann: Actor):
    key = ((await act(records.create, ann, CUSTOMER, CID)).row.id,)
    done = await act(deletion.delete, ann, CUSTOMER, Selection(keys=[key]))
    other = (await act(records.create, ann, CUSTOMER, CID)).row.id
    report = await act(undo, ann, done.operation_id)
    assert report.impossible == [Left("public.customer", str(key[0]), f"email is used by #{other} now")]
    assert customers(database) == [(other, "Cid")]


async def test_a_unique_expression_is_not_told_as_sql(database: Database, act: Act, ann: Actor):
    database.sql("create unique index on author (lower(name), coalesce(country, ''))")
    saved = await act(records.create, ann, AUTHOR, {"name": "Ann"})
    done = await act(deletion.delete, ann, AUTHOR, Selection(keys=[(saved.row.id,)]))
    other = await act(records.create, ann, AUTHOR, {"name": "ANN"})
    [left] = (await act(undo, ann, done.operation_id)).impossible
    assert left.reason == f"a value that must be unique is used by #{other.row.id} now"


async def test_a_restored_row_stays_restored(act: Act, ann: Actor, ben: Actor):
    key = ((await act(records.create, ann, CUSTOMER, CID)).row.id,)
    done = await act(deletion.delete, ann, CUSTOMER, Selection(keys=[key]))
    restored = await act(deletion.restore, ben, CUSTOMER, Selection(keys=[key]))
    [left] = (await act(undo, ann, done.operation_id)).kept
    assert left.reason == "it is as it was before"
    assert (await act(undo, ann, restored.operation_id)).undone == 1


async def test_an_unforeseen_rule_refuses_its_rows_and_no_others(database: Database, act: Act, ann: Actor):
    database.sql("insert into setting select 'k' || i, to_jsonb(i) from generate_series(1, 100) as i")
    operation = await act(by_sql, ann, "delete from setting")
    database.sql("alter table setting add check (value not in ('7', '42'))")
    report = await act(undo, ann, operation)
    assert (report.undone, report.impossible_rows) == (98, 2)
    assert {left.reason for left in report.impossible} == {"a rule of this table does not allow these values"}
    assert database.value("select count(*) from setting") == 98


async def test_when_nearly_all_are_refused_nothing_is_done(database: Database, act: Act, ann: Actor):
    database.sql("insert into setting select 'k' || i, to_jsonb(i) from generate_series(1, 500) as i")
    operation = await act(by_sql, ann, "delete from setting")
    database.sql("alter table setting add check (value = '1')")
    with pytest.raises(Conflict, match="too many rows cannot be put back"):
        await act(undo, ann, operation)
    assert database.value("select count(*) from setting") == 0


async def test_an_undo_waits_for_an_edit_that_is_under_way(database: Database, act: Act, ann: Actor, ben: Actor):
    key = ((await act(records.create, ann, CUSTOMER, CID)).row.id,)
    edit = await act(records.update, ann, CUSTOMER, key, {"name": "Cid 2"})

    async def slow(session: AsyncSession, actor: Actor) -> None:
        await records.update(session, actor, CUSTOMER, key, {"name": "Cid 3"})
        undoing = asyncio.ensure_future(act(undo, ann, edit.operation_id))
        while not database.value(WAITING):
            assert not undoing.done()
            await asyncio.sleep(0.01)
        waiting.append(undoing)

    waiting: list[Any] = []
    await act(slow, ben)
    report = await waiting[0]
    assert report.undone == 0
    assert report.kept[0].reason.startswith("Ben changed name")
    assert customers(database) == [(key[0], "Cid 3")]


async def test_what_is_not_kept_any_more_cannot_be_undone(database: Database, act: Act, ann: Actor):
    saved = await act(records.create, ann, CUSTOMER, CID)
    database.sql("delete from larder.inserted_keys")
    with pytest.raises(Conflict, match="too long ago"):
        await act(undo, ann, saved.operation_id)
    with pytest.raises(NotFound):
        await act(undo, ann, 9999)


async def test_columns_and_tables_that_are_gone_since(database: Database, act: Act, ann: Actor):
    database.sql("insert into setting values ('a', '1')")
    database.sql("create table extra (id int primary key)")
    database.sql("grant all on extra to larder_app; select larder.track('extra')")
    database.sql("alter table setting add note text, add other text default 'x'")
    operation = await act(by_sql, ann, "insert into extra values (1)", "update setting set value = '2', note = 'n'")
    database.sql("drop table extra")
    database.sql("alter table setting drop note, add newer text default 'new'")
    report = await act(undo, ann, operation)
    assert [left.reason for left in report.impossible] == ["its table is not there any more"]
    assert database.sql("select * from setting") == [("a", 1, "x", "new")]
    done = await act(deletion.delete, ann, SETTING, Selection(keys=[("a",)]))
    database.sql("alter table setting add latest text default 'late'")
    await act(undo, ann, done.operation_id)
    assert database.sql("select * from setting") == [("a", 1, "x", "new", "late")]


async def test_a_rule_that_silently_skips_a_row_fails_the_undo(database: Database, act: Act, ann: Actor):
    database.sql("insert into setting values ('a', '1'), ('b', '2')")
    operation = await act(by_sql, ann, "delete from setting")
    database.sql("""
        create function skip() returns trigger language plpgsql as 'begin return null; end';
        create trigger skip before insert on setting for each row when (new.key = 'b') execute function skip()
    """)
    with pytest.raises(Conflict, match="held rows back"):
        await act(undo, ann, operation)
    assert database.value("select count(*) from setting") == 0
