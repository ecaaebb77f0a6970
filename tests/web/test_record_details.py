from __future__ import annotations

import re

import pytest

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import form

pytestmark = pytest.mark.anyio


def customer(database: Database, email: str = "ann@example.org", name: str = "Ann Lee") -> int:
    return int(database.value("insert into customer (email, name) values (%s, %s) returning id", email, name))


async def test_a_row_in_the_trash_is_shown_and_not_changed(browse: Browse, database: Database):
    editor, admin = await browse("editor"), await browse("admin")
    number = customer(database)
    database.sql("update customer set deleted_at = now()")
    page = await editor.get(f"/admin/customer/edit/{number}")
    assert page.status_code == 200
    assert "In the trash." in page.text
    assert "form-nonce" not in page.text
    assert "Restore" in page.text
    assert "Delete forever" not in page.text
    assert "Delete forever" in (await admin.get(f"/admin/customer/edit/{number}")).text


async def test_details_show_everything_in_full(browse: Browse, database: Database):
    client = await browse("viewer")
    database.sql("insert into \"user\" (email, name) values ('ann@example.org', 'Ann Lee')")
    database.sql(
        "insert into document (owner_id, title, body) values (1, '<i>Sea</i>', repeat('word ', 2000) || 'end')"
    )
    page = (await client.get("/admin/document/details/1")).text
    assert "&lt;i&gt;Sea&lt;/i&gt;" in page
    assert "word end" in page
    assert '<a href="/admin/user/details/1">Ann Lee</a>' in page
    user = (await client.get("/admin/user/details/1")).text
    assert re.search(r'<a href="/admin/document/list\?owner_id=1">1</a>', user)


async def test_details_tell_who_changed_what(browse: Browse, database: Database):
    client = await browse("editor")
    url = "/admin/author/create"
    await client.post(url, data=await form(client, url, name="Ann", country="Iceland"))
    await client.post("/admin/author/edit/1", data=await form(client, "/admin/author/edit/1", country=""))
    database.sql("update author set name = 'By hand'")
    page = re.sub(r"\s+", " ", (await client.get("/admin/author/details/1")).text)
    history = page[page.index('id="history"') :]
    print(history)
    assert re.search("outside the console.*<del>Ann</del>.*<ins>By hand</ins>.*<del>Iceland</del>.*empty", history)
    assert re.search(r'<a href="/admin/operations/\d+">Created</a> by editor', history)


async def test_a_page_of_one_row_costs_the_same_however_many_children_it_has(browse: Browse, database: Database):
    client = await browse("viewer")
    number = customer(database)
    database.sql(
        "insert into invoice (number, customer_id, amount) select n::text, %s, 1 from generate_series(1, 10500) n",
        number,
    )
    assert "more than 10,000" in (await client.get(f"/admin/customer/details/{number}")).text
