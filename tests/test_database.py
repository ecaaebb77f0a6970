"""The engine: every statement has its limits, with and without a pooler, and a broken connection is replaced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from admin import database
from admin.database import PREPARED, make_glances
from admin.settings import Settings
from tests.postgres import Database

pytestmark = pytest.mark.anyio

LIMITS = "select current_setting('statement_timeout'), current_setting('lock_timeout')"


@pytest.fixture(params=[False, True], ids=["pool", "pooler"])
def tight(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    limits = {"statement_timeout_ms": 4321, "lock_timeout_ms": 1234, "pooler": request.param}
    return settings.model_copy(update=limits)


@pytest.fixture
async def tight_engine(tight: Settings) -> AsyncIterator[AsyncEngine]:
    engine = database.make_engine(tight)
    yield engine
    await engine.dispose()


async def test_every_transaction_and_every_glance_has_limits(tight_engine: AsyncEngine, tight: Settings):
    for sessions in (database.make_session_maker(tight_engine), database.make_glances(tight_engine)):
        for _ in range(2):
            async with sessions() as session:
                assert tuple((await session.execute(text(LIMITS))).one()) == ("4321ms", "1234ms")


async def test_a_transaction_is_one_and_a_glance_is_none(tight_engine: AsyncEngine, tight: Settings):
    """Also by turns on the same connection: it waits in autocommit."""
    transactions, glances = database.make_session_maker(tight_engine), database.make_glances(tight_engine)
    isolation = text("show transaction_isolation")
    for _ in range(2):
        async with transactions.begin() as session:
            await session.execute(text("set local lock_timeout = 77"))
            assert await session.scalar(text("show lock_timeout")) == "77ms"
            assert await session.scalar(isolation) == "read committed"
        async with glances() as session:
            await session.execute(text("set local lock_timeout = 77"))
            shown = await session.scalar(text("show lock_timeout"))
            assert shown == ("77ms" if tight.pooler else "1234ms")
            assert database.is_glance(session) is not tight.pooler


async def test_limits_come_back_after_a_transaction_with_others(tight_engine: AsyncEngine):
    sessions = database.make_session_maker(tight_engine)
    async with sessions.begin() as session, database.bounded(session, 99):
        assert (await session.scalar(text("show statement_timeout"))) == "99ms"
    async with sessions.begin() as session:
        assert (await session.scalar(text("show statement_timeout"))) == "4321ms"


async def test_what_asks_for_it_is_prepared_unless_there_is_a_pooler(tight_engine: AsyncEngine, tight: Settings):
    asking, other = text(f"SELECT {database.PREPARED} 1"), text("select 2")
    async with database.make_glances(tight_engine)() as session:
        for _ in range(7):
            await session.execute(asking)
            await session.execute(other)
        kept = (await session.scalars(text("select statement from pg_prepared_statements"))).all()
        assert kept == ([] if tight.pooler else [asking.text])


async def test_a_column_that_has_another_type_now_is_read_all_the_same(engine: AsyncEngine, database: Database):
    asking = text(f"SELECT {PREPARED} name FROM inventory_item")
    database.sql("insert into inventory_item (sku, name) values ('A-1', 'A')")
    async with make_glances(engine)() as session:
        for kind in ("text", "varchar(99)", "varchar(88)"):
            database.sql(f"alter table inventory_item alter name type {kind}")
            assert (await session.scalars(asking)).all() == ["A"]
            assert (await session.scalars(asking)).all() == ["A"]


async def test_options_of_the_url_are_kept(settings: Settings):
    url = f"{settings.database_url}&options=-c%20search_path%3Dlarder"
    engine = database.make_engine(settings, url)
    async with engine.connect() as connection:
        assert (await connection.scalar(text("show search_path"))) == "larder"
        assert (await connection.scalar(text("show statement_timeout"))) == "5s"
    await engine.dispose()


async def test_an_idle_connection_that_died_is_replaced(
    engine: AsyncEngine, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("admin.database.FRESH_S", 0)
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
    database.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'larder_app'")
    async with engine.connect() as connection:
        assert await connection.scalar(text("select 1")) == 1


async def test_the_pool_tells_who_waited_for_a_connection_and_how_long(settings: Settings):
    engine = database.make_engine(settings.model_copy(update={"pool_size": 1, "pool_overflow": 1}))
    held, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with engine.connect():
            held.set()
            await done.wait()

    async def wait() -> None:
        async with engine.connect():
            pass

    async with engine.connect():
        first = asyncio.create_task(hold())
        await held.wait()
        assert engine.pool.waits.lately() == (0, 0.0)
        second = asyncio.create_task(wait())
        await asyncio.sleep(0.05)
        done.set()
        await asyncio.gather(first, second)
    number, longest = engine.pool.waits.lately()
    assert (number, engine.pool.waits.total) == (1, 1)
    assert 0 < longest < 10
    await engine.dispose()
