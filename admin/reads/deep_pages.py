"""Pages by number at any depth: how one is reached, and when it is better not to try.

A page's number says how many rows stand before it, and somebody has to count them: some 10 million entries of an index
a second at best. So a page near the start is counted to and nobody notices; a far one is counted to for a moment and
given up then (`TooFar`), since there are better ways to a place in a large table than its number. The end of a list is
read from the end. Neighbours of a page never come here: they are reached by cursors.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import TooFar
from admin.reads import paging, plans
from admin.reads.paging import Slice, Source
from admin.reads.query import LAST, ListQuery
from admin.reads.visibility import INCLUDE

FAR = 10_000
"""Rows that a page may pass over without a thought: some milliseconds."""

COUNTABLE = 3_000_000
"""Rows from which on counting them all is not even tried: it never ends within FAR_MS."""

FAR_MS = 180
"""How long a page may count its way to a far place; what is left of 300 ms goes to asking and to the page itself."""


async def fetch(
    session: AsyncSession, source: Source, query: ListQuery, rows: Select[Any], total: int | None = None
) -> Slice:
    """The page of this number; the last one for a page past the end, named `LAST` where counting takes too long.

    `rows` is the list without an order. `total` is the number of its rows, if the caller has counted them: then the
    page is reached from the nearer end, however long that takes. Raises `TooFar` when it is not known and the page
    cannot be reached within FAR_MS.
    """
    if total is not None:
        return await _counted(source, query, total)
    offset = (query.page - 1) * query.size
    expected = await plans.estimate(session, rows) if query.page == LAST or offset >= FAR else 0
    if query.page != LAST and (offset < FAR or offset < expected):
        found = await paging.numbered(source if offset < FAR or query.search else _hurried(session, source), query)
        if found.rows or query.page == 1:
            return found
    # Behind what the planner expects: read from the end, where otherwise all rows would be passed over.
    counted = None if expected > COUNTABLE else await plans.within(session, FAR_MS, count_of(rows))
    if counted is None:
        return await paging.ending(source, query)
    return await _counted(source, query, int(counted[0][0]))


def is_far(query: ListQuery, page: int) -> bool:
    """Whether the page of this number lies so deep that a cursor leads there much faster."""
    return page == LAST or (page - 1) * query.size >= FAR


def count_of(rows: Select[Any]) -> Select[Any]:
    """The statement that counts a list's rows."""
    ones = rows.with_only_columns(literal(1).label("one"), maintain_column_froms=True).subquery()
    return select(func.count()).select_from(ones).execution_options(**INCLUDE)


async def _counted(source: Source, query: ListQuery, total: int) -> Slice:
    from_start = query.page != LAST and (query.page - 1) * query.size <= total // 2 and total > 0
    return await (paging.numbered(source, query) if from_start else paging.from_end(source, query, total))


def _hurried(session: AsyncSession, source: Source) -> Source:
    async def run(statement: Select[Any]) -> plans.Rows:
        found = await plans.within(session, FAR_MS, statement)
        if found is None:
            raise TooFar("This page lies too deep in the list to be counted to. Use a filter, or scroll.")
        return found

    return replace(source, run=run)
