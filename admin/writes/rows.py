"""One row of a table inside a transaction: locked, inserted, written, and read back as the database made it.

No operation is opened here: what does it on somebody's behalf is around it (`records`, `lines`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, insert, null, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values as texts
from admin.errors import Conflict, FieldError, Invalid, NotFound
from admin.reads import history, record, wording
from admin.reads.visibility import INCLUDE
from admin.resource import Resource
from admin.traits import traits_of
from admin.writes import constraints


async def added(session: AsyncSession, resource: Resource, values: Mapping[str, Any]) -> Any:
    """Insert a row of these values by column; what is left out gets its default."""
    await require_parents(session, resource, values)
    statement = insert(resource.traits.table).values(by_column(resource, values))
    async with constraints.explained(session, resource, values):
        key = (await session.execute(statement.returning(*resource.traits.table.primary_key.columns))).one()
    return await _stored(session, resource, tuple(key))


async def written(session: AsyncSession, resource: Resource, row: Any, new: Mapping[str, Any]) -> Any:
    """Update the locked row and read it back; the database may make something else of it (defaults, triggers)."""
    traits = resource.traits
    await require_parents(session, resource, new)
    whole = {name: getattr(row, name) for name, column in traits.columns.items() if column.kind != "tsvector"}
    own = [traits.columns[name].sa == getattr(row, name) for name in traits.key]
    statement = sql_update(traits.table).where(*own).values(by_column(resource, new))
    key = {name: getattr(row, name) for name in traits.key}
    async with constraints.explained(session, resource, {**whole, **new}):
        await session.execute(statement)
    return await _stored(session, resource, tuple(new.get(name, value) for name, value in key.items()))


async def locked(session: AsyncSession, resource: Resource, key: tuple[Any, ...]) -> Any:
    """The live row, locked until the transaction ends. Raises `NotFound`, or `Conflict` when it was deleted."""
    traits = resource.traits
    statement = (
        select(resource.model)
        .where(*(traits.attribute(name) == value for name, value in zip(traits.key, key, strict=True)))
        .with_for_update(of=resource.model)
        .execution_options(**INCLUDE, populate_existing=True)
    )
    row = (await session.scalars(statement)).one_or_none()
    if row is not None and (traits.deleted_at is None or getattr(row, traits.deleted_at) is None):
        return row
    shown = [texts.show(traits.columns[column], value) for column, value in zip(traits.key, key, strict=True)]
    name = f"{resource.name} {texts.join_key(shown)}"
    last = await history.last(session, resource, key)
    if row is None and last is None:
        raise NotFound(f"There is no {wording.inside(name)}.")
    by = f" {last.said}" if last else ""
    raise Conflict(f"{name} was deleted{by}. {'Restore it first.' if row is not None else 'Undo that to get it back.'}")


async def _stored(session: AsyncSession, resource: Resource, key: tuple[Any, ...]) -> Any:
    found = await record.get(session, resource, key)
    if found is None:
        raise Conflict("A rule of the database did not keep this row.")
    return found.row


async def require_parents(session: AsyncSession, resource: Resource, new: Mapping[str, Any]) -> None:
    """A parent that is chosen anew must exist and be live; it stays so until the transaction ends."""
    errors = []
    for name, value in new.items():
        column = resource.column(name)
        if value is None or column.references is None:
            continue
        parent = column.references.model
        statement = select(parent).where(getattr(parent, column.references.column) == value)
        statement = statement.with_for_update(read=True, of=parent).execution_options(**INCLUDE)
        found, trash = (await session.scalars(statement)).first(), traits_of(parent).deleted_at
        if found is None:
            errors.append(FieldError(name, f"{resource.label(name)} {texts.show(column, value)} does not exist."))
        elif trash is not None and getattr(found, trash) is not None:
            sentence = f"{resource.label(name)} {found} is in the trash: choose another, or restore it first."
            errors.append(FieldError(name, sentence))
    if errors:
        raise Invalid(errors)


def by_column(resource: Resource, values: Mapping[str, Any]) -> dict[Any, Any]:
    """Values by the columns of the table. None is NULL, but the JSON null where a json column cannot be NULL."""
    return {
        column.sa: (null() if column.nullable else JSON.NULL) if value is None and column.kind == "json" else value
        for column, value in ((resource.column(name), value) for name, value in values.items())
    }
