"""Which filters that could be added no index would serve: people are told before they add one."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import filters, indexes
from admin.reads.index_catalog import indexes_of
from admin.reads.query import Filter, ListQuery
from admin.resource import Resource


async def slow_filters(
    session: AsyncSession, resource: Resource, query: ListQuery, least: int
) -> Mapping[str, frozenset[str]]:
    """The slow operators of each visible column that has any; nothing for a table of fewer than `least` rows.

    `isnull` stands for “is empty”: rows that are not empty are many, and found along any order.
    """
    known = await indexes_of(session, resource.traits)
    if known.rows < least:
        return {}
    found = {}
    for name in sorted(resource.visible):
        tried = (Filter(name, one, "", one == "isnull") for one in filters.operators(resource.column(name)))
        slow = frozenset(one.operator for one in tried if indexes.is_slow(known, resource, query, one))
        if slow:
            found[name] = slow
    return found
