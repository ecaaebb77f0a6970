"""Growth from the statistics that Postgres keeps: right to the month, for any size, without reading a table."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import growth, health, trash
from models import Customer, Document, Event, Order, Setting
from tests import strangers
from tests.postgres import Database, Queries
from tests.strangers import Odd, resource_of

pytestmark = pytest.mark.anyio

DOCUMENT, EVENT, SETTING, CUSTOMER, ORDER = (
    resource_of(model) for model in (Document, Event, Setting, Customer, Order)
)


def made(database: Database, rows: int, months_ago: int) -> None:
    database.sql(
        "insert into document (title, body, created_at) select 'a', 'b',"
        " date_trunc('month', now()) - make_interval(months => %s) + n * interval '1 minute'"
        " from generate_series(1, %s) n",
        months_ago,
        rows,
    )


async def test_rows_are_told_by_the_month_in_which_they_were_made(session: AsyncSession, database: Database):
    made(database, 600, 20)
    made(database, 300, 3)
    made(database, 100, 1)
    database.sql("analyze document")
    grown = (await growth.of(session, [DOCUMENT]))["document"]
    assert len(grown.months) == 12
    assert abs(sum(grown.months) - 400) <= 20
    assert abs(grown.months[-4] - 300) <= 20
    assert abs(grown.months[-2] - 100) <= 20
    assert grown.size >= 8192
    today = dt.datetime.now(dt.UTC).date()
    assert (today.replace(day=1) - grown.first).days in range(333, 338)


async def test_rows_made_in_one_moment_are_not_lost(session: AsyncSession, database: Database):
    database.sql("insert into document (title, body) select 'a', 'b' from generate_series(1, 500) n")
    database.sql("analyze document")
    assert (await growth.of(session, [DOCUMENT]))["document"].months[-1] == 500


async def test_what_postgres_does_not_know_has_a_size_only(session: AsyncSession, database: Database, queries: Queries):
    strangers.create(database)
    queries.clear()
    grown = await growth.of(session, [DOCUMENT, SETTING, EVENT, resource_of(Odd)])
    assert len(queries) == 1
    assert {name: one.months for name, one in grown.items()} == dict.fromkeys(
        ("document", "setting", "event", "odd"), ()
    )
    assert grown == await growth.of(session, [DOCUMENT])
    assert len(queries) == 1


async def test_what_leaves_the_trash_within_a_week_is_told_with_the_day(session: AsyncSession, database: Database):
    database.sql(
        "insert into document (title, body, deleted_at) select 'a', 'b', now() - make_interval(days => n)"
        " from generate_series(1, 29) n"
    )
    found = await trash.leaving(session, [DOCUMENT, CUSTOMER, ORDER, EVENT], 30)
    assert [(one.identity, one.rows, one.more) for one in found] == [("document", 7, False)]
    assert (found[0].first - dt.datetime.now(dt.UTC)).total_seconds() == pytest.approx(86_400, abs=60)


async def test_a_large_trash_is_looked_into_up_to_a_limit(
    session: AsyncSession, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trash, "LOOKED_AT", 5)
    database.sql("insert into document (title, body, deleted_at) select 'a', 'b', 'epoch' from generate_series(1, 9) n")
    (one,) = await trash.leaving(session, [DOCUMENT], 30)
    assert (one.rows, one.more) == (5, True)


async def test_health_names_what_to_do_something_about(session: AsyncSession, database: Database, monkeypatch):
    monkeypatch.setattr(health, "LIMITS", {**health.LIMITS, "large": 0, "many": 0})
    database.sql("create table parent (id int primary key); create table child (parent_id int references parent (id))")
    database.sql("create index child_unused on child ((parent_id + 1))")
    # Serves no foreign key: a parent that goes is looked for in all rows.
    database.sql("create index child_some on child (parent_id) where parent_id > 7")
    database.sql("create table aside (id int references parent (id)); create index on aside (id) where id is not null")
    database.sql("insert into parent values (1); insert into child select 1 from generate_series(1, 5)")
    database.sql("select pg_stat_force_next_flush()")
    body = await health.of(session)
    assert "child (parent_id)" in body.unindexed
    assert "aside (id)" not in body.unindexed
    assert any("child_unused on child" in one or len(body.unused) == health.MOST for one in body.unused)
    assert body.size > 10**6
    assert 1 <= body.connections <= body.most_connections
    assert len(body.unused) <= health.MOST


async def test_every_foreign_key_of_the_cookbook_has_an_index(session: AsyncSession, monkeypatch):
    monkeypatch.setattr(health, "LIMITS", {**health.LIMITS, "many": 0})
    assert (await health.of(session)).unindexed == []
