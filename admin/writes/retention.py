"""What is kept for LARDER_UNDO_DAYS and no longer: the record of what was overwritten, and rows in the trash.

The months of the record are dropped by the owner's own function, which never drops what is younger than the owner has
said (revision `retention`). Rows leave the trash as an operation like any other, by Larder itself: it stands in the
list of operations and can be undone for as long again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.actor import Actor
from admin.errors import Conflict
from admin.reads import expired
from admin.reads.selection import Selection
from admin.resource import Resource
from admin.writes import constraints
from admin.writes.erasing import erase

log = structlog.get_logger("larder.retention")

LARDER = Actor(None, "Larder", "admin")
"""Who purges: nobody's action, so nobody's name."""

BATCH = 1_000
"""Rows of one transaction: a purge of very many holds no lock for long."""

MOST_BATCHES = 100
"""Batches of a table in one run; the next run goes on."""


@dataclass(frozen=True)
class Swept:
    """What a run did: months of the record that were dropped, and rows purged from the trash by table."""

    months: int
    purged: dict[str, int]


async def sweep(sessions: async_sessionmaker[AsyncSession], resources: Iterable[Resource], days: int) -> Swept:
    """Drop what is older than `days`, in transactions of its own; safe to repeat and to run beside others."""
    async with sessions.begin() as session:
        # New months first: whoever runs this often never writes into the catch-all.
        await session.execute(text("select larder.make_months()"))
        months = int(await session.scalar(text("select larder.forget(:days)"), {"days": days}) or 0)
    purged = {one.identity: await _purge(sessions, one, days) for one in resources if one.traits.soft_deletes}
    return Swept(months, {identity: rows for identity, rows in purged.items() if rows})


async def _purge(sessions: async_sessionmaker[AsyncSession], resource: Resource, days: int) -> int:
    purged = 0
    for _ in range(MOST_BATCHES):
        try:
            async with sessions.begin() as session:
                keys = await expired.keys(session, resource, days, BATCH)
                selection = Selection(keys=keys)
                done = await erase(session, LARDER, resource, selection, purging=True, source="retention")
        except (Conflict, DBAPIError) as error:
            # Somebody let a row refer to one of them just now, or it took too long: the next run tries again, and what
            # is wrong with one table keeps none of the others.
            log.warning("trash not purged", table=resource.identity, reason=str(_said(error)))
            break
        purged += done.rows
        if len(keys) < BATCH:
            break
    return purged


def _said(error: Conflict | DBAPIError) -> Exception:
    return constraints.explain(error) if isinstance(error, DBAPIError) else error
