"""The list: a pipeline of steps from “every row” to the very rows of a page.

Each step is `(statement, resource, query) -> statement`; what an export streams and what “select all matching” means is
the same pipeline without paging. A page asks for one row more than it shows: that says whether there is a next one, and
nothing is counted for it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import paging, parents, plans, relevance
from admin.reads.filters import filtered
from admin.reads.ordering import Order, order_of, ordered
from admin.reads.paging import Slice, Source
from admin.reads.query import ListQuery
from admin.reads.search import searched
from admin.reads.visibility import INCLUDE, visible
from admin.resource import Resource

__all__ = ["NARROWING", "STEPS", "Slice", "cursor_order", "fetch", "matching", "narrowed"]

Step = Callable[[Select[Any], Resource, ListQuery], Select[Any]]

NARROWING: tuple[Step, ...] = (visible, filtered, searched)
"""Which rows: all that a count needs."""

STEPS: tuple[Step, ...] = (*NARROWING, ordered)
"""Which rows in which order: all that a page, an export or a bulk act needs."""

FAR = 10_000
"""Rows an OFFSET may pass over without a thought: some milliseconds."""


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


async def fetch(session: AsyncSession, resource: Resource, query: ListQuery) -> Slice:
    """One page of the list; for a page past the end the last one. Raises `BadRequest` for a cursor of another list."""
    by_relevance = query.search and not query.sort
    found = await (_by_relevance if by_relevance else _in_order)(session, resource, query)
    return replace(found, parents=await parents.shown(session, resource, resource.list_columns, found.rows))


async def _by_relevance(session: AsyncSession, resource: Resource, query: ListQuery) -> Slice:
    everything = narrowed(resource, replace(query, search=""))
    found = await relevance.fetch(session, resource, query, everything)
    if not found.rows and query.page > 1:
        last = max(1, -(-await _total(session, resource, query) // query.size))
        found = await relevance.fetch(session, resource, replace(query, page=last), everything)
    return found


async def _in_order(session: AsyncSession, resource: Resource, query: ListQuery) -> Slice:
    run = functools.partial(plans.rows, session)
    if query.search:
        few = await plans.estimate(session, narrowed(resource, query)) <= plans.FEW
        run = functools.partial(plans.searching, session, few=few)
    source = Source(resource, order_of(resource, query), _sides(resource, query), run)
    if query.after or query.before:
        return await paging.beside(source, query)
    offset = (query.page - 1) * query.size
    if offset < FAR or offset < await plans.estimate(session, narrowed(resource, query)):
        found = await paging.numbered(source, query)
        if found.rows or query.page == 1:
            return found
    # Behind what the planner expects: looked for from the end, where otherwise all rows would be passed over.
    total = await _total(session, resource, query)
    return await (paging.numbered(source, query) if offset < total else paging.last(source, query, total))


def _sides(resource: Resource, query: ListQuery) -> tuple[Select[Any], ...]:
    """Live rows and trash apart where both are shown, since each has its own indexes; a search has one for both."""
    if query.deleted == "with" and resource.traits.soft_deletes and not query.search:
        return tuple(narrowed(resource, replace(query, deleted=side)) for side in ("hide", "only"))
    return (narrowed(resource, query),)


async def _total(session: AsyncSession, resource: Resource, query: ListQuery) -> int:
    ones = narrowed(resource, query).with_only_columns(literal(1).label("one"), maintain_column_froms=True).subquery()
    statement = select(func.count()).select_from(ones).execution_options(**INCLUDE)
    ((total,),) = await (plans.searching if query.search else plans.rows)(session, statement)
    return int(total)


def _through(steps: tuple[Step, ...], resource: Resource, query: ListQuery) -> Select[Any]:
    statement: Select[Any] = select(resource.model)
    for step in steps:
        statement = step(statement, resource, query)
    return statement
