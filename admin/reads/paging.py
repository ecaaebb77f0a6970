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
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, select, union_all
from sqlalchemy.orm import load_only
from sqlalchemy.orm.attributes import set_committed_value

from admin.reads import keyset, parents
from admin.reads.ordering import Order, SortKey, arranged
from admin.reads.parents import Parents
from admin.reads.plans import Rows
from admin.reads.query import LAST, ListQuery
from admin.reads.visibility import INCLUDE, PLAIN
from admin.resource import Resource

Run = Callable[[Select[Any]], Awaitable[Rows]]
Statement = tuple[list[str], Select[Any]]
"""What fetches rows: the names of their columns, and a statement for those and then for the order's values."""

Found = tuple[Any, tuple[Any, ...]]
"""A row, and the values that it is ordered by."""

MAX_CURSOR = 2_000
"""Characters of a cursor; a URL of 8,000 in all passes every proxy."""

BRIEF = 1_000
"""Characters of a text that a list fetches: a page stays small whatever its rows hold."""


@dataclass(frozen=True)
class Slice:
    """The rows of one page, and where it stands in the list.

    `page` is the page shown: the last one when a page past the end was asked for; `LAST` when its number would have to
    be counted. `after` and `before` are the cursors of the neighbouring pages, None at the ends of the list and where
    it is ordered by a text too long for a URL. `parents` names the parents of the listed foreign keys.
    """

    rows: list[Any]
    page: int
    has_previous: bool
    has_next: bool
    after: str | None = None
    before: str | None = None
    top: str | None = None
    """Cursor of the first row, whatever is before it: new rows are asked for by it. None in order of relevance."""
    parents: Parents = field(default_factory=dict)
    deleters: dict[Any, str] = field(default_factory=dict)
    """Who put rows into the trash, by the moment."""
    looked_through: int = 0
    """Rows of the order that a search has looked through, where it has not looked at all; `after` goes on behind them,
    or `before` in front of them."""
    total: int | None = None
    """How many rows a search finds, where it has collected them all."""
    expected: int | None = None
    """How many the planner expects it to find, where as many as that promises were found in a part of the order."""
    ranked: int = 0
    """Rows of a search that were compared by relevance, where others follow them in the table's own order."""
    counted: int | None = None
    """What was counted along with the rows."""


@dataclass
class Tally:
    """A number that is asked along with a list's first rows, since a question of its own costs a tenth of a page."""

    statement: Select[Any]
    n: int | None = None
    """None while nothing was asked, or where there was no row to say it."""


@dataclass(frozen=True)
class Source:
    """A list in its order, and how its statements are run. `sides` are disjoint; together they are the list.

    `made` holds statements for its first rows, by their number and whether something is counted along: making one
    takes as long as Postgres takes to answer.
    """

    resource: Resource
    order: Order
    sides: tuple[Select[Any], ...]
    run: Run
    made: dict[tuple[int, bool], Statement] = field(default_factory=dict)
    tally: Tally | None = None

    @property
    def turned(self) -> Source:
        """The same list from its other end."""
        return replace(self, order=self.order.turned, made={}, tally=None)


async def numbered(source: Source, query: ListQuery) -> Slice:
    """The page of this number; without rows when it lies past the end."""
    found = await skip(source, (query.page - 1) * query.size, query.size + 1)
    return slice_of(source, query, found[: query.size], has_previous=query.page > 1, has_next=len(found) > query.size)


async def from_end(source: Source, query: ListQuery, total: int) -> Slice:
    """The page of this number in a list of `total` rows, reached from its end; the last one for a page past it."""
    last = max(1, -(-total // query.size))
    page = last if query.page == LAST else min(query.page, last)
    behind = max(0, total - page * query.size)
    found = await _backwards(source, total - behind - (page - 1) * query.size, offset=behind) if total else []
    return slice_of(source, replace(query, page=page), found[::-1], has_previous=page > 1, has_next=behind > 0)


async def ending(source: Source, query: ListQuery) -> Slice:
    """The last rows of a list that nobody has counted: what has no number costs no more than a first page."""
    found = await _backwards(source, query.size + 1)
    page, more = found[: query.size][::-1], len(found) > query.size
    return slice_of(source, replace(query, page=LAST), page, has_previous=more, has_next=False)


async def _backwards(source: Source, limit: int, *, offset: int = 0) -> list[Found]:
    """Rows from the end of a list, the last one first."""
    return await skip(source.turned, offset, limit)


async def beside(source: Source, query: ListQuery) -> Slice:
    """The page after or before the query's cursor. Raises `BadRequest` for a cursor that is not of this list."""
    backwards = query.before is not None
    place = keyset.read(source.resource, source.order, query.before or query.after or "")
    found = await collect(source, place, query.size + 1, backwards=backwards)
    more, page = len(found) > query.size, found[: query.size]
    if backwards:
        return slice_of(source, query, page[::-1], has_previous=more, has_next=True)
    return slice_of(source, query, page, has_previous=True, has_next=more)


async def skip(source: Source, offset: int, limit: int) -> list[Found]:
    """Rows from the one after `offset` others on."""
    if offset or source.resource.whole_rows:
        return await read(source, page_of_keys(source, (), limit, offset=offset))
    made, tally = source.made, source.tally
    if (limit, tally is not None) not in made:
        names, rows = _statement(source.resource, source.order, page_of_keys(source, (), limit))
        counting = [tally.statement.scalar_subquery()] if tally else []
        made[limit, tally is not None] = names, rows.add_columns(*counting)
    found = await _rows(source, made[limit, tally is not None])
    if tally and found:
        tally.n = found[0][1][-1]
        found = [(row, sorts[:-1]) for row, sorts in found]
    return found


async def collect(source: Source, place: Sequence[Any], limit: int, *, backwards: bool) -> list[Found]:
    """Rows from a place on, nearest first, segment by segment; nearly always the first segment has them all."""
    turned = source.turned if backwards else source
    found: list[Found] = []
    for segment in keyset.segments(turned.order, place):
        found += await read(turned, page_of_keys(turned, (segment,), limit - len(found)))
        if len(found) >= limit:
            break
    return found


class Row(SimpleNamespace):
    """A row of a list, with its listed columns as attributes. It is no instance of the model, since making those takes
    several times as long as the database takes to find them, and a list only shows."""


async def read(source: Source, keys: Select[Any]) -> list[Found]:
    """The rows with these keys, and what they are ordered by.

    `keys` selects the primary key as `key_0…` and the order's values as `sort_0…`. Of a long text only the beginning
    is fetched, a list shows no more. Rows are instances of the model where a formatter may read any of it.
    """
    if source.resource.whole_rows:
        return await _instances(source, keys)
    return await _rows(source, _statement(source.resource, source.order, keys))


async def _rows(source: Source, statement: Statement) -> list[Found]:
    names, select_them = statement
    return [
        (Row(**dict(zip(names, sent, strict=False))), tuple(sent[len(names) :]))
        for sent in await source.run(select_them)
    ]


def _statement(resource: Resource, order: Order, keys: Select[Any]) -> Statement:
    brief, names = _brief(resource), _shown(resource)
    columns = [_beginning(resource, name) if name in brief else resource.traits.attribute(name) for name in names]
    return names, _beside_keys(select(*columns), resource, order, keys).execution_options(**PLAIN)


async def _instances(source: Source, keys: Select[Any]) -> list[Found]:
    resource, brief = source.resource, _brief(source.resource)
    whole = [resource.traits.attribute(name) for name in resource.traits.columns if name not in brief]
    options = [load_only(*whole), *parents.eager(resource, resource.list_columns)]
    texts = [_beginning(resource, name) for name in brief]
    statement = _beside_keys(select(resource.model, *texts).options(*options), resource, source.order, keys)
    found: list[Found] = []
    values: list[Any]
    for row, *values in await source.run(statement):
        for name, beginning in zip(brief, values, strict=False):
            set_committed_value(row, name, beginning)
        found.append((row, tuple(values[len(brief) :])))
    return found


def _brief(resource: Resource) -> list[str]:
    """Listed columns that may hold long texts; not what names or finds the row."""
    kept = {*resource.traits.key, *(column.name for column in resource.traits.parents)}
    columns = [resource.column(name) for name in resource.list_columns if name not in kept]
    return [column.name for column in columns if column.kind == "text" and (column.limit or BRIEF + 1) > BRIEF]


def _shown(resource: Resource) -> list[str]:
    traits = resource.traits
    trash_mark = [traits.deleted_at] if traits.deleted_at else []
    return list(dict.fromkeys([*resource.list_columns, *traits.key, traits.label, *trash_mark]))


def _beginning(resource: Resource, name: str) -> ColumnElement[str]:
    return func.left(resource.traits.attribute(name), BRIEF)


def _beside_keys(statement: Select[Any], resource: Resource, order: Order, keys: Select[Any]) -> Select[Any]:
    page = keys.subquery("page")
    same = (resource.traits.attribute(name) == page.c[f"key_{place}"] for place, name in enumerate(resource.traits.key))
    return (
        statement.join_from(resource.model, page, and_(*same))
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


def slice_of(source: Source, query: ListQuery, found: list[Found], *, has_previous: bool, has_next: bool) -> Slice:
    """A page of rows with the cursors of its neighbours."""
    return Slice(
        rows=[row for row, _ in found],
        page=query.page,
        has_previous=has_previous,
        has_next=has_next,
        after=cursor_of(source, found[-1]) if found and has_next else None,
        before=cursor_of(source, found[0]) if found and has_previous else None,
        top=cursor_of(source, found[0]) if found else None,
    )


def cursor_of(source: Source, found: Found) -> str | None:
    """None where the list is ordered by a text that no URL can carry; its numbered pages still work."""
    made = keyset.cursor(source.resource, source.order, found[1])
    return made if len(made) <= MAX_CURSOR else None


def page_of_keys(
    source: Source, conditions: Iterable[ColumnElement[bool]], limit: int | None, *, offset: int = 0
) -> Select[Any]:
    """The keys of a list's rows that meet the conditions, from all of its sides."""
    sides = [keys_of(source.resource, source.order, side).where(*conditions) for side in source.sides]
    if len(sides) == 1:
        return sides[0].limit(limit).offset(offset)
    both = union_all(*(side.limit(None if limit is None else offset + limit) for side in sides)).subquery("both")
    return select(both).order_by(*_order_by(both, source.order.keys)).limit(limit).offset(offset)


def _order_by(page: FromClause, keys: Sequence[SortKey]) -> list[ColumnElement[Any]]:
    columns = [page.c[f"sort_{place}"] for place in range(len(keys))]
    return [column.desc() if key.descending else column.asc() for key, column in zip(keys, columns, strict=True)]
