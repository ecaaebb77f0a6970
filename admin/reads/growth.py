"""How large tables are and how they grew, for the first page: from what Postgres knows already, in one query.

ANALYZE keeps the distribution of every column: for `created_at` that is how many rows were made when, at the cost of a
look into the catalogue, whatever the size of the table and without a snapshot that somebody would have to take. Rows
that are gone since are not in it. What was read is kept for a while: statistics change with the next ANALYZE only.
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.kept import Kept
from admin.resource import Resource

MONTHS = 12
CREATED = "created_at"

STATISTICS = text("""
    select wanted.name, pg_total_relation_size(c.oid) as size, greatest(c.reltuples, 0) as rows,
      coalesce(s.null_frac, 0) as nulls,
      array(select extract(epoch from one)::float8 from unnest(s.histogram_bounds::text::timestamptz[]) one) as bounds,
      array(select extract(epoch from one)::float8 from unnest(s.most_common_vals::text::timestamptz[]) one) as common,
      coalesce(s.most_common_freqs, '{}') as shares, now() as now
    from unnest(cast(:names as text[]), cast(:schemas as text[]), cast(:tables as text[]), cast(:columns as text[]))
      as wanted (name, schema, relname, attname)
    join pg_namespace n on n.nspname = coalesce(wanted.schema, current_schema())
    join pg_class c on c.relnamespace = n.oid and c.relname = wanted.relname
    left join pg_stats s
      on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = wanted.attname
""")


@dataclass(frozen=True)
class Grown:
    """A table: its bytes with all indexes, and about how many of its rows were made in each month, the present one
    last; no months where Postgres does not know. `first` is the first day of the first month."""

    size: int
    months: tuple[int, ...]
    first: dt.date


_kept: Kept[Mapping[str, Grown]] = Kept(seconds=60)


async def of(session: AsyncSession, resources: Iterable[Resource]) -> Mapping[str, Grown]:
    """Each table by identity; one that is not there is left out."""
    wanted = list(resources)

    async def read() -> Mapping[str, Grown]:
        rows = await session.execute(STATISTICS, _names(wanted))
        return {row.name: _grown(row) for row in rows}

    return await _kept.get(session, read)


def _names(resources: Sequence[Resource]) -> dict[str, list[str | None]]:
    columns = [one.traits.columns.get(CREATED) for one in resources]
    return {
        "names": [one.identity for one in resources],
        "schemas": [one.traits.table.schema for one in resources],
        "tables": [one.traits.table.name for one in resources],
        "columns": [one.sa.name if one is not None and one.kind == "timestamp" else None for one in columns],
    }


def _grown(row: Row[Any]) -> Grown:
    edges = _edges(row.now.astimezone(dt.UTC))
    if not row.bounds and not row.common:
        return Grown(row.size, (), edges[0].date())
    spread = max(0.0, 1 - row.nulls - sum(row.shares)) if row.bounds else 0.0

    def until(moment: float) -> float:
        among = sum(share for value, share in zip(row.common, row.shares, strict=True) if value < moment)
        return float(row.rows * (spread * _before(row.bounds, moment) + among))

    made = (until(end.timestamp()) - until(start.timestamp()) for start, end in itertools.pairwise(edges))
    return Grown(row.size, tuple(round(rows) for rows in made), edges[0].date())


def _edges(now: dt.datetime) -> list[dt.datetime]:
    """The first moments of the last months and of the next one."""
    last = now.year * 12 + now.month
    months = [divmod(number - 1, 12) for number in range(last - MONTHS + 1, last + 2)]
    return [dt.datetime(year, month + 1, 1, tzinfo=dt.UTC) for year, month in months]


def _before(bounds: Sequence[float], moment: float) -> float:
    """The share of the values before a moment: between two bounds lies the same share everywhere."""
    place = bisect.bisect_left(bounds, moment)
    if place in (0, len(bounds)):
        return 0.0 if place == 0 else 1.0
    low, high = bounds[place - 1], bounds[place]
    within = (moment - low) / (high - low) if high > low else 1.0
    return (place - 1 + within) / (len(bounds) - 1)
