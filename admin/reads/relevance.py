"""A search in the order of relevance, which no index has: ranking everything found costs seconds for a common word.

So the newest thousand rows found (first in the table's own order) are ranked, and the others follow in that order: a
word in half of a million rows costs no more than a rare one. Rows that the text names exactly stand on top of all.

A place in such a list is a cursor with three parts: rank and place of a row, and the boundary, the last ranked row in
the table's own order. The boundary travels along, so that rows which come or go in between move nothing across it.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Double, Integer, Select, column, literal, not_, or_, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import keyset, ordering, paging, plans, search
from admin.reads.ordering import Order, SortKey
from admin.reads.paging import Found, Run, Slice, Source
from admin.reads.query import ListQuery
from admin.resource import Resource

RANKED = 1_000
"""Rows that are ranked; a multiple of every page size, so that no page holds rows of both kinds."""

Values = tuple[Any, ...]
"""What a row is ordered by: exactness, rank (both None below the boundary) and the values of the own order."""


@dataclass(frozen=True)
class Search:
    """One search being answered. `base` is the list without the search, `others` what is found but not exactly."""

    resource: Resource
    query: ListQuery
    base: Select[Any]
    others: Select[Any]
    exact: list[Values]
    own: Order
    run: Run
    run_stretch: Run
    """For statements on a bounded stretch of the table's own order."""


async def fetch(session: AsyncSession, resource: Resource, query: ListQuery, base: Select[Any]) -> Slice:
    """One page of what is found; without rows when it lies past the end. `base` is the list without the search.

    Numbered pages have no cursors. Raises `BadRequest` for a cursor of another list.
    """
    asked = await _search(session, resource, query, base)
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


async def _search(session: AsyncSession, resource: Resource, query: ListQuery, base: Select[Any]) -> Search:
    keys = [resource.traits.attribute(name) for name in resource.traits.key]
    others = base.where(*(search.by_words(resource, query.search) or [literal(False)]))
    exact: list[Values] = []
    if conditions := search.exact(resource, query.search):
        statement = base.where(or_(*conditions)).with_only_columns(*keys).order_by(*keys).limit(min(query.size, RANKED))
        exact = [tuple(row) for row in await plans.rows(session, statement)]
    if exact:
        others = others.where(not_(tuple_(*keys).in_(exact)))
    few = await plans.estimate(session, others) <= plans.FEW
    run = functools.partial(plans.searching, session, few=few)
    run_stretch = functools.partial(run, along=plans.NO_BITMAPS)
    return Search(resource, query, base, others, exact, ordering.own_order(resource), run, run_stretch)


async def _numbered(asked: Search) -> Slice:
    query = asked.query
    offset = (query.page - 1) * query.size
    if offset >= RANKED:
        found = await _rest(asked, query.size + 1, offset=offset - len(asked.exact))
    else:
        found = await _ranked(asked, query.size + 1, offset=offset)
        if offset + query.size == RANKED and len(found) == query.size:
            found += await _rest(asked, 1, offset=RANKED - len(asked.exact))
    rows = [row for row, _ in found[: query.size]]
    return Slice(rows, query.page, has_previous=query.page > 1, has_next=len(found) > query.size)


async def _top(asked: Search) -> Slice:
    """The first page of a list that is scrolled: finds out where the boundary is."""
    statement = paging.keys_of(asked.resource, asked.own, asked.others).offset(RANKED - len(asked.exact) - 1).limit(1)
    last = await asked.run(statement)
    boundary = tuple(last[0])[len(asked.resource.traits.key) :] if last else None
    return await _downwards(asked, None, boundary)


async def _beside(asked: Search) -> Slice:
    query, count = asked.query, len(asked.own.keys)
    order = cursor_order(asked.resource)
    values = keyset.read(asked.resource, order, query.before or query.after or "")
    place, last = tuple(values[: 2 + count]), tuple(values[2 + count :])
    boundary = None if all(value is None for value in last) else last
    return await (_upwards if query.before else _downwards)(asked, place, boundary)


async def _downwards(asked: Search, place: Values | None, boundary: Values | None) -> Slice:
    wanted = asked.query.size + 1
    found: list[Found] = []
    if place is None or place[0] is not None:
        found = await _ranked(asked, wanted, place=place, boundary=boundary)
        place = (None, None, *boundary) if boundary else None
    if place and len(found) < wanted:
        found += await _rest(asked, wanted - len(found), place=place[2:])
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
        found += await _ranked(asked, wanted - len(found), place=place, boundary=boundary, backwards=True)
    more, page = len(found) == wanted, found[: asked.query.size]
    return _slice(asked, page[::-1], boundary, has_previous=more, has_next=True)


async def _ranked(
    asked: Search, limit: int, *, offset: int = 0, place: Values | None = None, boundary: Values | None = None,
    backwards: bool = False,
) -> list[Found]:  # fmt: skip
    """Rows of the ranked part, nearest to the place first (from its top, or backwards from its end)."""
    candidates = _candidates(asked, boundary).subquery("candidate")
    ranked = (
        SortKey(candidates.c.exactly, None, descending=True, nullable=False),
        SortKey(search.rank(asked.resource, asked.query.search, candidates.c.input), None, True, nullable=False),
        *(replace(key, sql=candidates.c[f"sort_{number}"]) for number, key in enumerate(asked.own.keys)),
    )
    order = Order(ranked, ()).turned if backwards else Order(ranked, ())
    keys = [candidates.c[f"key_{number}"] for number in range(len(asked.resource.traits.key))]
    sorts = [key.sql.label(f"sort_{number}") for number, key in enumerate(order.keys)]
    statement = select(*keys, *sorts).order_by(*(key.order for key in order.keys)).limit(limit).offset(offset)
    if place is not None:
        statement = statement.where(or_(*keyset.segments(order, place)))
    run = asked.run_stretch if boundary else asked.run
    return await paging.read(Source(asked.resource, order, (), run), statement)


def _candidates(asked: Search, boundary: Values | None) -> Select[Any]:
    """What is ranked: the exact rows, and of the others the first in the table's own order, up to the boundary."""
    keys = paging.keys_of(asked.resource, asked.own, asked.others)
    keys = keys.where(keyset.up_to(asked.own, boundary)) if boundary else keys.limit(RANKED - len(asked.exact))
    looked_at = search.rank_input(asked.resource).label("input")
    others = keys.add_columns(looked_at, literal(0).label("exactly"))
    if not asked.exact:
        return others
    named = tuple_(*(asked.resource.traits.attribute(name) for name in asked.resource.traits.key)).in_(asked.exact)
    exact = paging.keys_of(asked.resource, asked.own, asked.base.where(named)).order_by(None)
    return select(union_all(others, exact.add_columns(looked_at, literal(1).label("exactly"))).subquery())


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
