"""How the database is, in numbers that tell an admin whether to do something: one query, kept for half a minute.

Postgres has counted all of it; nothing here reads a table. What the console keeps for itself is not among it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.kept import Kept

MOST = 5
"""Names of each kind: the worst come first."""

# A foreign key looks for rows of any state, so an index of some of them serves it only if all others are NULL.
HEALTH = text(r"""
    with tables as (
      select * from pg_stat_user_tables where schemaname not in ('larder', 'larder_log', 'larder_staging')
        and relname not like 'procrastinate\_%'
    )
    select pg_database_size(current_database()) as size,
      (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections,
      current_setting('max_connections')::int as most_connections,
      (select count(*) from pg_stat_activity where wait_event_type = 'Lock') as waiting,
      (select stats_reset from pg_stat_database where datname = current_database()) as since,
      array(select i.indexrelname || ' on ' || i.relname
            from pg_stat_user_indexes i join tables using (relid) join pg_index x on x.indexrelid = i.indexrelid
            where i.idx_scan = 0 and not x.indisunique and not x.indisexclusion and x.indisvalid
              and pg_relation_size(i.indexrelid) >= :large
            order by pg_relation_size(i.indexrelid) desc limit :most) as unused,
      array(select c.indexrelid::regclass::text from pg_index c join tables on relid = indrelid
            where not (c.indisvalid and c.indisready) order by 1 limit :most) as broken,
      array(select format('%s (%s)', tables.relname,
                          (select string_agg(attname, ', ') from pg_attribute
                           where attrelid = conrelid and attnum = any (conkey)))
            from pg_constraint join tables on relid = conrelid
            where contype = 'f' and n_live_tup >= :many and not exists (
              select from pg_index where indrelid = conrelid and indisvalid
                and (indpred is null or pg_get_expr(indpred, indrelid) in (
                  select format('(%I IS NOT NULL)', attname) from pg_attribute
                  where attrelid = conrelid and attnum = any (conkey)))
                and (indkey::int2[])[0 : cardinality(conkey) - 1] @> conkey)
            order by n_live_tup desc limit :most) as unindexed,
      array(select relname from tables where n_live_tup >= :large_table and seq_scan > 100 and seq_scan > idx_scan
            order by seq_tup_read desc limit :most) as scanned,
      array(select format('%s (%s of %s rows)', relname, n_dead_tup, n_live_tup + n_dead_tup) from tables
            where n_dead_tup > 10000 and n_dead_tup > 0.2 * n_live_tup
            order by n_dead_tup desc limit :most) as dead
""")
LIMITS = {"most": MOST, "large": 2**20, "many": 1_000, "large_table": 100_000}
"""Smaller indexes and tables cost too little to be worth a word."""


@dataclass(frozen=True)
class Health:
    """`since`: when Postgres began to count, None if it never began anew."""

    size: int
    connections: int
    most_connections: int
    waiting: int
    since: dt.datetime | None
    unused: list[str]
    broken: list[str]
    unindexed: list[str]
    scanned: list[str]
    dead: list[str]


_kept: Kept[Health] = Kept(seconds=30)


async def of(session: AsyncSession) -> Health:
    """The health of the database of this session."""

    async def read() -> Health:
        row = (await session.execute(HEALTH, LIMITS)).one()
        return Health(**row._asdict())

    return await _kept.get(session, read)
