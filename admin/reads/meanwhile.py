"""Which of many rows others changed since a page was made, in the columns that matter to it: by the record of changes.

A page remembers the last change that was recorded when it was made. Later ones of its rows are looked up by that, a
few of them told one by one. What the record cannot tell within a moment is left out: the page says what it knows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import array, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import catalog, history, plans
from admin.reads.history import Entry
from admin.reads.selection import Keys, key_columns
from admin.resource import Resource
from admin.tables import BeforeImage
from admin.traits import Traits

MOST_TOLD = 5
LOOKED_BACK = 10
"""Changes of one row among which its latest of these columns is looked for."""
MOMENT_MS = 1_000


@dataclass(frozen=True)
class Changed:
    """A row by the text of its key and what it was called, and the change of it that is told; `gone` for good."""

    key: str
    label: str
    gone: bool
    entry: Entry


@dataclass(frozen=True)
class Meanwhile:
    """How many rows others changed, and the first of them; nothing where that cannot be told."""

    rows: int = 0
    told: tuple[Changed, ...] = ()

    @property
    def more(self) -> int:
        return self.rows - len(self.told)


async def latest(session: AsyncSession) -> int:
    """The last change of any row that is recorded, for a page to remember."""
    return int(await session.scalar(select(func.max(BeforeImage.id))) or 0)


async def since(
    session: AsyncSession, resource: Resource, keys: Keys, columns: Collection[str], seen: int
) -> Meanwhile:
    """Which of these rows hold something else in these columns, or are gone, by a change after `seen`."""
    await catalog.write_plainly(session)
    rows = await plans.within(session, MOMENT_MS, _changed(resource, keys, columns, seen)) or ()
    told = [await _told(session, resource, row, columns, seen) for row in rows]
    return Meanwhile(rows[0].rows if rows else 0, tuple(one for one in told if one is not None))


def _changed(resource: Resource, keys: Keys, columns: Collection[str], seen: int) -> Select[Any]:
    """By its first image since, a row is as the page showed it."""
    traits = resource.traits
    later = (BeforeImage.table_name == catalog.name_of(traits), BeforeImage.id > seen)
    first = (
        select(BeforeImage.key, BeforeImage.before)
        .where(*later, BeforeImage.key.in_(_written(traits, keys)))
        .ext(distinct_on(BeforeImage.key))
        .order_by(BeforeImage.key, BeforeImage.id)
        .subquery("first")
    )
    own = key_columns(traits)
    same = and_(*(cast(first.c.key[place].astext, column.type) == column for place, column in enumerate(own)))
    held = [traits.columns[name].sa for name in columns]
    differs = [first.c.before[column.name].astext.is_distinct_from(cast(column, Text)) for column in held]
    label = first.c.before[traits.columns[traits.label].sa.name].astext
    gone: ColumnElement[bool] = own[0].is_(None)
    return (
        select(first.c.key, label.label("label"), gone.label("gone"), func.count().over().label("rows"))
        .select_from(first.outerjoin(traits.table, same))
        .where(or_(gone, *differs))
        .order_by(first.c.key)
        .limit(MOST_TOLD)
    )


def _written(traits: Traits, keys: Keys) -> Select[Any]:
    """SELECT of these keys as images hold them."""
    arrays = [
        cast(literal([key[place] for key in keys], ARRAY(column.type)), ARRAY(column.type))
        for place, column in enumerate(key_columns(traits))
    ]
    wanted = func.unnest(*arrays).table_valued(*(f"part_{place}" for place in range(len(arrays)))).render_derived()
    return select(func.to_jsonb(array([cast(part, Text) for part in wanted.c])))


async def _told(
    session: AsyncSession, resource: Resource, row: Any, columns: Collection[str], seen: int
) -> Changed | None:
    text = values.join_key(row.key)
    entries = await history.of_row(session, resource, values.parse_key(resource.traits, text), limit=LOOKED_BACK)
    for one in entries:
        touched = one.kind != "changed" or any(change.column in columns for change in one.changes)
        if one.id > seen and touched:
            return Changed(text, row.label or text, row.gone, one)
    return None
