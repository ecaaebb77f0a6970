"""How many rows a list has, as well as that can be said at once.

Cookbook recipe “exists and fast counts”. An exact count reads every row that it counts: a second for ten million. A
list never waits for that. The ladder, from the top:

* The page that reached the end of its list has counted already: `Exact`, without a query.
* A list without search and filters is counted where the planner expects fewer than a hundred thousand rows; beyond,
  the planner's expectation stands: `About`. It is the statistics times the table's present size, so it holds after a
  bulk load, for partitions, for live rows and under row-level security; 0.5 ms whatever the size.
* A narrowed list is counted up to ten thousand: `Exact`, else `About` if the planner too expects more, else `AtLeast`.
* What cannot be counted within a moment is estimated, and `Unknown` where the planner expected it to be quick.

Whoever needs the number asks for `exactly`.
"""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Select, case, func, literal, select, true
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import plans
from admin.reads.listing import Slice, narrowed
from admin.reads.paging import Tally
from admin.reads.query import LAST, Deleted, ListQuery
from admin.reads.visibility import PLAIN
from admin.resource import Resource
from admin.traits import holds_side

WHOLE_LIMIT = 100_000
"""A list without search and filters is counted up to here: about 10 ms from an index."""

NARROWED_LIMIT = 10_000
"""A narrowed list is counted up to here: nobody pages further, and rows that fit may lie far apart."""

MOMENT_MS = 200
"""How long a page may wait for its count."""

SEARCHED_MS = 30
"""How long beside a search, which has taken its own moment and mostly knows its number."""


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
    """As many as the planner expects."""

    n: int


@dataclass(frozen=True)
class Unknown:
    """Nothing could be said."""


Count = Exact | AtLeast | About | Unknown

LATELY_S = 30.0
"""For so long a list that was counted within a moment is counted again without asking how long that will take."""

_counted_lately: WeakKeyDictionary[Any, dict[tuple[type[Any], str], float]] = WeakKeyDictionary()
"""Engine → model and side of the trash → until when. Only a hint, of this process: no number is kept in it."""


async def count(session: AsyncSession, resource: Resource, query: ListQuery, shown: Slice | None = None) -> Count:
    """How many rows the list has, in bounded time. `shown` is the page of it that was just fetched, if any."""
    if shown is not None and _reached_the_end(query, shown):
        return Exact((shown.page - 1) * query.size + len(shown.rows))
    if query.narrowed:
        known = None if shown is None or not query.search else _found(query, shown)
        return known or await _narrowed(session, resource, query, _seen(query, shown))
    if shown is not None and shown.counted is not None:
        return _counted(session, resource, query, shown.counted)
    return await _whole(session, resource, query, _seen(query, shown))


def tally(session: AsyncSession, resource: Resource, query: ListQuery) -> Tally | None:
    """What to count along with the rows of a page, where that is known to take no time; `count` is told by `shown`."""
    if query.narrowed or query.page != 1 or query.after or query.before:
        return None
    if _lately(session).get((resource.model, query.deleted), 0.0) < time.monotonic():
        return None
    less_trash = query.deleted == "hide" and _has_trash_apart(resource)
    return Tally(_all_less_trash(resource) if less_trash else _counting(resource, query.deleted))


async def exactly(session: AsyncSession, resource: Resource, query: ListQuery) -> Exact:
    """The very number, however long it takes within the statement timeout of the transaction."""
    return Exact((await session.execute(_count_all(narrowed(resource, query)))).scalar_one())


async def some(session: AsyncSession, statement: Select[Any]) -> bool:
    """Whether a statement finds any row: EXISTS stops at the first, where a count would read them all."""
    whether = select(statement.exists()).execution_options(**statement.get_execution_options())
    return bool(await session.scalar(whether))


async def _whole(session: AsyncSession, resource: Resource, query: ListQuery, seen: int) -> Count:
    """A list without search and filters. The planner is asked first, unless it was counted a moment ago."""
    side, known = (resource.model, query.deleted), _lately(session)
    if known.get(side, 0.0) > time.monotonic():
        try:
            ((counted,),) = await plans.rows(session, _counting(resource, query.deleted))
        except DBAPIError:
            known.pop(side, None)
            raise
    else:
        expected = await plans.estimate(session, narrowed(resource, query))
        if expected > WHOLE_LIMIT:
            return About(max(expected, seen))
        counted = await _up_to(session, narrowed(resource, query), WHOLE_LIMIT)
    return _counted(session, resource, query, counted)


def _counted(session: AsyncSession, resource: Resource, query: ListQuery, counted: int | None) -> Count:
    """What a whole list's count says, and whether it can be counted again soon."""
    side, known = (resource.model, query.deleted), _lately(session)
    if counted is None or counted > WHOLE_LIMIT:
        known.pop(side, None)
        return Unknown() if counted is None else AtLeast(WHOLE_LIMIT)
    known[side] = time.monotonic() + LATELY_S
    return Exact(counted)


def _found(query: ListQuery, shown: Slice) -> Count | None:
    """What a search knows already: all that it finds, or that it has met as many as the planner's word promises. It
    knows nothing where it has not met them as far as it looked; counting would have to look at everything."""
    if shown.total is not None:
        return Exact(shown.total)
    if shown.looked_through or not shown.rows:
        return Unknown()
    many = shown.expected or 0
    return About(max(many, _seen(query, shown))) if many > NARROWED_LIMIT else None


def _lately(session: AsyncSession) -> dict[tuple[type[Any], str], float]:
    return _counted_lately.setdefault(session.get_bind(), {})


async def _narrowed(session: AsyncSession, resource: Resource, query: ListQuery, seen: int) -> Count:
    statement = narrowed(resource, query)
    counted = await _up_to(session, statement, NARROWED_LIMIT, SEARCHED_MS if query.search else MOMENT_MS)
    if counted is not None and counted <= NARROWED_LIMIT:
        return Exact(counted)
    expected = await plans.estimate(session, statement)
    if expected > NARROWED_LIMIT or (query.search and counted is None and seen):
        return About(max(expected, seen))
    # There is more than the planner expects, or not even that much was found in time: its word is worth nothing.
    return AtLeast(NARROWED_LIMIT) if counted is not None else Unknown()


async def _up_to(session: AsyncSession, statement: Select[Any], limit: int, moment_ms: int = MOMENT_MS) -> int | None:
    """The number of rows, at most one more than the limit; None when counting takes longer than a moment."""
    found = await plans.within(session, moment_ms, _count_up_to(statement, limit), {"work_mem": plans.WORK_MEM})
    return None if found is None else int(found[0][0])


def _reached_the_end(query: ListQuery, shown: Slice) -> bool:
    return not shown.has_next and _numbered(query, shown)


def _numbered(query: ListQuery, shown: Slice) -> bool:
    """Whether the page's number says how many rows stand before it."""
    return shown.page != LAST and query.after is None and query.before is None


def _seen(query: ListQuery, shown: Slice | None) -> int:
    """Rows that are there for certain; old statistics may expect fewer."""
    if shown is None or not _numbered(query, shown):
        return 0
    return (shown.page - 1) * query.size + len(shown.rows) + int(shown.has_next)


@functools.lru_cache(maxsize=200)
def _counting(resource: Resource, deleted: Deleted) -> Select[Any]:
    """Kept, since every page of a small table asks it."""
    return _count_up_to(narrowed(resource, ListQuery(deleted=deleted)), WHOLE_LIMIT)


@functools.lru_cache(maxsize=200)
def _has_trash_apart(resource: Resource) -> bool:
    """Whether an index holds the trash alone."""
    traits = resource.traits
    return any(holds_side(index, traits.deleted_at, "IS NOT NULL") for index in traits.table.indexes)


@functools.lru_cache(maxsize=200)
def _all_less_trash(resource: Resource) -> Select[Any]:
    """Live rows of a small table as all rows less the trash, which takes half the time of asking each row where it is:
    of all rows nothing has to be read. NULL where there are too many."""
    limit = 2 * WHOLE_LIMIT
    sides: tuple[Deleted, ...] = ("with", "only")
    every, trash = (_count_up_to(narrowed(resource, ListQuery(deleted=side)), limit).subquery() for side in sides)
    (n,), (gone,) = every.c, trash.c
    return select(case((n <= limit, n - gone))).select_from(every.join(trash, true())).execution_options(**PLAIN)


def _count_all(statement: Select[Any]) -> Select[Any]:
    ones = statement.with_only_columns(literal(1).label("one"), maintain_column_froms=True)
    # The option is the outermost statement's: without it the listener would hide the trash inside once more.
    return select(func.count()).select_from(ones.subquery()).execution_options(**PLAIN)


def _count_up_to(statement: Select[Any], limit: int) -> Select[Any]:
    return _count_all(statement.limit(limit + 1))
