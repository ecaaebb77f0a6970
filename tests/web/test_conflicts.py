from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import follow, form, read, toasts

pytestmark = pytest.mark.anyio


def customer(database: Database, email: str = "ann@example.org", name: str = "Ann Lee") -> int:
    return int(database.value("insert into customer (email, name) values (%s, %s) returning id", email, name))


async def test_changes_of_different_fields_merge_and_say_so(browse: Browse, database: Database):
    ann, ben = await browse("editor"), await browse("admin")
    database.sql("insert into document (title, body) values ('Sea', 'Waves')")
    url = "/admin/document/edit/1"
    mine = await form(ann, url, title="Sand", **{"form-then": "continue"})
    await ben.post(url, data=await form(ben, url, body="Dunes"))
    page = await follow(ann, await ann.post(url, data=mine))
    assert database.sql("select title, body from document") == [("Sand", "Dunes")]
    assert toasts(page) == ["Document 1 saved. Others had changed body meanwhile; that stays."]


async def test_the_same_field_is_asked_about_and_nothing_typed_is_lost(browse: Browse, database: Database):
    ann, ben = await browse("editor"), await browse("admin")
    database.sql("insert into document (title, body) values ('Sea', 'Waves')")
    url = "/admin/document/edit/1"
    mine = await form(ann, url, title="Mine", body="My waves")
    await ben.post(url, data=await form(ben, url, title="Theirs", status="published"))
    page = await ann.post(url, data=mine)
    assert page.status_code == 409
    for said in ("admin", "Theirs", "Sea"):
        assert said in page.text
    assert database.sql("select title, body, status::text from document") == [("Theirs", "Waves", "published")]
    asked = read(page)
    assert (asked["title"], asked["body"], asked["choice-title"]) == ("Mine", "My waves", "mine")
    assert asked["status"] == "published"
    answer = await ann.post(url, data={**asked, "choice-title": "theirs"})
    assert answer.status_code == 303
    assert database.sql("select title, body, status::text from document") == [("Theirs", "My waves", "published")]
    # The other choice, from the same page.
    assert (await ann.post(url, data=asked)).status_code == 303
    assert database.value("select title from document") == "Mine"


async def test_a_third_change_is_asked_about_again(browse: Browse, database: Database):
    ann, ben = await browse("editor"), await browse("admin")
    database.sql("insert into document (title, body) values ('Sea', 'Waves')")
    url = "/admin/document/edit/1"
    mine = await form(ann, url, title="Mine")
    await ben.post(url, data=await form(ben, url, title="Theirs"))
    asked = read(await ann.post(url, data=mine))
    await ben.post(url, data=await form(ben, url, title="Theirs again"))
    assert (await ann.post(url, data=asked)).status_code == 409
    assert database.value("select title from document") == "Theirs again"


async def test_a_second_click_on_save_is_no_conflict(browse: Browse, database: Database):
    client = await browse("editor")
    number = customer(database)
    url = f"/admin/customer/edit/{number}"
    mine = await form(client, url, name="Ann Moor")
    answers = await asyncio.gather(*(client.post(url, data=mine) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert database.value("select count(*) from larder.operation") == 1


async def test_a_row_deleted_meanwhile_keeps_what_was_typed(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into document (title, body) values ('Sea', 'Waves')")
    mine = await form(client, "/admin/document/edit/1", title="Mine")
    await client.post("/admin/document/delete", data={"pks": "1"})
    page = await client.post("/admin/document/edit/1", data=mine)
    assert page.status_code == 409
    assert "Document 1 was deleted by editor" in page.text
    assert read(page)["title"] == "Mine"
    assert database.value("select title from document") == "Sea"


async def test_a_row_deleted_meanwhile_can_be_restored_and_saved_at_once(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into document (title, body) values ('Sea', 'Waves')")
    mine = await form(client, "/admin/document/edit/1", title="Mine")
    await client.post("/admin/document/delete", data={"pks": "1"})
    page = await client.post("/admin/document/edit/1", data=mine)
    assert re.search('<button class="button primary" name="form-restore" value="1">', page.text)
    answer = await client.post("/admin/document/edit/1", data={**read(page), "form-restore": "1"})
    assert answer.status_code == 303, answer.text
    assert database.sql("select title, deleted_at from document") == [("Mine", None)]
    kinds = database.sql("select kind from larder.operation order by id")
    assert kinds == [("delete",), ("restore",), ("edit",)]


async def test_a_row_that_cannot_come_back_is_not_saved_either(browse: Browse, database: Database):
    client = await browse("editor")
    number = customer(database)
    url = f"/admin/customer/edit/{number}"
    mine = await form(client, url, name="Mine", **{"form-restore": "1"})
    await client.post("/admin/customer/delete", data={"pks": str(number)})
    customer(database, name="Other")
    page = await client.post(url, data=mine)
    assert page.status_code == 409
    assert "email ann@example.org is already used by Other" in page.text
    assert read(page)["name"] == "Mine"
    assert database.sql("select name, deleted_at is null from customer order by id") == [
        ("Ann Lee", False),
        ("Other", True),
    ]


async def test_what_was_typed_survives_a_database_that_is_too_busy(
    browse: Browse, database: Database, session_maker: async_sessionmaker[AsyncSession]
):
    client = await browse("editor")
    url = f"/admin/customer/edit/{customer(database)}"
    mine = await form(client, url, name="Ann Moor")
    async with session_maker() as other:
        await other.execute(text("select * from customer for update"))
        page = await client.post(url, data=mine)
    assert page.status_code == 503
    assert "Somebody else is changing the same rows right now." in page.text
    assert (await client.post(url, data=read(page))).status_code == 303
    assert database.value("select name from customer") == "Ann Moor"
