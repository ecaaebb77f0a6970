"""Lists of a million rows answer at any depth and for any word; run by `make test-large`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from admin.database import bounded
from admin.reads import counts, keyset, listing, plans, window_steps
from admin.reads.counts import About, Exact, Unknown
from admin.reads.query import Filter, ListQuery
from models import Document, Event
from tests.postgres import Database
from tests.strangers import resource_of

pytestmark = [pytest.mark.anyio, pytest.mark.large]

EVENT, DOCUMENT = resource_of(Event), resource_of(Document)
ROWS = 1_000_000
LIMIT_MS = 1_000
"""For a single statement, on a machine that does other things too; reading the whole table takes several times that."""


async def test_any_depth_of_a_table(session: AsyncSession, database: Database):
    database.sql(
        "insert into event (kind, created_at) "
        "select 'k' || i %% 5, timestamptz '2026-01-01Z' + i * interval '1 second' "
        "from generate_series(1, %s) i",
        ROWS,
    )
    database.sql("vacuum analyze event")
    created_at = database.value("select created_at from event where id = %s", ROWS // 2)
    order = listing.cursor_order(EVENT, ListQuery())
    middle = keyset.cursor(EVENT, order, (created_at, ROWS // 2))
    async with bounded(session, LIMIT_MS):
        first = await listing.fetch(session, EVENT, ListQuery())
        assert [row.id for row in first.rows[:2]] == [ROWS, ROWS - 1]
        deep = await listing.fetch(session, EVENT, ListQuery(after=middle))
        assert deep.rows[0].id == ROWS // 2 - 1
        back = await listing.fetch(session, EVENT, ListQuery(before=middle))
        assert back.rows[-1].id == ROWS // 2 + 1
        counted = await counts.count(session, EVENT, ListQuery(), first)
    assert isinstance(counted, About)
    assert counted.n == pytest.approx(ROWS, rel=0.05)


PROSE = """
    insert into document (title, body, status, created_at, deleted_at)
    select 'Paper ' || i, concat_ws(' ', case when i = 7 then 'heron' end, case when i %% 3 = 0 then 'wide river' end,
             case when i <= 39000 then 'quill' end, case when hashint4(i) %% 30 = 0 then 'seldom' end,
             case when i %% 3 = 1 then 'meadow' end, 'w' || i %% 400),
           case when i %% 5 = 0 then 'draft' else 'published' end::document_status,
           timestamptz '2026-01-01Z' + i * interval '1 second', case when i %% 30 = 0 then now() end
    from generate_series(1, %s) i
"""
"""“heron” is rare, “river” common, “quill” only old, “seldom” neither, “xyzzy” absent; “meadow” and “river”
never meet. One in thirty documents is in the trash."""

ORDERS = {
    "by relevance": ListQuery(),
    "scrolled": ListQuery(mode="scroll"),
    "by age": ListQuery(sort="created_at", descending=True),
    "by title": ListQuery(sort="title"),
    "drafts": ListQuery(filters=(Filter("status", "exact", "draft", "draft"),)),
    "trash": ListQuery(deleted="only"),
    "trash by age": ListQuery(deleted="only", sort="created_at", descending=True),
}

FOUND = {
    "heron": (1, 0, 0), "river": (50, 50, 50), "quill": (50, 50, 50), "xyzzy": (0, 0, 0), "river meadow": (0, 0, 0),
    '"wide river"': (50, 50, 50), "riv": (50, 50, 50), "river -meadow": (50, 50, 50),
    "heron or quill": (50, 50, 50), "river -wide": (0, 0, 0), "seldom": (50, 50, 50), "paper seldom": (50, 50, 50),
    "seldom river": (50, 50, 50), '"river wide"': (0, 0, 0),
}  # fmt: skip
"""What a first page has of a search: among all, among drafts, in the trash. “river wide” stands in many rows, but never
in this order: the index holds no positions, so all of these rows would have to be looked at."""

FETCHED = window_steps.MOST + window_steps.LEAST
"""Rows that a page of a search may fetch from the table of a million, with those that it shows and ranks. What a count
fetches is bounded by its moment."""


@pytest.fixture
async def explaining(session: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows that each statement of a search has fetched, from its own plan, under the settings that it ran under."""
    fetched: list[int] = []
    run = plans.rows
    # Collecting takes as long as it takes on a busy machine: how much is collected is what is held here.
    monkeypatch.setattr(window_steps, "GUARD_MS", 5_000)

    async def explain(session: AsyncSession, statement: Select[Any]) -> plans.Rows:
        found = await run(session, statement)
        plan = (await run(session, Analyzed(statement)))[0][0][0]["Plan"]
        fetched.append(sum(_fetched(plan)))
        return found

    monkeypatch.setattr(plans, "rows", explain)
    return fetched


class Analyzed(plans.Explain):
    """EXPLAIN with what a statement really read."""

    inherit_cache = False


@compiles(Analyzed)
def _compile_analyzed(element: Analyzed, compiler: SQLCompiler, **options: Any) -> str:
    return f"EXPLAIN (ANALYZE, FORMAT JSON) {compiler.process(element.statement, **options)}"


def _fetched(plan: dict[str, Any]) -> Iterator[int]:
    """Rows that scans of a table have looked at, also those that did not fit."""
    if "Relation Name" in plan:
        removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        yield int((plan["Actual Rows"] + removed) * plan["Actual Loops"])
    for inner in plan.get("Plans", ()):
        yield from _fetched(inner)


async def test_any_word_of_a_table(session: AsyncSession, database: Database, explaining: list[int]):
    database.sql(PROSE, ROWS)
    database.sql("vacuum analyze document")
    fetched = {}
    for word, expected in FOUND.items():
        for name, query in ORDERS.items():
            searched = replace(query, search=word)
            page = await listing.fetch(session, DOCUMENT, searched)
            fetched[word, name] = max(explaining)
            explaining.clear()
            counted = await counts.count(session, DOCUMENT, searched, page)
            assert len(page.rows) == expected[1 if query.filters else 2 if query.deleted == "only" else 0], (word, name)
            if page.looked_through:
                assert (word, counted) == ('"river wide"', Unknown()), name
            else:
                assert counted == Exact(len(page.rows)) if len(page.rows) < 50 else counted != Exact(0), (word, name)
            explaining.clear()
    assert {asked: rows for asked, rows in fetched.items() if rows > FETCHED} == {}
