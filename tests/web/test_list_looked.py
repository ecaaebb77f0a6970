"""How far a search has looked is said on its page, and leads on."""

from __future__ import annotations

import pytest
from httpx2 import Response

from admin.reads import indexes, ranked, window_steps
from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import Links, count, keys, slow_down

pytestmark = pytest.mark.anyio

LIST = "/admin/document/list"


@pytest.fixture(autouse=True)
def _as_if_there_were_millions(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """300 documents, of which a page of a search looks through sixty; “dry sea” is only in the oldest."""
    for name, value in {"FEW": 0, "LEAST": 20, "MOST": 60, "AFFORDABLE": 0, "DENSE": 0}.items():
        monkeypatch.setattr(window_steps, name, value)
    monkeypatch.setattr(ranked, "RANKED", 20)
    monkeypatch.setattr(indexes, "SCATTERED", 1)
    database.sql(
        "insert into document (id, title, body, created_at) select i, 'title ' || i, "
        "case when i <= 3 then 'dry sea' else 'sea and dry' end, timestamptz '2026-01-01Z' + i * interval '1 h' "
        "from generate_series(1, 300) i; analyze document"
    )


@pytest.mark.parametrize("mode", ["pages", "scroll"])
async def test_nothing_in_a_part_is_no_answer_and_leads_further(browse: Browse, mode: str):
    viewer = await browse("viewer")
    page = await viewer.get(f'{LIST}?mode={mode}&search="dry sea"')
    assert "Nothing found so far" in page.text
    assert "Nothing was found in the first 60 rows of this list." in page.text
    assert "No documents match" not in page.text
    assert count(page) == ("unknown", "", "Not counted")
    looked = 1
    while not keys(page):
        page = await viewer.get(Links(page.text).urls["Look further"])
        looked += 1
        assert page.status_code == 200
        assert "first 60 rows" not in page.text
        if not keys(page):
            assert Links(page.text).urls["Start of the list"] == f"{LIST}?search=%22dry+sea%22&mode={mode}"
    assert (keys(page), looked) == (["3", "2", "1"], 5)


@pytest.mark.parametrize("mode", ["pages", "scroll"])
async def test_who_looked_further_comes_back_page_by_page(browse: Browse, mode: str):
    viewer = await browse("viewer")

    async def to_the_end(page: Response, link: str) -> list[Response]:
        pages = [page]
        while link in (ways := Links(pages[-1].text).urls):
            pages.append(await viewer.get(ways[link]))
        return pages

    start = await viewer.get(f'{LIST}?mode={mode}&search="dry sea"&pageSize=10')
    down = await to_the_end(start, "Next page")
    assert [len(keys(page)) for page in down] == [0, 0, 0, 0, 3]
    up = await to_the_end(down[-1], "Previous page")
    assert [len(keys(page)) for page in up] == [3, 0, 0, 0, 0]
    assert "Nothing was found in the previous 60 rows of this list." in up[1].text
    assert "Nothing more was found" in up[-1].text
    assert count(up[-1]) == ("unknown", "", "Not counted")
    assert "The rest of this list was looked through, to its start." in up[-1].text
    again = await to_the_end(up[2], "Next page")
    assert keys(again[-1]) == ["3", "2", "1"]


@pytest.mark.parametrize("rest", ["", "&sortBy=title"])
async def test_the_pages_of_a_search_follow_each_other_at_any_depth(browse: Browse, rest: str):
    viewer = await browse("viewer")
    url, found, number = f"{LIST}?mode=pages&search=title&pageSize=50{rest}", [], 0
    page = await viewer.get(url)
    while True:
        found += keys(page)
        number += 1
        ways = Links(page.text).urls
        assert ways[f"{number}"].partition("&after=")[0].endswith(f"&page={number}") or number == 1
        if "Next page" not in ways:
            break
        page = await viewer.get(ways["Next page"])
    assert (number, len(found), len(set(found))) == (6, 300, 300)
    back = await viewer.get(ways["Previous page"])
    assert keys(back) == found[200:250]
    far = await viewer.get(f"{url}&page=5")
    assert "Page 5 is too far to count to" in far.text
    assert "Nothing" not in far.text


@pytest.mark.parametrize("rest", ["", "&sortBy=created_at&sort=desc"])
async def test_an_export_and_all_that_match_are_more_than_was_looked_through(
    browse: Browse, database: Database, rest: str
):
    admin = await browse("admin")
    page = await admin.get(f"{LIST}?mode=pages&search=title+-299&pageSize=100{rest}")
    further = Links((await admin.get(f'{LIST}?mode=pages&search="dry sea"{rest}')).text).urls
    exported = await admin.get(further["Export CSV"])
    assert [line.split(",")[0] for line in exported.text.splitlines()] == ["id", "3", "2", "1"]
    exported = await admin.get(Links(page.text).urls["Export JSON"])
    assert len(exported.text.splitlines()) == 299
    beyond = (await admin.get(further["Next page"])).url
    await admin.post(f"/admin/document/delete?{beyond.query.decode()}", data={"all": "1"})
    assert database.value("select array_agg(id order by id) from document where deleted_at is not null") == [1, 2, 3]


async def test_too_many_matches_for_an_order_without_an_index_say_what_to_do(
    browse: Browse, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(window_steps, "SORTED_MS", 100)
    database.sql("alter table document alter id restart with 1000")
    slow_down(database, "sort_0", seconds=0.002)
    viewer = await browse("viewer")
    page = await viewer.get(f"{LIST}?mode=pages&search=sea&sortBy=updated_at&sort=desc&pageSize=100")
    assert page.status_code == 200
    assert "Too many matches to sort in a moment" in page.text
    assert "No index serves the order by Updated at" in page.text
    assert count(page) == ("exact", "300", "300 rows")
    assert Links(page.text).urls["Best matches first"] == f"{LIST}?search=sea&mode=pages&pageSize=100"
    whole = await viewer.get(Links(page.text).urls["Count and sort all of them"])
    assert len(keys(whole)) == 100
    following = await viewer.get(Links(whole.text).urls["Next page"])
    assert len(keys(following)) == 100
    assert not {*keys(whole)} & {*keys(following)}


async def test_a_page_that_a_part_does_not_fill_says_so(browse: Browse):
    viewer = await browse("viewer")
    page = await viewer.get(f"{LIST}?mode=pages&search=title+-300&sortBy=title&pageSize=100")
    assert "Only the first 60 rows of this list were looked through" in page.text
    first = keys(page)
    further = await viewer.get(Links(page.text).urls["Next page"])
    assert first
    assert not set(first) & set(keys(further))
    assert "looked through" not in (await viewer.get(f"{LIST}?mode=scroll&search=title&sortBy=title")).text


async def test_what_is_ranked_is_said_where_others_follow(browse: Browse):
    viewer = await browse("viewer")
    page = await viewer.get(f"{LIST}?mode=pages&search=title")
    assert "The newest 20 matches are ranked, the best on top. The others follow" in page.text
    assert len(keys(page)) == 50
    assert "matches are ranked" not in (await viewer.get(f"{LIST}?mode=pages&search=title&page=2")).text
    assert "matches are ranked" not in (await viewer.get(f"{LIST}?mode=pages&search=title+299")).text
