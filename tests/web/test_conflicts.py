from __future__ import annotations

import asyncio

import pytest

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
    for text in ("admin", "Theirs", "Sea"):
        assert text in page.text
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
