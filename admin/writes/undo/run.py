"""One undo from beginning to end, once: who asks for the same one at the same moment gets the first one's answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.database import bounded
from admin.errors import Conflict, NotFound
from admin.reads import catalog
from admin.tables import Operation
from admin.writes import constraints, statistics
from admin.writes.operations import recorded
from admin.writes.undo import steps, told, work
from admin.writes.undo.told import UndoReport
from admin.writes.undo.work import Step

STEPS: dict[str, Callable[[Step], Awaitable[None]]] = {
    "changed": steps.put_back,
    "removed": steps.bring_back,
    "added": steps.take_away,
}

LONGEST_MS = 300_000
"""An undo of a million-row import takes its time; it is one transaction and cannot be had in parts."""

ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('larder.undo ' || :id, 0))")
GONE = text("update larder_undo as w set reason = 'table' where w.table_name = :table")


async def undo(session: AsyncSession, actor: Actor, operation_id: int, *, source: str = "browser") -> UndoReport:
    """Undo an operation, whatever its kind. Rows that cannot be undone do not fail the others.

    Raises `NotFound` when there is no such operation, `Conflict` when what it overwrote is not kept any more.
    """
    operation = await session.get(Operation, operation_id)
    if operation is None:
        raise NotFound("There is no such operation.")
    try:
        await session.execute(ONE_AT_A_TIME, {"id": str(operation_id)})
        before = (await session.scalars(select(Operation).where(Operation.undoes == operation_id))).one_or_none()
        if before is not None:
            return told.repeated(before)
        async with bounded(session, LONGEST_MS):
            return await _undo(session, actor, operation, source)
    except DBAPIError as error:
        raise constraints.explain(error) from error


async def _undo(session: AsyncSession, actor: Actor, operation: Operation, source: str) -> UndoReport:
    await catalog.write_plainly(session)
    recording = recorded(session, actor, "undo", operation.identity, source=source, undoes=operation.id)
    async with recording as recorder:
        groups = await work.fill(session, operation)
        if not groups:
            raise Conflict("This was too long ago: what it changed is not kept any more, so it cannot be undone.")
        tables = await catalog.tables(session, {group.table_name for group in groups})
        for group in groups:
            if group.table_name in tables:
                step = Step(session, operation, recorder.id, group, tables[group.table_name])
                await statistics.refresh(session, step.table.sql.replace("\\:", ":"), group.rows)
                await STEPS[group.net](step)
            else:
                await session.execute(GONE, {"table": group.table_name})
        report = await told.report(session, operation, recorder.id)
        recorder.rows, recorder.sentence, recorder.detail = report.undone, report.sentence, report.detail()
    return report
