"""The list: a pipeline of steps from “every row” to the very rows of a page.

Each step is `(statement, resource, query) -> statement`; what an export streams and what “select all matching” means is
the same pipeline without paging. A page asks for one row more than it shows: that says whether there is a next one, and
nothing is counted for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from admin.reads import keyset, parents
from admin.reads.filters import filtered
from admin.reads.ordering import Order, arranged, order_of, ordered
from admin.reads.parents import Parents
from admin.reads.query import ListQuery
from admin.reads.search import searched
from admin.reads.visibility import visible
from admin.resource import Resource

Step = Callable[[Select[Any], Resource, ListQuery], Select[Any]]

NARROWING: tuple[Step, ...] = (visible, filtered, searched)
"""Which rows: all that a count needs."""

STEPS: tuple[Step, ...] = (*NARROWING, ordered)
"""Which rows in which order: all that a page, an export or a bulk act needs."""


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


def matching(resource: Resource, query: ListQuery) -> Select[Any]:
    """Every row of the list, in its order, whatever the page: select of the model's instances."""
    return _through(STEPS, resource, query)


def narrowed(resource: Resource, query: ListQuery) -> Select[Any]:
    """Every row of the list in no order, without the joins that an order may need."""
    return _through(NARROWING, resource, query)


async def fetch(session: AsyncSession, resource: Resource, query: ListQuery) -> Slice:
    """One page of the list. Raises `BadRequest` for a cursor that is not of this list."""
    order = order_of(resource, query)
    if query.after or query.before:
        found = await _beside(session, resource, query, order)
    else:
        found = await _numbered(session, resource, query, order)
    return replace(found, parents=await parents.shown(session, resource, resource.list_columns, found.rows))


def _through(steps: tuple[Step, ...], resource: Resource, query: ListQuery) -> Select[Any]:
    statement: Select[Any] = select(resource.model)
    for step in steps:
        statement = step(statement, resource, query)
    return statement


async def _numbered(session: AsyncSession, resource: Resource, query: ListQuery, order: Order) -> Slice:
    statement = _shown(resource, query, order)
    offset = (query.page - 1) * query.size
    rows = (await session.execute(statement.limit(query.size + 1).offset(offset))).all()
    if not rows and query.page > 1:
        total = await session.scalar(select(func.count()).select_from(narrowed(resource, query).subquery()))
        last = max(1, -(-(total or 0) // query.size))
        return await _numbered(session, resource, replace(query, page=min(last, query.page - 1)), order)
    page = list(rows[: query.size])
    return _slice(resource, query, order, page, has_previous=query.page > 1, has_next=len(rows) > query.size)


async def _beside(session: AsyncSession, resource: Resource, query: ListQuery, order: Order) -> Slice:
    """The page after or before a cursor, segment by segment; nearly always the first one fills it."""
    backwards = query.before is not None
    place = keyset.read(resource, order, query.before or query.after or "")
    statement = _shown(resource, query, order)
    if backwards:
        statement = statement.order_by(None).order_by(*(key.reversed for key in order.keys))
    rows: list[Any] = []
    for segment in keyset.segments(order, place, backwards=backwards):
        wanted = query.size + 1 - len(rows)
        rows += (await session.execute(statement.where(segment).limit(wanted))).all()
        if len(rows) > query.size:
            break
    more, page = len(rows) > query.size, rows[: query.size]
    if backwards:
        return _slice(resource, query, order, page[::-1], has_previous=more, has_next=True)
    return _slice(resource, query, order, page, has_previous=True, has_next=more)


def _shown(resource: Resource, query: ListQuery, order: Order) -> Select[Any]:
    """The list's statement with no more than a page prints: its columns, its parents, and the values of its order."""
    traits = resource.traits
    trash_mark = [traits.deleted_at] if traits.deleted_at else []
    names = dict.fromkeys([*resource.list_columns, *traits.key, traits.label, *trash_mark])
    return (
        arranged(narrowed(resource, query), order)
        .options(load_only(*(traits.attribute(name) for name in names)))
        .options(*parents.eager(resource, resource.list_columns))
        .add_columns(*(key.sql for key in order.keys))
    )


def _slice(
    resource: Resource, query: ListQuery, order: Order, rows: list[Any], *, has_previous: bool, has_next: bool
) -> Slice:
    return Slice(
        rows=[row[0] for row in rows],
        page=query.page,
        has_previous=has_previous,
        has_next=has_next,
        after=keyset.cursor(resource, order, rows[-1][1:]) if rows and has_next else None,
        before=keyset.cursor(resource, order, rows[0][1:]) if rows and has_previous else None,
    )
