"""What the database itself says that an import did, beside what the run has counted."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import catalog, operation_rows, operations
from admin.traits import traits_of
from admin.web.csv_import_view import View


async def recorded(session: AsyncSession, view: View) -> str | None:
    """“Counted again in the database: 9,988 rows added, 12 changed; 4,664 authors added.”; None when it did nothing or
    is not over."""
    operation_id = view.stored.record.operation_id
    found = await operations.one(session, operation_id) if operation_id is not None else None
    if found is None:
        return None
    operation, table = found.operation, catalog.name_of(view.resource.traits)
    counts = await operation_rows.counts(session, operation.id, operation.at)
    if not counts:
        return None
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
