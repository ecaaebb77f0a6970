"""Asking the planner, and bounding what it decides.

A list must not depend on the planner guessing right: for words that seldom meet it may walk a whole index in order, a
second on a million rows, where the other plan takes a millisecond. So an expensive question is tried for a moment, and
asked in another way when the moment is over. Everything here is transaction-local, so it works behind a pooler.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import ClauseElement, Executable, Row, Select, literal
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from admin.database import bounded, under

WORK_MEM = "16MB"
"""Room for the bitmap of a word that stands in half of a million rows; with less of it every row is checked again."""


class Explain(Executable, ClauseElement):
    """EXPLAIN of a SELECT."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(Explain)
def _compile_explain(element: Explain, compiler: SQLCompiler, **options: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.statement, **options)}"


async def estimate(session: AsyncSession, statement: Select[Any]) -> int:
    """How many rows the planner expects: from its statistics and the table's size at this moment, in a millisecond.

    It knows partitions, row-level security and tables that were never analysed, each in its way.
    """
    ones = statement.with_only_columns(literal(1).label("one"), maintain_column_froms=True).order_by(None)
    plan = (await session.execute(Explain(ones))).scalar_one()
    return int(plan[0]["Plan"]["Plan Rows"])


async def within(session: AsyncSession, milliseconds: int, statement: Select[Any]) -> Sequence[Row[Any]] | None:
    """The rows of a statement, or None when it takes longer. The transaction goes on either way."""
    try:
        async with session.begin_nested(), bounded(session, milliseconds):
            rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
            return rows
    except DBAPIError as error:
        if isinstance(error.orig, QueryCanceled):
            return None
        raise


@asynccontextmanager
async def bitmaps_only(session: AsyncSession) -> AsyncIterator[None]:
    """Inside, what a search finds is collected from its own index first and ordered then, never the other way round."""
    names = ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan")
    async with under(session, dict.fromkeys(names, "off") | {"work_mem": WORK_MEM}):
        yield
