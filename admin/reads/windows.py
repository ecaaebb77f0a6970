"""How far a search looks: through all that it finds where that is little, else through a window of its order.

What stands in many rows is soon met along the order of the list, what stands in few is handed over by its own index. In
between neither is cheap: an index hands over a hundred thousand rows in 50 ms, and fetching them takes ten times that.
So a search never promises to have looked at everything. It walks through the first rows of its order, as many as ought
to hold what a page needs, and where that was too little tries what is affordable next. What it has looked through ends
at a row of the order, so whoever wants to look further goes on from there, and no row is passed over unsaid.

The bounds are rows, not time: the same search looks as far on a busy machine. Time only guards what rests on a guess.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.database import under
from admin.reads import filters, indexes, keyset, paging, plans
from admin.reads.ordering import Order, SortKey
from admin.reads.paging import Found, Run, Source
from admin.reads.plans import Prospect
from admin.reads.query import ListQuery
from admin.reads.visibility import visible
from admin.resource import Resource

Values = tuple[Any, ...]

FEW = 5_000
"""Rows that are collected at once, in some 10 ms: nothing is tried before."""

AFFORDABLE = 20_000
"""Rows that are collected where the window held too little of them."""

DENSE = 300_000
"""Rows that are collected where the window held none: they are fewer than was guessed, or lie close together."""

LEAST = 3_000
MOST = 60_000
"""What a page of a search spends on looking through its order, where it is looked through at all: up to 30 ms. A row
that lies beside the one before it costs 1."""

COLLECTED = 6
"""What a row costs that is collected from an index."""

PASSED = 0.3
"""What an entry of the order's index costs."""

GUARD_MS = 120
"""How long collecting may take when less than all of it would be an answer too."""


@dataclass(frozen=True)
class Step:
    """One way of looking: through so many rows of the order, or, without a number, at everything from its index.
    `settings` say by which indexes."""

    rows: int | None
    settings: Mapping[str, str]
    guard_ms: int = 0
    widest: bool = False
    """No more of the order is looked through for one page."""


@dataclass(frozen=True)
class Window:
    """What is looked through: so many rows of the order, down to `end`, the place of the last; None where that is all.
    `run` answers the statements in it, and `condition` keeps them inside."""

    step: Step
    condition: ColumnElement[bool] | None
    end: Values | None
    run: Run


@dataclass(frozen=True)
class Reached:
    """What was found, and how far it was looked for: through `rows` of the order, down to `end`. None: through all."""

    found: list[Found]
    end: Values | None = None
    rows: int = 0
    total: int | None = None
    """How many rows are found in all, where they were all collected."""


class GaveUpError(Exception):
    """A guarded statement took too long."""


def steps(prospect: Prospect, wanted: int, row_cost: float | None) -> list[Step]:
    """What is tried, one after the other, until so many rows are found. Without an index for the order there is no
    window of it: everything is collected, however long that takes."""
    if row_cost is None or prospect.collected <= FEW:
        return [Step(None, plans.BITMAPS_ONLY)]
    along, collecting = prospect.along(wanted), prospect.collected * COLLECTED
    everything = Step(None, plans.BITMAPS_ONLY, GUARD_MS)
    widest = _widest(prospect, row_cost)
    if collecting <= along * row_cost:
        return [everything, widest]
    short = [] if 2 * along * row_cost >= MOST else [Step(max(int(LEAST / row_cost), 2 * along), plans.ALONG)]
    if prospect.collected <= AFFORDABLE:
        return [*short, everything, widest] if short else [widest, everything]
    return [*short, widest, *([everything] if prospect.certain and prospect.collected <= DENSE else [])]


def _widest(prospect: Prospect, row_cost: float) -> Step:
    """As many rows of the order as a page may look through: one after the other, or, where each lies apart and the
    index of what is looked for hands over less than that, those of its rows that lie in the window."""
    along = MOST / row_cost
    share = PASSED + COLLECTED * prospect.collected / max(prospect.among, 1)
    # Not more than that, since it is the planner who decides whether the other index is worth asking.
    picked = min((MOST - prospect.collected) / share, MOST)
    if row_cost > 1 and picked > along:
        return Step(int(picked), plans.BITMAPS_ONLY, widest=True)
    return Step(int(along), plans.ALONG, widest=True)


@dataclass(frozen=True)
class Search:
    """A search in one order: what is expected of it, and the rows that its order is made of, `among` which it looks."""

    session: AsyncSession
    resource: Resource
    prospect: Prospect
    among: Select[Any]
    row_cost: float | None

    async def through(
        self, source: Source, wanted: int, attempt: Callable[[Window], Awaitable[list[Found]]],
        enough: Callable[[list[Found], Window], bool], place: Values | None = None,
    ) -> Reached:  # fmt: skip
        """What the first attempt finds that is enough, or else the last."""
        reached, tried = Reached([]), steps(self.prospect, wanted, self.row_cost)
        for step in tried:
            if self._is_vain(step, reached, step is tried[-1]):
                continue
            window = await self._window(source, step, place)
            try:
                found = await attempt(window)
            except GaveUpError:
                continue
            reached = Reached(found, window.end, step.rows or 0)
            if window.end is None or enough(found, window):
                break
        return reached

    @property
    def everything(self) -> Run:
        """Answers statements from the indexes of what is looked for, however long that takes."""
        return functools.partial(_run, self.session, plans.BITMAPS_ONLY, 0)

    def _is_vain(self, step: Step, reached: Reached, last: bool) -> bool:
        """Whether a step is no use after a window: a wider one after an empty one, if there is another way, and
        collecting all after one with something in it, which says that all is much."""
        if not reached.rows:
            return False
        if step.rows:
            return not reached.found and not last and step.settings == plans.ALONG
        return bool(reached.found) and self.prospect.collected > AFFORDABLE

    def down_to(self, place: Values | None, wanted: int) -> Run:
        """Answers statements about the rows of the order down to a place that so many are wanted from; None: all."""
        along = place is not None and steps(self.prospect, wanted, self.row_cost)[0].rows is not None
        return functools.partial(_run, self.session, plans.ALONG, 0) if along else self.everything

    async def _window(self, source: Source, step: Step, place: Values | None) -> Window:
        run = functools.partial(_run, self.session, step.settings, step.guard_ms)
        if step.rows is None:
            return Window(step, None, None, run)
        rows = paging.keys_of(self.resource, source.order, self.among)
        if place is not None:
            (after,) = keyset.segments(source.order, place)
            rows = rows.where(after)
        last = await plans.rows(self.session, rows.offset(step.rows - 1).limit(1))
        end = tuple(last[0][len(self.resource.traits.key) :]) if last else None
        condition = keyset.up_to(source.order, end) if end else None
        return Window(step, condition, end, run)


async def search(
    session: AsyncSession, resource: Resource, query: ListQuery, order: Order, sides: Sequence[Select[Any]]
) -> Search:
    """What is to be expected of a search; `sides` are what it finds, live rows and trash each by itself."""
    first = order.keys[0].column
    # Where both sides of the trash are shown the larger one tells enough, and no index holds both.
    side = query.restarted(deleted="hide") if query.deleted == "with" else query
    among = visible(select(resource.model), resource, side)
    bounds = [one for one in query.filters if first and one.column == first.name]
    among = among.where(*(filters.clause(resource, one) for one in bounds))
    prospect = await plans.prospect(session, sides[0], among, FEW)
    large = prospect.collected > FEW and keyset.is_plain(order)
    cost = await indexes.row_cost(session, resource, query, order, prospect.among) if large else None
    return Search(session, resource, prospect, among, cost)


async def first(
    asked: Search, source: Source, limit: int, *, place: Values | None = None, offset: int = 0, backwards: bool = False
) -> Reached:
    """The first rows found from a place (or the start) on, nearest first; or the last ones, backwards."""
    turned = source.turned if backwards else source
    after: Sequence[ColumnElement[bool]] = keyset.segments(turned.order, place) if place is not None else ()
    if len(after) > 1:
        whole = paging.collect(_ran(source, asked.everything), place or (), limit, backwards=backwards)
        return Reached(await whole)

    size, countable = len(turned.order.keys), place is None and len(source.sides) == 1

    async def attempt(window: Window) -> list[Found]:
        inside = [*after, *([window.condition] if window.condition is not None else ())]
        asks = counting(turned) if countable and window.step.rows is None else turned
        return await paging.read(_ran(asks, window.run), paging.page_of_keys(asks, inside, limit, offset=offset))

    reached = await asked.through(turned, offset + limit, attempt, lambda found, _: len(found) >= limit, place)
    counts = {values[size] for _, values in reached.found if len(values) > size}
    reached = replace(reached, found=[(row, values[:size]) for row, values in reached.found])
    reached = replace(reached, total=counts.pop()) if counts else reached
    return replace(reached, end=None, rows=0) if len(reached.found) >= limit else reached


def counting(source: Source) -> Source:
    """The same list, each row with the number of all rows behind its values: where all are collected that is free."""
    number = SortKey(func.count().over(), None, descending=False, nullable=False)
    return replace(source, order=replace(source.order, keys=(*source.order.keys, number)), made={})


def _ran(source: Source, run: Run) -> Source:
    return Source(source.resource, source.order, source.sides, run)


async def _run(session: AsyncSession, settings: Mapping[str, str], guard_ms: int, statement: Select[Any]) -> plans.Rows:
    if guard_ms:
        found = await plans.within(session, guard_ms, statement, settings)
        if found is None:
            raise GaveUpError
        return found
    async with under(session, settings):
        return await plans.rows(session, statement)
