"""One row: found by its key whatever that is made of, with the version that every change moves."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import record
from models import ApiKey, Document, Event, Setting
from tests.postgres import Database, Queries
from tests.strangers import Link, Node, Odd, Shelf, create, resource_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def document(database: Database) -> None:
    database.sql("""insert into "user" (id, name, email, deleted_at) values (1, 'Ann', 'a', now())""")
    database.sql("insert into document (id, title, body, owner_id) values (1, 'T', repeat('x', 100000), 1)")


@pytest.mark.usefixtures("document")
async def test_a_row_comes_with_everything_a_page_shows(session: AsyncSession, queries: Queries):
    found = await record.get(session, resource_of(Document), (1,))
    assert found is not None
    assert len(found.row.body) == 100000
    assert inspect(found.row).unloaded - {"owner"} == {"search"}
    assert found.parents["owner_id"][1].label == "Ann"
    assert found.parents["owner_id"][1].deleted
    assert len(queries) == 2


@pytest.mark.usefixtures("document")
async def test_every_change_moves_the_version_and_nothing_else_does(session: AsyncSession, database: Database):
    resource = resource_of(Document)
    first = await record.get(session, resource, (1,))
    again = await record.get(session, resource, (1,))
    assert first is not None
    assert again is not None
    assert first.version == again.version
    assert first.version.isdigit()
    database.sql("update document set title = 'U' where id = 1")
    changed = await record.get(session, resource, (1,))
    assert changed is not None
    assert changed.version != first.version
    assert changed.row.title == "U"


@pytest.mark.parametrize("text", ["", "x", "1.5", "99999999999999999999", "1,2", "0x1", "٣", "1;", "1\x00", "-", " "])
async def test_what_cannot_be_a_key_names_no_row(session: AsyncSession, text: str):
    assert await record.find(session, resource_of(Event), text) is None


async def test_keys_of_every_kind(session: AsyncSession, database: Database):
    create(database)
    database.sql("""insert into setting values ('a/b ?%', '1')""")
    found = await record.find(session, resource_of(Setting), "a/b ?%")
    assert found is not None
    database.sql("""insert into "user" (id, name, email) values (1, 'Ann', 'a')""")
    key: uuid.UUID = database.value("insert into api_key (user_id, label) values (1, 'l') returning id")
    assert await record.find(session, resource_of(ApiKey), str(key)) is not None
    assert await record.find(session, resource_of(ApiKey), "not-a-uuid") is None
    database.sql("insert into shelf (room, code) values (1, 'a,b\\c')")
    shelves = resource_of(Shelf)
    by_parts = await record.get(session, shelves, (1, "a,b\\c"))
    assert by_parts is not None
    by_text = await record.find(session, shelves, values.key_text(shelves.traits, by_parts.row))
    assert by_text is not None
    assert by_text.row is by_parts.row
    assert await record.find(session, shelves, "1") is None
    database.sql("insert into node values ('a', 'Root', null), ('b', 'Leaf', 'a'); insert into link values ('a', 'b')")
    link = await record.find(session, resource_of(Link), "a,b")
    assert link is not None
    assert link.parents["target"]["b"].label == "Leaf"
    assert await record.find(session, resource_of(Node), "b") is not None
    database.sql("""insert into "odd ""table""; %s :x" ("so""rt") values ('%s')""")
    odd = database.value("""select id from "odd ""table""; %s :x" """)
    assert await record.get(session, resource_of(Odd), (odd,)) is not None


@pytest.mark.usefixtures("document")
async def test_the_stored_row_is_read_not_a_remembered_one(session: AsyncSession, database: Database):
    resource = resource_of(Document)
    first = await record.get(session, resource, (1,))
    assert first is not None
    first.row.title = "typed, not saved"
    found = await record.get(session, resource, (1,))
    assert found is not None
    assert found.row.title == "T"
