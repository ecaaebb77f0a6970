"""Asks for everything that a list's page shows: its rows, how many there are, and the names in its chips.

Rows and estimate come in one transaction. What takes too long is no error here: the page says so in place of what is
missing, and keeps the filters that can be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import counts, listing, parents
from admin.reads.counts import Count, Unknown
from admin.reads.listing import Slice
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.web.visit import Visit
from admin.writes import constraints

STOPPED = "57014"
"""SQLSTATE of a statement that ran into its timeout."""


@dataclass(frozen=True)
class Found:
    """What the database answered: rows, their number, and what the foreign keys of filters are called.

    `too_slow`: it could not say the rows in time; `uncounted`: nor the exact number that was asked for.
    """

    rows: Slice
    count: Count
    names: Mapping[str, Mapping[Any, str]]
    too_slow: bool = False
    uncounted: bool = False


async def find(visit: Visit, query: ListQuery, *, exactly: bool) -> Found:
    """The page that the query asks for; with `exactly`, also the very number of the list's rows."""
    resource = visit.resource
    try:
        async with visit.transaction() as session:
            rows = await listing.fetch(session, resource, query)
            many = await counts.count(session, resource, query, rows)
            found = Found(rows, many, await _names(session, resource, query))
    except DBAPIError as error:
        _only_too_slow(error)
        return Found(Slice([], query.page, has_previous=False, has_next=False), Unknown(), {}, too_slow=True)
    return await _counted(visit, query, found) if exactly else found


async def _counted(visit: Visit, query: ListQuery, found: Found) -> Found:
    """The same with the exact count, in a transaction of its own: the rows are shown even if it takes too long."""
    try:
        async with visit.transaction() as session:
            return replace(found, count=await counts.exactly(session, visit.resource, query))
    except DBAPIError as error:
        _only_too_slow(error)
        return replace(found, uncounted=True)


def _only_too_slow(error: DBAPIError) -> None:
    """Let everything pass on but a statement that took longer than it may."""
    if constraints.sqlstate(error) != STOPPED:
        raise error


async def _names(session: AsyncSession, resource: Resource, query: ListQuery) -> dict[str, dict[Any, str]]:
    """What the foreign keys in filters are called, for the chips."""
    names: dict[str, dict[Any, str]] = {}
    for one in query.filters:
        column = resource.column(one.column)
        if column.references and one.operator in ("exact", "ne", "in"):
            keys = one.value if one.operator == "in" else [one.value]
            found = await parents.named(session, column, keys)
            names.setdefault(column.name, {}).update({key: parent.label for key, parent in found.items()})
    return names
