"""A table with other columns in its list: what is loaded changes, what may be seen does not."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import listing
from admin.reads.query import ListQuery
from models import Document
from tests.postgres import Queries
from tests.strangers import resource_of

DOCUMENT = resource_of(Document)


def test_only_visible_columns_can_be_shown_in_the_given_order():
    shown = DOCUMENT.showing(["updated_at", "gone", "search", "title", "updated_at"])
    assert shown.list_columns == ("updated_at", "title")
    assert DOCUMENT.showing(["gone"]) is DOCUMENT


def test_what_may_be_seen_stays_the_same():
    shown = DOCUMENT.showing(["title"])
    assert shown.visible == DOCUMENT.visible
    assert (shown.export_columns, shown.form_columns) == (DOCUMENT.export_columns, DOCUMENT.form_columns)


@pytest.mark.anyio
async def test_a_list_loads_the_columns_that_it_shows(session: AsyncSession, queries: Queries):
    await listing.fetch(session, DOCUMENT, ListQuery())
    assert any("document.body" in statement for statement in queries.statements)
    queries.clear()
    await listing.fetch(session, DOCUMENT.showing(["status"]), ListQuery())
    assert not any("body" in statement for statement in queries.statements)
    assert any("document.status" in statement for statement in queries.statements)
