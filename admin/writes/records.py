"""One row made or changed from a form: only what the person changed is written, and nobody's change is overwritten.

A save that would change nothing writes nothing, not even a record of itself. Everything happens in the caller's
transaction, with the row locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, insert, null, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values as texts
from admin.actor import Actor
from admin.errors import Conflict, FieldError, Invalid, NotFound
from admin.reads import history, record, wording
from admin.reads.visibility import INCLUDE
from admin.resource import Resource
from admin.traits import traits_of
from admin.writes import constraints, nonces
from admin.writes.clashes import Edit, refuse_clashes, same
from admin.writes.operations import recorded


@dataclass(frozen=True)
class Saved:
    """A row as it is stored now. `operation_id` is None when nothing had to be written; `repeated` when the same form
    had been carried out before."""

    row: Any
    operation_id: int | None
    sentence: str = ""
    repeated: bool = False


async def create(
    session: AsyncSession, actor: Actor, resource: Resource, values: Mapping[str, Any], *, nonce: str | None = None
) -> Saved:
    """Insert a row of these values by column; what is left out gets its default.

    With `nonce`, the same form sent again answers with the row that the first one made. Raises `Invalid` with a reason
    for each field that the database refuses, `Conflict` when the row of a repeated form is gone.
    """
    if nonce is not None and (made := await nonces.claim(session, actor, nonce)) is not None:
        return await _repeated(session, resource, made)
    await _require_parents(session, resource, values)
    async with recorded(session, actor, "create", resource.identity) as operation:
        statement = insert(resource.traits.table).values(_by_column(resource, values))
        async with constraints.explained(session, resource, values):
            made_key = (await session.execute(statement.returning(*resource.traits.table.primary_key.columns))).one()
        row = await _stored(session, resource, tuple(made_key))
        key_text = texts.key_text(resource.traits, row)
        operation.rows, operation.detail = 1, {"key": key_text}
        operation.sentence = wording.one(resource, key_text, "created")
    if nonce is not None:
        await nonces.settle(session, nonce, key_text)
    return Saved(row, operation.id, operation.sentence)


async def update(
    session: AsyncSession,
    actor: Actor,
    resource: Resource,
    key: tuple[Any, ...],
    changes: Mapping[str, Any],
    shown: Mapping[str, Any] | None = None,
) -> Saved:
    """Write `changes` (wanted values by column) into a row; `shown` holds what the form showed in these columns.

    Raises `StaleEdit` when one of these columns was changed by others meanwhile, `Conflict` when the row was deleted,
    `NotFound` when there never was one, `Invalid` when the database refuses a value.
    """
    row = await _locked(session, resource, key)
    await refuse_clashes(session, resource, Edit(key, changes, shown), row)
    new = {n: value for n, value in changes.items() if not same(resource.column(n), getattr(row, n), value)}
    if not new:
        return Saved(row, None)
    await _require_parents(session, resource, new)
    async with recorded(session, actor, "edit", resource.identity) as operation:
        row = await _write(session, resource, row, new)
        key_text = texts.key_text(resource.traits, row)
        operation.rows, operation.detail = 1, {"key": key_text, "columns": list(new)}
        operation.sentence = wording.edited(resource, key_text, new)
    return Saved(row, operation.id, operation.sentence)


async def _write(session: AsyncSession, resource: Resource, row: Any, new: Mapping[str, Any]) -> Any:
    """Update the locked row and read it back; the database may make something else of it (defaults, triggers)."""
    traits = resource.traits
    whole = {name: getattr(row, name) for name, column in traits.columns.items() if column.kind != "tsvector"}
    own = [traits.columns[name].sa == getattr(row, name) for name in traits.key]
    statement = sql_update(traits.table).where(*own).values(_by_column(resource, new))
    key = {name: getattr(row, name) for name in traits.key}
    async with constraints.explained(session, resource, {**whole, **new}):
        await session.execute(statement)
    return await _stored(session, resource, tuple(new.get(name, value) for name, value in key.items()))


async def _locked(session: AsyncSession, resource: Resource, key: tuple[Any, ...]) -> Any:
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


async def _repeated(session: AsyncSession, resource: Resource, made: str) -> Saved:
    found = await record.find(session, resource, made)
    if found is None:
        raise Conflict(f"This form was sent before, and made {wording.inside(resource.name)} {made}, which is gone.")
    return Saved(found.row, None, wording.one(resource, made, "created"), repeated=True)


async def _stored(session: AsyncSession, resource: Resource, key: tuple[Any, ...]) -> Any:
    found = await record.get(session, resource, key)
    if found is None:
        raise Conflict("A rule of the database did not keep this row.")
    return found.row


async def _require_parents(session: AsyncSession, resource: Resource, new: Mapping[str, Any]) -> None:
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


def _by_column(resource: Resource, values: Mapping[str, Any]) -> dict[Any, Any]:
    """Values by the columns of the table. None is NULL, but the JSON null where a json column cannot be NULL."""
    return {
        column.sa: (null() if column.nullable else JSON.NULL) if value is None and column.kind == "json" else value
        for column, value in ((resource.column(name), value) for name, value in values.items())
    }
