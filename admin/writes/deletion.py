"""Deleting and getting back, one row or a whole list: set-based, all or nothing, one operation.

Where a table has a trash, deleting marks rows and what belongs to them with the same moment, and restoring brings back
exactly the rows with that moment: a line that was deleted before its order stays deleted. Elsewhere, and for rows
purged from the trash, rows are gone from the table, and Undo still brings them back.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy import delete as sql_delete
from sqlalchemy import update as sql_update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.actor import Actor
from admin.errors import Conflict
from admin.reads import belongings, catalog, references, restorable, wording
from admin.reads.restorable import Kept
from admin.reads.selection import Keys, Selection, key_columns, keys_of, with_keys
from admin.resource import Resource
from admin.traits import Traits
from admin.writes import constraints
from admin.writes.operations import Recorder, recorded


@dataclass(frozen=True)
class Done:
    """What an act did: `rows` of the table itself, `along` the rows of other tables by table name, `kept` the rows that
    stay as they are and why. `operation_id` is None when nothing was changed."""

    rows: int
    operation_id: int | None
    sentence: str
    along: dict[str, int] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)


class InTheWay(Conflict):
    """The row cannot come back; `kept` says why and leads to the row in the way."""

    def __init__(self, message: str, kept: list[Kept]) -> None:
        super().__init__(message)
        self.kept = kept


async def delete(session: AsyncSession, actor: Actor, resource: Resource, selection: Selection) -> Done:
    """Put the selected live rows into the trash, or delete them where the table has none.

    Raises `Conflict` when other rows still refer to one that would be gone; then none is deleted.
    """
    if not resource.traits.soft_deletes:
        return await _erase(session, actor, resource, selection)
    keys = await keys_of(session, resource, selection, locked=True, deleted=False)
    if not keys:
        return Done(0, None, "Nothing was deleted: what was chosen is gone already.")
    async with recorded(session, actor, "delete", resource.identity) as operation:
        table, mark = resource.traits.table, _mark(resource.traits)
        own = with_keys(key_columns(resource.traits), keys)
        await session.execute(sql_update(table).where(own, mark.is_(None)).values({mark: func.now()}))
        along = await _trash_belongings(session, resource.traits)
        _tell(operation, resource, keys, "deleted", selection, along)
    return Done(len(keys), operation.id, operation.sentence, along)


async def restore(session: AsyncSession, actor: Actor, resource: Resource, selection: Selection) -> Done:
    """Bring the selected rows back from the trash, with what went there together with them.

    Of several rows, those that something stands in the way of stay, and are told. Raises `InTheWay` for a single one.
    """
    traits = resource.traits
    chosen = await keys_of(session, resource, selection, locked=True, deleted=True)
    own = with_keys(key_columns(traits), chosen)
    free = select(*key_columns(traits)).where(own, ~restorable.blocked(resource, chosen)).order_by(*key_columns(traits))
    keys: Keys = [tuple(row) for row in await session.execute(free)]
    kept = await restorable.reasons(session, resource, chosen) if len(keys) < len(chosen) else []
    if kept and selection.single:
        key = kept[0].key
        raise InTheWay(f"{resource.name} {key} cannot come back: {kept[0].reason}.", kept)
    if not keys:
        return Done(
            0, None, "Nothing was restored." if kept else "Nothing was restored: it is not in the trash.", kept=kept
        )
    async with recorded(session, actor, "restore", resource.identity) as operation:
        async with constraints.explained(session, resource):
            along = await _restore_belongings(session, traits, with_keys(key_columns(traits), keys))
            own = with_keys(key_columns(traits), keys)
            await session.execute(sql_update(traits.table).where(own).values({_mark(traits): None}))
        _tell(operation, resource, keys, "restored", selection, along)
        operation.sentence += _kept_sentence(len(chosen) - len(keys), kept)
    return Done(len(keys), operation.id, operation.sentence, along, kept)


async def purge(session: AsyncSession, actor: Actor, resource: Resource, selection: Selection) -> Done:
    """Delete selected rows for good; those that are not in the trash are left alone. Raises `Conflict` as `delete`."""
    return await _erase(session, actor, resource, selection, purging=True)


async def _erase(
    session: AsyncSession, actor: Actor, resource: Resource, selection: Selection, *, purging: bool = False
) -> Done:
    traits = resource.traits
    keys = await keys_of(session, resource, selection, locked=True, deleted=True if purging else None)
    if not keys:
        where = "it is not in the trash." if purging else "what was chosen is gone already."
        return Done(0, None, f"Nothing was deleted: {where}")
    async with recorded(session, actor, "purge" if purging else "delete", resource.identity) as operation:
        own = with_keys(key_columns(traits), keys)
        try:
            async with session.begin_nested():
                await _erase_belongings(session, traits, own, {traits.model})
                await session.execute(sql_delete(traits.table).where(own))
        except DBAPIError as error:
            raise await _refusal(session, resource, keys, error) from error
        changes = await operation.changes()
        along = {table: rows for (table, kind), rows in changes.items() if kind == "D"}
        along.pop(catalog.name_of(traits), None)
        _tell(operation, resource, keys, "deleted forever" if purging else "deleted", selection, along)
    return Done(len(keys), operation.id, operation.sentence, along)


async def _trash_belongings(session: AsyncSession, traits: Traits) -> dict[str, int]:
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


async def _restore_belongings(session: AsyncSession, parent: Traits, own: ColumnElement[bool]) -> dict[str, int]:
    """Bring back what went into the trash in the same moment as its parent, the deepest first."""
    along: Counter[str] = Counter()
    for one in belongings.trashed_with(parent):
        if one.child.model is parent.model:
            continue
        together = and_(one.column == one.parent_column, one.in_trash == _mark(parent), own)
        theirs = exists().where(together).correlate(one.child.table)
        along.update(await _restore_belongings(session, one.child, theirs))
        rows = await _count(session, sql_update(one.child.table).where(theirs).values({one.in_trash: None}))
        if rows:
            along[catalog.name_of(one.child)] += rows
    return dict(along)


async def _erase_belongings(
    session: AsyncSession, parent: Traits, own: ColumnElement[bool], seen: set[type[Any]]
) -> None:
    """Delete what a cascade would take along, by one statement a table instead of one a parent row."""
    for one in belongings.of(parent):
        if one.child.model in seen:
            continue
        theirs = one.column.in_(select(one.parent_column).where(own))
        await _erase_belongings(session, one.child, theirs, seen | {one.child.model})
        await session.execute(sql_delete(one.child.table).where(theirs))


async def _refusal(session: AsyncSession, resource: Resource, keys: Keys, error: DBAPIError) -> Exception:
    """Who still refers to the rows, when that is why they cannot go."""
    if constraints.sqlstate(error) != "23503" and constraints.sqlstate(error) != "23001":
        return constraints.explain(error, resource)
    blocking = [one for one in await references.impact(session, resource, keys) if one.effect == "blocked"]
    if not blocking:
        return constraints.explain(error, resource)
    refer = "refers" if len(blocking) == blocking[0].rows == 1 else "refer"
    which = "it" if len(keys) == 1 else "them"
    return Conflict(f"Nothing was deleted: {wording.listed([one.said for one in blocking])} still {refer} to {which}.")


def _tell(
    operation: Recorder, resource: Resource, keys: Keys, done: str, selection: Selection, along: dict[str, int]
) -> None:
    operation.rows = len(keys) + sum(along.values())
    operation.detail = {"rows": len(keys), "along": along}
    if selection.single:
        key = values.join_key(
            [values.show(resource.column(n), v) for n, v in zip(resource.traits.key, keys[0], strict=True)]
        )
        operation.detail["key"] = key
        operation.sentence = wording.one(resource, key, done, along)
    else:
        operation.sentence = wording.many(resource, len(keys), done, along)


def _kept_sentence(rows: int, kept: list[Kept]) -> str:
    if not rows:
        return ""
    return f" {rows:,} kept in the trash: {kept[0].reason}{'' if rows == 1 else ', and others'}."


def _mark(traits: Traits) -> Any:
    return traits.columns[traits.deleted_at or ""].sa


async def _count(session: AsyncSession, statement: Any) -> int:
    return int((await session.execute(statement)).rowcount)  # type: ignore[attr-defined] # a DML statement's result has it
