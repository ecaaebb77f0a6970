"""The ladder of counts: which rung answers when, that it is right, and that no page waits for it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import counts, listing
from admin.reads.counts import About, AtLeast, Exact, Unknown
from admin.reads.query import Filter, ListQuery
from models import Document, Event
from tests.postgres import Database, Queries
from tests.strangers import Plain, resource_of

pytestmark = pytest.mark.anyio

EVENT, DOCUMENT, PLAIN = resource_of(Event), resource_of(Document), resource_of(Plain)
OF_KIND_A = ListQuery(filters=(Filter("kind", "exact", "a", "a"),))


@pytest.fixture(autouse=True)
def _low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real limits with two digits less, so that the tables stay small."""
    monkeypatch.setattr(counts, "WHOLE_LIMIT", 1_000)
    monkeypatch.setattr(counts, "NARROWED_LIMIT", 100)


def add_events(database: Database, a: int, b: int, *, analyze: bool = True) -> None:
    database.sql("insert into event (kind) select 'a' from generate_series(1, %s)", a)
    database.sql("insert into event (kind) select 'b' from generate_series(1, %s)", b)
    if analyze:
        database.sql("analyze event")


async def test_an_empty_table_has_no_rows(session: AsyncSession):
    assert await counts.count(session, EVENT, ListQuery()) == Exact(0)


async def test_a_small_table_is_counted(session: AsyncSession, database: Database):
    add_events(database, 400, 500)
    assert await counts.count(session, EVENT, ListQuery()) == Exact(900)


async def test_a_large_table_is_told_by_the_planner_without_counting(
    session: AsyncSession, database: Database, queries: Queries
):
    add_events(database, 1_000, 2_000)
    assert await counts.count(session, EVENT, ListQuery()) == About(3_000)
    assert len(queries) == 1
    assert queries.statements[0].startswith("EXPLAIN")


async def test_after_a_bulk_load_the_old_statistics_are_scaled_to_the_present_size(
    session: AsyncSession, database: Database
):
    add_events(database, 1_000, 1_000)
    add_events(database, 10_000, 10_000, analyze=False)
    counted = await counts.count(session, EVENT, ListQuery())
    assert isinstance(counted, About)
    assert 15_000 < counted.n < 30_000


async def test_a_table_that_was_never_analysed_still_gets_an_answer(session: AsyncSession, database: Database):
    add_events(database, 300, 300, analyze=False)
    assert database.value("select reltuples from pg_class where oid = 'event'::regclass") == -1
    assert await counts.count(session, EVENT, ListQuery()) in (Exact(600), About(600))


async def test_statistics_that_say_small_do_not_lead_to_an_endless_count(session: AsyncSession, database: Database):
    add_events(database, 1, 1)
    database.sql("update pg_class set reltuples = 1, relpages = 1000 where oid = 'event'::regclass")
    add_events(database, 2_000, 0, analyze=False)
    assert await counts.count(session, EVENT, ListQuery()) == AtLeast(1_000)


async def test_live_rows_and_trash_are_told_apart(session: AsyncSession, database: Database):
    database.sql(
        "insert into document (title, body, deleted_at) "
        "select 'x', 'y', case when i % 10 = 0 then now() end from generate_series(1, 3000) i"
    )
    database.sql("analyze document")
    assert await counts.count(session, DOCUMENT, ListQuery()) == About(2_700)
    assert await counts.count(session, DOCUMENT, ListQuery(deleted="only")) == Exact(300)
    assert await counts.count(session, DOCUMENT, ListQuery(deleted="with")) == About(3_000)
    assert await counts.exactly(session, DOCUMENT, ListQuery()) == Exact(2_700)


async def test_a_filtered_list_is_counted_up_to_the_limit(session: AsyncSession, database: Database):
    add_events(database, 100, 3_000)
    assert await counts.count(session, EVENT, OF_KIND_A) == Exact(100)


async def test_beyond_the_limit_the_planner_is_asked(session: AsyncSession, database: Database):
    add_events(database, 1_500, 3_000)
    counted = await counts.count(session, EVENT, OF_KIND_A)
    assert isinstance(counted, About)
    assert 1_300 < counted.n < 1_700


async def test_beyond_the_limit_without_the_planner_agreeing_it_is_at_least(session: AsyncSession, database: Database):
    add_events(database, 0, 3_000)
    add_events(database, 200, 0, analyze=False)  # the statistics know of no a
    assert await counts.count(session, EVENT, OF_KIND_A) == AtLeast(100)


async def test_a_page_that_reached_the_end_has_counted(session: AsyncSession, database: Database, queries: Queries):
    add_events(database, 1_030, 0)
    query = ListQuery(page=21, size=50)
    shown = await listing.fetch(session, EVENT, query)
    queries.clear()
    assert await counts.count(session, EVENT, query, shown) == Exact(1_030)
    assert len(queries) == 0


async def test_an_estimate_never_says_less_than_was_seen(session: AsyncSession, database: Database):
    add_events(database, 2_200, 0)
    query = ListQuery(page=43, size=50)
    shown = await listing.fetch(session, EVENT, query)
    assert shown.has_next
    database.sql("update pg_class set reltuples = 1100 where oid = 'event'::regclass")
    assert await counts.count(session, EVENT, query, shown) == About(43 * 50 + 1)


async def test_a_count_that_takes_too_long_gives_way_and_the_transaction_goes_on(
    session: AsyncSession, database: Database, monkeypatch: pytest.MonkeyPatch
):
    add_events(database, 10, 0)
    database.sql("create function slow(text) returns text language sql as 'select $1 from pg_sleep(0.2)'")
    database.sql("grant execute on function slow to larder_app")
    database.sql("alter table event enable row level security")
    database.sql("create policy slowly on event using (slow(kind) = kind)")
    monkeypatch.setattr(counts, "MOMENT_MS", 50)
    assert await counts.count(session, EVENT, ListQuery()) == Unknown()
    assert await session.scalar(select(1)) == 1
    assert await session.scalar(select(func.current_setting("statement_timeout"))) == "5s"


async def test_row_level_security_narrows_the_count(session: AsyncSession, database: Database):
    add_events(database, 2_000, 20)
    database.sql("alter table event enable row level security; create policy b_only on event using (kind = 'b')")
    assert await counts.count(session, EVENT, ListQuery()) == Exact(20)


async def test_partitions_are_summed(session: AsyncSession, database: Database):
    database.sql("create table plain (id int primary key, a int, b text, c int default 0) partition by range (id)")
    database.sql("create table plain_1 partition of plain for values from (0) to (1000)")
    database.sql("create table plain_2 partition of plain for values from (1000) to (100000)")
    database.sql("insert into plain select i, i, 'b', 0 from generate_series(1, 3000) i")
    database.sql("analyze plain_1; analyze plain_2")
    database.sql("grant all on plain to larder_app")
    assert await counts.count(session, PLAIN, ListQuery()) == About(3_000)


async def test_whether_there_is_any_row_stops_at_the_first(session: AsyncSession, database: Database, queries: Queries):
    assert not await counts.some(session, listing.narrowed(EVENT, ListQuery()))
    add_events(database, 5, 0)
    assert await counts.some(session, listing.narrowed(EVENT, OF_KIND_A))
    assert "EXISTS" in queries.statements[-1]
    database.sql("insert into document (title, body, deleted_at) values ('', '', now())")
    assert not await counts.some(session, listing.narrowed(DOCUMENT, ListQuery()))
    assert await counts.some(session, listing.narrowed(DOCUMENT, ListQuery(deleted="only")))


async def test_what_was_counted_lately_is_counted_again_in_one_statement(
    session: AsyncSession, database: Database, queries: Queries
):
    add_events(database, 400, 0)
    assert await counts.count(session, EVENT, ListQuery()) == Exact(400)
    database.sql("insert into event (kind) values ('a')")
    queries.clear()
    assert await counts.count(session, EVENT, ListQuery()) == Exact(401)
    assert len(queries) == 1


async def test_what_was_counted_lately_is_counted_along_with_the_first_rows(
    session: AsyncSession, database: Database, queries: Queries
):
    add_events(database, 400, 0)
    alone = await listing.fetch(session, EVENT, ListQuery())
    assert counts.tally(session, EVENT, ListQuery()) is None
    assert await counts.count(session, EVENT, ListQuery(), alone) == Exact(400)
    database.sql("insert into event (kind) values ('a')")
    queries.clear()
    shown = await listing.fetch(session, EVENT, ListQuery(), None, counts.tally(session, EVENT, ListQuery()))
    assert await counts.count(session, EVENT, ListQuery(), shown) == Exact(401)
    assert len(queries) == 1
    assert [row.id for row in shown.rows[1:]] == [row.id for row in alone.rows[:-1]]
    following = await listing.fetch(session, EVENT, ListQuery(after=shown.after))
    assert following.rows[0].id == alone.rows[-1].id
    for other in (ListQuery(page=2), ListQuery(search="a"), ListQuery(after=shown.after), ListQuery(deleted="with")):
        assert counts.tally(session, EVENT, other) is None
    add_events(database, 2_000, 0)
    shown = await listing.fetch(session, EVENT, ListQuery(), None, counts.tally(session, EVENT, ListQuery()))
    assert await counts.count(session, EVENT, ListQuery(), shown) == AtLeast(1_000)
    assert counts.tally(session, EVENT, ListQuery()) is None


async def test_live_rows_are_counted_as_all_less_the_trash(session: AsyncSession, database: Database):
    database.sql(
        "insert into document (title, body, deleted_at) "
        "select '', '', case when n % 3 = 0 then now() end from generate_series(1, 99) as n"
    )
    assert await counts.count(session, DOCUMENT, ListQuery()) == Exact(66)
    tally = counts.tally(session, DOCUMENT, ListQuery())
    assert tally is not None
    assert "deleted_at IS NULL" not in str(tally.statement), "no row is asked where it is"
    shown = await listing.fetch(session, DOCUMENT, ListQuery(), None, tally)
    assert await counts.count(session, DOCUMENT, ListQuery(), shown) == Exact(66)
    assert await counts.count(session, DOCUMENT, ListQuery(deleted="only")) == Exact(33)
    # Too many rows for a moment: then it is found out in another way.
    database.sql("insert into document (title, body) select '', '' from generate_series(1, 2000)")
    shown = await listing.fetch(session, DOCUMENT, ListQuery(), None, counts.tally(session, DOCUMENT, ListQuery()))
    assert shown.counted is None
    assert await counts.count(session, DOCUMENT, ListQuery(), shown) == AtLeast(1_000)


async def test_a_table_that_grew_is_not_counted_again_and_again(
    session: AsyncSession, database: Database, queries: Queries
):
    add_events(database, 400, 0)
    assert await counts.count(session, EVENT, ListQuery()) == Exact(400)
    add_events(database, 2_000, 0)
    assert await counts.count(session, EVENT, ListQuery()) == AtLeast(1_000)
    queries.clear()
    assert await counts.count(session, EVENT, ListQuery()) == About(2_400)
    assert len(queries) == 1
