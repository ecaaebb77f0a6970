"""A worker: procrastinate fetches jobs, beats while it works, and hands back what it cannot finish.

procrastinate ends its own worker when the database goes away, and leaves what a killed worker was doing as it is. So
this one starts again until it is told to stop, and `periodic` looks for jobs whose worker is silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException, JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy.exc import SQLAlchemyError

from admin import schema
from admin.actor import Actor
from admin.database import connect_args
from admin.jobs import imports, periodic, queue
from admin.jobs.imports import Later, Step, Works

log = structlog.get_logger("larder.jobs")

CONCURRENCY = 4
GRACE = 20
"""Seconds that running jobs get to finish when a worker is told to stop; after that they are handed back."""
IDLE_GRACE = 3
"""Seconds that a worker without a job gets to close its connections before it is told again."""


@dataclass(frozen=True)
class Pace:
    """How often a worker beats and looks, in seconds. A worker counts as dead long after it should have beaten."""

    beat: float = 5
    dead: float = 30
    look: float = 2
    """For jobs that wait for their time, and behind a pooler, where nobody is notified, for all of them."""
    sweep: float = 15
    again: float = 5
    """Until a worker that lost its database starts anew."""


class Strategy(BaseRetryStrategy):
    """What is tried again: what asks for it, and what was stopped along with its worker."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002 the signature is the library's
        if isinstance(exception, Later):
            return RetryDecision(retry_in={"seconds": imports.PAUSE})
        return RetryDecision(retry_in={"seconds": 0}) if isinstance(exception, asyncio.CancelledError) else None


def make(works: Works, busy: set[int] | None = None) -> App:
    """procrastinate with our one task, on connections like those of the pages; `busy` holds the jobs that run."""
    running = set() if busy is None else busy
    url = str(works.settings.database_url)
    connector = PsycopgConnector(
        conninfo=schema.libpq_url(url), min_size=1, max_size=4, kwargs=connect_args(works.settings, url)
    )
    app = App(connector=connector)

    @app.task(name=queue.IMPORT, queue=queue.QUEUE, pass_context=True, retry=Strategy())
    async def import_(context: JobContext, import_id: int, actor: dict[str, Any], step: Step) -> None:
        job = imports.Job(context.job.id or 0, import_id, Actor(**actor), step)
        running.add(job.id)
        try:
            await imports.run(works, job)
        except asyncio.CancelledError:
            if context.abort_reason() is AbortReason.USER_REQUEST:
                await imports.cancel(works, job)
                raise JobAborted from None
            await imports.hand_back(works, job)
            raise
        finally:
            running.discard(job.id)

    return app


async def keep(works: Works, concurrency: int = CONCURRENCY, pace: Pace | None = None) -> None:
    """Work until cancelled, whatever happens to the database meanwhile."""
    busy: set[int] = set()
    work = asyncio.create_task(_keep(works, concurrency, pace or Pace(), busy))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await _ended(work, busy)
        raise


async def _ended(work: asyncio.Task[None], busy: set[int]) -> None:
    """Tell it to stop until it has. Once is not enough: before Python 3.12 `asyncio.wait_for`, with which connections
    are opened, may swallow a cancellation, and the worker would go on for ever. Running jobs keep their grace."""
    work.cancel()
    while not (await asyncio.wait({work}, timeout=GRACE + 1 if busy else IDLE_GRACE))[0]:
        work.cancel()


async def _keep(works: Works, concurrency: int, pace: Pace, busy: set[int]) -> None:
    while True:
        try:
            await _work(works, concurrency, pace, busy)
        except (ConnectorException, psycopg.Error, SQLAlchemyError) as error:
            log.warning("the worker lost its database and starts again", kind=type(error).__name__)
        await asyncio.sleep(pace.again)


@asynccontextmanager
async def _opened(app: App) -> AsyncIterator[App]:
    """The library's own block leaves its pool open when it is told to stop while it opens it. Tasks of that pool would
    then try to connect for minutes, whoever waits for them."""
    try:
        async with app.open_async():
            yield app
    finally:
        await app.connector.close_async()


async def drain(works: Works) -> None:
    """Do what waits, and end."""
    async with _opened(make(works)) as app:
        await app.run_worker_async(
            queues=[queue.QUEUE], wait=False, listen_notify=False, install_signal_handlers=False,
            delete_jobs=DeleteJobCondition.ALWAYS,
        )  # fmt: skip


async def _work(works: Works, concurrency: int, pace: Pace, busy: set[int]) -> None:
    async with _opened(make(works, busy)) as app:
        chores = asyncio.create_task(periodic.keep(works, app, pace))
        try:
            await app.run_worker_async(
                queues=[queue.QUEUE], concurrency=concurrency, install_signal_handlers=False,
                listen_notify=not works.settings.pooler, fetch_job_polling_interval=pace.look,
                abort_job_polling_interval=pace.look, update_heartbeat_interval=pace.beat,
                stalled_worker_timeout=pace.dead, shutdown_graceful_timeout=GRACE,
                delete_jobs=DeleteJobCondition.ALWAYS,
            )  # fmt: skip
        finally:
            chores.cancel()
            await asyncio.gather(chores, return_exceptions=True)
