"""Which rows a bulk act is about: ticked rows by their keys, or every row that a list's query finds.

A selection is turned into keys once, in one statement; every statement of the act then takes these keys, as one array
for each key column. So what is counted, changed, taken along and reported is the same set, whatever others do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, Select, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import BadRequest
from admin.reads import listing
from admin.reads.query import ListQuery
from admin.reads.visibility import INCLUDE
from admin.resource import Resource
from admin.traits import Traits

MOST_ROWS = 100_000
"""Rows that one act may touch: their keys pass through memory."""

Keys = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Selection:
    """Rows by their keys, or by the query of a list; exactly one of the two."""

    keys: Keys | None = None
    query: ListQuery | None = None

    @property
    def single(self) -> bool:
        """Whether one row was meant, so that a sentence can name it."""
        return self.keys is not None and len(self.keys) == 1


def key_columns(traits: Traits) -> list[Column[Any]]:
    """The primary key as columns of the table, in the key's order."""
    return [traits.columns[name].sa for name in traits.key]


def with_keys(columns: list[Column[Any]], keys: Keys) -> ColumnElement[bool]:
    """SQL condition: these columns hold one of the keys."""
    arrays = [
        cast(literal([key[place] for key in keys], ARRAY(column.type)), ARRAY(column.type))
        for place, column in enumerate(columns)
    ]
    if len(columns) == 1:
        return columns[0] == func.any(arrays[0])
    wanted = func.unnest(*arrays).table_valued(*(f"part_{place}" for place in range(len(columns)))).render_derived()
    return tuple_(*columns).in_(select(*wanted.c))


def chosen(resource: Resource, selection: Selection) -> Select[Any]:
    """The keys of the selected rows in key order, in the trash or not, one more than may be touched."""
    traits = resource.traits
    columns = key_columns(traits)
    statement = select(*columns).order_by(*columns).limit(MOST_ROWS + 1)
    if selection.query is not None:
        found = listing.narrowed(resource, selection.query)
        inner = found.with_only_columns(*(traits.attribute(name) for name in traits.key)).subquery()
        keys = select(*inner.c)
        return statement.where((tuple_(*columns) if len(columns) > 1 else columns[0]).in_(keys))
    return statement.where(with_keys(columns, selection.keys or []))


async def keys_of(
    session: AsyncSession,
    resource: Resource,
    selection: Selection,
    *,
    locked: bool = False,
    deleted: bool | None = None,
) -> Keys:
    """The keys of the selected rows that exist, in key order; `deleted` narrows to one side of the trash.

    `locked` rows stay as they are until the transaction ends. Raises `BadRequest` for more than `MOST_ROWS`.
    """
    statement = chosen(resource, selection)
    trash = resource.traits.deleted_at
    if trash is not None and deleted is not None:
        mark = resource.traits.columns[trash].sa
        statement = statement.where(mark.is_not(None) if deleted else mark.is_(None))
    if locked:
        statement = statement.with_for_update(of=resource.traits.table)
    rows = (await session.execute(statement.execution_options(**INCLUDE))).all()
    if len(rows) > MOST_ROWS:
        raise BadRequest(f"More than {MOST_ROWS:,} rows at once are too many. Narrow the list first.")
    return [tuple(row) for row in rows]
