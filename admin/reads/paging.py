"""Pages: by number with OFFSET, or beside a cursor; forwards and backwards; always one row more than is shown.

Cookbook recipes “offset pagination” and “keyset pagination”. A page is found in two steps of one statement: first the
keys of its rows, which an index answers alone, then the rows. So a deep OFFSET skips entries of an index, not rows of
the table: a tenth of the time at half a million.

A list that shows the trash beside live rows is read from both sides and merged, since each side has its own partial
indexes and none holds both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, select, union_all
from sqlalchemy.orm import load_only

from admin.reads import keyset, parents
from admin.reads.ordering import Order, SortKey, arranged
from admin.reads.parents import Parents
from admin.reads.plans import Rows
from admin.reads.query import ListQuery
from admin.reads.visibility import INCLUDE
from admin.resource import Resource

Run = Callable[[Select[Any]], Awaitable[Rows]]


@dataclass(frozen=True)
class Slice:
    """The rows of one page, and where it stands in the list.

    `page` is the page shown: the last one when a page past the end was asked for. `after` and `before` are the cursors
    of the neighbouring pages, None at the ends of the list. `parents` names the parents of the listed foreign keys.
    """

    rows: list[Any]
    page: int
    has_previous: bool
    has_next: bool
    after: str | None = None
    before: str | None = None
    parents: Parents = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A list in its order, and how its statements are run. `sides` are disjoint; together they are the list."""

    resource: Resource
    order: Order
    sides: tuple[Select[Any], ...]
    run: Run


async def numbered(source: Source, query: ListQuery) -> Slice:
    """The page of this number; without rows when it lies past the end."""
    found = await skip(source, (query.page - 1) * query.size, query.size + 1)
    return slice_of(source, query, found[: query.size], has_previous=query.page > 1, has_next=len(found) > query.size)


async def last(source: Source, query: ListQuery, total: int) -> Slice:
    """The last page of a list of `total` rows, read from its end: no row before it is touched."""
    page = max(1, -(-total // query.size))
    turned = replace(source, order=source.order.turned)
    keys = _keys(turned, (), total - (page - 1) * query.size)
    found = (await source.run(rows_of(source.resource, turned.order, keys)))[::-1] if total else []
    return slice_of(source, replace(query, page=page), found, has_previous=page > 1, has_next=False)


async def beside(source: Source, query: ListQuery) -> Slice:
    """The page after or before the query's cursor. Raises `BadRequest` for a cursor that is not of this list."""
    backwards = query.before is not None
    place = keyset.read(source.resource, source.order, query.before or query.after or "")
    found = await collect(source, place, query.size + 1, backwards=backwards)
    more, page = len(found) > query.size, found[: query.size]
    if backwards:
        return slice_of(source, query, page[::-1], has_previous=more, has_next=True)
    return slice_of(source, query, page, has_previous=True, has_next=more)


async def skip(source: Source, offset: int, limit: int) -> Rows:
    """Rows from the one after `offset` others on."""
    return await source.run(rows_of(source.resource, source.order, _keys(source, (), limit, offset=offset)))


async def collect(source: Source, place: Sequence[Any], limit: int, *, backwards: bool) -> list[Row[Any]]:
    """Rows from a place on, nearest first, segment by segment; nearly always the first segment has them all."""
    read = replace(source, order=source.order.turned) if backwards else source
    found: list[Row[Any]] = []
    for segment in keyset.segments(read.order, place):
        keys = _keys(read, (segment,), limit - len(found))
        found += await source.run(rows_of(source.resource, read.order, keys))
        if len(found) >= limit:
            break
    return found


def rows_of(resource: Resource, order: Order, keys: Select[Any]) -> Select[Any]:
    """The rows with these keys: what a list prints of them, their parents, and the values that they are ordered by.

    `keys` selects the primary key as `key_0…` and the order's values as `sort_0…`.
    """
    traits = resource.traits
    trash_mark = [traits.deleted_at] if traits.deleted_at else []
    shown = dict.fromkeys([*resource.list_columns, *traits.key, traits.label, *trash_mark])
    names = traits.columns if resource.whole_rows else shown
    page = keys.subquery("page")
    same = (traits.attribute(name) == page.c[f"key_{place}"] for place, name in enumerate(traits.key))
    return (
        select(resource.model)
        .join(page, and_(*same))
        .options(load_only(*(traits.attribute(name) for name in names)))
        .options(*parents.eager(resource, resource.list_columns))
        .add_columns(*(page.c[f"sort_{place}"] for place in range(len(order.keys))))
        .order_by(*_order_by(page, order.keys))
        .execution_options(**INCLUDE)
    )


def keys_of(resource: Resource, order: Order, statement: Select[Any]) -> Select[Any]:
    """The keys and sort values of a list's rows, in its order."""
    names = enumerate(resource.traits.key)
    keys = [resource.traits.attribute(name).label(f"key_{place}") for place, name in names]
    sorts = [key.sql.label(f"sort_{place}") for place, key in enumerate(order.keys)]
    return arranged(statement, order).with_only_columns(*keys, *sorts, maintain_column_froms=True)


def slice_of(source: Source, query: ListQuery, rows: Rows, *, has_previous: bool, has_next: bool) -> Slice:
    """A page of rows with the cursors of its neighbours."""
    resource, order = source.resource, source.order
    return Slice(
        rows=[row[0] for row in rows],
        page=query.page,
        has_previous=has_previous,
        has_next=has_next,
        after=keyset.cursor(resource, order, rows[-1][1:]) if rows and has_next else None,
        before=keyset.cursor(resource, order, rows[0][1:]) if rows and has_previous else None,
    )


def _keys(source: Source, conditions: Iterable[ColumnElement[bool]], limit: int, *, offset: int = 0) -> Select[Any]:
    sides = [keys_of(source.resource, source.order, side).where(*conditions) for side in source.sides]
    if len(sides) == 1:
        return sides[0].limit(limit).offset(offset)
    both = union_all(*(side.limit(offset + limit) for side in sides)).subquery("both")
    return select(both).order_by(*_order_by(both, source.order.keys)).limit(limit).offset(offset)


def _order_by(page: FromClause, keys: Sequence[SortKey]) -> list[ColumnElement[Any]]:
    columns = [page.c[f"sort_{place}"] for place in range(len(keys))]
    return [column.desc() if key.descending else column.asc() for key, column in zip(keys, columns, strict=True)]
