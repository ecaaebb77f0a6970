"""A search in the order of relevance, which no index has: its first rows are ranked, the others follow (`ranked`).

A place in such a list is a cursor with three parts: rank and place of a row, and the boundary, the last place of the
ranked part in the table's own order. The boundary travels along, so that rows which come or go in between move nothing
across it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Double, Integer, Select, column, literal, not_, or_, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import TooFar
from admin.reads import keyset, ordering, plans, ranked, search, windows
from admin.reads.ordering import Order, SortKey
from admin.reads.paging import Found, Slice, Source
from admin.reads.query import LAST, ListQuery
from admin.reads.ranked import Search
from admin.reads.windows import Reached, Values
from admin.resource import Resource


async def fetch(
    session: AsyncSession, resource: Resource, query: ListQuery, sides: Sequence[Select[Any]], reach: windows.Search
) -> Slice:
    """One page of what is found; without rows when it lies past the end, or nothing is found as far as was looked.
    `sides` are the list without the search, live rows and trash each by itself.

    Raises `BadRequest` for a cursor of another list, `TooFar` for a page by its number that lies behind what is looked
    through for it.
    """
    asked = await _search(session, resource, query, sides, reach)
    if query.after or query.before:
        return await _beside(asked)
    if query.page == LAST:
        return await _last(asked)
    return await _numbered(asked)


def cursor_order(resource: Resource) -> Order:
    """What a cursor of such a list holds: exactness and rank (None below the boundary), the place, the boundary."""
    own = ordering.own_order(resource).keys
    ranks = (SortKey(column("exactly", Integer), None, True, True), SortKey(column("rank", Double), None, True, True))
    return Order((*ranks, *own, *(replace(key, nullable=True) for key in own)), ())


async def _search(
    session: AsyncSession, resource: Resource, query: ListQuery, sides: Sequence[Select[Any]], reach: windows.Search
) -> Search:
    keys = [resource.traits.attribute(name) for name in resource.traits.key]
    found = search.by_words(resource, query.search) or [literal(False)]
    exact: list[Values] = []
    if conditions := search.exact(resource, query.search):
        for side in sides:
            statement = side.where(or_(*conditions)).with_only_columns(*keys).order_by(*keys)
            limited = statement.limit(min(query.size, ranked.RANKED) - len(exact))
            exact += [tuple(row) for row in await plans.rows(session, limited)]
    if exact:
        found = [*found, not_(tuple_(*keys).in_(exact))]
    own = ordering.own_order(resource)
    others = Source(resource, own, tuple(side.where(*found) for side in sides), reach.everything)
    return Search(resource, query, replace(others, sides=tuple(sides)), others, exact, reach)


async def _numbered(asked: Search) -> Slice:
    """A page by its number, or the first one of a list that is scrolled: finds out where the boundary is."""
    query = asked.query
    wanted, offset = query.size + 1, (query.page - 1) * query.size
    top = await ranked.top(asked, wanted)
    found = top.found
    if offset:
        within = offset < top.ranked
        found = await ranked.rows(asked, wanted, top.boundary, offset=offset) if within else []
    if top.looked_through and top.ranked <= query.size:
        reached = Reached(found, top.boundary, top.looked_through)
    elif top.boundary and len(found) < wanted:
        reached = await _below(asked, found, top.boundary, offset=max(0, offset - top.ranked))
    else:
        reached = Reached(found)
    if reached.end and not reached.found and query.page > 1:
        raise TooFar("This page lies too deep in what is found to be counted to.")
    shown = _slice(asked, reached, top.boundary, has_previous=query.page > 1)
    return replace(shown, ranked=top.ranked if top.boundary else 0, total=top.total)


async def _last(asked: Search) -> Slice:
    """The last rows of a search of which nobody knows how many it finds: they are too many to be ranked."""
    reached = await windows.first(asked.reach, asked.others, asked.query.size + 1, backwards=True)
    below = replace(reached, found=[(row, (None, None, *values)) for row, values in reached.found])
    shown = _slice(asked, below, None, has_previous=False)
    return replace(
        shown, rows=shown.rows[::-1], has_previous=shown.has_next, has_next=False, after=None, before=shown.after
    )


async def _beside(asked: Search) -> Slice:
    query, count = asked.query, len(asked.own.keys)
    order = cursor_order(asked.resource)
    values = keyset.read(asked.resource, order, query.before or query.after or "")
    place, boundary = tuple(values[: 2 + count]), _boundary(values[2 + count :])
    if place[0] is None and boundary is None:
        # Nobody looked for it yet: the place was reached from the end.
        boundary = (await ranked.top(asked, 1)).boundary
        if boundary is None:
            return await _numbered(replace(asked, query=replace(query, page=1, after=None, before=None)))
    return await (_upwards if query.before else _downwards)(asked, place, boundary)


def _boundary(values: Sequence[Any]) -> Values | None:
    """None where all that is found is ranked."""
    return None if all(value is None for value in values) else tuple(values)


async def _downwards(asked: Search, place: Values, boundary: Values | None) -> Slice:
    wanted = asked.query.size + 1
    below = place[0] is None
    found = [] if below else await ranked.rows(asked, wanted, boundary, place=place)
    start, reached = place[2:] if below else boundary, Reached(found)
    if start and len(found) < wanted:
        reached = await _below(asked, found, start)
    shown = _slice(asked, reached, boundary, has_previous=True)
    return shown if shown.rows else replace(shown, before=await _back(asked, asked.own, start, boundary))


async def _upwards(asked: Search, place: Values | None, boundary: Values | None) -> Slice:
    wanted = asked.query.size + 1
    reached = Reached([])
    if place and place[0] is None and boundary:
        below = or_(*keyset.segments(asked.own, boundary))
        others = replace(asked.others, sides=tuple(side.where(below) for side in asked.others.sides))
        reach = replace(asked.reach, among=asked.reach.among.where(below))
        reached = await _rest(replace(asked, others=others, reach=reach), wanted, place[2:], backwards=True)
    found = reached.found
    if len(found) < wanted and not reached.end:
        ranks = None if place and place[0] is None else place
        found = found + await ranked.rows(asked, wanted - len(found), boundary, place=ranks, backwards=True)
    shown = _slice(asked, replace(reached, found=found), boundary, has_previous=False)
    # Seen from the other end: what is next here is before it there.
    here = _cursor(asked, found[0][1], boundary) if found else None
    back = here or await _back(asked, asked.own.turned, place[2:] if place else None, boundary)
    rows = shown.rows[::-1]
    return replace(shown, rows=rows, has_previous=shown.has_next, has_next=True, before=shown.after, after=back)


async def _back(asked: Search, order: Order, place: Values | None, boundary: Values | None) -> str | None:
    """The way back from a page without rows, which lies behind a place in this direction."""
    beyond = await asked.reach.next_to(order, place) if place else None
    return _cursor(asked, (None, None, *beyond), boundary) if beyond else asked.query.before or asked.query.after


async def _below(asked: Search, found: list[Found], place: Values, *, offset: int = 0) -> Reached:
    """What was found already, and the rows that follow below a place to fill the page."""
    rest = await _rest(asked, asked.query.size + 1 - len(found), place, offset=offset)
    return replace(rest, found=found + rest.found)


async def _rest(asked: Search, limit: int, place: Values, *, offset: int = 0, backwards: bool = False) -> Reached:
    """Rows below the boundary, in the table's own order."""
    reached = await windows.first(asked.reach, asked.others, limit, place=place, offset=offset, backwards=backwards)
    return replace(reached, found=[(row, (None, None, *values)) for row, values in reached.found])


def _slice(asked: Search, reached: Reached, boundary: Values | None, *, has_previous: bool) -> Slice:
    """A page of what was reached. Where that is too little and more may follow, the way on leads behind the last row
    that was looked at."""
    page, more = reached.found[: asked.query.size], len(reached.found) > asked.query.size
    following = page[-1][1] if more else (None, None, *reached.end) if reached.end else None
    return Slice(
        rows=[row for row, _ in page],
        page=asked.query.page,
        has_previous=has_previous,
        has_next=following is not None,
        after=_cursor(asked, following, boundary) if following else None,
        before=_cursor(asked, page[0][1], boundary) if page and has_previous else None,
        looked_through=0 if more else reached.rows,
    )


def _cursor(asked: Search, place: Sequence[Any], boundary: Values | None) -> str:
    end = boundary or (None,) * len(asked.own.keys)
    return keyset.cursor(asked.resource, cursor_order(asked.resource), (*place, *end))
