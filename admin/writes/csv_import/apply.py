"""The run: the check once more behind locks, then the change, in one transaction and as one operation.

What the review said is what happens, to the row. A row that somebody changed in the meantime is a conflict: it is
never overwritten, and unless bad rows are to be skipped it stops the import, which goes back to its review. The
transaction is the caller's: rows, operation and the import's state become true together, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.database import bounded
from admin.errors import Conflict
from admin.reads import wording
from admin.resource import Resource
from admin.writes import operations
from admin.writes.csv_import import change, check, parents, pending, recheck, refused, running, store
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.errors import InProgress
from admin.writes.csv_import.plan import Plan
from admin.writes.csv_import.recheck import Stopped
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.store import Stored

ATTEMPTS = 3
"""Each sees what others have done before it; the last one looks for the rows that the table refuses."""
TRY_AGAIN = ("40001", "40P01")


@dataclass(frozen=True)
class Run:
    """One run of an import."""

    session: AsyncSession
    actor: Actor
    source: str
    stored: Stored
    reviewed: Report
    plan: Plan


async def apply(
    session: AsyncSession, actor: Actor, resource: Resource, import_id: int, *, timeout_ms: int, source: str = "browser"
) -> Report:
    """Do what the review of this import says.

    The report has `applied` set when it was done; otherwise nothing was changed, and it is the new review. An import
    runs once: asked again it answers with what it did then. Raises `Conflict` when it is being worked on, is over, or
    has rows that stop it.
    """
    stored = await store.lock(session, import_id)
    if stored.record.state == "done" and stored.report is not None:
        return stored.report
    reviewed = _ready(stored, ("review", "queued"))
    made = await store.plan_of(session, resource, stored)
    async with bounded(session, timeout_ms):
        await running.alone(session, resource, timeout_ms)
        return await _attempt(Run(session, actor, source, stored, reviewed, made))


async def ready(session: AsyncSession, import_id: int) -> None:
    """Lock an import that may be handed to a worker. Raises `Conflict`, and `InProgress` when it was already."""
    stored = await store.lock(session, import_id)
    if stored.record.state == "queued":
        raise InProgress("This import waits already.")
    _ready(stored, ("review", "failed"))


def _ready(stored: Stored, states: tuple[str, ...]) -> Report:
    """The review of an import that may run. Raises `Conflict` with the reason when it may not."""
    if stored.record.state not in states or stored.options is None or stored.report is None:
        raise Conflict(f"This import is {stored.record.state}, so it cannot run.")
    if stored.report.blocking:
        raise Conflict(stored.report.blocking[0])
    if stored.report.standing and not stored.options.skip_bad:
        rows = wording.counted(stored.report.standing, "row is", "rows are")
        raise Conflict(f"{rows} rejected. Correct the file, or choose to skip rejected rows.")
    if not stored.report.importable:
        raise Conflict("Nothing would change, so there is nothing to import.")
    return stored.report


async def _attempt(run: Run) -> Report:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with run.session.begin_nested():
                return await _run(run, around=attempt == ATTEMPTS)
        except Stopped as stopped:
            return await _back_to_review(run, stopped.report)
        except DBAPIError as error:
            repeatable = refused.is_about_a_row(error) or getattr(error.orig, "sqlstate", "") in TRY_AGAIN
            if attempt == ATTEMPTS or not repeatable:
                raise
    raise AssertionError("the last attempt returns or raises")


async def _run(run: Run, *, around: bool) -> Report:
    session, made = run.session, run.plan
    await st.run(session, st.of(check.SETTINGS))
    await pending.gather(session)
    await running.restart(session, run.stored.id)
    recording = operations.recorded(session, run.actor, "import", made.resource.identity, source=run.source)
    async with recording as recorder:
        created = await parents.create(session, made)
        found = await recheck.again(session, made, run.reviewed)
        added, changed = await (refused.make_around if around else change.make)(session, made)
        if around:
            found = await recheck.without_refused(session, made, found)
        if (added, changed) != (found.new, found.changed):
            raise Conflict("The table took other rows than it was given: a trigger of it leaves some out.")
        recorder.rows = added + changed + sum(created.values())
        recorder.sentence = _sentence(made, found, created)
        recorder.detail = {"import": run.stored.id, "file": run.stored.record.file_name, **found.counts}
    done = replace(found, applied=True, created=created, missing_parents={})
    await _keep_rejects(session, made, done)
    await store.finish(
        session, run.stored.id, "done", report=done.as_json(), error=None,
        operation_id=recorder.id if recorder.rows else None,
    )  # fmt: skip
    return done


async def _back_to_review(run: Run, stopped: Report) -> Report:
    """Nothing was changed: show what stands in the way, or, where rows have moved on, the review as of now."""
    fresh = await recheck.as_of_now(run.session, run.plan, run.reviewed, stopped)
    rows = wording.counted(stopped.standing, "row", "rows")
    error = f"Nothing was imported: {rows} could not be written as reviewed. This is the review as of now."
    await store.save(run.session, run.stored.id, "review", report=fresh.as_json(), error=error)
    return fresh


def _sentence(made: Plan, found: Report, created: dict[str, int]) -> str:
    """“Books imported: 9,988 added, 12 changed; 4,664 authors created.”"""
    parts = [f"{count:,} {word}" for count, word in ((found.new, "added"), (found.changed, "changed")) if count]
    sentence = f"{made.resource.name_plural} imported: {' and '.join(parts)}"
    for column, count in created.items():
        if count:
            noun = made.resource.label(column).lower()
            sentence += f"; {wording.counted(count, noun, f'{noun}s')} created"
    return f"{sentence}."


async def _keep_rejects(session: AsyncSession, made: Plan, done: Report) -> None:
    """Of the staged rows only the rejected ones are needed now, for the file of rejects."""
    await store.drop(session, made.import_id, ("file", "cell", "match", "row", "seen", "need"))
    if not done.rejected:
        await store.drop(session, made.import_id, ("", "error", "was"))
        return
    rest = made.staging("rest")
    await st.run(session, st.of("create table {rest} as select * from {t} where line in (select line from {errors})",
                                rest=rest, t=made.staging(), errors=made.staging("error")))  # fmt: skip
    await store.drop(session, made.import_id, ("",))
    await st.run(session, st.of("alter table {rest} rename to {t}", rest=rest, t=st.name(f"import_{made.import_id}")))
