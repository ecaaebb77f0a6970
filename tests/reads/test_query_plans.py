"""The statements that a list really sends are answered by the indexes that were made for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.database import under
from admin.reads import listing, plans, window_steps
from admin.reads.query import Filter, ListQuery
from models import Document, Event
from tests.postgres import Database
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

EVENT, DOCUMENT = resource_of(Event), resource_of(Document)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Select[Any]]:
    """The statements of a list, as they are sent."""
    statements: list[Select[Any]] = []
    run = plans.rows

    async def record(session: AsyncSession, statement: Select[Any]) -> plans.Rows:
        statements.append(statement)
        return await run(session, statement)

    monkeypatch.setattr(plans, "rows", record)
    return statements


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


async def indexes(session: AsyncSession, statement: Select[Any]) -> set[str]:
    """How a statement reads its tables: index names, and the table where it is read whole."""
    plan = (await session.execute(plans.Explain(statement))).scalar_one()[0]["Plan"]
    scans = (node for node in nodes(plan) if "Scan" in node["Node Type"] and "CTE Name" not in node)
    leaves = [node for node in scans if "Plans" not in node]
    return {node.get("Index Name") or node["Relation Name"] for node in leaves}


@pytest.fixture
def events(database: Database) -> None:
    database.sql(
        "insert into event (kind, created_at) "
        "select 'k' || i % 5, timestamptz '2026-01-01Z' + i / 7 * interval '1 minute' from generate_series(1, 100000) i"
    )
    database.sql("vacuum analyze event")


@pytest.mark.usefixtures("events")
async def test_first_deep_and_far_pages_of_a_table(session: AsyncSession, sent: list[Select[Any]]):
    first = await listing.fetch(session, EVENT, ListQuery())
    middle = await listing.fetch(session, EVENT, ListQuery(page=1000))
    await listing.fetch(session, EVENT, ListQuery(after=middle.after))
    await listing.fetch(session, EVENT, ListQuery(before=middle.before))
    await listing.fetch(session, EVENT, ListQuery(page=10**9))
    assert first.rows
    assert len(sent) == 6
    used = [await indexes(session, statement) for statement in sent]
    by_order = {"event_created_at", "event_pkey"}
    assert [used[number] for number in (0, 1, 2, 3, 5)] == [by_order] * 5


@pytest.mark.usefixtures("events")
async def test_a_filter_and_the_keys_own_order(session: AsyncSession, sent: list[Select[Any]]):
    of_kind = (Filter("kind", "exact", "k3", "k3"),)
    await listing.fetch(session, EVENT, ListQuery(filters=of_kind))
    await listing.fetch(session, EVENT, ListQuery(sort="id"))
    assert await indexes(session, sent[0]) == {"event_kind", "event_pkey"}
    assert await indexes(session, sent[1]) == {"event_pkey"}


@pytest.fixture
def documents(database: Database) -> None:
    database.sql(
        "insert into document (title, body, created_at, deleted_at) select 'title ' || i, "
        "case when i % 2 = 0 then 'common ' else '' end || case when i % 2000 = 0 then 'rare' else 'word' end, "
        "timestamptz '2026-01-01Z' + i * interval '1 minute', case when i % 50 = 0 then now() end "
        "from generate_series(1, 20000) i"
    )
    database.sql("vacuum analyze document")


@pytest.mark.usefixtures("documents")
async def test_live_rows_trash_and_both_are_read_in_order(session: AsyncSession, sent: list[Select[Any]]):
    for deleted in ("hide", "only", "with"):
        await listing.fetch(session, DOCUMENT, ListQuery(deleted=deleted))
    live, trash, both = [await indexes(session, statement) for statement in sent]
    assert live == {"document_live_created_at", "document_pkey"}
    assert len(trash) == 2
    assert live | trash == both


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("word", ["rare", "absent"])
async def test_rare_and_absent_words_come_from_the_words_index(
    session: AsyncSession, sent: list[Select[Any]], word: str
):
    for query in (ListQuery(search=word), ListQuery(search=word, sort="created_at", descending=True)):
        await listing.fetch(session, DOCUMENT, query)
    assert len(sent) == 2
    async with under(session, plans.BITMAPS_ONLY):
        for statement in sent:
            assert await indexes(session, statement) == {"document_search", "document_pkey"}


@pytest.mark.usefixtures("documents")
async def test_common_words_are_met_along_the_order(
    session: AsyncSession, sent: list[Select[Any]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(window_steps, "FEW", 1000)
    await listing.fetch(session, DOCUMENT, ListQuery(search='"common"', sort="title"))
    end, page = sent
    assert await indexes(session, end) == {"document_live_title"}
    async with under(session, plans.ALONG):
        assert await indexes(session, page) == {"document_live_title", "document_pkey"}
