"""“How this page was made” and the marks of missing indexes: who sees them, where, and what they say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import text

from admin.database import bounded
from admin.reads import counts, indexes
from admin.web.console import Console
from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import documents, links

pytestmark = pytest.mark.anyio

MARK = "No index: slow on a table of this size"


async def test_admins_see_the_queries_of_a_page_and_nobody_else_does(browse: Browse, database: Database):
    documents(database, 60)
    admin, editor = await browse("admin"), await browse("editor")
    page = await admin.get("/admin/document/list?title__icontains=Paper")
    assert '<details class="explained"' not in page.text
    made = await admin.get(links(page)["How this page was made"])
    drawer = made.text[made.text.index('<details class="explained"') :]
    assert "The rows of this page" in drawer
    assert re.search(r"\d+\.\d ms, 51 rows", drawer)
    assert re.search(r"(Seq|Index|Bitmap Heap) (Only )?Scan", drawer)
    assert "Paper" not in drawer
    assert "How this page was made" not in links(await editor.get("/admin/document/list"))
    assert '<details class="explained"' not in (await editor.get("/admin/document/list?explain=1")).text


async def test_a_query_that_is_sent_again_and_again_is_warned_of(
    browse: Browse, database: Database, monkeypatch: pytest.MonkeyPatch
):
    documents(database, 60)
    admin, address, count = await browse("admin"), "/admin/document/list?status=draft&explain=1", counts.count
    assert "The same query" not in (await admin.get(address)).text

    async def thrice(*given: Any) -> Any:
        for _ in range(2):
            await count(*given)
        return await count(*given)

    monkeypatch.setattr(counts, "count", thrice)
    assert "The same query 3 times: <code>SELECT count(*)" in (await admin.get(address)).text


async def test_what_no_index_serves_is_marked_on_a_large_table(
    browse: Browse, database: Database, monkeypatch: pytest.MonkeyPatch
):
    for limits, name in ((counts, "WHOLE_LIMIT"), (counts, "NARROWED_LIMIT"), (indexes, "LARGE")):
        monkeypatch.setattr(limits, name, 100)
    documents(database, 300)
    database.sql("vacuum analyze document")
    admin = await browse("admin")
    page = await admin.get("/admin/document/list?mode=pages&body__icontains=Body&explain=1")
    heads = dict(re.findall(r"<th scope=\"col\"[^>]*><a [^>]*>([\w ]+)(.*?)</a>", page.text))
    assert MARK in heads["Status"]
    assert MARK not in heads["Title"]
    chips = page.text[page.text.index('class="chips"') :]
    assert MARK in chips[: chips.index("</ul>")]
    assert "CREATE INDEX CONCURRENTLY ON document USING gin (body gin_trgm_ops) WHERE deleted_at IS NULL;" in page.text
    columns = dict(re.findall(r'<option value="(\w+)"[^>]*data-slow="([^"]*)"', page.text))
    assert {"contains", "icontains"} <= set(columns["body"].split())
    assert "startswith" not in columns.get("title", "").split()
    assert "data-slow-note" in page.text
    small = await admin.get("/admin/author/list")
    assert MARK not in small.text
    assert "data-slow" not in small.text


async def test_a_list_that_took_too_long_names_what_no_index_serves(
    browse: Browse, database: Database, console: Console, monkeypatch: pytest.MonkeyPatch
):
    database.sql("insert into event (kind) select i from generate_series(1, 150000) i; analyze event")
    monkeypatch.setattr("admin.reads.listing.fetch", _stopped)
    page = await (await browse("viewer")).get("/admin/event/list?mode=pages&payload__contains=%7B%7D")
    assert page.status_code == 503
    assert "No index serves the filter “payload contains {}”" in page.text


async def _stopped(session, *_):
    async with bounded(session, 20):
        await session.execute(text("select pg_sleep(3)"))
