"""How far a search looks: bounded work, and nothing passed over by whoever looks further."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import counts, indexes, listing, plans, ranked, window_steps
from admin.reads.counts import About, Exact, Unknown
from admin.reads.plans import Prospect
from admin.reads.query import LAST, ListQuery
from admin.reads.window_steps import steps
from models import Document
from tests.postgres import Database
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

DOCUMENT = resource_of(Document)
ALL, WIDEST = None, window_steps.MOST


@pytest.mark.parametrize(
    ("prospect", "wanted", "cost", "tried"),
    [
        # Common: 2 × as many rows of the order as ought to hold them.
        (Prospect(found=300_000, among=966_000, collected=400_000), 400, 1, [3_000, WIDEST]),
        (Prospect(found=33_000, among=966_000, collected=41_000), 400, 1, [23_418, WIDEST, ALL]),
        (Prospect(found=33_000, among=966_000, collected=41_000, certain=False), 400, 1, [23_418, WIDEST]),
        # Seldom: everything is collected, at once or guarded.
        (Prospect(found=1_400, among=966_000, collected=1_800), 51, 1, [ALL]),
        (Prospect(found=9_000, among=966_000, collected=10_000), 400, 1, [WIDEST, ALL]),
        (Prospect(found=1_800, among=966_000, collected=10_000), 400, 1, [ALL, WIDEST]),
        # Words that seldom meet, by the planner's word: then what is affordable.
        (Prospect(found=15_000, among=966_000, collected=18_000), 51, 1, [6_568, ALL, WIDEST]),
        # Rows that lie apart are dearer.
        (Prospect(found=300_000, among=966_000, collected=400_000), 51, 8, [375, WIDEST // 8]),
        (Prospect(found=600, among=33_000, collected=14_000), 400, 8, [ALL, 16_166]),
        # No index has the order.
        (Prospect(found=30_000, among=966_000, collected=40_000), 51, None, [ALL]),
        (Prospect(found=300_000, among=966_000, collected=400_000), 51, None, []),
    ],
)
def test_the_cheapest_way_that_ought_to_do_comes_first(
    prospect: Prospect, wanted: int, cost: float | None, tried: list[int | None]
):
    planned = steps(prospect, wanted, cost)
    assert [step.rows for step in planned] == tried
    guarded = [step.guard_ms for step in planned if step.rows is None]
    guard = window_steps.SORTED_MS if cost is None else 0 if tried == [ALL] else window_steps.GUARD_MS
    assert guarded == [guard] * len(guarded)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of a small table, as if it had a million rows."""
    for name, value in {"FEW": 0, "LEAST": 20, "MOST": 60, "AFFORDABLE": 0, "DENSE": 0, "GUARD_MS": 5_000}.items():
        monkeypatch.setattr(window_steps, name, value)
    monkeypatch.setattr(ranked, "RANKED", 20)
    monkeypatch.setattr(indexes, "SCATTERED", 2)


@pytest.fixture
def documents(database: Database) -> None:
    """“sea” is everywhere, “heron” stands in the middle only, “teal” at either end and where the first window of the
    order does, “dry sea” is no phrase of any; a seventh is deleted."""
    database.sql(
        "insert into document (id, title, body, created_at, deleted_at) select i, "
        "'t' || lpad((i * 37 % 1000)::text, 4, '0') || case when i % 5 = 0 then ' sea' else '' end, "
        "concat_ws(' ', 'sea and dry', case when i between 150 and 175 then 'heron' end, "
        "case when i in (1, 351) then 'teal' end), "
        "timestamptz '2026-01-01Z' + i / 3 * interval '1 h', case when i % 7 = 0 then now() end "
        "from generate_series(1, 420) i"
    )
    database.sql("vacuum analyze document")


async def down(session: AsyncSession, query: ListQuery) -> tuple[list[int], listing.Slice, int]:
    """The keys of a whole search, its last page with a row, and how many of its pages looked at a part only."""
    last = page = await listing.fetch(session, DOCUMENT, query)
    found, parts = [row.id for row in page.rows], bool(page.looked_through)
    while page.has_next:
        assert page.after
        page = await listing.fetch(session, DOCUMENT, replace(query, after=page.after))
        found += [row.id for row in page.rows]
        parts += bool(page.looked_through)
        last = page if page.rows else last
    return found, last, parts


@pytest.mark.usefixtures("narrow", "documents")
@pytest.mark.parametrize(
    ("sort", "deleted"),
    [(None, "only"), (None, "with"), ("created_at", "with"), ("title", "hide")],
)
async def test_who_looks_further_meets_every_row_once_down_and_up(
    session: AsyncSession, database: Database, sort: str | None, deleted
):
    for text, word in (("heron", "%heron%"), ("sea", "%sea%"), ('"dry sea"', "%dry sea%")):
        size = 40 if text == "sea" else 10
        query = ListQuery(search=text, mode="scroll", sort=sort, descending=sort != "title", deleted=deleted, size=size)
        side = {"hide": "deleted_at is null", "only": "deleted_at is not null", "with": "true"}[deleted]
        expected = database.value(
            f"select coalesce(array_agg(id), '{{}}') from document where {side} and title || ' ' || body like %s", word
        )
        found, page, parts = await down(session, query)
        assert sorted(found) == sorted(expected)
        assert parts or text == "sea" or deleted == "only" or (text, sort) == ("heron", "title")
        up = [row.id for row in page.rows]
        while page.before:
            page = await listing.fetch(session, DOCUMENT, replace(query, before=page.before))
            up = [*(row.id for row in page.rows), *up]
        assert up == found
        if text == "heron":
            continue  # So few have no last page of their own.
        page = await listing.fetch(session, DOCUMENT, replace(query, mode="pages", page=LAST))
        up = [row.id for row in page.rows]
        while page.has_previous:
            page = await listing.fetch(session, DOCUMENT, replace(query, mode="pages", page=LAST, before=page.before))
            up = [*(row.id for row in page.rows), *up]
        assert up == found


async def walk(session: AsyncSession, query: ListQuery, way: str, page: listing.Slice) -> list[listing.Slice]:
    """The pages that follow one, `after` or `before` it."""
    pages = []
    while cursor := getattr(page, way):
        page = await listing.fetch(session, DOCUMENT, replace(query, **{way: cursor}))
        pages.append(page)
    return pages


@pytest.mark.usefixtures("narrow", "documents")
@pytest.mark.parametrize(
    ("sort", "deleted"),
    [(None, "with"), (None, "hide"), ("created_at", "with")],
)
async def test_a_page_without_rows_leads_back_to_all_that_was_met_before(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch, sort: str | None, deleted
):
    monkeypatch.setattr(window_steps, "COLLECTED", 1_000)
    query = ListQuery(search="teal", mode="scroll", sort=sort, descending=True, deleted=deleted, size=7)
    first = await listing.fetch(session, DOCUMENT, query)
    way_down = [first, *await walk(session, query, "after", first)]
    way_up = [way_down[-1], *await walk(session, query, "before", way_down[-1])]
    turned = 0
    for pages, back in ((way_down, "before"), (way_up, "after")):
        for at, page in enumerate(pages):
            if page.rows or not at:
                continue
            turned += 1
            met = sorted(row.id for one in pages[:at] for row in one.rows)
            assert sorted(row.id for one in await walk(session, query, back, page) for row in one.rows) == met
    assert turned > 2


@pytest.mark.usefixtures("narrow", "documents")
async def test_a_part_is_no_answer_for_all_of_it(session: AsyncSession):
    query = ListQuery(search='"dry sea"')
    shown = await listing.fetch(session, DOCUMENT, query)
    assert (shown.rows, shown.has_next, shown.looked_through) == ([], True, 60)
    assert await counts.count(session, DOCUMENT, query, shown) == Unknown()
    further = replace(query, page=2, after=shown.after)
    assert (await listing.fetch(session, DOCUMENT, further)).page == 2
    last = await listing.fetch(session, DOCUMENT, replace(query, page=LAST))
    assert (last.page, last.rows) == (LAST, [])


@pytest.mark.usefixtures("narrow", "documents")
async def test_what_was_met_as_expected_is_not_counted(session: AsyncSession, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(counts, "NARROWED_LIMIT", 100)
    sea = ListQuery(search='"sea"')
    shown = await listing.fetch(session, DOCUMENT, sea)
    assert (len(shown.rows), shown.ranked, shown.looked_through) == (50, 20, 0)
    counted = await counts.count(session, DOCUMENT, sea, shown)
    assert isinstance(counted, About)
    assert counted.n == pytest.approx(360, rel=0.1)
    monkeypatch.setattr(window_steps, "FEW", 5_000)
    shown = await listing.fetch(session, DOCUMENT, sea)
    assert await counts.count(session, DOCUMENT, sea, shown) == Exact(360)


@pytest.mark.usefixtures("narrow", "documents")
async def test_what_takes_too_long_to_collect_is_looked_for_in_a_part(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
):
    async def never(*_: object) -> None:
        return None

    monkeypatch.setattr(window_steps, "COLLECTED", 0)
    query = ListQuery(search="heron", sort="created_at", descending=True, size=10)
    whole = await listing.fetch(session, DOCUMENT, query)
    assert (len(whole.rows), whole.looked_through) == (10, 0)
    monkeypatch.setattr(plans, "within", never)
    part = await listing.fetch(session, DOCUMENT, query)
    assert (part.rows, part.has_next, part.looked_through) == ([], True, 60)
