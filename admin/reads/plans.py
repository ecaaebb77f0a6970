"""Asking the planner, and bounding what it decides.

A list must not depend on the planner guessing right: for words that seldom meet it may walk a whole index in order, a
second on a million rows, where the other plan takes a millisecond. So an expensive question is tried for a moment, and
asked in another way when the moment is over. Everything here is transaction-local, so it works behind a pooler.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import ClauseElement, Executable, Row, Select, literal
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from admin.database import is_glance, set_local, under

Rows = Sequence[Row[Any]]

MOMENT_MS = 100
"""How long a search may follow the planner's first choice."""

WORK_MEM = "16MB"
"""Room for the bitmap of a word that stands in half of a million rows; with less of it every row is checked again."""


BITMAPS_ONLY = {
    "enable_seqscan": "off",
    "enable_indexscan": "off",
    "enable_indexonlyscan": "off",
    "work_mem": WORK_MEM,
}
"""What a search finds is collected from its own index first and ordered then, never the other way round."""

NO_BITMAPS = {"enable_bitmapscan": "off"}
"""For a stretch of an order: the planner likes to intersect it with all rows that hold a word, and underrates those."""

SAVEPOINT = ("savepoint moment", "rollback to savepoint moment; release savepoint moment")

FEW = 20_000
"""Rows that are collected and sorted in some 30 ms."""


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


async def within(
    session: AsyncSession, milliseconds: int, statement: Select[Any], settings: Mapping[str, str] = MappingProxyType({})
) -> Rows | None:
    """The rows of a statement, or None when it takes longer. The transaction goes on either way.

    Two round trips beside the statement's own: going back to the savepoint takes the timeout and the other settings
    back with it, and there is nothing else to lose, since the statement only reads. In a glance it is a transaction.
    """
    begin, end = ("begin", "rollback") if await is_glance(session) else SAVEPOINT
    connection = await session.connection()
    await connection.exec_driver_sql(f"{begin}; {set_local({'statement_timeout': str(milliseconds), **settings})}")
    found: Rows | None = None
    try:
        found = await rows(session, statement)
    except DBAPIError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
    await connection.exec_driver_sql(end)
    return found


async def searching(
    session: AsyncSession, statement: Select[Any], *, few: bool = False, along: Mapping[str, str] = MappingProxyType({})
) -> Rows:
    """The rows of a search: along the order of the list, or collected from the search's own index and then ordered.

    What stands in many rows is found at once along the order, what stands in `few` through the index: 1 to 30 ms in a
    million rows either way. The planner's estimate decides. It is wrong for words that stand in many rows but seldom in
    one together, and for words that only old rows have: the order would then be walked for seconds. So that way is
    tried for a moment only, under the settings `along`; the other one always ends.
    """
    found = None if few else await within(session, MOMENT_MS, statement, along)
    if found is None:
        async with under(session, BITMAPS_ONLY):
            found = await rows(session, statement)
    return found


async def rows(session: AsyncSession, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Rows:
    """The rows of a statement, under the timeout of the transaction."""
    plain = statement.get_execution_options().get("plain")
    found: Rows = (await (await session.connection() if plain else session).execute(statement, parameters)).all()
    return found
