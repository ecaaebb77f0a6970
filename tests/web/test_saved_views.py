"""Saved views and chosen columns over HTTP: kept, opened, changed; what a default does and what it never does."""

from __future__ import annotations

import html
import re

import pytest
from httpx2 import AsyncClient, Response

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import documents, keys, links

pytestmark = pytest.mark.anyio

LIST, VIEWS = "/admin/document/list", "/admin/document/views"


@pytest.fixture
async def viewer(browse: Browse, database: Database) -> AsyncClient:
    documents(database, 3)
    database.sql("update document set status = 'published' where id = 2")
    return await browse("viewer")


async def save(browser: AsyncClient, name: str, query: str = "status=draft", **ticked: str) -> Response:
    return await browser.post(VIEWS, data={"name": name, "query": query, **ticked})


def headers(page: Response) -> list[str]:
    head = re.search(r"<thead>(.*?)</thead>", page.text, re.DOTALL)
    assert head is not None
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th.*?</th>", head[1], re.DOTALL)]
    return [cell for cell in cells if cell not in ("Select", "Details", "")]


async def test_a_viewer_keeps_a_view_and_opens_it(viewer: AsyncClient):
    saved = await save(viewer, "Only drafts", "status=draft&page=7&mode=scroll")
    assert saved.headers["location"] == f"{LIST}?status=draft"
    page = await viewer.get(LIST)
    assert page.status_code == 200
    assert "View saved." in page.text
    assert links(page)["Only drafts"] == f"{LIST}?status=draft"
    page = await viewer.get(f"{LIST}?status=draft")
    assert sorted(keys(page)) == ["1", "3"]
    assert re.search(r'aria-current="true">Only drafts<', page.text)


async def test_a_view_of_nonsense_is_refused(viewer: AsyncClient, database: Database):
    assert (await save(viewer, "Bad", "no_such=1")).status_code == 400
    await save(viewer, "")
    assert "1 to 80 characters" in (await viewer.get(LIST)).text
    assert database.value("select count(*) from larder.saved_view") == 0


async def test_a_view_whose_column_is_gone_says_so(viewer: AsyncClient, database: Database):
    await save(viewer, "Old", default="1")
    database.sql("update larder.saved_view set query = 'colour=red'")
    page = await viewer.get(LIST)
    assert page.status_code == 200
    text = html.unescape(page.text)
    assert "Your default view Old cannot be shown. The parameter “colour” is unknown" in text
    assert "Old" not in links(page)
    index = html.unescape((await viewer.get(VIEWS)).text)
    assert "<s>Old</s>" in index
    assert "The parameter “colour” is unknown" in index


async def test_the_table_opens_with_the_default_view_and_never_loops(viewer: AsyncClient):
    await save(viewer, "Drafts", default="1")
    opened = await viewer.get(LIST)
    assert (opened.status_code, opened.headers["location"]) == (303, f"{LIST}?status=draft")
    page = await viewer.get(opened.headers["location"])
    assert "Your default view: Drafts." in page.text
    assert links(page)["Show the plain list"] == links(page)["Clear all"] == f"{LIST}?search="
    plain = await viewer.get(f"{LIST}?search=")
    assert len(keys(plain)) == 3
    assert "Your default view" not in plain.text
    assert links(plain)["Paper 1"] == "/admin/document/details/1?search="


async def test_a_default_view_of_everything_is_no_loop(viewer: AsyncClient):
    await save(viewer, "All", "", default="1")
    opened = await viewer.get(LIST)
    assert opened.headers["location"] == f"{LIST}?search="
    assert (await viewer.get(opened.headers["location"])).status_code == 200


async def test_a_default_is_taken_back(viewer: AsyncClient, database: Database):
    await save(viewer, "Drafts", default="1")
    view = database.value("select id from larder.saved_view")
    await viewer.post(f"{VIEWS}/{view}/default", data={"off": "1"})
    assert (await viewer.get(LIST)).status_code == 200
    await viewer.post(f"{VIEWS}/{view}/default")
    assert (await viewer.get(LIST)).status_code == 303
    await viewer.post(f"{VIEWS}/{view}/delete")
    assert (await viewer.get(LIST)).status_code == 200


async def test_shared_views_are_changed_by_their_owner_and_admins_only(
    viewer: AsyncClient, browse: Browse, database: Database
):
    editor, admin = await browse("editor"), await browse("admin")
    await save(editor, "Ours", shared="1")
    await save(editor, "Mine")
    (ours,), (mine,) = database.sql("select id from larder.saved_view order by name desc")
    index = await viewer.get(VIEWS)
    assert (links(index).get("Ours"), links(index).get("Mine")) == (f"{LIST}?status=draft", None)
    assert "Delete Ours" not in index.text
    changed = {"name": "Theirs", "shared": "1"}
    assert (await viewer.post(f"{VIEWS}/{ours}", data=changed)).status_code == 403
    assert (await viewer.post(f"{VIEWS}/{ours}/delete")).status_code == 403
    assert (await viewer.post(f"{VIEWS}/{mine}", data=changed)).status_code == 404
    assert (await viewer.post(f"{VIEWS}/{mine}/default")).status_code == 404
    assert (await viewer.post(f"{VIEWS}/{ours}/default")).status_code == 303
    assert (await admin.post(f"{VIEWS}/{ours}", data=changed)).status_code == 303
    assert "Theirs" in (await viewer.get(VIEWS)).text


async def test_views_belong_to_their_table(viewer: AsyncClient, database: Database):
    await save(viewer, "Drafts")
    view = database.value("select id from larder.saved_view")
    assert (await viewer.post(f"/admin/book/views/{view}/delete")).status_code == 404
    assert (await viewer.post(f"/admin/book/views/{view}/default")).status_code == 404
    assert (await viewer.post(f"{VIEWS}/{2**70}/delete")).status_code == 404


async def test_other_sites_cannot_change_views(viewer: AsyncClient, database: Database):
    answer = await viewer.post(VIEWS, data={"name": "x", "query": ""}, headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert (await viewer.get(f"{VIEWS}/7/delete")).status_code == 405
    assert database.value("select count(*) from larder.saved_view") == 0


# -- columns --------------------------------------------------------------------------------------------------------


async def choose(browser: AsyncClient, *columns: str, **more: str) -> Response:
    return await browser.post("/admin/document/columns?status=draft", data={"columns": list(columns), **more})


async def test_a_list_shows_the_chosen_columns_in_their_order(viewer: AsyncClient, browse: Browse):
    before = headers(await viewer.get(LIST))
    chosen = await choose(viewer, "status", "title")
    assert chosen.headers["location"] == f"{LIST}?status=draft"
    assert headers(await viewer.get(LIST)) == ["Status", "Title"]
    assert headers(await (await browse("editor")).get(LIST)) == before
    await choose(viewer, "status", "title", "id", up="id")
    assert headers(await viewer.get(LIST)) == ["Status", "ID", "Title"]
    await choose(viewer, "status", "title", down="status")
    assert headers(await viewer.get(LIST)) == ["Title", "Status"]
    await choose(viewer, reset="1")
    assert headers(await viewer.get(LIST)) == before


async def test_columns_change_the_list_and_nothing_else(viewer: AsyncClient):
    export = (await viewer.get("/admin/document/export/csv?sortBy=id")).text
    await choose(viewer, "status")
    assert (await viewer.get("/admin/document/export/csv?sortBy=id")).text == export
    page = await viewer.get(f"{LIST}?title=Paper 2&sortBy=created_at")
    assert keys(page) == ["2"]
    assert "Title is Paper 2" in page.text


async def test_a_column_that_cannot_be_shown_is_refused_and_one_that_is_gone_is_dropped(
    viewer: AsyncClient, database: Database
):
    assert (await choose(viewer)).status_code == 400
    refused = await choose(viewer, "title", "search")
    assert refused.status_code == 400
    assert "no column “search”" in refused.text
    stored = '{"lists": {"document": {"columns": ["gone", "title", "search"]}}}'
    database.sql("update larder.person set preferences = %s::jsonb", stored)
    assert headers(await viewer.get(LIST)) == ["Title"]
    database.sql("""update larder.person set preferences = '{"lists": {"document": {"columns": ["gone"]}}}'""")
    assert len(headers(await viewer.get(LIST))) > 1
