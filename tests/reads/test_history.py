"""The history of a row: who changed which column from what to what, and nothing that may not be told."""

from __future__ import annotations

import pytest
from sqlalchemy import Text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin.actor import Actor
from admin.reads import history
from admin.reads.history import FieldChange
from admin.reads.selection import Selection
from admin.writes import deletion, records
from admin.writes.undo import undo
from models import Customer, Setting
from tests.postgres import Database
from tests.strangers import Shelf, create, resource_of

pytestmark = pytest.mark.anyio

CUSTOMER, SETTING = resource_of(Customer), resource_of(Setting)
ANN = Actor(None, "Ann", "editor")


class Base(DeclarativeBase):
    pass


class Door(Base):
    """A table with a secret, and with a column that its registration shows nowhere."""

    __tablename__ = "door"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    password: Mapped[str] = mapped_column(Text)
    behind: Mapped[str] = mapped_column(Text)


CREATE_DOOR = """
    create table door (id int primary key, name text, password text, behind text);
    grant all on door to larder_app;
    select larder.track('door')
"""


async def add_customer(sessions: async_sessionmaker[AsyncSession]) -> tuple[int]:
    async with sessions.begin() as session:
        saved = await records.create(session, ANN, CUSTOMER, {"email": "a@x", "name": "Ann Lee"})
        return (saved.row.id,)


async def test_a_life_from_the_end_to_the_beginning(
    database: Database, session_maker: async_sessionmaker[AsyncSession], session: AsyncSession
):
    key = await add_customer(session_maker)
    async with session_maker.begin() as writing:
        await records.update(writing, ANN, CUSTOMER, key, {"name": "Ann B", "city": "Rome"})
    database.sql("update customer set balance = 5")
    async with session_maker.begin() as writing:
        await deletion.delete(writing, ANN, CUSTOMER, Selection(keys=[key]))
    async with session_maker.begin() as writing:
        await deletion.restore(writing, ANN, CUSTOMER, Selection(keys=[key]))
    database.sql("delete from customer")
    found = await history.of_row(session, CUSTOMER, key)
    assert [(entry.kind, entry.who) for entry in found] == [
        ("deleted", None), ("restored", "Ann"), ("trashed", "Ann"),
        ("changed", None), ("changed", "Ann"), ("made", "Ann"),
    ]  # fmt: skip
    assert found[4].changes == (
        FieldChange("name", "Name", "Ann Lee", "Ann B"),
        FieldChange("city", "City", None, "Rome"),
    )
    assert found[3].changes == (FieldChange("balance", "Balance", "0.00", "5.00"),)
    assert (found[3].operation_id, found[3].role) == (None, "postgres")
    assert found[3].said.startswith("outside the console on ")
    assert found[4].said.startswith("by Ann on ")
    assert found[0].row["name"] == "Ann B"
    assert found[4].row["name"] == "Ann Lee"


async def test_pages_join_without_a_gap(database: Database, session: AsyncSession):
    database.sql("insert into setting values ('k', '0')")
    for number in range(1, 8):
        database.sql("update setting set value = to_jsonb(%s::int)", number)
    first = await history.of_row(session, SETTING, ("k",), limit=3)
    second = await history.of_row(session, SETTING, ("k",), limit=3, before=first[-1].id)
    third = await history.of_row(session, SETTING, ("k",), limit=3, before=second[-1].id)
    steps = [(entry.changes[0].before, entry.changes[0].after) for entry in (*first, *second, *third[:-1])]
    assert steps == [(str(number - 1), str(number)) for number in range(7, 0, -1)]
    assert third[-1].kind == "made"


async def test_secrets_are_told_as_changed_and_hidden_columns_not_at_all(database: Database, session: AsyncSession):
    database.sql(CREATE_DOOR)
    shown = ["id", "name"]
    door = resource_of(Door, column_list=shown, column_details_list=shown, form_columns=["name", "password"])
    database.sql("insert into door values (1, 'front', 'hunter2', 'hidden')")
    database.sql("update door set name = 'back', password = 'hunter3', behind = 'elsewhere'")
    database.sql("delete from door")
    found = await history.of_row(session, door, (1,))
    assert found[1].changes == (
        FieldChange("name", "Name", "front", "back"),
        FieldChange("password", "Password", None, None, secret=True),
    )
    assert "hunter" not in repr(found)
    assert "hidden" not in repr(found)
    assert database.value("select before ->> 'password' from larder.before_image limit 1") == history.REDACTED


async def test_who_made_a_row_among_many(database: Database, session: AsyncSession):
    database.sql("insert into customer (id, email, name) select i, i || '@x', 'C' from generate_series(1, 500) as i")
    [made] = await history.of_row(session, CUSTOMER, (77,))
    assert (made.kind, made.who) == ("made", None)
    assert await history.of_row(session, CUSTOMER, (501,)) == []
    database.sql("insert into customer (id, email, name) values (501, 'x', 'X')")
    assert [entry.kind for entry in await history.of_row(session, CUSTOMER, (501,))] == ["made"]


async def test_composite_keys_and_changed_keys(database: Database, session: AsyncSession):
    create(database)
    database.sql("select larder.track('shelf')")
    database.sql("insert into shelf values (1, 'a,b'), (2, 'a,b')")
    database.sql("update shelf set note = 'x' where room = 1")
    shelf = resource_of(Shelf)
    assert [entry.kind for entry in await history.of_row(session, shelf, (1, "a,b"))] == ["changed", "made"]
    assert [entry.kind for entry in await history.of_row(session, shelf, (2, "a,b"))] == ["made"]
    database.sql("update shelf set room = 9 where room = 1")
    [moved] = await history.of_row(session, shelf, (9, "a,b"))
    assert moved.changes[0].before == "1"
    assert moved.changes[0].after == "9"


async def test_an_undo_is_part_of_the_history(session_maker: async_sessionmaker[AsyncSession], session: AsyncSession):
    key = await add_customer(session_maker)
    async with session_maker.begin() as writing:
        saved = await records.update(writing, ANN, CUSTOMER, key, {"name": "Ann B"})
    async with session_maker.begin() as writing:
        await undo(writing, ANN, saved.operation_id)
    last = await history.last(session, CUSTOMER, key)
    assert last.sentence == f"Undone: Customer {key[0]}: name changed."
    assert last.changes == (FieldChange("name", "Name", "Ann B", "Ann Lee"),)
