"""Places in a list by value or by percentile, for whoever wants to be somewhere else than its start.

A place is a cursor, so what follows costs the same wherever it is. The row before a value is one step in an index.
Where the hundredths of a table lie is known without reading it: `pg_stats` has bounds between equally many rows, and
the values that are more frequent than that. They are as old as the last ANALYZE, which is good enough to jump by.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import REAL, Select, Text, cast, column, func, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import BadRequest
from admin.reads import keyset, listing, paging, plans
from admin.reads.ordering import Order, SortKey
from admin.reads.paging import Source
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.traits import Column, Kind

JUMPED: frozenset[Kind] = frozenset({"integer", "numeric", "float", "date", "timestamp", "text"})
"""Kinds of which a person knows a value that they want to be at."""

STATISTICS = table(
    "pg_stats",
    *map(column, ("schemaname", "tablename", "attname", "inherited")),
    *map(column, ("most_common_vals", "most_common_freqs", "histogram_bounds")),
    schema="pg_catalog",
)


LATELY_S = 60.0
"""For so long what the statistics said is not read again, which takes as long as the rows: they change by ANALYZE."""

_read_lately: WeakKeyDictionary[Any, dict[tuple[Column, bool], tuple[float, Spread]]] = WeakKeyDictionary()
"""Engine → column and whether it descends → until when, and the spread."""


@dataclass(frozen=True)
class Spread:
    """The values at 0, 1, … 100 percent of a list, in its order."""

    values: tuple[Any, ...]
    descending: bool

    def percent(self, value: Any) -> int:
        """Where a value stands; NULLs are at the end where the list has them."""
        if value is None:
            return 0 if self.descending else 100
        passed = [one >= value if self.descending else one <= value for one in self.values]
        return max(0, passed.count(True) - 1)


def sorted_by(resource: Resource, query: ListQuery) -> SortKey | None:
    """What the list starts to be ordered by, if one can jump to a value of it."""
    first = listing.cursor_order(resource, query).keys[0]
    return first if first.column is not None and first.column.kind in JUMPED else None


async def ahead_of(session: AsyncSession, resource: Resource, query: ListQuery, value: Any) -> str | None:
    """The cursor after which the rows with this value, or else those beyond it, come; None for the list's start.

    Where nothing comes any more it is the one that leaves the last rows of the list.
    """
    source = _source(session, resource, query)
    place = await _nearest_before(source, value)
    if place is None:
        return None
    if not await paging.collect(source, place, 1, backwards=False):
        return await _end(source, query)
    return keyset.cursor(resource, source.order, place)


async def at_percent(
    session: AsyncSession, resource: Resource, query: ListQuery, spread: Spread | None, percent: int
) -> str | None:
    """The cursor after which the rows at this percentile come. The ends are those of the list: the statistics may end
    long before them. Raises `BadRequest` where nothing is known in between."""
    if percent == 0:
        return None
    if percent == 100:
        return await _end(_source(session, resource, query), query)
    if spread is None:
        raise BadRequest("Nothing is known of how these rows are spread. Jump to a value instead.")
    return await ahead_of(session, resource, query, spread.values[percent])


def _source(session: AsyncSession, resource: Resource, query: ListQuery) -> Source:
    order = listing.cursor_order(resource, query)
    return Source(resource, order, (listing.narrowed(resource, query),), functools.partial(plans.rows, session))


async def _end(source: Source, query: ListQuery) -> str | None:
    """The cursor that leaves the last rows; None where a page holds all."""
    rest = await paging.skip(source.turned, query.size, 1)
    return keyset.cursor(source.resource, source.order, rest[0][1]) if rest else None


async def _nearest_before(source: Source, value: Any) -> Sequence[Any] | None:
    """The sort values of the last row before a value."""
    turned = source.order.turned
    back = Source(source.resource, turned, source.sides, source.run)
    for beyond in keyset.segments(Order(turned.keys[:1], ()), [value]):
        (side,) = source.sides
        keys = paging.keys_of(source.resource, turned, side).where(beyond).limit(1)
        if found := await paging.read(back, keys):
            return found[0][1]
    return None


async def spread(session: AsyncSession, resource: Resource, query: ListQuery) -> Spread | None:
    """How the values that a list is ordered by are spread over it; None where the statistics do not say."""
    key = None if query.narrowed else sorted_by(resource, query)
    if key is None or key.column is None or key.column.sa.table is not resource.traits.table:
        return None
    read = _read_lately.setdefault(session.get_bind(), {})
    until, known = read.get((key.column, key.descending), (0.0, None))
    if until < time.monotonic():
        known = await _spread(session, key.column, descending=key.descending)
        if known is not None:
            read[key.column, key.descending] = time.monotonic() + LATELY_S, known
    return known


async def _spread(session: AsyncSession, column: Column, *, descending: bool) -> Spread | None:
    found = (await session.execute(_statistics(column))).first()
    if found is None or not found.bounds:
        return None
    steps = _steps(found.bounds, found.frequent or [], found.frequencies or [])
    values = _hundredths(found.bounds[0], steps)
    return Spread(tuple(reversed(values)) if descending else tuple(values), descending)


@functools.cache
def _statistics(of: Column) -> Select[Any]:
    """Built once a column: that takes as long as the database takes to answer it."""
    source, listed = of.sa.table, ARRAY(of.sa.type)
    return (
        select(
            cast(cast(STATISTICS.c.histogram_bounds, Text), listed).label("bounds"),
            cast(cast(STATISTICS.c.most_common_vals, Text), listed).label("frequent"),
            cast(STATISTICS.c.most_common_freqs, ARRAY(REAL)).label("frequencies"),
        )
        .where(STATISTICS.c.tablename == source.name, STATISTICS.c.attname == of.sa.name)
        .where(STATISTICS.c.schemaname == (source.schema or func.current_schema()))
        .order_by(STATISTICS.c.inherited.desc())
        .limit(1)
    )


def _steps(bounds: list[Any], frequent: list[Any], frequencies: list[float]) -> list[tuple[Any, float]]:
    """Values with the share of rows that lie between the one before and themselves, in ascending order."""
    share = max(0.0, 1 - sum(frequencies)) / max(1, len(bounds) - 1)
    return sorted([*zip(frequent, frequencies, strict=True), *((bound, share) for bound in bounds[1:])])


def _hundredths(lowest: Any, steps: list[tuple[Any, float]]) -> list[Any]:
    total, passed, reached = sum(share for _, share in steps), 0.0, iter(steps)
    values, value = [min(lowest, steps[0][0])], lowest
    for percent in range(1, 101):
        while passed < total * percent / 100 - 1e-9:
            value, share = next(reached)
            passed += share
        values.append(value)
    return values
