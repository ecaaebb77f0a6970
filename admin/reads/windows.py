"""How far a search looks: through all that it finds where that is little, else through a window of its order.

What stands in many rows is soon met along the order of the list, what stands in few is handed over by its own index. In
between neither is cheap: an index hands over a hundred thousand rows in 50 ms, and fetching them takes ten times that.
So a search never promises to have looked at everything. It walks through the first rows of its order, as many as ought
to hold what a page needs, and where that was too little tries what is affordable next (`window_steps`). What it has
looked through ends at a row of the order, so whoever wants to look further goes on from there, and no row is passed
over unsaid.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.database import under
from admin.errors import TooBroad
from admin.reads import filters, indexes, keyset, paging, plans, window_steps
from admin.reads.ordering import Order, SortKey
from admin.reads.paging import Found, Run, Source
from admin.reads.plans import Prospect
from admin.reads.query import ListQuery
from admin.reads.visibility import visible
from admin.reads.window_steps import Step
from admin.resource import Resource

Values = tuple[Any, ...]


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


@dataclass(frozen=True)
class Search:
    """A search in one order: what is expected of it, and the rows that its order is made of, `among` which it looks."""

    session: AsyncSession
    resource: Resource
    prospect: Prospect
    among: Select[Any]
    row_cost: float | None
    patient: bool = False
    """What has no index for its order may take as long as a statement may."""

    async def through(
        self, source: Source, wanted: int, attempt: Callable[[Window], Awaitable[list[Found]]],
        enough: Callable[[list[Found], Window], bool], place: Values | None = None,
    ) -> Reached:  # fmt: skip
        """What the first attempt finds that is enough, or else the last. Raises `TooBroad` where none ends in time."""
        reached, tried = None, self._steps(wanted)
        for step in tried:
            if reached and self._is_vain(step, reached, step is tried[-1]):
                continue
            window = await self._window(source, step, place)
            try:
                found = await attempt(window)
            except GaveUpError:
                continue
            reached = Reached(found, window.end, (step.rows or 0) if window.end else 0)
            if window.end is None or enough(found, window):
                break
        if reached is None:
            raise TooBroad("This search finds too much to be sorted in a moment. Narrow it, or take another order.")
        return reached

    async def next_to(self, order: Order, place: Values) -> Values | None:
        """The place of the row of the order behind a place, found or not: a way back from there misses none."""
        if self.row_cost is None:
            return None
        rows = paging.keys_of(self.resource, order, self.among).where(*keyset.segments(order, place)).limit(1)
        async with under(self.session, plans.ALONG):
            found = await plans.rows(self.session, rows)
        return tuple(found[0][len(self.resource.traits.key) :]) if found else None

    @property
    def everything(self) -> Run:
        """Answers statements from the indexes of what is looked for, however long that takes."""
        return functools.partial(_run, self.session, plans.BITMAPS_ONLY, 0)

    def _steps(self, wanted: int) -> list[Step]:
        if self.patient and self.row_cost is None:
            return [Step(None, plans.BITMAPS_ONLY)]
        return window_steps.steps(self.prospect, wanted, self.row_cost)

    def _is_vain(self, step: Step, reached: Reached, last: bool) -> bool:
        """Whether a step is no use after a window: a wider one after an empty one, if there is another way, and
        collecting all after one with something in it, which says that all is much."""
        if not reached.rows:
            return False
        if step.rows:
            return not reached.found and not last and step.settings == plans.ALONG
        return bool(reached.found) and self.prospect.collected > window_steps.AFFORDABLE

    def down_to(self, place: Values | None, wanted: int) -> Run:
        """Answers statements about the rows of the order down to a place that so many are wanted from; None: all."""
        along = place is not None and self._steps(wanted)[0].rows is not None
        return functools.partial(_run, self.session, plans.ALONG, 0) if along else self.everything

    async def _window(self, source: Source, step: Step, place: Values | None) -> Window:
        run = functools.partial(_run, self.session, step.settings, step.guard_ms)
        if step.rows is None:
            return Window(step, None, None, run)
        rows = paging.keys_of(self.resource, source.order, self.among)
        if place is not None:
            (after,) = keyset.segments(source.order, place)
            rows = rows.where(after)
        # Where no row follows the last one, the window reaches the end.
        last = await plans.rows(self.session, rows.offset(step.rows - 1).limit(2))
        end = tuple(last[0][len(self.resource.traits.key) :]) if len(last) > 1 else None
        condition = keyset.up_to(source.order, end) if end else None
        return Window(step, condition, end, run)


async def search(
    session: AsyncSession, resource: Resource, query: ListQuery, order: Order, sides: Sequence[Select[Any]], *,
    patient: bool = False,
) -> Search:  # fmt: skip
    """What is to be expected of a search; `sides` are what it finds, live rows and trash each by itself."""
    first = order.keys[0].column
    # Where both sides of the trash are shown the larger one tells enough, and no index holds both.
    side = query.restarted(deleted="hide") if query.deleted == "with" else query
    among = visible(select(resource.model), resource, side)
    bounds = [one for one in query.filters if first and one.column == first.name]
    among = among.where(*(filters.clause(resource, one) for one in bounds))
    prospect = await plans.prospect(session, sides[0], among, window_steps.FEW)
    large = prospect.collected > window_steps.FEW and keyset.is_plain(order)
    cost = await indexes.row_cost(session, resource, query, order, prospect.among) if large else None
    return Search(session, resource, prospect, among, cost, patient)


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
