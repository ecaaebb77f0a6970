"""What a person has chosen for a table's list, wherever they log in: kept with the person, not in a browser."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.reads.dashboard import CLASSES, quoted
from admin.reads.query import Mode
from admin.resource import Resource
from admin.tables import Person

LISTS = "lists"
"""In `preferences`: what was chosen for lists, by identity and name of the choice."""

MODE = "mode"

LARGE = 100_000
"""Estimated rows from which a list starts in scroll: nobody turns two thousand pages."""


async def of_list(session: AsyncSession, actor: Actor, identity: str) -> dict[str, Any]:
    """The choices by name; empty when nothing was chosen."""
    chosen = Person.preferences[(LISTS, identity)]
    return await session.scalar(select(chosen).where(Person.id == actor.id)) or {}


async def mode(session: AsyncSession, actor: Actor, resource: Resource) -> Mode:
    """How the list of a table starts: as the person chose last, else in scroll where the table is large."""
    chosen = Person.preferences[(LISTS, resource.identity, MODE)].astext
    rows = select(CLASSES.c.reltuples).where(CLASSES.c.oid == func.to_regclass(quoted(resource.traits.table)))
    found = await session.execute(select(chosen, rows.scalar_subquery()).where(Person.id == actor.id))
    kept, size = found.one_or_none() or (None, None)
    if kept in ("pages", "scroll"):
        return cast("Mode", kept)
    return "scroll" if (size or 0) > LARGE else "pages"
