"""How many rows every table has, in one query whose cost does not grow with the tables.

A small table is counted. Of a large one the statistics are read: its number of rows, and of those the share that is
not in the trash. A table that was never analysed is counted up to the limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, column, func, literal, null, select, table, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.counts import About, AtLeast, Count, Exact
from admin.resource import Resource

COUNTED = 10_000
"""A table is counted up to here: about a millisecond for each."""

CLASSES = table("pg_class", column("oid"), column("relname"), column("reltuples"), schema="pg_catalog")
STATISTICS = table(
    "pg_stats", column("schemaname"), column("tablename"), column("attname"), column("null_frac"), schema="pg_catalog"
)


async def sizes(session: AsyncSession, resources: Iterable[Resource]) -> Mapping[str, Count]:
    """The number of live rows of each table, by identity."""
    statement = union_all(*(_size(resource) for resource in resources))
    found = (await session.execute(statement)).all()
    return {identity: _count(counted, expected) for identity, counted, expected in found}


def _count(counted: int | None, expected: float) -> Count:
    if counted is None:
        return About(round(expected))
    return Exact(counted) if counted <= COUNTED else AtLeast(COUNTED)


def _size(resource: Resource) -> Select[Any]:
    """(identity, rows counted or NULL, rows expected): CASE runs the count only where the table is small."""
    source, deleted_at = resource.traits.table, resource.traits.deleted_at
    mark = resource.column(deleted_at).sa if deleted_at else None
    rows = select(literal(1).label("one")).select_from(source).limit(COUNTED + 1)
    live = rows if mark is None else rows.where(mark.is_(None))
    counted = select(func.count()).select_from(live.subquery()).scalar_subquery()
    share = func.coalesce(STATISTICS.c.null_frac, literal(1.0))
    return (
        select(
            literal(resource.identity),
            case((CLASSES.c.reltuples > COUNTED, null()), else_=counted),
            CLASSES.c.reltuples * share,
        )
        .select_from(
            CLASSES.outerjoin(
                STATISTICS,
                and_(
                    STATISTICS.c.schemaname == (source.schema or func.current_schema()),
                    STATISTICS.c.tablename == source.name,
                    STATISTICS.c.attname == (mark.name if mark is not None else ""),
                ),
            )
        )
        .where(CLASSES.c.oid == func.to_regclass(quoted(source)))
    )


def quoted(source: Table) -> ColumnElement[str]:
    """The table's name as Postgres reads it, quoted by Postgres itself."""
    name = func.quote_ident(source.name)
    return func.concat(func.quote_ident(source.schema), ".", name) if source.schema else name
