from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import event

from admin.web.console import Console
from admin.web.csv_import_progress import NOBODY
from tests.postgres import Database, Queries
from tests.web.conftest import Browse, Work
from tests.web.lists import Links

pytestmark = pytest.mark.anyio


async def test_every_table_is_there_with_its_size(browse: Browse, database: Database):
    database.sql("insert into author (name) select 'Author ' || n from generate_series(1, 1204) n")
    page = await (await browse("viewer")).get("/admin/")
    assert page.status_code == 200
    assert Links(page.text).urls["Authors"] == "/admin/author/list"
    assert "1,204 rows" in page.text
    assert "Nothing is in here yet" not in page.text


async def test_an_empty_console_says_where_to_begin(browse: Browse):
    viewer = (await (await browse("viewer")).get("/admin/")).text
    assert "Nothing is in here yet" in viewer
    assert "takes the role of an editor" in viewer
    urls = Links((await (await browse("editor")).get("/admin/")).text).urls
    assert urls["bring Authors from a CSV file"] == "/admin/author/import"
    assert urls["add the first one by hand"] == "/admin/author/create"


async def test_what_can_be_done_depends_on_the_role(browse: Browse):
    viewer = Links((await (await browse("viewer")).get("/admin/")).text).urls
    editor = Links((await (await browse("editor")).get("/admin/")).text).urls
    assert editor["New author"] == "/admin/author/create"
    assert editor["Import Authors from CSV"] == "/admin/author/import"
    assert "New author" not in viewer
    assert "Import Authors from CSV" not in viewer


async def test_what_was_done_last_is_there_with_its_undo(browse: Browse, database: Database):
    editor = await browse("editor")
    database.sql("insert into document (title, body) values ('Paper', 'Body')")
    await editor.post("/admin/document/delete", data={"pks": "1"})
    page = await editor.get("/admin/")
    assert Links(page.text).urls["Document 1 deleted."].startswith("/admin/operations/")
    assert "/undo" in page.text
    viewer = await (await browse("viewer")).get("/admin/")
    assert "Document 1 deleted." in viewer.text
    assert "/undo" not in viewer.text


async def test_tables_show_their_growth_in_a_picture_and_in_words(browse: Browse, database: Database):
    database.sql("insert into author (name) select 'Author ' || n from generate_series(1, 500) n")
    database.sql("analyze author")
    page = (await (await browse("viewer")).get("/admin/")).text
    assert re.search(r'<svg class="chart" role="img"[^>]* aria-label="About 500 rows made in the last 12 months', page)
    assert page.count("<rect") == 12


async def test_only_admins_see_how_the_database_is(browse: Browse, console: Console):
    admin, editor = await browse("admin"), await browse("editor")
    page = (await admin.get("/admin/")).text
    assert "Pool of this process" in page
    assert re.search(r"\d of 15 in use", page)
    assert '<dt>Waits for it, last 10 min</dt><dd class="">none</dd>' in page
    console.sessions.kw["bind"].pool.waits.add(1.24)
    page = (await admin.get("/admin/")).text
    assert "1, the longest 1.2 s" in page
    assert "raise LARDER_POOL_SIZE" in page
    assert "Pool of this process" not in (await editor.get("/admin/")).text


async def test_what_leaves_the_trash_and_what_is_under_way_is_there(browse: Browse, database: Database, work: Work):
    database.sql("insert into document (title, body, deleted_at) values ('a', 'b', now() - interval '28 days 1 hour')")
    editor = await browse("editor")
    upload = {"file": ("authors.csv", b"name\nAnn\n", "text/csv")}
    review = await editor.post("/admin/author/import", files=upload)
    page = await editor.get("/admin/")
    urls = Links(page.text).urls
    assert urls["1 document"] == "/admin/document/list?deleted=only"
    assert "first tomorrow" in page.text or "first today" in page.text
    assert urls["authors.csv"] == review.headers["location"]
    assert "authors.csv" not in (await (await browse("viewer")).get("/admin/")).text
    assert "<progress" not in page.text
    await editor.post(f"{review.headers['location']}/apply")
    page = await editor.get("/admin/")
    assert f'data-url="{review.headers["location"]}/status" data-every="3000"' in page.text
    assert "0 of 1</output>" in page.text
    assert NOBODY in html.unescape(page.text)
    await work()
    assert "authors.csv" not in (await editor.get("/admin/")).text.split("Imports under way")[-1].split("</ul>")[0]


async def test_the_page_asks_little_however_many_tables_there_are(browse: Browse, app):
    admin = await browse("admin")
    engine = app.state.console.sessions.kw["bind"].sync_engine
    await admin.get("/admin/")

    async def asked() -> list[str]:
        recorder = Queries()
        event.listen(engine, "before_cursor_execute", recorder.record)
        page = await admin.get("/admin/")
        event.remove(engine, "before_cursor_execute", recorder.record)
        assert page.text.count("data-step") == page.text.count("<progress")
        return [*recorder.statements, *["shown"] * page.text.count("<progress")]

    # Who asks, the sizes, the operations, the imports; growth, trash and health are kept for a while.
    assert len(await asked()) <= 5
    for number in range(3):
        sent = {"file": (f"{number}.csv", f"name\nAnn {number}\n".encode(), "text/csv")}
        review = await admin.post("/admin/author/import", files=sent)
        await admin.post(f"{review.headers['location']}/apply")
    # And how far all of them are, within a savepoint.
    found = await asked()
    assert found.count("shown") == 3
    assert len(found) - 3 <= 5 + 3, found


async def test_the_menu_asks_for_the_numbers_of_all_tables(browse: Browse, database: Database):
    database.sql("insert into author (name) select 'Author ' || n from generate_series(1, 12000) n; analyze author")
    sizes = (await (await browse("viewer")).get("/admin/sizes")).json()
    assert sizes["/admin/author/list"] == ["12,000", "about 12,000 rows"]
    assert sizes["/admin/event/list"] == ["0", "No rows"]
    assert (await (await browse()).get("/admin/sizes")).status_code == 303
