"""Rows that have been in the trash for as long as they are kept there, and that nothing refers to any more.

A row goes only with what would go along by itself: its own branches, in the trash for as long. Whatever else still
refers to it, by any foreign key of any table, keeps it.
"""

# ruff: noqa: S608 -- every identifier in this SQL comes quoted from the catalogue, every value is a parameter

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import belongings, catalog, catalog_rules
from admin.reads.catalog_rules import ForeignKey
from admin.reads.selection import Keys
from admin.resource import Resource
from admin.traits import Traits

GONE = "{row}.{mark} < now() - make_interval(days => :days)"


async def keys(session: AsyncSession, resource: Resource, days: int, limit: int) -> Keys:
    """The keys of some of them, the oldest first."""
    traits = resource.traits
    if traits.deleted_at is None:
        return []
    table = await catalog.table_of(session, traits)
    along = {catalog.name_of(one.child): one.child for one in belongings.trashed_with(traits)}
    held = [_holds(key, along.get(key.child)) for key in await catalog_rules.references_to(session, table.name)]
    mark = catalog.quoted(traits.columns[traits.deleted_at].sa.name)
    free = "".join(f" and not exists ({one})" for one in held)
    statement = text(f"""
        select {", ".join(f"t.{column.sql}::text" for column in table.key)} from {table.sql} as t
        where {GONE.format(row="t", mark=mark)}{free} order by t.{mark} limit :limit
    """)
    rows = (await session.execute(statement, {"days": days, "limit": limit})).all()
    return [values.parse_key(traits, values.join_key(list(row))) for row in rows]


def _holds(key: ForeignKey, along: Traits | None) -> str:
    """SQL of a row that refers to `t` and does not go along with it."""
    pairs = zip(key.child_names, key.parent_names, strict=True)
    refers = " and ".join(f"c.{catalog.quoted(child)} = t.{catalog.quoted(parent)}" for child, parent in pairs)
    holding = f"select from {key.child_sql} as c where {refers}"
    if along is None or key.on_delete != "cascade" or along.deleted_at is None:
        return holding
    mark = catalog.quoted(along.columns[along.deleted_at].sa.name)
    return f"{holding} and ({GONE.format(row='c', mark=mark)}) is not true"
