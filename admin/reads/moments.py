"""A row as it was at any moment: its first before-image after that moment, or the row itself when there is none.

An image is the row as texts of Postgres, by the columns' names in the database (`tables.BeforeImage.before`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import catalog, history
from admin.resource import Resource
from admin.tables import BeforeImage

Image = Mapping[str, str | None]


async def at(session: AsyncSession, resource: Resource, key: tuple[Any, ...], moment: dt.datetime) -> Image | None:
    """The row at a moment, as far as images are kept; None where it was not there yet, or is not there any more."""
    made = await history.made(session, resource, key)
    if made is not None and made.at > moment:
        return None
    after = (
        select(BeforeImage.before)
        .where(BeforeImage.table_name == catalog.name_of(resource.traits))
        .where(BeforeImage.key == history.key_json(resource, key), BeforeImage.at > moment)
        .order_by(BeforeImage.id)
        .limit(1)
    )
    found: Image | None = await session.scalar(after)
    return found if found is not None else await now(session, resource, key)


async def now(session: AsyncSession, resource: Resource, key: tuple[Any, ...], *, locked: bool = False) -> Image | None:
    """The row as it is, written as an image; `locked`, it stays so until the transaction ends."""
    await catalog.write_plainly(session)
    table = await catalog.table_of(session, resource.traits)
    text_of = await session.scalar(select(history.key_json(resource, key)))
    statement = f"select {table.image_of('t')} from {table.sql} as t where {table.has_key('t', 'cast(:key as jsonb)')}"  # noqa: S608 quoted by Postgres
    found: Image | None = await session.scalar(
        text(statement + (" for update" if locked else "")), {"key": catalog.as_json(text_of)}
    )
    return found
