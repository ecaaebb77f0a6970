"""What has to be done again and again, by every worker.

Jobs whose worker went silent are given to the others every few seconds. `CHORES` are done more rarely: each is a
coroutine function that takes `Works`, makes transactions of its own, and says in a sentence what it did, if anything.
To add one (something to be dropped after a time, say), write it in `writes`, where it can be tested by itself, and name
it here with how often it is due. Every worker does all of them, so they must not mind being done twice, or at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import SQLAlchemyError

from admin.jobs import queue
from admin.jobs.imports import Works
from admin.writes import nonces, retention
from admin.writes.csv_import import store

if TYPE_CHECKING:
    from admin.jobs.worker import Pace

log = structlog.get_logger("larder.jobs")

TROUBLE = (ConnectorException, SQLAlchemyError, psycopg.Error, OSError)
MINUTE, HOUR = 60, 3600


async def drop_imports(works: Works) -> str | None:
    """Cancel what nobody has finished, and drop the rows of imports that were finished long ago."""
    async with works.sessions.begin() as session:
        dropped = await store.sweep(session, works.settings.import_days)
    return f"dropped what was staged for {dropped} imports" if dropped else None


async def drop_nonces(works: Works) -> str | None:
    """Forget forms that were sent more than a day ago."""
    async with works.sessions.begin() as session:
        await nonces.forget_old(session)
    return None


async def retain(works: Works) -> str | None:
    """Make the coming months of the record, drop the old ones, and empty the trash of what is older than it is kept."""
    swept = await retention.sweep(works.sessions, works.resources.values(), works.settings.undo_days)
    rows = sum(swept.purged.values())
    return f"purged {rows} rows, dropped {swept.months} months" if rows or swept.months else None


@dataclass(frozen=True)
class Chore:
    """Something to do, and how many seconds later again."""

    every: float
    do: Callable[[Works], Awaitable[str | None]]


CHORES = (Chore(10 * MINUTE, drop_imports), Chore(HOUR, drop_nonces), Chore(HOUR, retain))


async def keep(works: Works, app: App, pace: Pace) -> None:
    """Look after everything, again and again, until cancelled."""
    due = {chore: time.monotonic() + chore.every for chore in CHORES}
    while True:
        try:
            await rescue(works, app, pace.dead)
            for chore in [chore for chore, moment in due.items() if moment <= time.monotonic()]:
                due[chore] = time.monotonic() + chore.every
                if said := await chore.do(works):
                    log.info(said)
        except TROUBLE as error:
            log.warning("looking after the jobs did not work", kind=type(error).__name__)
        await asyncio.sleep(pace.sweep)


async def rescue(works: Works, app: App, dead: float) -> None:
    """Give jobs whose worker is silent to the others, and imports whose job is gone a new one."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead):
        # Unless another worker was quicker.
        with suppress(ConnectorException):
            await app.job_manager.retry_job(job)
            log.warning("a worker went silent; its job is tried again", job=job.id)
    async with works.sessions.begin() as session:
        for import_id in await queue.mend(session):
            log.warning("an import waited for a job that is gone", import_id=import_id)
