"""How many rows a list has, as well as that can be said at once.

Cookbook recipe “exists and fast counts”. An exact count reads every row it counts: a second for ten million. A list
never waits for that. The ladder: a small table is counted; a large one is told by the planner's statistics (`about`); a
filtered list is counted up to a limit, and beyond it the planner's estimate stands, or `more than`. Whoever needs the
number asks for `exactly`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.listing import narrowed
from admin.reads.query import ListQuery
from admin.reads.visibility import INCLUDE
from admin.resource import Resource

FILTERED_LIMIT = 10_000
"""A filtered list is counted up to here: some milliseconds from an index, and nobody pages further."""


@dataclass(frozen=True)
class Exact:
    """This many rows."""

    n: int


@dataclass(frozen=True)
class AtLeast:
    """More rows than this."""

    n: int


@dataclass(frozen=True)
class About:
    """The planner's estimate."""

    n: int


@dataclass(frozen=True)
class Unknown:
    """Nothing could be said in time."""


Count = Exact | AtLeast | About | Unknown


async def count(session: AsyncSession, resource: Resource, query: ListQuery) -> Count:
    """How many rows the list has, in bounded time."""
    found = await session.scalar(_count_up_to(narrowed(resource, query), FILTERED_LIMIT)) or 0
    return Exact(found) if found <= FILTERED_LIMIT else AtLeast(FILTERED_LIMIT)


async def exactly(session: AsyncSession, resource: Resource, query: ListQuery) -> Exact:
    """The very number, however long it takes within the statement timeout of the transaction."""
    return Exact(await session.scalar(_count_all(narrowed(resource, query))) or 0)


async def some(session: AsyncSession, statement: Select[Any]) -> bool:
    """Whether a statement finds any row: EXISTS stops at the first, where a count would read them all."""
    return bool(await session.scalar(select(statement.exists())))


def _count_all(statement: Select[Any]) -> Select[Any]:
    ones = statement.with_only_columns(literal(1).label("one"), maintain_column_froms=True)
    # The option is the outermost statement's: without it the listener would hide the trash inside once more.
    return select(func.count()).select_from(ones.subquery()).execution_options(**INCLUDE)


def _count_up_to(statement: Select[Any], limit: int) -> Select[Any]:
    return _count_all(statement.limit(limit + 1))
