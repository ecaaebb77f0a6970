"""The job of an import: read its file, or run what was reviewed; once, whatever happens to the process that does it.

The change, its operation and the state `done` are one transaction; a job that comes late, twice, or after its process
was killed, finds that the import is not waiting for it any more, or starts from the beginning. How often one has begun
is counted in a transaction of its own beforehand: what ends its process three times is not tried a fourth time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import psycopg
import structlog
from sqlalchemy import Update, func, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.actor import Actor
from admin.errors import LarderError, NotFound
from admin.jobs import slots
from admin.resource import Resource
from admin.settings import Settings
from admin.tables import Import
from admin.writes import constraints
from admin.writes.csv_import import apply, pending, receive, running, store
from admin.writes.csv_import.errors import InProgress

log = structlog.get_logger("larder.jobs")

Step = Literal["read", "check", "apply"]

ATTEMPTS = 3
PAUSE = 2
"""Seconds until a job that has to wait, or did not work, is tried again."""
POINTLESS = ("57014", "53100", "42501", "42P01", "42703")
"""Errors that the same again would meet again: too slow, no space, no right, no such table or column."""

DIED = (
    "The process that ran this import ended three times before it was through, so it is not tried again by itself. "
    "Nothing was imported. Try again, or tell whoever runs the console."
)
UNKNOWN = "Something in the console did not work. Nothing was imported. Whoever runs it finds the reason in its log."


@dataclass(frozen=True)
class Works:
    """What jobs work with."""

    settings: Settings
    sessions: async_sessionmaker[AsyncSession]
    resources: Mapping[str, Resource]


@dataclass(frozen=True)
class Job:
    """A job as it was fetched."""

    id: int
    import_id: int
    actor: Actor
    step: Step


class Later(Exception):
    """Not now: try again after some seconds."""


async def run(works: Works, job: Job) -> None:
    """Do the step, or put the import into the state that says why it was not done. Raises `Later`."""
    attempt = 0
    try:
        async with works.sessions.begin() as session:
            resource = await _resource(works, session, job)
            if resource is None or not (attempt := await _begin(works, session, job, resource)):
                return
            await STEPS[job.step](works, session, job, resource)
        if job.step == "apply":
            await pending.merge(works.sessions, resource.traits.table, works.settings.import_timeout_ms)
    except (InProgress, Later):
        raise Later from None
    except Exception as error:
        if not isinstance(error, LarderError):
            log.warning("import failed", import_id=job.import_id, attempt=attempt, exc_info=error)
        if attempt < ATTEMPTS and _may_pass(error):
            raise Later from error
        await fail(works, job, _sentence(error))


async def _apply(works: Works, session: AsyncSession, job: Job, resource: Resource) -> None:
    timeout = works.settings.import_timeout_ms
    report = await apply.apply(session, job.actor, resource, job.import_id, timeout_ms=timeout)
    log.info("import run", import_id=job.import_id, person=job.actor.name, applied=report.applied, **report.counts)


async def _read(works: Works, session: AsyncSession, job: Job, resource: Resource) -> None:
    await receive.read_kept(session, resource, job.import_id, timeout_ms=works.settings.import_timeout_ms)
    log.info("file read", import_id=job.import_id, person=job.actor.name)


async def _check(works: Works, session: AsyncSession, job: Job, resource: Resource) -> None:
    await receive.check_kept(session, resource, job.import_id, timeout_ms=works.settings.import_timeout_ms)
    log.info("rows checked", import_id=job.import_id, person=job.actor.name)


STEPS = {"apply": _apply, "check": _check, "read": _read}


async def hand_back(works: Works, job: Job) -> None:
    """The worker stops, which is no fault of the import: another worker begins it anew."""
    async with works.sessions.begin() as session:
        await session.execute(_waiting(job).values(attempts=func.greatest(Import.attempts - 1, 0)))


async def cancel(works: Works, job: Job) -> None:
    """Somebody wants it to stop, and it has: nothing of it stays, unless it was done just before."""
    async with works.sessions.begin() as session:
        stored = await store.lock(session, job.import_id)
        if stored.record.job_id == job.id:
            await store.drop(session, job.import_id)
            await store.finish(session, job.import_id, "cancelled")


async def fail(works: Works, job: Job, reason: str) -> None:
    """Give an import up with a reason; its rows stay staged, so that it can be tried again."""
    async with works.sessions.begin() as session:
        await session.execute(_waiting(job).values(state="failed", error=reason, job_id=None))


async def _resource(works: Works, session: AsyncSession, job: Job) -> Resource | None:
    """The table of an import that waits for this very job, or None."""
    record = (await store.get(session, job.import_id)).record
    if record.job_id != job.id:
        return None
    resource = works.resources.get(record.identity)
    if resource is None:
        raise NotFound(f"The table {record.identity} of this import is not there any more.")
    return resource


async def _begin(works: Works, session: AsyncSession, job: Job, resource: Resource) -> int:
    """Take a place and say which attempt this is; 0 when there are to be no more. Raises `Later`."""
    alone = resource if job.step == "apply" else None
    if not await slots.take(session, job.actor.id, alone) or not await running.mark(session, job.import_id):
        raise Later
    async with works.sessions.begin() as apart:
        counted = _waiting(job).values(attempts=Import.attempts + 1).returning(Import.attempts)
        attempt = await apart.scalar(counted)
    if attempt is not None and attempt > ATTEMPTS:
        await fail(works, job, DIED)
        return 0
    return attempt or 0


def _may_pass(error: Exception) -> bool:
    """Whether another try may go better: what we say ourselves stays true, and so do some answers of the database."""
    state = constraints.sqlstate(error) if isinstance(error, DBAPIError) else getattr(error, "sqlstate", None)
    return not isinstance(error, LarderError) and state not in POINTLESS


def _sentence(error: Exception) -> str:
    match error:
        case LarderError():
            return str(error)
        case psycopg.Error():
            return str(constraints.explain(DBAPIError(None, None, error)))
        case SQLAlchemyError():
            return str(constraints.explain(error))
        case _:
            return UNKNOWN


def _waiting(job: Job) -> Update:
    """An update of the import, if it still waits for this job."""
    return update(Import).where(Import.id == job.import_id, Import.job_id == job.id)
