"""Deep pages over HTTP: where their links lead, and what is said when a number is too far to count to."""

from __future__ import annotations

import pytest
from httpx2 import AsyncClient

from admin.reads import counts, deep_pages
from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import documents, keys, links

pytestmark = pytest.mark.anyio

DEEP = "/admin/document/list?pageSize=10&sortBy=id"


@pytest.fixture
async def viewer(browse: Browse, database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncClient:
    """Somebody with 205 documents, where everything behind page 3 is deep."""
    monkeypatch.setattr(deep_pages, "FAR", 30)
    documents(database, 205)
    database.sql("vacuum analyze document")
    return await browse("viewer")


async def test_neighbours_of_a_deep_page_ride_on_cursors_and_keep_their_number(viewer: AsyncClient):
    page = await viewer.get(f"{DEEP}&page=7")
    assert keys(page) == [str(n) for n in range(61, 71)]
    assert "after=" in links(page)["Next page"]
    assert links(page)["8"] == links(page)["Next page"]
    assert "before=" in links(page)["6"]
    following = await viewer.get(links(page)["Next page"])
    assert keys(following) == [str(n) for n in range(71, 81)]
    assert 'aria-current="page">8</a>' in following.text
    back = await viewer.get(links(following)["Previous page"])
    assert keys(back) == keys(page)
    assert "before=" not in links(await viewer.get(f"{DEEP}&page=4"))["Previous page"]


async def test_page_last_is_the_last_page(viewer: AsyncClient):
    asked = await viewer.get(f"{DEEP}&page=last")
    assert (asked.status_code, asked.headers["location"]) == (303, "/admin/document/list?sortBy=id&pageSize=10&page=21")


async def test_a_list_that_nobody_has_counted_is_read_from_its_end(
    viewer: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(counts, "WHOLE_LIMIT", 100)
    documents(database, 200_000)
    database.sql("vacuum analyze document")
    monkeypatch.setattr(deep_pages, "FAR_MS", 1)
    assert links(await viewer.get("/admin/document/list?sortBy=id&mode=pages"))["Last"].endswith("page=last")
    asked = await viewer.get("/admin/document/list?sortBy=id&mode=pages&page=999999")
    assert asked.headers["location"] == "/admin/document/list?sortBy=id&mode=pages&page=last"
    last = await viewer.get(asked.headers["location"])
    assert keys(last)[-1] == "200205"
    assert 'aria-current="page">Last</a>' in last.text
    before = await viewer.get(links(last)["Previous page"])
    assert int(keys(before)[-1]) == int(keys(last)[0]) - 1
    assert keys(await viewer.get(links(before)["Next page"])) == keys(last)


async def test_a_page_too_far_to_count_to_says_so_and_leads_on(
    viewer: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(counts, "WHOLE_LIMIT", 100)
    documents(database, 200_000)
    database.sql("vacuum analyze document")
    monkeypatch.setattr(deep_pages, "FAR_MS", 1)
    page = await viewer.get("/admin/document/list?sortBy=id&page=3000&status=draft")
    assert "Page 3,000 is too far to count to" in page.text
    assert keys(page) == []
    ways = links(page)
    assert ways["Scroll from the start"] == "/admin/document/list?status=draft&sortBy=id&mode=scroll"
    assert ways["Last page"] == "/admin/document/list?status=draft&sortBy=id&mode=pages&page=last"
    counted = await viewer.get(ways["Count all rows, then open it"])
    assert keys(counted)[0] == str(2999 * 50 + 1)
    assert "after=" in links(counted)["Next page"]
