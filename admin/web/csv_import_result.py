"""What the database itself says that an import did, beside what the run has counted."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import operation_rows, operations
from admin.web.csv_import_view import View


async def recorded(session: AsyncSession, view: View) -> str | None:
    """“Counted again in the database: 9,988 rows added, 12 changed.”; None when it did nothing or is not over."""
    operation_id = view.stored.record.operation_id
    found = await operations.one(session, operation_id) if operation_id is not None else None
    if found is None:
        return None
    counts = await operation_rows.counts(session, found.operation.id, found.operation.at)
    table = view.resource.traits.table
    name = f"{table.schema or 'public'}.{table.name}"
    added, changed = (counts.get((name, kind), 0) for kind in "IU")
    if not counts:
        return None
    return f"Counted again in the database's own record: {added:,} rows added, {changed:,} changed."
