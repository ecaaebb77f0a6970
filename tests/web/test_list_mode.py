"""Pages or scroll: chosen by a POST, remembered for the person, and overruled by the address."""

from __future__ import annotations

import re

import pytest

from tests.web.lists import documents, keys, links
from tests.web.pages import follow

pytestmark = pytest.mark.anyio

LIST = "/admin/document/list"


def current(page) -> str:
    return re.findall(r'<button type="submit" name="mode" value="\w+" aria-current="true">(\w+)', page.text)[0]


async def test_the_choice_is_remembered_wherever_the_person_logs_in(browse, database):
    documents(database, 3)
    here, there, other = await browse("editor"), await browse("editor"), await browse("viewer")
    assert current(await here.get(LIST)) == "Pages"
    answer = await here.post("/admin/document/mode?sortBy=title&page=2", data={"mode": "scroll"})
    assert answer.headers["location"] == f"{LIST}?sortBy=title&mode=scroll"
    assert current(await there.get(LIST)) == "Scroll"
    assert current(await other.get(LIST)) == "Pages"
    assert current(await here.get("/admin/book/list")) == "Pages"
    page = await follow(here, await here.post("/admin/document/mode", data={"mode": "pages"}))
    assert current(page) == current(await there.get(LIST)) == "Pages"


async def test_the_address_wins_and_changes_nothing(browse, database):
    documents(database, 3)
    editor = await browse("editor")
    await editor.post("/admin/document/mode", data={"mode": "scroll"})
    page = await editor.get(f"{LIST}?mode=pages")
    assert current(page) == "Pages"
    assert "mode=pages" in links(page)["Title"]
    assert current(await editor.get(LIST)) == "Scroll"


async def test_the_number_of_a_page_asks_for_pages(browse, database):
    documents(database, 25)
    editor = await browse("editor")
    await editor.post("/admin/document/mode", data={"mode": "scroll"})
    page = await editor.get(f"{LIST}?pageSize=10&page=2")
    assert current(page) == "Pages"
    assert "mode=pages" in links(page)["1"]


@pytest.mark.parametrize("sent", [{}, {"mode": ""}, {"mode": "both"}])
async def test_what_is_no_choice_is_refused(browse, sent):
    answer = await (await browse("viewer")).post("/admin/document/mode", data=sent)
    assert answer.status_code == 400
    assert "choose pages or scroll" in answer.text


async def test_more_rows_come_without_the_page_around_them(browse, database):
    documents(database, 25)
    editor = await browse("editor")
    first = await editor.get(f"{LIST}?mode=scroll&pageSize=10")
    more = await editor.get(links(first)["Next page"], headers={"larder-part": "rows"})
    assert len(keys(more)) == 10
    assert not set(keys(first)) & set(keys(more))
    assert links(more)["Next page"]
    assert links(more)["Previous page"]
    assert "<html" not in more.text
    assert "data-count" not in more.text
    assert len(more.text) < len(first.text) / 1.5


async def test_the_first_page_says_where_to_ask_for_newer_rows(browse, database):
    documents(database, 3)
    editor = await browse("editor")
    first = await editor.get(f"{LIST}?mode=scroll")
    newer = re.findall(r'data-newer="([^"]+)"', first.text)[0].replace("&amp;", "&")
    assert keys(await editor.get(newer)) == []
    documents(database, 2)
    assert keys(await editor.get(newer, headers={"larder-part": "rows"})) == ["5", "4"]
