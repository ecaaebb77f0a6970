"""One action, one record: written with the change or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.writes.operations import ForgottenChange, recorded
from tests.postgres import Database
from tests.writes.conftest import Act

pytestmark = pytest.mark.anyio

ADD = text("insert into setting values ('a', '1')")


async def test_a_change_is_recorded_with_who_did_it(database: Database, session: AsyncSession, ann: Actor):
    async with session.begin(), recorded(session, ann, "create", "setting", source="command") as operation:
        await session.execute(ADD)
        assert await operation.changes() == {("public.setting", "I"): 1}
        operation.rows, operation.sentence, operation.detail = 1, "Setting a created.", {"key": "a"}
    query = "select id, person_id, person_name, kind, identity, rows, sentence, source, detail from larder.operation"
    expected = (operation.id, ann.id, "Ann", "create", "setting", 1, "Setting a created.", "command", {"key": "a"})
    assert database.sql(query) == [expected]
    assert database.value("select operation_id from larder.inserted_keys") == operation.id


async def test_what_follows_in_the_transaction_is_not_part_of_it(database: Database, session: AsyncSession, ann: Actor):
    async with session.begin():
        async with recorded(session, ann, "create", "setting") as operation:
            await session.execute(ADD)
            operation.rows, operation.sentence = 1, "Setting a created."
        await session.execute(text("update setting set value = '2'"))
    assert database.value("select operation_id from larder.before_image") is None


async def test_nothing_done_is_not_recorded(database: Database, session: AsyncSession, ann: Actor):
    async with session.begin():
        async with recorded(session, ann, "edit", "setting"):
            await session.execute(text("update setting set value = '2'"))
        await session.execute(ADD)
    assert database.sql("select id from larder.operation") == []
    assert database.value("select operation_id from larder.inserted_keys") is None


async def test_a_change_that_nobody_counted_is_rolled_back(database: Database, session: AsyncSession, ann: Actor):
    with pytest.raises(ForgottenChange):
        async with session.begin(), recorded(session, ann, "create", "setting"):
            await session.execute(ADD)
    assert database.sql("select * from setting") == []


async def test_a_failure_leaves_neither_change_nor_record(database: Database, act: Act, ann: Actor):
    async def change(session: AsyncSession, actor: Actor) -> None:
        async with recorded(session, actor, "create", "setting") as operation:
            await session.execute(ADD)
            operation.rows = 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await act(change, ann)
    for table in ("setting", "larder.operation", "larder.inserted_keys"):
        assert database.value(f"select count(*) from {table}") == 0


async def test_a_change_without_its_record_is_not_kept(database: Database, act: Act, ann: Actor):
    async def change(session: AsyncSession, actor: Actor) -> None:
        async with recorded(session, actor, "create", "setting") as operation:
            await session.execute(ADD)
            operation.rows = 1

    database.sql("alter table larder.operation add check (rows > 1)")
    with pytest.raises(Exception, match="operation_rows_check"):
        await act(change, ann)
    assert database.sql("select * from setting") == []
