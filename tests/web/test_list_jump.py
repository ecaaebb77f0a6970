"""Jumping in a list that scrolls, as plain GET forms."""

from __future__ import annotations

import re

import pytest

from tests.web.lists import documents, keys
from tests.web.pages import follow

pytestmark = pytest.mark.anyio

LIST = "/admin/event/list"


@pytest.fixture
async def viewer(browse, database):
    database.sql(
        "insert into event (kind, created_at)"
        " select 'kind ' || n, timestamptz '2026-01-01 12:00Z' + interval '1 day' * n from generate_series(0, 364) n"
    )
    database.sql("analyze event")
    return await browse("viewer")


async def test_a_day_begins_with_its_newest_row_in_a_list_of_the_newest_first(viewer):
    answer = await viewer.get(f"{LIST}?mode=scroll&jump=2026-03-01")
    assert re.fullmatch(rf"{LIST}\?mode=scroll&after=[\w-]+", answer.headers["location"])
    assert keys(await follow(viewer, answer))[:2] == ["60", "59"]


async def test_first_letters_of_a_text(viewer):
    up = await follow(viewer, await viewer.get(f"{LIST}?sortBy=kind&jump=kind+35"))
    assert keys(up)[:2] == ["36", "351"]
    down = await follow(viewer, await viewer.get(f"{LIST}?sortBy=kind&sort=desc&jump=kind+35"))
    assert keys(down)[:2] == ["360", "359"]


async def test_a_percentile_leads_there_and_is_shown(viewer):
    page = await follow(viewer, await viewer.get(f"{LIST}?jump-percent=50"))
    assert abs(int(keys(page)[0]) - 183) < 8
    shown = re.findall(r'name="jump-percent" [^>]*value="(\d+)"', page.text)
    assert abs(int(shown[0]) - 50) <= 2


async def test_what_the_statistics_do_not_know_yet_is_reached_and_named(viewer, database):
    database.sql(
        "insert into event (kind, created_at)"
        " select 'old', timestamptz '2025-01-01 12:00Z' + interval '1 minute' * n from generate_series(1, 200) n"
    )
    last = await follow(viewer, await viewer.get(f"{LIST}?jump-percent=100"))
    assert keys(last)[-1] == database.value("select id::text from event order by created_at, id limit 1")
    assert 'rel="next"' not in last.text
    assert "<output>2025-01-01</output>" in last.text
    assert 'data-place="2025-01-01"' in last.text
    first = await viewer.get(f"{LIST}?jump-percent=0")
    assert first.headers["location"] == f"{LIST}?mode=scroll"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("jump=yesterday", "not a date and time"),
        ("jump-percent=101", "from 0 to 100"),
        ("jump-percent=1e1", "from 0 to 100"),
        ("jump-percent=50&kind__startswith=k", "Nothing is known"),
        ("jump=7&search=kind", "Nobody can jump in this order"),
    ],
)
async def test_what_is_no_place_is_refused(viewer, asked, words):
    answer = await viewer.get(f"{LIST}?{asked}")
    assert answer.status_code == 400
    assert words in answer.text


async def test_the_controls_are_offered_where_they_lead_somewhere(viewer, browse, database):
    assert 'class="jump"' not in (await viewer.get(LIST)).text
    page = (await viewer.get(f"{LIST}?mode=scroll")).text
    assert "Jump to created at" in page
    assert 'type="range"' in page
    page = (await viewer.get(f"{LIST}?mode=scroll&kind__startswith=kind")).text
    assert "Jump to created at" in page
    assert 'type="range"' not in page
    documents(database, 3)
    assert 'class="jump"' not in (await viewer.get("/admin/document/list?mode=scroll")).text
