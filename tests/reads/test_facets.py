"""The values of a filter: few and known ones, counted within the other filters, and never waited for."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import counts, days, facets, plans
from admin.reads.counts import AtLeast, Exact
from admin.reads.facets import Value
from admin.reads.query import ListQuery
from admin.web import params
from models import Customer, Document
from tests.postgres import Database, Queries
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

DOCUMENT, CUSTOMER = resource_of(Document), resource_of(Customer)


@pytest.fixture(autouse=True)
def rows(database: Database) -> None:
    database.sql(
        """insert into "user" (id, email, name, role) select n, n || '@x', 'User ' || n, 'editor'"""
        " from generate_series(1, 3) n"
    )
    database.sql(
        "insert into document (title, body, status, owner_id) select 'Paper ' || n, '',"
        " (case when n <= 5 then 'draft' else 'published' end)::document_status, case when n <= 7 then 2 else 3 end"
        " from generate_series(1, 8) n"
    )
    database.sql("update document set deleted_at = now() where title = 'Paper 1'")


async def of(session: AsyncSession, column: str, **query: str) -> dict[str, object] | None:
    parsed = params.parse(DOCUMENT, query.items())
    found = await facets.of(session, DOCUMENT, parsed, DOCUMENT.column(column))
    return {value.label: value.count for value in found} if found is not None else None


async def test_an_enum_offers_all_its_values_with_the_rows_of_the_list(session: AsyncSession):
    assert await of(session, "status") == {"draft": Exact(4), "published": Exact(3), "archived": Exact(0)}
    assert await of(session, "status", deleted="with") == {
        "draft": Exact(5), "published": Exact(3), "archived": Exact(0),
    }  # fmt: skip


async def test_other_filters_count_and_the_columns_own_do_not(session: AsyncSession):
    found = await of(session, "status", owner_id="2", status="draft")
    assert found == {"draft": Exact(4), "published": Exact(2), "archived": Exact(0)}
    assert await of(session, "status", search="Paper 7") == {
        "draft": Exact(0), "published": Exact(1), "archived": Exact(0),
    }  # fmt: skip


async def test_parents_are_named_and_come_most_frequent_first(session: AsyncSession):
    column = DOCUMENT.column("owner_id")
    found = await facets.of(session, DOCUMENT, ListQuery(), column)
    assert found == [Value("2", "User 2", Exact(6)), Value("3", "User 3", Exact(1)), Value("1", "User 1", Exact(0))]


async def test_many_parents_are_searched_instead(session: AsyncSession, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(facets, "OFFERED", 2)
    assert await of(session, "owner_id") is None
    assert await of(session, "title") is None


async def test_yes_and_no(session: AsyncSession, database: Database):
    database.sql("insert into customer (name, email, active) values ('A', 'a', true), ('B', 'b', true)")
    found = await facets.of(session, CUSTOMER, ListQuery(), CUSTOMER.column("active"))
    assert found == [Value("true", "Yes", Exact(2)), Value("false", "No", Exact(0))]


async def test_counting_ends_where_other_counts_end(session: AsyncSession, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(counts, "NARROWED_LIMIT", 3)
    assert await of(session, "status") == {"draft": AtLeast(3), "published": Exact(3), "archived": Exact(0)}


async def test_a_count_that_takes_too_long_is_left_out(
    session: AsyncSession, database: Database, monkeypatch: pytest.MonkeyPatch
):
    database.sql("insert into document (title, body, status) select 'x', '', 'draft' from generate_series(1, 20000) n")
    monkeypatch.setattr(facets, "TIMEOUT_MS", 1)
    found = await of(session, "status", body__icontains="absent")
    assert found == {"draft": None, "published": None, "archived": None}
    assert await plans.rows(session, DOCUMENT.model.__table__.select().limit(1))


async def test_values_are_counted_in_one_statement(session: AsyncSession, queries: Queries):
    await of(session, "status")
    assert len([statement for statement in queries.statements if "count(" in statement]) == 1


async def test_the_day_is_the_databases_in_utc(session: AsyncSession, database: Database):
    database.sql(f"alter database {database.name} set timezone = 'Pacific/Kiritimati'")
    before = database.value("select (now() at time zone 'UTC')::date")
    found = await days.today(session)
    assert isinstance(found, dt.date)
    assert before <= found <= database.value("select (now() at time zone 'UTC')::date")
