"""How the import's SQL is put together and sent.

It names tables and columns that are known only at run time, so it is composed by psycopg, which quotes every name and
every value. It travels as text without parameters: a percent sign in a check expression is then nothing special.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.sql import Composable, Composed, Identifier, Literal
from sqlalchemy import CursorResult, Table
from sqlalchemy.ext.asyncio import AsyncSession

from admin.tables import STAGING_SCHEMA

Sql = Composable

AND, OR, COMMA = " and ", " or ", ", "


def of(template: str, *values: Composable, **named: Composable) -> Composed:
    """A template of ours with names and values put in."""
    # Templates are written in this package; psycopg's type wants that to be provable.
    return sql.SQL(cast("Any", template)).format(*values, **named)


def raw(expression: str) -> Composable:
    """An expression as the database's own catalog spells it."""
    return sql.SQL(cast("Any", expression.replace("{", "{{").replace("}", "}}"))).format()


def joined(separator: str, parts: Iterable[Composable]) -> Composed:
    return sql.SQL(cast("Any", separator)).join(parts)


def lit(value: Any) -> Literal:
    return Literal(value)


def name(*parts: str) -> Identifier:
    return Identifier(*parts)


def table_name(table: Table) -> Identifier:
    return Identifier(table.schema, table.name) if table.schema else Identifier(table.name)


def staging(import_id: int, part: str = "") -> Identifier:
    """A table of an import: the staged rows themselves, or what a step has found about them."""
    return Identifier(STAGING_SCHEMA, f"import_{import_id}{'_' if part else ''}{part}")


async def run(session: AsyncSession, statement: Composable) -> CursorResult[Any]:
    """Send one statement. Errors come as SQLAlchemy's `DBAPIError`, like those of every other statement."""
    connection = await session.connection()
    return await connection.exec_driver_sql(statement.as_string(None), execution_options={"no_parameters": True})


async def analyze(session: AsyncSession, table: Composable) -> None:
    """Tell the planner what is in a table, from a tenth of the usual sample: that is enough to choose a join."""
    await run(session, of("set local default_statistics_target = 10; analyze {t}", t=table))


async def rows(session: AsyncSession, statement: Composable) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return [tuple(row) for row in await run(session, statement)]


async def value(session: AsyncSession, statement: Composable) -> Any:
    """The first column of a query's first row, or None."""
    return (await run(session, statement)).scalar()


async def driver(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    """psycopg's connection of this session, for COPY, which SQLAlchemy does not know."""
    connection = await session.connection()
    return cast("psycopg.AsyncConnection[Any]", (await connection.get_raw_connection()).driver_connection)
