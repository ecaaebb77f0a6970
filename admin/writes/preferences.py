"""Remembers what a person chooses for a table's list, and of shortcuts.

No operation: it changes nothing that anybody else sees.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, literal, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from admin.actor import Actor
from admin.reads.people import SINGLE_KEYS
from admin.reads.preferences import LISTS
from admin.tables import Person


async def remember(session: AsyncSession, actor: Actor, identity: str, name: str, value: Any) -> None:
    """Keep one choice beside the others of the same list and of other lists."""
    kept: Any = Person.preferences
    for depth, path in enumerate(((LISTS,), (LISTS, identity), (LISTS, identity, name))):
        # jsonb_set makes the last part of a path only, so each part before it is put there first.
        made = literal(value, JSONB) if depth == 2 else func.coalesce(Person.preferences[path], literal({}, JSONB))
        kept = func.jsonb_set(kept, literal(list(path), ARRAY(Text)), made)
    await session.execute(update(Person).where(Person.id == actor.id).values(preferences=kept))


async def switch_single_keys(session: AsyncSession, actor: Actor, *, on: bool) -> None:
    """Whether letters and signs alone are shortcuts, in every browser the person uses."""
    kept = func.jsonb_set(Person.preferences, literal([SINGLE_KEYS], ARRAY(Text)), literal(on, JSONB))
    await session.execute(update(Person).where(Person.id == actor.id).values(preferences=kept))
