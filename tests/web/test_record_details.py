from __future__ import annotations

import re

import pytest

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import form, toasts

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


async def test_each_state_of_a_row_can_be_looked_at_and_come_back_to(browse: Browse, database: Database):
    client, viewer = await browse("editor"), await browse("viewer")
    database.sql("insert into author (name) values ('Ann'), ('Ben')")
    await client.post("/admin/book/create", data={"author_id": "1", "title": "Sea"})
    await client.post("/admin/book/edit/1", data=await form(client, "/admin/book/edit/1", author_id="2", title="Lake"))
    url = "/admin/book/details/1?sortBy=title&sort=asc"
    page = await client.get(url)
    assert re.search(r'<del><a href="/admin/author/details/1">Ann</a></del>.*<ins><a [^>]*>Ben</a></ins>', page.text)
    (then,) = re.findall(r'<a href="([^"]*as-of=[^"]*)">As it was then', page.text)
    assert then.startswith("/admin/book/details/1?sortBy=title&amp;sort=asc&amp;as-of=")
    past = (await client.get(then.replace("&amp;", "&"))).text
    assert re.search(r"<dt>Title</dt><dd>Sea</dd>", past)
    assert re.search(r'<dt>Author</dt><dd><a href="/admin/author/details/1">Ann</a></dd>', past)
    assert "Reverting would put back: Author and Title." in past
    assert "Revert to this" not in (await viewer.get(then.replace("&amp;", "&"))).text
    assert "Revert to this" not in (await viewer.get(url)).text
    fields = dict(re.findall(r'name="(as-of|seen)" value="([^"]*)"', page.text))
    answer = await client.post("/admin/book/revert/1?sortBy=title&sort=asc", data=fields)
    assert answer.headers["location"] == url
    assert database.sql("select title, author_id from book") == [("Sea", 1)]
    (said,) = toasts(await client.get(url))
    assert said.startswith("Book 1: author and title put back as on ")


@pytest.mark.parametrize("moment", ["", "yesterday", "0001-01-01T00:00Z", "9999-12-31", "2026-13-01T00:00Z"])
async def test_what_is_no_moment_is_refused(browse: Browse, database: Database, moment: str):
    client = await browse("editor")
    number = customer(database)
    answer = await client.get(f"/admin/customer/details/{number}?as-of={moment}")
    assert (answer.status_code, "The parameter as-of makes no sense" in answer.text) == (400, True)
    assert (await client.post(f"/admin/customer/revert/{number}", data={"as-of": moment})).status_code == 400
    assert (await client.get(f"/admin/customer/details/{number}?changes-before=x")).status_code == 400


async def test_a_long_history_turns_pages(browse: Browse, database: Database):
    client = await browse("viewer")
    number = customer(database)
    for count in range(60):
        database.sql("update customer set balance = %s", count + 1)
    page = await client.get(f"/admin/customer/details/{number}")
    (older,) = re.findall(r'href="([^"]*changes-before=\d+)">Older changes', page.text)
    rest = await client.get(older)
    assert (page.text.count("<ins>"), rest.text.count("<ins>")) == (50, 10)
    assert "Older changes" not in rest.text
    before = (await client.get(f"/admin/customer/details/{number}?as-of=2020-01-01T00:00Z")).text
    assert "It was not there then." in before
