"""A row put back to what it was at a moment, column by column: an edit like any other, in an operation of its own.

Only what a form may change is put back: not the key, nothing that the database keeps, no secret, no column that was
added since. What somebody changed after the person looked is not overwritten.
"""

# ruff: noqa: S608 -- every identifier in this SQL comes quoted from the catalogue, every value is a parameter

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.actor import Actor
from admin.errors import Conflict, NotFound
from admin.reads import catalog, history, moments, wording
from admin.reads.moments import Image
from admin.resource import Resource
from admin.traits import Column
from admin.values import BadValue
from admin.writes import constraints
from admin.writes.done import key_text
from admin.writes.operations import recorded
from admin.writes.rows import require_parents


@dataclass(frozen=True)
class Wish:
    """Which row to put back to which moment; `seen` is the id of the newest change that the person was shown."""

    key: tuple[Any, ...]
    moment: dt.datetime
    seen: int


@dataclass(frozen=True)
class Reverted:
    """`operation_id` is None when the row was as it is to be already."""

    operation_id: int | None
    sentence: str


async def revert(session: AsyncSession, actor: Actor, resource: Resource, wish: Wish) -> Reverted:
    """Put the row back. Raises `Conflict` when it is in the trash, when nothing is kept of that moment, and when what
    would be put back was changed since the person looked; `Invalid` when the database refuses a value."""
    name = f"{resource.name} {key_text(resource.traits, wish.key)}"
    stored = await moments.now(session, resource, wish.key, locked=True)
    if stored is None:
        raise NotFound(f"There is no {wording.inside(name)}.")
    if _in_trash(resource, stored):
        raise Conflict(f"{name} is in the trash. Restore it first.")
    then = await moments.at(session, resource, wish.key, wish.moment)
    if then is None:
        raise Conflict(f"{name} was not there {wording.moment(wish.moment)}.")
    columns = revertible(resource, stored, then)
    if not columns:
        return Reverted(None, f"{name} is as it was {wording.moment(wish.moment)}, as far as it can be put back.")
    await _refuse_unseen(session, resource, wish, columns)
    async with recorded(session, actor, "edit", resource.identity) as operation:
        await _write(session, resource, wish.key, {column.name: then[column.sa.name] for column in columns})
        labels = wording.listed([wording.inside(resource.label(column.name)) for column in columns])
        operation.rows = 1
        operation.detail = {"key": key_text(resource.traits, wish.key), "columns": [one.name for one in columns]}
        operation.sentence = f"{name}: {labels} put back as {wording.moment(wish.moment)}."
    return Reverted(operation.id, operation.sentence)


def revertible(resource: Resource, stored: Image, then: Image) -> list[Column]:
    """The columns that differ and may be put back."""
    may = [resource.column(name) for name in resource.form_columns if name not in resource.traits.key]
    return [
        column
        for column in may
        if not (column.read_only or column.secret)
        and {column.sa.name} <= then.keys() & stored.keys()
        and then[column.sa.name] != stored[column.sa.name]
    ]


def _in_trash(resource: Resource, image: Image) -> bool:
    mark = resource.traits.deleted_at
    return mark is not None and image.get(resource.column(mark).sa.name) is not None


async def _refuse_unseen(session: AsyncSession, resource: Resource, wish: Wish, columns: list[Column]) -> None:
    names = {column.name for column in columns}
    for entry in await history.of_row(session, resource, wish.key):
        changed = [change.label for change in entry.changes if change.column in names]
        if entry.id > wish.seen and entry.kind == "changed" and changed:
            labels = wording.listed([wording.inside(label) for label in changed])
            raise Conflict(f"{labels.capitalize()} changed {entry.said}, after you looked. Nothing was put back.")


async def _write(
    session: AsyncSession, resource: Resource, key: tuple[Any, ...], wanted: dict[str, str | None]
) -> None:
    """Each text becomes the value it was by the type's own input, in the session's plain settings."""
    parsed = {name: _value(resource.column(name), text) for name, text in wanted.items()}
    known = {name: value for name, value in parsed.items() if value is not None}
    await require_parents(session, resource, {name: known[name] for name in known if resource.column(name).references})
    table = await catalog.table_of(session, resource.traits)
    types = {column.name: column for column in table.columns}
    assignments = ", ".join(
        f"{column.sql} = cast(:p{place} as {column.type})"
        for place, column in enumerate(types[resource.column(name).sa.name] for name in wanted)
    )
    own = await session.scalar(select(history.key_json(resource, key)))
    statement = f"update {table.sql} as t set {assignments} where {table.has_key('t', 'cast(:key as jsonb)')}"
    parameters = {f"p{place}": text for place, text in enumerate(wanted.values())}
    async with constraints.explained(session, resource, known):
        done = await session.execute(text(statement), {**parameters, "key": catalog.as_json(own)})
    if done.rowcount != 1:  # type: ignore[attr-defined] # a DML statement's result has it
        raise Conflict("A rule of the database did not let this row be changed.")


def _value(column: Column, text: str | None) -> Any:
    """The value in Python, to look for what stands in its way; None where Postgres writes it in another way."""
    try:
        return None if text is None else values.parse(column, text)
    except BadValue:
        return None
