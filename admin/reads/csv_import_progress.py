"""How far the work on an import is at this instant, as Postgres itself says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import InternalError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.csv_import import RUNNING
from admin.tables import STAGING_SCHEMA


@dataclass(frozen=True)
class Progress:
    """Rows counted so far and seconds since the work began; None in `seconds`: nobody works on it.

    `read_rows` and `read_bytes` are those of the file while it is read; None in `read_rows`: it is not being read.
    `worked`: some worker is there, who would begin what waits.
    """

    seconds: float | None
    counted: int
    stopping: bool
    read_rows: int | None
    read_bytes: int
    worked: bool


NOW = text("""
select i.id, extract(epoch from clock_timestamp() - activity.xact_start)::float,
       coalesce(pg_sequence_last_value(to_regclass(:counters || i.id || '_done')), 0),
       exists (select from procrastinate_jobs where id = i.job_id and abort_requested),
       copy.tuples_processed, coalesce(copy.bytes_processed, 0),
       exists (select from procrastinate_workers where last_heartbeat > now() - interval '45 seconds')
from larder.import i
left join pg_locks l
  on l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid = :running and l.objid::bigint = i.id
  and l.database = (select oid from pg_database where datname = current_database())
left join pg_stat_activity activity on activity.pid = l.pid
left join pg_stat_progress_copy copy on copy.pid = l.pid and copy.command = 'COPY FROM'
where i.id = any (:imports)
""")


async def now(session: AsyncSession, import_id: int) -> Progress:
    """Where an import that exists is right now."""
    return (await of(session, [import_id]))[import_id]


async def of(session: AsyncSession, import_ids: Sequence[int]) -> dict[int, Progress]:
    """Where each of these imports is right now, by its number."""
    asked = {"imports": list(import_ids), "counters": f"{STAGING_SCHEMA}.import_", "running": RUNNING}
    try:
        async with session.begin_nested():
            rows = (await session.execute(NOW, asked)).all()
    except InternalError:
        # A counter was dropped between being found and being read, with all that was staged: it is not found again.
        rows = (await session.execute(NOW, asked)).all()
    return {import_id: Progress(*row) for import_id, *row in rows}
