"""The way to the database: engine and pool, the console's own sessionmaker, and how long a statement may take.

Cookbook recipe “connection pool”. A connection brings its limits along from its start, which costs no statement. Behind
PgBouncer in transaction mode nothing survives from one transaction to the next: there each begins by setting them.
"""

from __future__ import annotations

import sys
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.errors import FeatureNotSupported
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from admin import beyond, exact_json
from admin.pool import WatchedPool
from admin.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from sqlalchemy.engine.interfaces import DBAPIConnection

CONNECT_TIMEOUT_S = 3
"""A database that does not answer must cost a page seconds, not minutes."""

TRANSACTIONS = "READ COMMITTED"
"""What every transaction of the console is; its rules about who changed a row meanwhile are made for it."""

GLANCES = "larder_glances"
"""Execution option of an engine: the same pool, for glances."""

PREPARED = "/* prepared */"
"""What a statement says behind its SELECT that is to be prepared: reading and planning it takes ten times as long as
running it. Only for what has one good plan whatever its values and the size of its tables: a few rows by their keys."""

FRESH_S = 2.0
"""A connection used within so many seconds is taken to be alive: asking it would cost each page a round trip."""


class Cursor(psycopg.AsyncCursor[Any]):
    """Prepares the statements that ask for it."""

    async def execute(self, query: Any, params: Any = None, *, prepare: bool | None = None, **options: Any) -> Any:
        wanted = prepare if prepare is not None else _asks_to_be_prepared(query)
        try:
            return await super().execute(query, params, prepare=wanted, **options)
        except FeatureNotSupported:
            # A column has another type now, so that the plan does not fit any more. Where the failure has spoilt no
            # transaction, plans are thrown away and the statement is read again.
            if not wanted or self.connection.info.transaction_status != TransactionStatus.IDLE:
                raise
            await super().execute("deallocate all")
            return await super().execute(query, params, prepare=False, **options)


def _asks_to_be_prepared(query: Any) -> bool | None:
    return True if isinstance(query, str) and query.startswith(f"SELECT {PREPARED}") else None


class ConsoleSession(Session):
    """The session class of the console alone: listeners (such as the one that hides deleted rows) sit on it, so that
    no other user of the same models is affected."""


def make_engine(settings: Settings, url: str | None = None) -> AsyncEngine:
    """An engine on `url` (default: the application's database) with the pool of the settings.

    Its connections wait in autocommit, as most of what they are taken for is glances, and a change of that costs each
    time: it is for a transaction that it is switched off. Behind a pooler (`LARDER_POOLER=1`) the pool is the pooler's:
    connections are not kept here, nothing is prepared, and every glance is a transaction.
    """
    target = url or settings.database_url
    if target is None:
        raise ValueError("no database URL: the caller starts the embedded server first and passes its URL")
    engine = create_async_engine(
        target,
        hide_parameters=True,
        json_serializer=exact_json.dumps,
        json_deserializer=exact_json.loads,
        connect_args=connect_args(settings, target),
        **_pool(settings),
    )
    _load_every_value(engine)
    if settings.pooler:
        _limit_every_transaction(engine, settings)
        return engine
    if settings.pool_pre_ping:
        _ping_idle_connections(engine)
    return engine.execution_options(isolation_level=TRANSACTIONS, **{GLANCES: engine})


def connect_args(settings: Settings, url: str) -> dict[str, Any]:
    """How psycopg connects, whoever keeps the connections: how long it waits, and the limits a connection has."""
    return {
        # Only what asks for it is prepared: after five runs Postgres may settle on a generic plan, which for a rare
        # search word walks a whole index (hundreds of milliseconds instead of one). And nothing behind a pooler, which
        # cannot carry prepared statements.
        "prepare_threshold": None if settings.pooler else sys.maxsize,
        "cursor_factory": Cursor,
        "connect_timeout": CONNECT_TIMEOUT_S,
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "application_name": "larder",
        **({} if settings.pooler else {"options": _options(settings, url)}),
    }


def _pool(settings: Settings) -> dict[str, Any]:
    if settings.pooler:
        return {"poolclass": NullPool}
    return {
        "poolclass": WatchedPool,
        "pool_size": settings.pool_size,
        "max_overflow": settings.pool_overflow,
        "pool_timeout": settings.pool_timeout,
        "pool_recycle": settings.pool_recycle,
        "isolation_level": "AUTOCOMMIT",
    }


def _limits(settings: Settings) -> dict[str, str]:
    return {
        "statement_timeout": str(settings.statement_timeout_ms),
        "lock_timeout": str(settings.lock_timeout_ms),
        "idle_in_transaction_session_timeout": "60s",
    }


def _options(settings: Settings, url: str) -> str:
    """What libpq sends at the start of a connection: the limits, behind what the URL itself asks for."""
    asked = make_url(url).query.get("options", ())
    limits = (f"-c {name}={value}" for name, value in _limits(settings).items())
    return " ".join([*((asked,) if isinstance(asked, str) else asked), *limits])


def _load_every_value(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _teach(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        beyond.teach(connection.driver_connection)


def _ping_idle_connections(engine: AsyncEngine) -> None:
    """Ask a connection that was idle for a while whether it is still there, and take another one if it is not.

    SQLAlchemy's own pre-ping asks every time. What breaks within `FRESH_S` is met by the first question of a request,
    which is asked again (`web.sessions`).
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def _remember(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["larder.used"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _ping(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        if time.monotonic() - entry.info.get("larder.used", time.monotonic()) > FRESH_S:
            dialect = engine.dialect
            try:
                dialect.do_ping(connection)
            except dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error


def _limit_every_transaction(engine: AsyncEngine, settings: Settings) -> None:
    limits = set_local(_limits(settings))

    @event.listens_for(engine.sync_engine, "begin")
    def _set_limits(connection: Connection) -> None:
        connection.exec_driver_sql(limits)


def make_session_maker(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """The console's own sessionmaker; nothing expires on commit, since a page is built after its transaction."""
    return async_sessionmaker(engine, sync_session_class=ConsoleSession, expire_on_commit=False, autoflush=False)


def make_glances(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions for a single quick question: without BEGIN and COMMIT, which cost a round trip each.

    Behind a pooler only a transaction has limits, so there a glance is one.
    """
    glances: AsyncEngine | None = engine.get_execution_options().get(GLANCES)
    made = make_session_maker(glances or engine)
    made.configure(info={GLANCES: glances is not None})
    return made


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

    When what is inside fails they go with the transaction, or with the savepoint around it. In a glance they have a
    transaction of their own.
    """
    if is_glance(session):
        async with _transaction(session, settings):
            yield
        return
    before = await _exchange(session, settings)
    yield
    await _exchange(session, before)


def is_glance(session: AsyncSession) -> bool:
    """Whether each statement of this session is a transaction by itself."""
    return bool(session.info.get(GLANCES))


def set_local(settings: Mapping[str, str]) -> str:
    """The statements that set this until the end of the transaction or savepoint; the values are the program's own."""
    return "; ".join(f"set local {name} = '{value}'" for name, value in settings.items())


@asynccontextmanager
async def _transaction(session: AsyncSession, settings: Mapping[str, str]) -> AsyncIterator[None]:
    connection = await session.connection()
    await connection.exec_driver_sql(f"begin; {set_local(settings)}")
    try:
        yield
    except BaseException:
        await connection.exec_driver_sql("rollback")
        raise
    await connection.exec_driver_sql("commit")


async def _exchange(session: AsyncSession, settings: Mapping[str, str]) -> dict[str, str]:
    """Set and return what was set before, in one round trip: a SELECT list is evaluated from left to right."""
    columns = ", ".join(f"current_setting('{name}'), set_config('{name}', :{name}, true)" for name in settings)
    row = (await session.execute(text(f"select {columns}"), settings)).one()
    return dict(zip(settings, row[::2], strict=True))
