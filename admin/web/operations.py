"""What an operation did, row by row, and the one POST behind every Undo.

An undo leads back to where its button stood: to the list whose query the address carries, or, when the form says so, to
the page of operations or to a page of this console by its path. Where that is never comes from a header.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin.errors import Conflict, NotFound
from admin.reads import operation_rows, operations, record
from admin.reads.operations import Listed
from admin.tables import Operation
from admin.web import flash, operation_list, urls
from admin.web import operation_entries as shown
from admin.web.gate import Permission
from admin.web.login import safe_next
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes.undo import UndoReport, undo

ROW = "form-row"
"""Beside a list's query in the address of an undo: the row whose form the button stood above."""


async def show(visit: Visit) -> Response:
    """One operation: the rows it touched and what it changed in them, a bounded page of them."""
    async with visit.transaction() as session:
        found = await _found(session, visit)
        after = operation_list.number(visit, "after") or 0
        changes = await operation_rows.of(session, found.operation, visit.console.resources.values(), after)
        rows = await shown.changed(session, visit, changes.rows)
    here = urls.operation(found.operation.id)
    return visit.page(
        "operations/operation.html",
        entry=shown.entry(visit, found),
        reverted=urls.operation(found.operation.undoes) if found.operation.undoes is not None else None,
        lists=shown.lists(visit, found.operation.id, changes),
        added=[shown.added(visit, *made) for made in changes.added],
        rows=rows,
        more=shown.unnamed(changes),
        next_url=f"{here}?after={changes.after}" if changes.after is not None else None,
    )


async def take_back(visit: Visit) -> Response:
    """Undo an operation, say what came of it, and lead back."""
    data = await visit.form()
    async with visit.transaction() as session:
        found = await _found(session, visit)
    try:
        async with visit.transaction() as session:
            report = await undo(session, visit.actor, found.operation.id)
            then = await _then(session, visit, str(data.get("then", "")))
            await flash.add(session, visit, replace(_told(visit, found.operation, report), undo_then=then))
    except Conflict as error:
        async with visit.transaction() as session:
            then = await _then(session, visit, str(data.get("then", "")))
            await flash.add(session, visit, Flash("error", str(error)))
    return visit.redirect(_back(visit, found.operation, then))


async def _then(session: AsyncSession, visit: Visit, then: str) -> str:
    """Where the form wants to go. A path of this console stays one; that of a row which is gone becomes its list."""
    if not then.startswith("/"):
        return then
    row = urls.row_in(then) if safe_next(then) == then else None
    resource = visit.console.resources.get(row[0]) if row else None
    if row and resource and await record.find(session, resource, row[1]) is None:
        return urls.listing(resource.identity)
    return then if safe_next(then) == then else ""


def _back(visit: Visit, operation: Operation, then: str) -> str:
    if then.startswith("/"):
        return then
    if then == "operations" or operation.identity not in visit.console.resources:
        return urls.operations(visit.query_string)
    if then == "operation":
        return urls.operation(operation.id)
    pairs = visit.request.query_params.multi_items()
    query = visit.query_string if ROW not in dict(pairs) else urlencode([pair for pair in pairs if pair[0] != ROW])
    row = dict(pairs).get(ROW)
    return urls.edit(operation.identity, row, query) if row else urls.listing(operation.identity, query)


def _told(visit: Visit, operation: Operation, report: UndoReport) -> Flash:
    tone = "success" if report.whole else "info" if report.undone else "error"
    again = urls.undo(report.operation_id, visit.query_string) if report.operation_id and not report.already else None
    left = next(iter([*report.kept, *report.impossible]), None)
    resource = shown.registered(visit, left.table) if left else None
    if left is None or resource is None:
        return Flash(tone, report.sentence, again)
    if operation.kind == "delete" and operation.identity == resource.identity and resource.traits.soft_deletes:
        query = urlencode({"operation": operation.id, "deleted": "only"})
        rows = report.kept_rows + report.impossible_rows
        url = urls.restore(resource.identity, query) if rows > 1 else urls.restoring(resource.identity, left.key)
        return Flash(
            tone, report.sentence, again, url, f"Resolve {rows:,} rows" if rows > 1 else f"Resolve #{left.key}"
        )
    return Flash(tone, report.sentence, again, urls.details(resource.identity, left.key), f"Open #{left.key}")


async def _found(session: AsyncSession, visit: Visit) -> Listed:
    number = int(visit.request.path_params["id"])
    found = await operations.one(session, number) if number <= operation_list.BIGGEST else None
    if found is None:
        raise NotFound("There is no such operation.")
    return found


DOORS = [
    Door("GET", "/operations/{id:int}", Permission.VIEW, show),
    Door("POST", "/operations/{id:int}/undo", Permission.UNDO, take_back),
]
