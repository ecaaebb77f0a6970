"""What went into the trash, deletion by deletion: who put which rows there, and how many of them still lie there.

A deletion marks its rows and what belongs to them with the moment of its transaction, which is also the operation's.
So what is left of it is one bounded count by that moment in each table, from the index of the trash.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, DateTime, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import operations
from admin.reads.operations import Listed, Wanted
from admin.reads.visibility import INCLUDE
from admin.resource import Resource

PAGE = 25

COUNTED_TO = 10_000
"""Rows of one deletion in one table that are counted; of more it is known that there are more."""


@dataclass(frozen=True)
class Deletion:
    """One deletion. `left` is how many of its rows still lie in the trash, at most one more than `COUNTED_TO`."""

    listed: Listed
    left: int


@dataclass(frozen=True)
class Page:
    """Deletions, newest first; `before` continues with older ones, None when there are none."""

    entries: list[Deletion]
    before: int | None


async def page(
    session: AsyncSession, resources: Mapping[str, Resource], identity: str | None = None, before: int | None = None
) -> Page:
    """A page of deletions into the trash of these tables, or of one of them, that were not undone."""
    tables = [one.identity for one in resources.values() if one.traits.soft_deletes]
    wanted = Wanted(kind="delete", identities=tuple([identity] if identity else tables), standing=True, before=before)
    found = await operations.listed(session, wanted, PAGE)
    moments = {one.operation.id: one.operation.at for one in found.entries}
    left = await _left(session, [resources[name] for name in tables], moments)
    return Page([Deletion(one, left.get(one.operation.id, 0)) for one in found.entries], found.before)


async def _left(
    session: AsyncSession, resources: Iterable[Resource], moments: Mapping[int, dt.datetime]
) -> dict[int, int]:
    """How many rows of these tables have the mark of each moment."""
    if not moments:
        return {}
    ids = cast(literal(list(moments), ARRAY(BigInteger)), ARRAY(BigInteger))
    ats = cast(literal(list(moments.values()), ARRAY(DateTime(timezone=True))), ARRAY(DateTime(timezone=True)))
    one = func.unnest(ids, ats).table_valued("id", "at").render_derived(name="one")
    counts = []
    for resource in resources:
        mark = resource.column(resource.traits.deleted_at or "").sa
        rows = select(mark).where(mark == one.c.at).limit(COUNTED_TO + 1).correlate(one).subquery()
        counts.append(select(func.count()).select_from(rows).scalar_subquery())
    total = sum(counts[1:], counts[0])
    found = await session.execute(select(one.c.id, total).execution_options(**INCLUDE))
    return {number: min(rows, COUNTED_TO + 1) for number, rows in found}
