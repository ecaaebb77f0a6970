"""The list of operations and the page of one: filtered, by keyset, with what each changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.actor import Actor
from admin.reads import operation_rows, operations
from admin.reads.operations import Wanted
from admin.reads.selection import Selection
from admin.writes import deletion, records
from admin.writes.undo import undo
from models import Book, Customer, Setting
from tests.postgres import Database
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

BOOK, CUSTOMER, SETTING = map(resource_of, (Book, Customer, Setting))
SENTENCES = ["Customer 1 created.", "Setting a created.", "Customer 1: name changed.", "Customer 1 deleted."]


@pytest.fixture
async def people(database: Database, session_maker: async_sessionmaker[AsyncSession]) -> tuple[Actor, Actor]:
    """Ann and Ben, after each has done a few things."""
    statement = "insert into larder.person (name, role, password_hash) values (%s, 'editor', '-') returning id"
    ann, ben = (Actor(database.value(statement, name), name, "editor") for name in ("Ann", "Ben"))
    acts: list[tuple[Any, ...]] = [
        (records.create, ann, CUSTOMER, {"email": "a@x", "name": "A"}),
        (records.create, ben, SETTING, {"key": "a", "value": 1}),
        (records.update, ann, CUSTOMER, (1,), {"name": "B"}),
        (deletion.delete, ben, CUSTOMER, Selection(keys=[(1,)])),
    ]
    for function, *arguments in acts:
        async with session_maker.begin() as session:
            await function(session, *arguments)
    return ann, ben


async def sentences(session: AsyncSession, **wanted: Any) -> list[str]:
    page = await operations.listed(session, Wanted(**wanted))
    return [entry.operation.sentence for entry in page.entries]


async def test_newest_first_and_narrowed(session: AsyncSession, people: tuple[Actor, Actor]):
    ann, ben = people
    assert await sentences(session) == SENTENCES[::-1]
    assert await sentences(session, person_id=ann.id) == [SENTENCES[2], SENTENCES[0]]
    assert await sentences(session, identity="setting") == [SENTENCES[1]]
    assert await sentences(session, kind="create", person_id=ben.id) == [SENTENCES[1]]
    assert await sentences(session, since=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)) == []
    assert len(await sentences(session, since=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))) == 4


@pytest.mark.usefixtures("people")
async def test_pages_by_keyset(session: AsyncSession):
    first = await operations.listed(session, Wanted(), limit=3)
    second = await operations.listed(session, Wanted(before=first.before), limit=3)
    assert [len(first.entries), len(second.entries), second.before] == [3, 1, None]
    whole = await operations.listed(session, Wanted(), limit=4)
    assert whole.before is None


async def test_who_undid_what_and_what_can_be_undone(
    database: Database,
    session_maker: async_sessionmaker[AsyncSession],
    session: AsyncSession,
    people: tuple[Actor, Actor],
):
    ann, ben = people
    last = await operations.last_of(session, ben)
    assert last.operation.sentence == SENTENCES[3]
    async with session_maker.begin() as writing:
        await undo(writing, ann, last.operation.id)
    entry = await operations.one(session, last.operation.id)
    assert (entry.undone_by.person_name, entry.undoable) == ("Ann", True)
    assert (await operations.last_of(session, ben)).operation.sentence == SENTENCES[1]
    assert (await operations.last_of(session, ann)).operation.sentence == SENTENCES[2]
    assert await operations.last_of(session, Actor(None, "a command", "admin")) is None
    database.sql("delete from larder.before_image")
    assert not (await operations.one(session, last.operation.id)).undoable
    assert await operations.one(session, 999) is None


@pytest.mark.usefixtures("people")
async def test_what_an_operation_changed(session: AsyncSession):
    page = await operations.listed(session, Wanted())
    deleted, edited, made, _ = [await operation_rows.of(session, entry.operation, [CUSTOMER]) for entry in page.entries]
    [row] = edited.rows
    assert (row.table, row.identity, row.key, row.removed) == ("public.customer", "customer", "1", False)
    assert [(change.column, change.before, change.after) for change in row.changes] == [("name", "A", "B")]
    assert [change.column for change in deleted.rows[0].changes] == ["deleted_at"]
    assert deleted.counts == {("public.customer", "U"): 1}
    assert made.added == [("public.setting", None, "a")]
    assert made.counts == {("public.setting", "I"): 1}


async def test_many_rows_come_in_pages(
    database: Database, session_maker: async_sessionmaker[AsyncSession], session: AsyncSession
):
    database.sql("insert into author (id, name) values (1, 'A')")
    database.sql("insert into book (id, author_id, title) select i, 1, 'T' || i from generate_series(1, 25) as i")
    database.sql("insert into review (book_id, reviewer, rating, body) values (3, 'x', 5, 'secret words')")
    async with session_maker.begin() as writing:
        done = await deletion.delete(
            writing, Actor(None, "Ann", "admin"), BOOK, Selection(keys=[(i,) for i in range(1, 26)])
        )
    operation = (await operations.one(session, done.operation_id)).operation
    rows, after = [], 0
    while after is not None:
        page = await operation_rows.of(session, operation, [BOOK], after=after, limit=10)
        rows, after = rows + page.rows, page.after
    assert [(row.table, row.key) for row in rows][1:] == [("public.book", str(i)) for i in range(1, 26)]
    assert rows[0].table == "public.review"
    assert "secret words" not in repr(rows), "of a table that nobody registered only the keys are told"
    title = next(change for change in rows[1].changes if change.column == "title")
    assert (title.before, title.after, rows[1].removed) == ("T1", None, True)
