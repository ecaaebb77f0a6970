"""What the planner believes of a table, looked at before many rows are joined with it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MANY = 1_000
"""Rows from which on a join in the wrong order costs more than looking."""

REFRESH = text("select larder.refresh_statistics(cast(:relation as regclass))")

# To look up a row by an index reads a page for it: from as many rows as the table has pages on, a join that reads the
# whole table is better, whatever the planner believes. It may believe nonsense: an autovacuum that began before the
# rows of a COPY were there leaves word that there are none, and a million were compared with a million, one by one.
JOIN_BY_READING = text("""
select set_config('enable_nestloop', 'off', true)
from (select cast(:relation as regclass) as relation
      union select relid from pg_partition_tree(cast(:relation as regclass))) as part
having sum(pg_relation_size(relation)) <= cast(:rows as bigint) * current_setting('block_size')::bigint
""")


async def refresh(session: AsyncSession, relation: str, rows: int) -> None:
    """Before so many rows are joined with a table (its name as SQL): let the owner analyze it where it holds far more
    or fewer than the planner believes, and let the rest of the transaction join by reading where that is no loss."""
    if rows >= MANY:
        await session.execute(REFRESH, {"relation": relation})
        await session.execute(JOIN_BY_READING, {"relation": relation, "rows": rows})
