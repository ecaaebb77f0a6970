"""Deleting rows from the table itself, where there is no trash or out of it; Undo still brings them back.

What a cascade would take along is deleted first, by one statement a table: left to the foreign keys it would be one
statement for each parent.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy import delete as sql_delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.errors import Conflict
from admin.reads import belongings, catalog, references, wording
from admin.reads.selection import Keys, Selection, key_columns, keys_of, with_keys
from admin.resource import Resource
from admin.traits import Traits
from admin.writes import constraints
from admin.writes.done import Done, tell, time_for
from admin.writes.operations import recorded

STILL_REFERENCED = ("23503", "23001")


async def erase(
    session: AsyncSession,
    actor: Actor,
    resource: Resource,
    selection: Selection,
    *,
    purging: bool = False,
    source: str = "browser",
) -> Done:
    """Delete the selected rows for good; when `purging`, only those in the trash.

    Raises `Conflict` when other rows still refer to one of them; then none is deleted.
    """
    traits = resource.traits
    keys = await keys_of(session, resource, selection, locked=True, deleted=True if purging else None)
    if not keys:
        where = "it is not in the trash." if purging else "what was chosen is gone already."
        return Done(0, None, f"Nothing was deleted: {where}")
    kind = "purge" if purging else "delete"
    async with recorded(session, actor, kind, resource.identity, source=source) as operation:
        own = with_keys(key_columns(traits), keys)
        try:
            async with time_for(session, keys), session.begin_nested():
                await _erase_belongings(session, traits, own, {traits.model})
                await session.execute(sql_delete(traits.table).where(own))
        except DBAPIError as error:
            raise await _refusal(session, resource, keys, error) from error
        along = {table: rows for (table, kind), rows in (await operation.changes()).items() if kind == "D"}
        # Rows of the table itself beyond those chosen went with a cascade within it.
        along[catalog.name_of(traits)] = along.get(catalog.name_of(traits), 0) - len(keys)
        along = {table: rows for table, rows in along.items() if rows > 0}
        tell(operation, resource, keys, "deleted forever" if purging else "deleted", selection, along)
    return Done(len(keys), operation.id, operation.sentence, along)


async def _erase_belongings(
    session: AsyncSession, parent: Traits, own: ColumnElement[bool], seen: set[type[Any]]
) -> None:
    for one in belongings.of(parent):
        if one.child.model in seen:
            continue
        theirs = one.column.in_(select(one.parent_column).where(own))
        await _erase_belongings(session, one.child, theirs, seen | {one.child.model})
        await session.execute(sql_delete(one.child.table).where(theirs))


async def _refusal(session: AsyncSession, resource: Resource, keys: Keys, error: DBAPIError) -> Exception:
    """Who still refers to the rows, when that is why they cannot go."""
    if constraints.sqlstate(error) not in STILL_REFERENCED:
        return constraints.explain(error, resource)
    blocking = [one for one in await references.impact(session, resource, keys) if one.effect == "blocked"]
    if not blocking:
        return Conflict("Nothing was deleted: other rows still refer to what would go along.")
    # What stands in the way of the rows themselves is said before what holds those that would only go along.
    told = [one for one in blocking if one.below == blocking[0].below]
    refer = "refers" if len(told) == told[0].rows == 1 else "refer"
    which = f"{told[0].those}, which would go along" if told[0].below else "it" if len(keys) == 1 else "them"
    return Conflict(f"Nothing was deleted: {wording.listed([one.said for one in told])} still {refer} to {which}.")
