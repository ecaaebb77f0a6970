"""Deleting and getting back, one row or a whole list: set-based, all or nothing, one operation.

Where a table has a trash, deleting marks rows and what belongs to them with the same moment, and restoring brings back
exactly the rows with that moment: a line that was deleted before its order stays deleted. Elsewhere, and for rows
purged from the trash, rows are gone from the table, and Undo still brings them back.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.reads import belongings, catalog, restorable
from admin.reads.restorable import Kept
from admin.reads.selection import Keys, Selection, key_columns, keys_of, with_keys
from admin.resource import Resource
from admin.traits import Traits
from admin.writes import constraints
from admin.writes.done import Done, InTheWay, key_text, tell, time_for
from admin.writes.erasing import erase
from admin.writes.operations import recorded

__all__ = ["Done", "InTheWay", "delete", "purge", "restore"]


async def delete(session: AsyncSession, actor: Actor, resource: Resource, selection: Selection) -> Done:
    """Put the selected live rows into the trash, or delete them where the table has none.

    Raises `Conflict` when other rows still refer to one that would be gone; then none is deleted.
    """
    if not resource.traits.soft_deletes:
        return await erase(session, actor, resource, selection)
    keys = await keys_of(session, resource, selection, locked=True, deleted=False)
    if not keys:
        return Done(0, None, "Nothing was deleted: what was chosen is gone already.")
    async with recorded(session, actor, "delete", resource.identity) as operation, time_for(session, keys):
        table, mark = resource.traits.table, _mark(resource.traits)
        own = with_keys(key_columns(resource.traits), keys)
        await session.execute(sql_update(table).where(own, mark.is_(None)).values({mark: func.now()}))
        along = await trash_belongings(session, resource.traits)
        tell(operation, resource, keys, "deleted", selection, along)
    return Done(len(keys), operation.id, operation.sentence, along)


async def restore(session: AsyncSession, actor: Actor, resource: Resource, selection: Selection) -> Done:
    """Bring the selected rows back from the trash, with what went there together with them.

    Of several rows, those that something stands in the way of stay, and are told. Raises `InTheWay` for a single one.
    """
    traits = resource.traits
    chosen = await keys_of(session, resource, selection, locked=True, deleted=True)
    wanted = await with_branches(session, traits, chosen)
    keys = await free(session, resource, wanted)
    kept = await restorable.reasons(session, resource, wanted) if len(keys) < len(wanted) else []
    own = [key for key in chosen if key in set(keys)]
    if selection.single and chosen and not own:
        reason = kept[0].reason if kept else "something is in its way"
        raise InTheWay(f"{resource.name} {key_text(traits, chosen[0])} cannot come back: {reason}.", kept)
    if not own:
        return Done(0, None, f"Nothing was restored{'' if chosen else ': it is not in the trash'}.", kept=kept)
    async with recorded(session, actor, "restore", resource.identity) as operation, time_for(session, keys):
        async with constraints.explained(session, resource):
            these = with_keys(key_columns(traits), keys)
            along = await restore_belongings(session, traits, these)
            await session.execute(sql_update(traits.table).where(these).values({_mark(traits): None}))
        along |= {catalog.name_of(traits): len(keys) - len(own)} if len(keys) > len(own) else {}
        tell(operation, resource, own, "restored", selection, along)
        operation.sentence += kept_sentence(len(wanted) - len(keys), kept)
    return Done(len(own), operation.id, operation.sentence, along, kept)


async def purge(session: AsyncSession, actor: Actor, resource: Resource, selection: Selection) -> Done:
    """Delete selected rows for good; those that are not in the trash are left alone. Raises `Conflict` as `delete`."""
    return await erase(session, actor, resource, selection, purging=True)


async def trash_belongings(session: AsyncSession, traits: Traits) -> dict[str, int]:
    """Mark what belongs to the rows that were just marked (their moment is this transaction's), level by level."""
    along: Counter[str] = Counter()
    parents = [traits]
    while parents:
        parent = parents.pop()
        for one in belongings.trashed_with(parent):
            gone = select(one.parent_column).where(_mark(parent) == func.now())
            statement = sql_update(one.child.table).where(one.column.in_(gone), one.in_trash.is_(None))
            rows = await _count(session, statement.values({one.in_trash: func.now()}))
            if rows:
                along[catalog.name_of(one.child)] += rows
                parents.append(one.child)
    return dict(along)


async def with_branches(session: AsyncSession, traits: Traits, keys: Keys) -> Keys:
    """The rows and, where they form a tree, the branches that went into the trash in the same moment."""
    found, level = list(keys), keys
    while level:
        branches: Keys = []
        for one in belongings.trashed_with(traits):
            if one.child.model is traits.model:
                parent = traits.table.alias("parent")
                above = with_keys([parent.c[column.key] for column in key_columns(traits)], level)
                together = and_(
                    parent.c[one.parent_column.key] == one.column, parent.c[one.in_trash.key] == one.in_trash
                )
                statement = select(*key_columns(traits)).where(exists().where(above, together)).with_for_update()
                branches += [tuple(row) for row in await session.execute(statement)]
        level = [key for key in branches if key not in set(found)]
        found += level
    return found


async def free(session: AsyncSession, resource: Resource, keys: Keys) -> Keys:
    """Those of the rows that nothing stands in the way of, in key order; what is back already counts as such."""
    columns = key_columns(resource.traits)
    free_now = or_(_mark(resource.traits).is_(None), ~restorable.blocked(resource, keys))
    statement = select(*columns).where(with_keys(columns, keys), free_now).order_by(*columns)
    return [tuple(row) for row in await session.execute(statement)]


async def restore_belongings(session: AsyncSession, parent: Traits, own: ColumnElement[bool]) -> dict[str, int]:
    """Bring back what went into the trash in the same moment as its parent, the deepest first."""
    along: Counter[str] = Counter()
    for one in belongings.trashed_with(parent):
        if one.child.model is parent.model:
            continue
        together = and_(one.column == one.parent_column, one.in_trash == _mark(parent), own)
        theirs = exists().where(together).correlate(one.child.table)
        along.update(await restore_belongings(session, one.child, theirs))
        rows = await _count(session, sql_update(one.child.table).where(theirs).values({one.in_trash: None}))
        if rows:
            along[catalog.name_of(one.child)] += rows
    return dict(along)


def kept_sentence(rows: int, kept: list[Kept]) -> str:
    if not rows or not kept:
        return ""
    return f" {rows:,} kept in the trash: {kept[0].reason}{'' if rows == 1 else ', and others'}."


def _mark(traits: Traits) -> Any:
    return traits.columns[traits.deleted_at or ""].sa


async def _count(session: AsyncSession, statement: Any) -> int:
    return int((await session.execute(statement)).rowcount)  # type: ignore[attr-defined] # a DML statement's result has it
