"""What the database itself says that an import did, beside what the run has counted, and what was undone of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import catalog, operation_rows, operations
from admin.reads.wording import moment
from admin.tables import Operation
from admin.traits import traits_of
from admin.web import urls
from admin.web.csv_import_view import View
from admin.web.gate import Permission


@dataclass(frozen=True)
class Recorded:
    """`counted` in the database, empty when the import changed nothing or is not over; `undone` by whom, when and how
    far, with the page of that; `undo_url` where the import can be undone."""

    counted: str = ""
    undone: str = ""
    undone_url: str = ""
    undo_url: str = ""


async def recorded(session: AsyncSession, view: View) -> Recorded:
    """What the record of changes says of the import."""
    operation_id = view.stored.record.operation_id
    found = await operations.one(session, operation_id) if operation_id is not None else None
    if found is None:
        return Recorded()
    counted = await _counted(session, view, found.operation)
    undo = found.undone_by
    if undo is not None:
        back = "" if view.state == "undone" else " This was taken back since, so its rows are there again."
        said = f"{undo.person_name}, {moment(undo.at)}: {undo.sentence}{back}"
        return Recorded(counted, said, urls.operation(undo.id))
    may = found.undoable and view.state == "done" and view.visit.may(Permission.UNDO, view.resource)
    return Recorded(counted, undo_url=urls.undo(found.operation.id) if may else "")


async def _counted(session: AsyncSession, view: View, operation: Operation) -> str:
    """“Counted again in the database's own record: 9,988 rows added, 12 changed; 4,664 authors added.”"""
    table = catalog.name_of(view.resource.traits)
    counts = await operation_rows.counts(session, operation.id, operation.at)
    if not counts:
        return ""
    added, changed = (counts.pop((table, kind), 0) for kind in "IU")
    if changed != view.report.changed:
        # Rows that changed places were written twice.
        changed = await operation_rows.rows_changed(session, operation.id, operation.at, table)
    parents = "".join(f"; {counts.get((name, 'I'), 0):,} {noun} added" for name, noun in _parents(view).items())
    return f"Counted again in the database's own record: {added:,} rows added, {changed:,} changed{parents}."


def _parents(view: View) -> dict[str, str]:
    """The tables to which the import has added parents, and what their rows are called."""
    columns = [view.resource.column(name) for name in view.report.created or {}]
    found = [(column.references.model, view.parents(column.name)) for column in columns if column.references]
    own = view.resource.traits.model
    return {catalog.name_of(traits_of(model)): noun for model, noun in found if model is not own}
