"""The list: a pipeline of steps from “every row” to the very rows of a page.

Each step is `(statement, resource, query) -> statement`; what an export streams and what “select all matching” means is
the same pipeline without paging. A page asks for one row more than it shows: that says whether there is a next one, and
nothing is counted for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import paging, parents, plans
from admin.reads.filters import filtered
from admin.reads.ordering import order_of, ordered
from admin.reads.paging import Rows, Slice, Source
from admin.reads.query import ListQuery
from admin.reads.search import searched
from admin.reads.visibility import INCLUDE, visible
from admin.resource import Resource

__all__ = ["NARROWING", "STEPS", "Slice", "fetch", "matching", "narrowed"]

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


async def fetch(session: AsyncSession, resource: Resource, query: ListQuery) -> Slice:
    """One page of the list; for a page past the end the last one. Raises `BadRequest` for a cursor of another list."""

    async def run(statement: Select[Any]) -> Rows:
        rows: Rows = (await session.execute(statement)).all()
        return rows

    source = Source(resource, order_of(resource, query), _sides(resource, query), run)
    if query.after or query.before:
        found = await paging.beside(source, query)
    else:
        found = await _numbered(session, source, query)
    return replace(found, parents=await parents.shown(session, resource, resource.list_columns, found.rows))


async def _numbered(session: AsyncSession, source: Source, query: ListQuery) -> Slice:
    """A page far behind what the planner expects is looked for from the end, where otherwise all rows were passed."""
    offset = (query.page - 1) * query.size
    statement = narrowed(source.resource, query)
    if offset < FAR or offset < await plans.estimate(session, statement):
        found = await paging.numbered(source, query)
        if found.rows or query.page == 1:
            return found
    ones = statement.with_only_columns(literal(1).label("one"), maintain_column_froms=True).subquery()
    total = await session.scalar(select(func.count()).select_from(ones).execution_options(**INCLUDE)) or 0
    return await (paging.numbered(source, query) if offset < total else paging.last(source, query, total))


def _sides(resource: Resource, query: ListQuery) -> tuple[Select[Any], ...]:
    """Live rows and trash apart where both are shown, since each has its own indexes; a search has one for both."""
    if query.deleted == "with" and resource.traits.soft_deletes and not query.search:
        return tuple(narrowed(resource, replace(query, deleted=side)) for side in ("hide", "only"))
    return (narrowed(resource, query),)


def _through(steps: tuple[Step, ...], resource: Resource, query: ListQuery) -> Select[Any]:
    statement: Select[Any] = select(resource.model)
    for step in steps:
        statement = step(statement, resource, query)
    return statement
