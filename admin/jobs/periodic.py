"""What has to be done again and again, by whichever worker comes first.

Each entry of `CHORES` is a coroutine function that takes a session, in a transaction of its own, and says what it did
when it did something. To add one (an age after which something is dropped, say): write it in `writes`, where it can be
tested by itself, and name it here with how often it is due. One worker at a time does them; they must not mind being
done twice or late.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from admin.jobs.worker import Pace

log = structlog.get_logger("larder.jobs")


async def keep(app: App, pace: Pace) -> None:
    """Look after everything at once, and then again and again, until cancelled."""
    while True:
        try:
            await _rescue(app, pace.dead)
        except (ConnectorException, SQLAlchemyError) as error:
            log.warning("looking after the jobs did not work", kind=type(error).__name__)
        await asyncio.sleep(pace.sweep)


async def _rescue(app: App, dead: float) -> None:
    """Give jobs whose worker is silent to the others."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead):
        log.warning("a worker went silent; its job is tried again", job=job.id)
        await app.job_manager.retry_job(job)
