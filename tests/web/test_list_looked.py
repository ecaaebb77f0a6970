"""How far a search has looked is said on its page, and leads on."""

from __future__ import annotations

import pytest

from admin.reads import indexes, ranked, windows
from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import Links, count, keys

pytestmark = pytest.mark.anyio

LIST = "/admin/document/list"


@pytest.fixture(autouse=True)
def _as_if_there_were_millions(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """300 documents, of which a page of a search looks through sixty; “dry sea” is only in the oldest."""
    for name, value in {"FEW": 0, "LEAST": 20, "MOST": 60, "AFFORDABLE": 0, "DENSE": 0}.items():
        monkeypatch.setattr(windows, name, value)
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
    assert (keys(page), looked) == (["3", "2", "1"], 5)


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
