"""The page of a list over HTTP: its rows and where they lead, its order, its pages and its count."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from httpx2 import AsyncClient
from sqlalchemy import event

from admin.web.console import Console
from admin.web.model_admin import ModelAdmin
from tests import strangers
from tests.postgres import Database, Queries
from tests.strangers import Shelf
from tests.web.conftest import Browse
from tests.web.lists import count, documents, keys, links

pytestmark = pytest.mark.anyio


@pytest.fixture
def app_queries(console: Console) -> Iterator[Queries]:
    """What the application itself sends."""
    recorder, engine = Queries(), console.sessions.kw["bind"].sync_engine
    event.listen(engine, "before_cursor_execute", recorder.record)
    yield recorder
    event.remove(engine, "before_cursor_execute", recorder.record)


@pytest.fixture
async def editor(browse: Browse) -> AsyncClient:
    return await browse("editor")


# -- rows and their links -------------------------------------------------------------------------------------------


async def test_a_row_leads_to_its_form_or_to_its_page_and_carries_the_list(browse: Browse, database: Database):
    documents(database, 1)
    page = links(await (await browse("editor")).get("/admin/document/list?sortBy=title"))
    assert page["Paper 1"] == "/admin/document/edit/1?sortBy=title"
    assert page["Details of 1"] == "/admin/document/details/1?sortBy=title"
    page = links(await (await browse("viewer")).get("/admin/document/list?sortBy=title"))
    assert page["Paper 1"] == "/admin/document/details/1?sortBy=title"
    assert "Details of 1" not in page


async def test_a_deleted_row_is_marked_and_cannot_be_edited(editor: AsyncClient, database: Database):
    documents(database, 2)
    database.sql("update document set deleted_at = now() - interval '2 hours 5 minutes' where id = 1")
    page = await editor.get("/admin/document/list?deleted=with&sortBy=id")
    assert keys(page) == ["1", "2"]
    assert re.findall(r'<tr data-key="(\d+)" data-deleted>', page.text) == ["1"]
    assert "deleted 2 h ago" in page.text
    assert links(page)["Paper 1"].startswith("/admin/document/details/1?")


async def test_a_parent_is_linked_by_name_and_marked_when_deleted(editor: AsyncClient, database: Database):
    database.sql("insert into \"user\" (email, name, deleted_at) values ('ann@example.org', 'Ann <Lee>', now())")
    database.sql("insert into document (title, body, owner_id) values ('Paper', 'Body', 1)")
    page = await editor.get("/admin/document/list")
    assert links(page)["Ann <Lee>"] == "/admin/user/details/1"
    assert '<s><a href="/admin/user/details/1">Ann &lt;Lee&gt;</a></s> (deleted)' in page.text


async def test_what_is_stored_is_text_and_never_markup(editor: AsyncClient, database: Database):
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
    database.sql("insert into setting (key, value) values (%s, to_jsonb(%s::text))", evil, evil)
    page = await editor.get("/admin/setting/list", params={"search": evil})
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert keys(await editor.get("/admin/setting/list")) == [evil]


async def test_any_model_has_a_list(editor: AsyncClient, console: Console, database: Database):
    strangers.create(database)
    console.add_view(type("ShelfAdmin", (ModelAdmin,), {"name_plural": "Shelves"}, model=Shelf))
    database.sql("insert into shelf (room, code, note) values (1, 'a,b/c', null)")
    page = await editor.get("/admin/shelf/list")
    assert keys(page) == ["1,a\\,b/c"]
    assert '<td class="null" title="empty">—<td' in page.text
    assert "/admin/shelf/edit/1%2Ca%5C%2Cb%2Fc" in links(page).values()


async def test_a_formatter_of_the_registration_is_used_and_escaped(
    editor: AsyncClient, console: Console, database: Database
):
    class ShelfAdmin(ModelAdmin, model=Shelf):
        column_list = [Shelf.code, Shelf.room]
        column_formatters = {
            Shelf.code: lambda row, name: f"<b>{name}</b> {row.note.upper()}",
            Shelf.room: lambda row, name, request: f"{name} {row.room} at {request.url.path}",
        }
        column_labels = {Shelf.code: "What it holds"}

    strangers.create(database)
    console.add_view(ShelfAdmin)
    database.sql("insert into shelf (room, code, note) values (1, 'a', 'jam')")
    page = await editor.get("/admin/shelf/list")
    assert "<td>&lt;b&gt;code&lt;/b&gt; JAM<th" in page.text
    assert ">room 1 at /admin/shelf/list</a><td" in page.text
    assert "What it holds" in links(page)


# -- order, pages, count --------------------------------------------------------------------------------------------


async def test_a_header_sorts_up_then_down_and_says_how(editor: AsyncClient, database: Database):
    documents(database, 3)
    page = await editor.get("/admin/document/list?pageSize=10&status=draft")
    assert links(page)["Title"] == "/admin/document/list?status=draft&sortBy=title&pageSize=10"
    assert re.search(r'<th scope="col"[^>]* aria-sort="descending"><a [^>]*>Created at', page.text)
    page = await editor.get(links(page)["Title"])
    assert re.search(r'<th scope="col"[^>]* aria-sort="ascending"><a [^>]*>Title', page.text)
    page = await editor.get(links(page)["Title"])
    assert keys(page) == ["3", "2", "1"]
    assert re.search(r'<th scope="col"[^>]* aria-sort="descending"><a [^>]*>Title', page.text)


async def test_pages_are_numbered_and_past_the_end_is_the_last(editor: AsyncClient, database: Database):
    documents(database, 25)
    page = await editor.get("/admin/document/list?pageSize=10&page=2")
    assert links(page)["Next page"] == "/admin/document/list?pageSize=10&page=3"
    assert links(page)["Previous page"] == "/admin/document/list?pageSize=10"
    assert 'aria-current="page">2</a>' in page.text
    beyond = await editor.get("/admin/document/list?pageSize=10&page=900")
    assert (beyond.status_code, beyond.headers["location"]) == (303, "/admin/document/list?pageSize=10&page=3")


async def test_scrolling_walks_every_row_by_cursors_and_back(editor: AsyncClient, database: Database):
    documents(database, 25)
    page = await editor.get("/admin/document/list?mode=scroll&pageSize=10")
    assert "Previous page" not in links(page)
    seen = keys(page)
    while url := links(page).get("Next page"):
        page = await editor.get(url)
        seen += keys(page)
    assert seen == [str(n) for n in range(25, 0, -1)]
    assert keys(await editor.get(links(page)["Previous page"])) == [str(n) for n in range(15, 5, -1)]


async def test_the_count_is_exact_for_a_small_list(editor: AsyncClient, database: Database):
    documents(database, 3)
    page = await editor.get("/admin/document/list")
    assert count(page) == ("exact", "3", "3 rows")
    assert "Count exactly" not in page.text


async def test_an_estimate_offers_the_number_with_and_without_script(editor: AsyncClient, database: Database):
    database.sql("insert into event (kind) select 'seen' from generate_series(1, 101000)")
    database.sql("analyze event")
    page = await editor.get("/admin/event/list")
    assert count(page)[0] == "about"
    assert "Count exactly" in page.text
    exact = await editor.get("/admin/event/list?count=exact")
    assert count(exact) == ("exact", "101000", "101,000 rows")
    assert ", counted <time datetime=" in exact.text
    said = (await editor.get("/admin/event/count?kind=seen")).json()
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(said.pop("at"))
    assert said == {"kind": "exact", "value": 101_000, "sentence": "101,000 rows", "amount": "101,000"}
    assert dt.timedelta(0) <= age < dt.timedelta(minutes=5)


async def test_a_page_costs_the_same_queries_for_ten_rows_and_for_a_hundred(
    editor: AsyncClient, database: Database, app_queries: Queries
):
    database.sql("insert into \"user\" (email, name) select n, 'User ' || n from generate_series(1, 150) n")
    database.sql("insert into document (title, body, owner_id) select n, 'b', n from generate_series(1, 150) n")
    await editor.get("/admin/document/list")
    costs = []
    for size in (10, 100):
        app_queries.clear()
        assert len(keys(await editor.get(f"/admin/document/list?pageSize={size}"))) == size
        costs.append(len(app_queries))
    assert costs[0] == costs[1] <= 6


async def test_a_page_of_fifty_rows_stays_small(editor: AsyncClient, database: Database):
    database.sql("insert into author (name) select 'Author ' || n from generate_series(1, 20) n")
    database.sql(
        "insert into book (author_id, title, isbn, published, price)"
        " select 1 + mod(n, 20), 'A Title of Usual Length ' || n, 9781000000000 + n, date '1990-01-01' + n, n"
        " from generate_series(1, 60) n"
    )
    page = await editor.get("/admin/book/list")
    assert len(keys(page)) == 50
    assert len(page.content) < 40_000


async def test_an_empty_list_tells_who_may_not_add_why_there_is_no_button(browse: Browse):
    viewer = (await (await browse("viewer")).get("/admin/author/list")).text
    editor = (await (await browse("editor")).get("/admin/author/list")).text
    assert "Adding some takes the role of an editor" in viewer
    assert "Add the first one, or bring many from a CSV file." in editor
