"""“Go to” over HTTP: what is offered to whom, as a page and as the dialog that a script takes."""

from __future__ import annotations

import re

import pytest

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import Links, documents

pytestmark = pytest.mark.anyio

DIALOG = {"larder-part": "dialog"}


def options(page: str) -> list[str]:
    return re.findall(r'<li role="option".*?<span>(.*?)</span>', page)


async def test_the_page_works_without_a_script(browse: Browse, database: Database):
    documents(database, 3)
    viewer = await browse("viewer")
    urls = Links((await viewer.get("/admin/go?q=paper+2")).text).urls
    assert urls["Paper 2"] == "/admin/document/details/2"
    assert "Paper 3" not in urls
    urls = Links((await viewer.get("/admin/go")).text).urls
    assert urls["Documents"] == "/admin/document/list"
    nothing = await viewer.get("/admin/go?q=xyzzy")
    assert "Nothing is called “xyzzy”" in nothing.text


async def test_a_role_is_offered_what_it_may_do(browse: Browse):
    offered = {
        role: options((await (await browse(role)).get("/admin/go?q=doc", headers=DIALOG)).text)
        for role in ("viewer", "editor")
    }
    assert offered == {"viewer": ["Documents"], "editor": ["Documents", "New document", "Import documents"]}
    editor = await browse("editor")
    assert options((await editor.get("/admin/go?q=event", headers=DIALOG)).text)[0] == "Events"


async def test_the_name_of_a_table_in_front_narrows_to_it(browse: Browse, database: Database):
    documents(database, 2)
    database.sql("insert into author (name) values ('Ann'), ('Paper Ben')")
    viewer = await browse("viewer")
    for text in ("document 2", "documents %232", "Document 2"):
        page = (await viewer.get(f"/admin/go?q={text}", headers=DIALOG)).text
        assert options(page) == ["Paper 2"], text
    everywhere = options((await viewer.get("/admin/go?q=2", headers=DIALOG)).text)
    assert sorted(everywhere) == ["Paper 2", "Paper Ben"]


async def test_saved_views_of_ones_own_and_shared_ones_are_there(browse: Browse, database: Database):
    viewer, editor = await browse("viewer"), await browse("editor")
    await viewer.post("/admin/document/views", data={"name": "Mine drafts", "query": "status=draft"})
    await editor.post("/admin/document/views", data={"name": "Their drafts", "query": ""})
    await editor.post("/admin/document/views", data={"name": "Shared drafts", "query": "", "shared": "1"})
    urls = Links((await viewer.get("/admin/go?q=drafts")).text).urls
    assert urls["Mine drafts"] == "/admin/document/list?status=draft"
    assert "Shared drafts" in urls
    assert "Their drafts" not in urls
    database.sql("update larder.saved_view set query = 'gone=1' where name = 'Mine drafts'")
    assert "Mine drafts" not in Links((await viewer.get("/admin/go?q=drafts")).text).urls


async def test_what_ends_the_session_is_pressed_and_never_a_link(browse: Browse):
    page = (await (await browse("viewer")).get("/admin/go?q=log", headers=DIALOG)).text
    assert 'data-press="log-out"' in page
    assert "/admin/logout" not in page


async def test_bounds(browse: Browse):
    viewer = await browse("viewer")
    assert (await viewer.get(f"/admin/go?q={'a' * 201}")).status_code == 400
    assert (await viewer.get("/admin/go?q=%00%27")).status_code == 200
    assert (await (await browse()).get("/admin/go?q=a")).status_code == 303
