"""One row: what its page shows, and the version that tells whether somebody changed it in the meantime."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, cast, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from admin import values
from admin.reads import parents
from admin.reads.parents import Parents
from admin.reads.visibility import INCLUDE
from admin.resource import Resource
from admin.values import BadValue


@dataclass(frozen=True)
class Record:
    """A row as stored, its version (`xmin::text`, another one after every change) and whether it is in the trash."""

    row: Any
    version: str
    deleted: bool
    parents: Parents = field(default_factory=dict)


async def get(
    session: AsyncSession, resource: Resource, key: tuple[Any, ...], *, include_deleted: bool = True
) -> Record | None:
    """The row with this primary key (its values in the key's order), or None.

    Every column is loaded but the tsvector, which nobody reads.
    """
    traits = resource.traits
    shown = [traits.attribute(name) for name, column in traits.columns.items() if column.kind != "tsvector"]
    statement = (
        select(resource.model, cast(literal_column("xmin"), Text))
        .where(*(traits.attribute(name) == value for name, value in zip(traits.key, key, strict=True)))
        .options(load_only(*shown), *parents.eager(resource, traits.columns))
        .execution_options(**(INCLUDE if include_deleted else {}), populate_existing=True)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        return None
    row, version = found
    deleted = traits.deleted_at is not None and getattr(row, traits.deleted_at) is not None
    return Record(row, version, deleted, await parents.shown(session, resource, traits.columns, [row]))


async def find(session: AsyncSession, resource: Resource, text: str, *, include_deleted: bool = True) -> Record | None:
    """The row whose key is written so in a URL (`values.key_text`); None also for a text that cannot be a key."""
    try:
        key = values.parse_key(resource.traits, text)
    except BadValue:
        return None
    return await get(session, resource, key, include_deleted=include_deleted)
