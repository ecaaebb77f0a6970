"""A search in the order of relevance, which no index has: its first rows are ranked, the others follow (`ranked`).

A place in such a list is a cursor with three parts: rank and place of a row, and the boundary, the last ranked row in
the table's own order. The boundary travels along, so that rows which come or go in between move nothing across it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Double, Integer, Select, column, literal, not_, or_, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import keyset, ordering, paging, plans, ranked, search
from admin.reads.ordering import Order, SortKey
from admin.reads.paging import Found, Slice, Source
from admin.reads.plans import Prospect
from admin.reads.query import ListQuery
from admin.reads.ranked import Search, Values
from admin.resource import Resource


async def fetch(
    session: AsyncSession, resource: Resource, query: ListQuery, base: Select[Any], prospect: Prospect
) -> Slice:
    """One page of what is found; without rows when it lies past the end. `base` is the list without the search.

    Numbered pages have no cursors. Raises `BadRequest` for a cursor of another list.
    """
    asked = await _search(session, resource, query, base, prospect)
    if query.after or query.before:
        return await _beside(asked)
    if query.mode == "scroll" and query.page == 1:
        return await _top(asked)
    return await _numbered(asked)


def cursor_order(resource: Resource) -> Order:
    """What a cursor of such a list holds: exactness and rank (None below the boundary), the place, the boundary."""
    own = ordering.own_order(resource).keys
    ranks = (SortKey(column("exactly", Integer), None, True, True), SortKey(column("rank", Double), None, True, True))
    return Order((*ranks, *own, *(replace(key, nullable=True) for key in own)), ())


async def _search(
    session: AsyncSession, resource: Resource, query: ListQuery, base: Select[Any], prospect: Prospect
) -> Search:
    keys = [resource.traits.attribute(name) for name in resource.traits.key]
    others = base.where(*(search.by_words(resource, query.search) or [literal(False)]))
    exact: list[Values] = []
    if conditions := search.exact(resource, query.search):
        statement = (
            base.where(or_(*conditions)).with_only_columns(*keys).order_by(*keys).limit(min(query.size, ranked.RANKED))
        )
        exact = [tuple(row) for row in await plans.rows(session, statement)]
    if exact:
        others = others.where(not_(tuple_(*keys).in_(exact)))
    run = prospect.run(session, max(ranked.RANKED, query.page * query.size + 1))
    return Search(resource, query, base, others, exact, ordering.own_order(resource), run)


async def _numbered(asked: Search) -> Slice:
    query = asked.query
    offset = (query.page - 1) * query.size
    if offset >= ranked.RANKED:
        found = await _rest(asked, query.size + 1, offset=offset - len(asked.exact))
    else:
        found = await ranked.rows(asked, query.size + 1, offset=offset)
        if offset + query.size == ranked.RANKED and len(found) == query.size:
            found += await _rest(asked, 1, offset=ranked.RANKED - len(asked.exact))
    rows = [row for row, _ in found[: query.size]]
    return Slice(rows, query.page, has_previous=query.page > 1, has_next=len(found) > query.size)


async def _top(asked: Search) -> Slice:
    """The first page of a list that is scrolled: finds out where the boundary is."""
    count = 2 + len(asked.own.keys)
    found = await ranked.top(asked, asked.query.size + 1)
    boundary = _boundary(found[0][1][count:]) if found else None
    return await _on(asked, [(row, values[:count]) for row, values in found], boundary)


async def _beside(asked: Search) -> Slice:
    query, count = asked.query, len(asked.own.keys)
    order = cursor_order(asked.resource)
    values = keyset.read(asked.resource, order, query.before or query.after or "")
    place, boundary = tuple(values[: 2 + count]), _boundary(values[2 + count :])
    return await (_upwards if query.before else _downwards)(asked, place, boundary)


def _boundary(values: Sequence[Any]) -> Values | None:
    """None where all that is found is ranked."""
    return None if all(value is None for value in values) else tuple(values)


async def _downwards(asked: Search, place: Values, boundary: Values | None) -> Slice:
    if place[0] is None:
        return await _on(asked, [], boundary, place[2:])
    return await _on(asked, await ranked.rows(asked, asked.query.size + 1, place=place, boundary=boundary), boundary)


async def _on(asked: Search, found: list[Found], boundary: Values | None, place: Values | None = None) -> Slice:
    """The ranked rows found, and if they do not fill the page those that follow a place below, or the boundary."""
    wanted, place = asked.query.size + 1, place or boundary
    if place and len(found) < wanted:
        found = found + await _rest(asked, wanted - len(found), place=place)
    more, page = len(found) == wanted, found[: asked.query.size]
    return _slice(asked, page, boundary, has_previous=bool(asked.query.after), has_next=more)


async def _upwards(asked: Search, place: Values | None, boundary: Values | None) -> Slice:
    wanted = asked.query.size + 1
    found: list[Found] = []
    if place and place[0] is None and boundary:
        below = replace(asked, others=asked.others.where(or_(*keyset.segments(asked.own, boundary))))
        found = await _rest(below, wanted, place=place[2:], backwards=True)
        place = None
    if len(found) < wanted:
        found += await ranked.rows(asked, wanted - len(found), place=place, boundary=boundary, backwards=True)
    more, page = len(found) == wanted, found[: asked.query.size]
    return _slice(asked, page[::-1], boundary, has_previous=more, has_next=True)


async def _rest(
    asked: Search, limit: int, *, offset: int = 0, place: Values | None = None, backwards: bool = False
) -> list[Found]:
    """Rows below the boundary, in the table's own order."""

    source = Source(asked.resource, asked.own, (asked.others,), asked.run)
    if place is None:
        found = await paging.skip(source, offset, limit)
    else:
        found = await paging.collect(source, place, limit, backwards=backwards)
    return [(row, (None, None, *values)) for row, values in found]


def _slice(
    asked: Search, found: Sequence[Found], boundary: Values | None, *, has_previous: bool, has_next: bool
) -> Slice:
    order = cursor_order(asked.resource)
    end = boundary or (None,) * len(asked.own.keys)
    cursors = [keyset.cursor(asked.resource, order, (*values, *end)) for _, values in found]
    return Slice(
        rows=[row for row, _ in found],
        page=1,
        has_previous=has_previous,
        has_next=has_next,
        after=cursors[-1] if cursors and has_next else None,
        before=cursors[0] if cursors and has_previous else None,
    )
