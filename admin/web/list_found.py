"""Asks for everything that a list's page shows: its rows, how many there are, and the names in its chips.

Each question is a transaction by itself: to begin one and to end it would take as long as finding the rows, and would
not show them as of one moment either. What takes too long is no error here: the page says so in place of what is
missing, and keeps the filters that can be changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import BadRequest, TooBroad, TooFar
from admin.reads import counts, indexes, listing, operations, parents, places, search_words, suggestions
from admin.reads.counts import Count, Exact, Unknown
from admin.reads.explained import Recorder, watched
from admin.reads.indexes import Slow
from admin.reads.listing import Slice
from admin.reads.places import Spread
from admin.reads.query import ListQuery
from admin.reads.slow_filters import slow_filters
from admin.resource import Resource
from admin.web.leaving import while_there
from admin.web.list_controls import OPERATION
from admin.web.visit import Visit
from admin.writes import constraints

STOPPED = "57014"
"""SQLSTATE of a statement that ran into its timeout."""


@dataclass(frozen=True)
class Instead:
    """Why a search found nothing: how it was understood, texts close to it, and whether its words are never found."""

    understood: str
    suggestions: tuple[str, ...]
    too_common: bool


@dataclass(frozen=True)
class Found:
    """What the database answered: rows, their number, and what the foreign keys of filters are called.

    `too_slow`: it could not say the rows in time; `too_far`: nor count to the page; `too_broad`: nor sort all that a
    search finds; `uncounted`: nor the exact number that was asked for.
    """

    rows: Slice
    count: Count
    names: Mapping[str, Mapping[Any, str]]
    too_slow: bool = False
    too_far: bool = False
    too_broad: bool = False
    uncounted: bool = False
    counted_at: dt.datetime | None = None
    """When the exact number was counted that was asked for."""
    instead: Instead | None = None
    """What to search for instead, when the search found nothing."""
    spread: Spread | None = None
    """Where the hundredths of a list that scrolls lie, if that is known."""
    sorts: tuple[Slow, ...] = ()
    parts: tuple[Slow, ...] = ()
    """What no index serves on a large table: listed columns to sort by, and parts of this very list."""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Operators that no index serves there, by column: filters that could be added."""


async def find(
    visit: Visit, query: ListQuery, *, exactly: bool, counting: bool = True, recorder: Recorder | None = None
) -> Found:
    """The page that the query asks for; with `exactly`, also the very number of the list's rows. Without `counting` as
    few queries as rows need: more of a list that is already on a screen. A `recorder` is told how the page is made."""
    counted = await _counted(visit, query) if exactly else None
    uncounted, moment = exactly and counted is None, dt.datetime.now(dt.UTC)
    doing = (recorder or Recorder()).doing
    nothing = Slice([], query.page, has_previous=False, has_next=False)
    try:
        async with visit.glance() as session, watched(session, recorder):
            with doing("Names in the filters"):
                names = await _names(session, visit.resource, query)
            tally = counts.tally(session, visit.resource, query) if counting and not exactly else None
            try:
                with doing("The rows of this page"):
                    rows = await listing.fetch(session, visit.resource, query, counted.n if counted else None, tally)
            except TooFar:
                many = await counts.count(session, visit.resource, query)
                return Found(nothing, many, names, too_far=True, uncounted=exactly)
            except TooBroad:
                many = await counts.count(session, visit.resource, query)
                parts = await indexes.slow_parts(session, visit.resource, query, 0)
                return Found(nothing, many, names, too_broad=True, uncounted=exactly, parts=tuple(parts))
            with doing("Where its hundredths lie"):
                spread = await places.spread(session, visit.resource, query) if query.mode == "scroll" else None
            if not counting:
                return Found(rows, Unknown(), names, spread=spread)
            with doing("How many rows there are"):
                many = counted or await counts.count(session, visit.resource, query, rows)
            instead = None if rows.rows or rows.looked_through else await _instead(session, visit.resource, query)
        at = moment if counted else None
        found = Found(rows, many, names, uncounted=uncounted, counted_at=at, spread=spread, instead=instead)
        return await _marked(visit, query, found) if recorder or _is_large(many) else found
    except DBAPIError as error:
        _only_too_slow(error)
        slow = Found(nothing, counted or Unknown(), {}, too_slow=True, uncounted=uncounted)
        return await _marked(visit, query, slow)


async def _instead(session: AsyncSession, resource: Resource, query: ListQuery) -> Instead | None:
    if not query.search:
        return None
    common = await search_words.too_common(session, resource, query.search)
    close = [] if common else await suggestions.suggest(session, resource, query)
    return Instead(search_words.understood(resource, query.search), tuple(close), common)


def _is_large(many: Count) -> bool:
    return not isinstance(many, Exact) or many.n >= indexes.LARGE


async def _marked(visit: Visit, query: ListQuery, found: Found) -> Found:
    """The same with what no index serves: on a large table, or for a list that took too long on any."""
    async with visit.glance() as session:
        sorts = await indexes.slow_sorts(session, visit.resource, query, indexes.LARGE)
        least = 0 if found.too_slow else indexes.LARGE
        parts = await indexes.slow_parts(session, visit.resource, query, least)
        filters = await slow_filters(session, visit.resource, query, indexes.LARGE)
    return replace(found, sorts=tuple(sorts), parts=tuple(parts), filters=filters)


async def count(visit: Visit, query: ListQuery) -> Exact:
    """The exact count, in a transaction of its own, which ends when the visitor does not wait for it."""
    return await while_there(visit.request, _count(visit, query))


async def _count(visit: Visit, query: ListQuery) -> Exact:
    async with visit.transaction() as session:
        return await counts.exactly(session, visit.resource, query)


async def _counted(visit: Visit, query: ListQuery) -> Exact | None:
    """The exact count: the rows are shown even if it takes too long. It comes first, since it makes far pages
    reachable."""
    try:
        return await count(visit, query)
    except DBAPIError as error:
        _only_too_slow(error)
        return None


def _only_too_slow(error: DBAPIError) -> None:
    """Let everything pass on but a statement that took longer than it may."""
    if constraints.sqlstate(error) != STOPPED:
        raise error


async def _names(session: AsyncSession, resource: Resource, query: ListQuery) -> dict[str, dict[Any, str]]:
    """What the foreign keys in filters are called, and the operation, for the chips."""
    names: dict[str, dict[Any, str]] = {}
    for one in query.filters:
        column = resource.column(one.column)
        if column.references and one.operator in ("exact", "ne", "in"):
            keys = one.value if one.operator == "in" else [one.value]
            found = await parents.named(session, column, keys)
            names.setdefault(column.name, {}).update({key: parent.label for key, parent in found.items()})
    if query.operation is not None:
        names[OPERATION] = {query.operation: await _sentence(session, query.operation)}
    return names


async def _sentence(session: AsyncSession, number: int) -> str:
    """What an operation did. Raises `BadRequest` where there is none: a list of no rows would say it changed none."""
    found = await operations.one(session, number)
    if found is None:
        raise BadRequest(f"The parameter operation makes no sense: there is no operation {number}.")
    return found.operation.sentence
