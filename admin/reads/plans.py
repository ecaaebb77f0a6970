"""Asking the planner, and bounding what it decides.

A list must not depend on the planner guessing right: for words that seldom meet it may walk a whole index in order, a
second on a million rows, where the other plan takes a millisecond. So it is asked what it expects (`Prospect`), told
which way to go, and stopped where that takes too long. Everything is transaction-local, so it works behind a pooler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
"""How long a question may take that an answer is better with, but does not need."""

WORK_MEM = "16MB"
"""Room for the bitmap of a word that stands in half of a million rows; with less of it every row is checked again."""


BITMAPS_ONLY = {
    "enable_seqscan": "off",
    "enable_indexscan": "off",
    "enable_indexonlyscan": "off",
    "work_mem": WORK_MEM,
}
"""What a search finds is collected from its own index first and ordered then, never the other way round."""

ALONG = {"enable_bitmapscan": "off", "enable_seqscan": "off", "enable_sort": "off"}
"""For following an order: the planner likes to intersect it with all rows that hold a word, and underrates those."""

PHRASE = re.compile(r"' <(?:-|\d+)> ")
"""Words side by side, as a plan shows them."""

SAVEPOINT = ("savepoint moment", "rollback to savepoint moment; release savepoint moment")

ENTRIES = 4
"""Entries of an index that are gathered in a bitmap in the time in which one row is fetched. For a whole word they are
ten times as fast, but the last word of a search is looked for as a beginning too, and GIN gathers those twice."""


@dataclass(frozen=True)
class Prospect:
    """What the planner expects of a search: it finds so many rows `among` those of the list's order; to collect them
    from indexes first costs as much as fetching `collected` rows. The last is nearly certain, since it has nothing to
    do with where the rows stand in the order; the first two only tell where they stand if they are spread evenly."""

    found: int
    among: int
    collected: int
    certain: bool = True
    """The index knows by itself which rows are found; for words that have to stand side by side it does not."""

    def along(self, wanted: int) -> int:
        """How many rows of the order hold so many of those found, if they are spread evenly."""
        return min(self.among, wanted * self.among // max(self.found, 1))


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
    return int((await _plan(session, statement))["Plan Rows"])


async def prospect(session: AsyncSession, statement: Select[Any], among: Select[Any], few: int) -> Prospect:
    """What is to be expected of a search, `among` the rows that its order is made of: live ones, or the trash. Where no
    more than a few are collected nothing else is asked.

    How many rows the planner expects in the end says little about the work: a word in a third of a million rows finds
    few in the trash, and its index hands over that third nevertheless, unless another one narrows it before.
    """
    async with under(session, BITMAPS_ONLY):
        plan = await _plan(session, statement)
    collected = int(sum(_cost(plan)))
    whole = await estimate(session, among) if collected > few else collected
    return Prospect(int(plan["Plan Rows"]), whole, collected, certain=not PHRASE.search(str(plan)))


async def _plan(session: AsyncSession, statement: Select[Any]) -> dict[str, Any]:
    ones = statement.with_only_columns(literal(1).label("one"), maintain_column_froms=True).order_by(None)
    plan: dict[str, Any] = (await session.execute(Explain(ones))).scalar_one()[0]["Plan"]
    return plan


def _cost(plan: Mapping[str, Any]) -> Iterator[float]:
    """What each part of a plan costs, in rows: those that it fetches from the table, whether they fit then or not, and
    a share for each entry of the bitmaps that are intersected before."""
    below = plan.get("Plans", ())
    if plan["Node Type"] == "Bitmap Heap Scan":
        yield below[0]["Plan Rows"]
    elif not below:
        yield plan["Plan Rows"] / (ENTRIES if plan["Node Type"] == "Bitmap Index Scan" else 1)
    for inner in below:
        yield from _cost(inner)


async def within(
    session: AsyncSession, milliseconds: int, statement: Select[Any], settings: Mapping[str, str] = MappingProxyType({})
) -> Rows | None:
    """The rows of a statement, or None when it takes longer. The transaction goes on either way.

    Two round trips beside the statement's own: going back to the savepoint takes the timeout and the other settings
    back with it, and there is nothing else to lose, since the statement only reads. In a glance it is a transaction.
    """
    begin, end = ("begin", "rollback") if is_glance(session) else SAVEPOINT
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


async def searching(session: AsyncSession, statement: Select[Any]) -> Rows:
    """The rows of a statement in the planner's own way, or, when a moment is over, collected from indexes first, which
    always ends: for words that seldom meet the planner may walk a whole index."""
    found = await within(session, MOMENT_MS, statement)
    if found is None:
        async with under(session, BITMAPS_ONLY):
            found = await rows(session, statement)
    return found


async def rows(session: AsyncSession, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Rows:
    """The rows of a statement, under the timeout of the transaction."""
    plain = statement.get_execution_options().get("plain")
    found: Rows = (await (await session.connection() if plain else session).execute(statement, parameters)).all()
    return found
