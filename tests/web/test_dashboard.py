from __future__ import annotations

import pytest

from tests.postgres import Database
from tests.web.conftest import Browse
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
    assert "Nothing is in here yet" in (await (await browse("viewer")).get("/admin/")).text


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
