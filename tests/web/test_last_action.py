"""“Last action”: what a person did last, on every page, and an Undo that leads back to where they were."""

from __future__ import annotations

import pytest

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import follow, toasts

pytestmark = pytest.mark.anyio

MENU = {"larder-part": "menu"}


async def test_it_is_the_newest_of_ones_own_that_still_stands(browse: Browse, database: Database):
    editor, admin = await browse("editor"), await browse("admin")
    assert "There is nothing of yours to undo." in (await editor.get("/admin/operations/last", headers=MENU)).text
    for client, name in ((editor, "Ann"), (editor, "Ben"), (admin, "Cleo")):
        await client.post("/admin/author/create", data={"name": name})
    part = (await editor.get("/admin/operations/last", headers=MENU)).text
    assert "Author 2 created." in part
    assert 'action="/admin/operations/2/undo"' in part
    assert "data-lately" in part
    assert "<html" not in part
    await editor.post("/admin/operations/2/undo")
    page = (await editor.get("/admin/operations/last")).text
    assert "Author 1 created." in page
    assert "<h1>Last action</h1>" in page
    database.sql("update larder.operation set at = at - interval '2 hours'")
    assert "data-lately" not in (await editor.get("/admin/operations/last", headers=MENU)).text


async def test_every_page_has_it_for_whoever_may_undo(browse: Browse):
    link = 'href="/admin/operations/last"'
    editor, viewer = await browse("editor"), await browse("viewer")
    for url in ("/admin/", "/admin/book/list", "/admin/book/create", "/admin/operations"):
        assert link in (await editor.get(url)).text
        assert link not in (await viewer.get(url)).text if url != "/admin/book/create" else True
    assert (await viewer.get("/admin/operations/last")).status_code == 403


async def test_the_undo_leads_back_to_the_page_it_was_pressed_on(browse: Browse, database: Database):
    client = await browse("editor")
    await client.post("/admin/setting/create", data={"key": "a/b", "value": "1"})
    await client.post("/admin/setting/edit/a%2Fb", data={"value": "2"})
    for then in ("/admin/setting/details/a%2Fb?sortBy=key", "/admin/book/list?search=x", "/admin/"):
        # Undone, done again, and undone.
        newest = database.value("select max(id) from larder.operation")
        answer = await client.post(f"/admin/operations/{newest}/undo", data={"then": then})
        assert answer.headers["location"] == then
    # A row that is gone by it has no page any more: its list is what is left. The toast's Undo leads there, too.
    page = await follow(
        client, await client.post("/admin/operations/1/undo", data={"then": "/admin/setting/edit/a%2Fb"})
    )
    assert page.request.url.path == "/admin/setting/list"
    assert toasts(page)[-1] == "Undone: Setting a/b created."
    assert '<input type="hidden" name="then" value="/admin/setting/list">' in page.text


@pytest.mark.parametrize("then", ["/elsewhere", "/admin/../x", "//evil.example/admin/", "/admin/\\evil"])
async def test_a_path_that_is_none_of_the_console_is_dropped(browse: Browse, then: str):
    client = await browse("editor")
    await client.post("/admin/author/create", data={"name": "Ann"})
    answer = await client.post("/admin/operations/1/undo", data={"then": then})
    assert answer.headers["location"] == "/admin/author/list"
