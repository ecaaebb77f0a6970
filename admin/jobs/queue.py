"""Hands an import to the workers, in the very transaction that sets its state, or takes it back.

The statements are those of the pinned procrastinate's own `queries.sql`, sent on the session of the page: the job and
the state are there together, or neither is. Its API would need an open pool beside that, and the import of it all.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.jobs.imports import Step
from admin.resource import Resource
from admin.writes.csv_import import apply, receive, store
from admin.writes.csv_import.errors import InProgress
from admin.writes.csv_import.options import Options
from admin.writes.csv_import.sniff import Format

QUEUE = "larder"
IMPORT = "import"
"""Name of the task: what the queue and the workers know it by."""

DEFER = text("""
select (procrastinate_defer_jobs_v1(array[
    row(:queue, :task, 0, null, null, cast(:arguments as jsonb), null)::procrastinate_job_to_defer_v1
]))[1]
""")
CANCEL = text("select procrastinate_cancel_job_v1(:job, true, true)")

WORKED_ON = text("select exists (select from procrastinate_jobs where id = :job and status = 'doing')")

# A job that was to stop while its worker died is marked as failed when it is rescued.
WITHOUT_JOB = text("""
select i.id, i.job_id, coalesce(j.abort_requested, false) as stop
from larder.import i left join procrastinate_jobs j on j.id = i.job_id
where i.job_id is not null and (j.id is null or j.status not in ('todo', 'doing'))
for update of i skip locked
""")
FORGET = text("delete from procrastinate_jobs where id = :job and status not in ('todo', 'doing')")
GONE = "The job of this import ended without a word. Nothing was imported. Try again, or tell whoever runs the console."


async def run(session: AsyncSession, actor: Actor, import_id: int) -> None:
    """Let what was reviewed happen as soon as a worker is free. Raises `Conflict` when it may not."""
    await apply.ready(session, import_id)
    job = await _defer(session, actor, import_id, "apply")
    await store.save(session, import_id, "queued", job_id=job, attempts=0, error=None)


async def read(session: AsyncSession, actor: Actor, import_id: int, form: Format | None = None) -> None:
    """Let a kept file be read and checked by a worker, in another way than before if `form` says so.

    Raises `Conflict` when it is too late for that.
    """
    stored = await receive.unread(session, import_id)
    job = await _defer(session, actor, import_id, "read")
    options = store.kept(form or stored.format)
    await store.save(
        session, import_id, "staging", job_id=job, attempts=0, error=None, report=None, options=options
    )  # fmt: skip


async def check(session: AsyncSession, actor: Actor, resource: Resource, import_id: int, options: Options) -> None:
    """Let rows that were read be checked by a worker, with these choices. Raises `BadRequest` for what cannot be."""
    stored = await receive.choosable(session, resource, import_id, options)
    job = await _defer(session, actor, import_id, "check")
    await store.save(
        session, import_id, "staging", job_id=job, attempts=0, error=None, report=None,
        options=store.kept(stored.format, stored.staged, options),
    )  # fmt: skip


async def _defer(session: AsyncSession, actor: Actor, import_id: int, step: Step) -> int:
    arguments = json.dumps({"import_id": import_id, "actor": asdict(actor), "step": step})
    return int(await session.scalar(DEFER, {"queue": QUEUE, "task": IMPORT, "arguments": arguments}) or 0)


async def cancel(session: AsyncSession, import_id: int) -> bool:
    """Give an import up; returns False when it runs, and the worker that runs it was told to stop.

    Raises `Conflict` when it is over, and `InProgress` when it is worked on by something that is no job.
    """
    job = (await store.get(session, import_id)).record.job_id
    try:
        await store.cancel(session, import_id)
    except InProgress:
        if job is None:
            raise
        await session.execute(CANCEL, {"job": job})
        if await session.scalar(WORKED_ON, {"job": job}):
            return False
        # It met our lock, went back to wait for its next try, and is deleted now: nobody else would end the import.
        await store.cancel(session, import_id)
        return True
    if job is not None:
        await session.execute(CANCEL, {"job": job})
    return True


async def mend(session: AsyncSession) -> list[int]:
    """Put imports whose job is gone into a state they can leave; returns their ids."""
    found = (await session.execute(WITHOUT_JOB)).all()
    for import_id, job, stop in found:
        if stop:
            await store.drop(session, import_id)
            await store.finish(session, import_id, "cancelled")
        else:
            await store.save(session, import_id, "failed", error=GONE)
        await session.execute(FORGET, {"job": job})
    return [import_id for import_id, _, _ in found]
