"""The list: a pipeline of steps from “every row” to the very rows of a page.

Each step is `(statement, resource, query) -> statement`; what an export streams and what “select all matching” means is
the same pipeline without paging. A page asks for one row more than it shows: that says whether there is a next one, and
nothing is counted for it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import deep_pages, operations, paging, parents, plans, relevance, searching
from admin.reads.filters import filtered
from admin.reads.ordering import Order, order_of, ordered
from admin.reads.paging import Run, Slice, Source, Statement, Tally
from admin.reads.query import ListQuery
from admin.reads.search import searched
from admin.reads.touched import in_order, sides, touched
from admin.reads.visibility import visible
from admin.resource import Resource

__all__ = ["NARROWING", "STEPS", "Slice", "cursor_order", "fetch", "matching", "narrowed"]

Step = Callable[[Select[Any], Resource, ListQuery], Select[Any]]

NARROWING: tuple[Step, ...] = (visible, filtered, touched, searched)
"""Which rows: all that a count needs."""

STEPS: tuple[Step, ...] = (*NARROWING, ordered)
"""Which rows in which order: all that a page, an export or a bulk act needs."""


def matching(resource: Resource, query: ListQuery) -> Select[Any]:
    """Every row of the list, in its order, whatever the page: select of the model's instances."""
    return _through(STEPS, resource, query)


def narrowed(resource: Resource, query: ListQuery) -> Select[Any]:
    """Every row of the list in no order, without the joins that an order may need."""
    return _through(NARROWING, resource, query)


def cursor_order(resource: Resource, query: ListQuery) -> Order:
    """What the cursors of a list hold; for checking one before it is used."""
    by_relevance = query.search and not query.sort
    return relevance.cursor_order(resource) if by_relevance else order_of(resource, query)


async def fetch(
    session: AsyncSession, resource: Resource, query: ListQuery, total: int | None = None, tally: Tally | None = None
) -> Slice:
    """One page of the list; for a page past the end the last one.

    `total` is the number of the list's rows, if the caller has counted them: it makes far pages reachable. `tally` is
    what to count along, if that can be done. Raises `BadRequest` for a cursor of another list and `TooFar` for a page
    that cannot be counted to in a moment.
    """
    if query.search:
        sides = _sides(resource, replace(query, search=""))
        found = await searching.fetch(session, resource, query, sides, total)
    else:
        found = await _in_order(session, resource, query, total, tally)
    named = await parents.shown(session, resource, resource.list_columns, found.rows)
    who = {} if query.deleted == "hide" else await operations.deleters(session, resource, found.rows)
    return replace(found, parents=named, deleters=who, counted=tally.n if tally else None)


async def _in_order(
    session: AsyncSession, resource: Resource, query: ListQuery, total: int | None, tally: Tally | None
) -> Slice:
    run: Run = functools.partial(plans.rows, session)
    parts = _parts(resource, query.restarted(mode=None))
    source = Source(resource, parts.order, parts.sides, run, parts.made, tally)
    if query.after or query.before:
        found = await paging.beside(source, query)
        if query.mode == "scroll" or query.page == 1 or (found.rows and found.has_previous):
            return found
        # The rows around the cursor have gone since: the page is the first, or what its number says.
        query = replace(query, page=1 if query.before else query.page, after=None, before=None)
    return await deep_pages.fetch(session, source, query, narrowed(resource, query), total)


class Parts(NamedTuple):
    """What a list's statements are made of: its order and its sides, and statements made already."""

    order: Order
    sides: tuple[Select[Any], ...]
    made: dict[tuple[int, bool], Statement]


@functools.lru_cache(maxsize=200)
def _parts(resource: Resource, query: ListQuery) -> Parts:
    """Kept for lists that are opened again and again."""
    return Parts(order_of(resource, query), _halves(resource, query), {})


def _halves(resource: Resource, query: ListQuery) -> tuple[Select[Any], ...]:
    """The sides of a list; of one operation's rows each is asked in two ways, of which one is idle."""
    first = order_of(resource, query).keys[0].column
    if query.operation is None or not in_order(resource, first.sa if first else None):
        return _sides(resource, query)
    wide = _sides(resource, replace(query, operation=None))
    return tuple(half for side in wide for half in sides(side, resource, query.operation))


def _sides(resource: Resource, query: ListQuery) -> tuple[Select[Any], ...]:
    """Live rows and trash apart where both are shown, since each has its own indexes."""
    if query.deleted == "with" and resource.traits.soft_deletes:
        return tuple(narrowed(resource, replace(query, deleted=side)) for side in ("hide", "only"))
    return (narrowed(resource, query),)


def _through(steps: tuple[Step, ...], resource: Resource, query: ListQuery) -> Select[Any]:
    statement: Select[Any] = select(resource.model)
    for step in steps:
        statement = step(statement, resource, query)
    return statement
