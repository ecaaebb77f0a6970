"""The way to the database: engine and pool, the console's own sessionmaker, and how long a statement may take.

Cookbook recipe “connection pool”. Limits are transaction-local (`SET LOCAL`), so they hold behind PgBouncer in
transaction mode too, where nothing else survives from one transaction to the next.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from admin import exact_json
from admin.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

CONNECT_TIMEOUT_S = 3
"""A database that does not answer must cost a page seconds, not minutes."""


class ConsoleSession(Session):
    """The session class of the console alone: listeners (such as the one that hides deleted rows) sit on it, so that
    no other user of the same models is affected."""


def make_engine(settings: Settings, url: str | None = None) -> AsyncEngine:
    """An engine on `url` (default: the application's database) with the pool of the settings.

    Behind a pooler (`LARDER_POOLER=1`) the pool is the pooler's: connections are not kept here, nothing is prepared.
    """
    target = url or settings.database_url
    if target is None:
        raise ValueError("no database URL: the caller starts the embedded server first and passes its URL")
    engine = create_async_engine(
        target,
        hide_parameters=True,
        json_serializer=exact_json.dumps,
        json_deserializer=exact_json.loads,
        connect_args={
            # Never prepared: after five runs Postgres may settle on a generic plan, which for a rare search word walks
            # a whole index (hundreds of milliseconds instead of one); and a pooler cannot carry prepared statements.
            "prepare_threshold": None,
            "connect_timeout": CONNECT_TIMEOUT_S,
            "keepalives_idle": 30,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "application_name": "larder",
        },
        **_pool(settings),
    )
    _limit_every_transaction(engine, settings)
    return engine


def _pool(settings: Settings) -> dict[str, Any]:
    if settings.pooler:
        return {"poolclass": NullPool}
    return {
        "pool_size": settings.pool_size,
        "max_overflow": settings.pool_overflow,
        "pool_timeout": settings.pool_timeout,
        "pool_recycle": settings.pool_recycle,
        "pool_pre_ping": settings.pool_pre_ping,
    }


def _limit_every_transaction(engine: AsyncEngine, settings: Settings) -> None:
    limits = (
        f"set local statement_timeout = {settings.statement_timeout_ms}; "
        f"set local lock_timeout = {settings.lock_timeout_ms}; "
        "set local idle_in_transaction_session_timeout = '60s'"
    )

    @event.listens_for(engine.sync_engine, "begin")
    def _set_limits(connection: Connection) -> None:
        connection.exec_driver_sql(limits)


def make_session_maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """The console's own sessionmaker; nothing expires on commit, since a page is built after its transaction."""
    return async_sessionmaker(engine, sync_session_class=ConsoleSession, expire_on_commit=False, autoflush=False)


@asynccontextmanager
async def bounded(session: AsyncSession, milliseconds: int) -> AsyncIterator[None]:
    """Run what is inside under another statement timeout than the transaction's, then put the old one back.

    A statement that takes longer is cancelled by Postgres (SQLSTATE 57014) and leaves the transaction aborted: use a
    savepoint around it when the transaction has to go on.
    """
    async with under(session, {"statement_timeout": str(milliseconds)}):
        yield


@asynccontextmanager
async def under(session: AsyncSession, settings: Mapping[str, str]) -> AsyncIterator[None]:
    """Run what is inside under other settings of the server, transaction-local, then put the old ones back.

    When what is inside fails they go with the transaction, or with the savepoint around it.
    """
    before = await _exchange(session, settings)
    yield
    await _exchange(session, before)


async def _exchange(session: AsyncSession, settings: Mapping[str, str]) -> dict[str, str]:
    """Set and return what was set before, in one round trip: a SELECT list is evaluated from left to right."""
    columns = ", ".join(f"current_setting('{name}'), set_config('{name}', :{name}, true)" for name in settings)
    row = (await session.execute(text(f"select {columns}"), settings)).one()
    return dict(zip(settings, row[::2], strict=True))
