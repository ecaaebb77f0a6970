"""New entries of GIN indexes (full text, trigrams), which wait in a list until it is full and is sorted in.

For many rows a longer list is sorted in less often: a seventh of the time of an import into a table with a trigram
index. But whoever searches has to read it, so what is left of it is sorted in as soon as the rows are there. Should
nobody come to that, autovacuum does it.
"""

from __future__ import annotations

import structlog
from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.database import bounded
from admin.writes.csv_import import statements as st

log = structlog.get_logger("larder.imports")

GATHER = text("select set_config('gin_pending_list_limit', '64MB', true)")
MERGE = text("select larder.merge_pending(cast(:relation as regclass))")


async def gather(session: AsyncSession) -> None:
    """Let the lists of this transaction's inserts grow to 64 MB."""
    await session.execute(GATHER)


async def merge(sessions: async_sessionmaker[AsyncSession], table: Table, timeout_ms: int) -> None:
    """Sort in what waits for the indexes of a table. The rows are there, whatever becomes of this."""
    relation = st.table_name(table).as_string(None)
    try:
        async with sessions.begin() as session, bounded(session, timeout_ms):
            await session.execute(MERGE, {"relation": relation})
    except DBAPIError as error:
        log.warning("index entries wait for autovacuum", table=relation, exc_info=error)
