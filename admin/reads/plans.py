"""Asking the planner, and bounding what it decides.

A list must not depend on the planner guessing right: for words that seldom meet it may walk a whole index in order, a
second on a million rows, where the other plan takes a millisecond. So an expensive question is tried for a moment, and
asked in another way when the moment is over. Everything here is transaction-local, so it works behind a pooler.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
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
"""How long a search may follow the order of its list at most."""

LEAST_MS = 8
"""How long it may follow it if it follows it at all; a machine that does other things too needs that."""

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
"""For following an order: the planner likes to intersect it with all rows that hold a word, and underrates those."""

SAVEPOINT = ("savepoint moment", "rollback to savepoint moment; release savepoint moment")

FEW = 5_000
"""Rows that are collected and sorted at once, in some 5 ms: nothing is tried before."""

MANY = 60_000
"""Rows that are collected only if following the order has failed or costs more: each may lie on a page of its own."""

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

    def moment_ms(self, wanted: int) -> int:
        """How long it is worth following the order for this many rows; 0 where collecting them is about as cheap.

        A thousand rows take a millisecond. Six times of what is expected is allowed for, or half of what collecting
        takes: if the rows turn out to stand far behind, the search has taken half as long again, no more.
        """
        along = min(self.among, wanted * self.among // max(self.found, 1))
        if self.collected <= max(FEW, along if self.collected > MANY else 3 * along):
            return 0
        return min(MOMENT_MS, LEAST_MS + max(6 * along, self.collected // 2) // 1_000)

    def run(self, session: AsyncSession, wanted: int) -> Callable[[Select[Any]], Awaitable[Rows]]:
        """What answers the statements of a page that needs so many rows of the order."""
        return functools.partial(searching, session, moment_ms=self.moment_ms(wanted), along=NO_BITMAPS)


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


async def prospect(session: AsyncSession, statement: Select[Any], among: Select[Any]) -> Prospect:
    """What is to be expected of a search, `among` the rows that its order is made of: live ones, or the trash.

    How many rows the planner expects in the end says little about the work: a word in a third of a million rows finds
    few in the trash, and its index hands over that third nevertheless, unless another one narrows it before.
    """
    async with under(session, BITMAPS_ONLY):
        plan = await _plan(session, statement)
    collected = int(sum(_cost(plan)))
    whole = await estimate(session, among) if collected > FEW else collected
    return Prospect(int(plan["Plan Rows"]), whole, collected)


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
    session: AsyncSession, statement: Select[Any], *, moment_ms: int = MOMENT_MS,
    along: Mapping[str, str] = MappingProxyType({}),
) -> Rows:  # fmt: skip
    """The rows of a search: along the order of the list, or collected from the search's own index and then ordered.

    What stands in many rows is found at once along the order, what stands in few through the index: 1 to 50 ms in a
    million rows either way. The planner's estimate decides (`Prospect`). It is wrong for words that stand in many rows
    but seldom in one together, and for words that only old rows have: the order would then be walked for seconds. So
    that way is tried for a moment only, under the settings `along`; the other one always ends.
    """
    found = await within(session, moment_ms, statement, along) if moment_ms else None
    if found is None:
        async with under(session, BITMAPS_ONLY):
            found = await rows(session, statement)
    return found


async def rows(session: AsyncSession, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Rows:
    """The rows of a statement, under the timeout of the transaction."""
    plain = statement.get_execution_options().get("plain")
    found: Rows = (await (await session.connection() if plain else session).execute(statement, parameters)).all()
    return found
