"""The pages of a search, by relevance or in the order of a column, however many rows it finds.

A page of a search that looks through a window of its order (`windows`) may hold fewer rows than it could, or none; then
it says how far it has looked, and has a cursor behind that. Only what is quickly counted has a last page with a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import TooFar
from admin.reads import deep_pages, keyset, ordering, paging, plans, relevance, window_steps, windows
from admin.reads.paging import Found, Slice, Source
from admin.reads.query import LAST, ListQuery
from admin.reads.search import searched
from admin.reads.windows import Reached
from admin.resource import Resource

COUNTED_MS = 40
"""How long the last page may take to learn its number."""


async def fetch(
    session: AsyncSession, resource: Resource, query: ListQuery, sides: Sequence[Select[Any]], total: int | None = None
) -> Slice:
    """One page of what is found; the last one for a page past the end. `sides` are the list without the search, live
    rows and trash each by itself; `total` is the number of rows found, if that is known.

    Raises `TooBroad` where they are too many for an order that no index has. Whoever had them counted waits for them,
    and for their neighbours.
    """
    found = [searched(side, resource, query) for side in sides]
    order = ordering.order_of(resource, query) if query.sort else ordering.own_order(resource)
    patient = total is not None or bool(query.after or query.before)
    reach = await windows.search(session, resource, query, order, found, patient=patient)
    source = Source(resource, order, tuple(found), reach.everything)

    async def page(query: ListQuery) -> Slice:
        if query.sort:
            return await (_beside if query.after or query.before else _numbered)(reach, source, query)
        return await relevance.fetch(session, resource, query, sides, reach)

    if query.page != LAST or query.after or query.before:
        shown = await page(query)
        if shown.total is None and shown.has_next and not shown.looked_through:
            shown = replace(shown, expected=reach.prospect.found)
        if shown.rows or query.page in (1, LAST) or query.mode == "scroll" or shown.looked_through:
            return shown
    quick = reach.prospect.collected <= window_steps.AFFORDABLE
    many = total if total is not None or not quick else await _counted(session, found)
    last = LAST if many is None else max(1, -(-many // query.size))
    shown = await page(replace(query, page=last, after=None, before=None))
    return replace(shown, total=many, expected=reach.prospect.found)


async def _counted(session: AsyncSession, sides: Sequence[Select[Any]]) -> int | None:
    total = 0
    for side in sides:
        counted = await plans.within(session, COUNTED_MS, deep_pages.count_of(side), plans.BITMAPS_ONLY)
        if counted is None:
            return None
        total += counted[0][0]
    return total


async def _numbered(reach: windows.Search, source: Source, query: ListQuery) -> Slice:
    wanted = query.size + 1
    if query.page == LAST:
        return _backwards(source, query, await windows.first(reach, source, query.size + 1, backwards=True))
    reached = await windows.first(reach, source, wanted, offset=(query.page - 1) * query.size)
    if reached.end and not reached.found and query.page > 1:
        raise TooFar("This page lies too deep in what is found to be counted to.")
    return _slice(source, query, reached, has_previous=query.page > 1)


async def _beside(reach: windows.Search, source: Source, query: ListQuery) -> Slice:
    place = tuple(keyset.read(source.resource, source.order, query.before or query.after or ""))
    back = query.before is not None
    reached = await windows.first(reach, source, query.size + 1, place=place, backwards=back)
    shown = _backwards(source, query, reached) if back else _slice(source, query, reached, has_previous=True)
    if shown.rows:
        return shown
    beyond = await reach.next_to(source.turned.order if back else source.order, place)
    cursor = paging.cursor_of(source, (None, beyond)) if beyond else query.before or query.after
    return replace(shown, after=cursor) if back else replace(shown, before=cursor)


def _backwards(source: Source, query: ListQuery, reached: Reached) -> Slice:
    """A page seen from the other end: what is next there is before it here."""
    shown = _slice(source, query, reached, has_previous=False)
    page, after = reached.found[: query.size], query.before
    if page and query.before:
        after = paging.cursor_of(source, page[0])
    rows, has_next, top = (
        shown.rows[::-1],
        query.before is not None,
        paging.cursor_of(source, page[-1]) if page else None,
    )
    return replace(
        shown, rows=rows, has_previous=shown.has_next, has_next=has_next, after=after, before=shown.after, top=top
    )


def _slice(source: Source, query: ListQuery, reached: Reached, *, has_previous: bool) -> Slice:
    found: list[Found] = reached.found[: query.size]
    more = len(reached.found) > query.size
    shown = paging.slice_of(source, query, found, has_previous=has_previous, has_next=more)
    shown = replace(shown, total=reached.total)
    if more or reached.end is None:
        return shown
    after = paging.cursor_of(source, (None, reached.end))
    return replace(shown, has_next=True, after=after, looked_through=reached.rows)
