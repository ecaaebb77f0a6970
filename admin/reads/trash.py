"""What leaves the trash within days: how many rows of each table, and when the first of them goes.

Bounded: a trash is looked into up to a limit, and all of them together take a moment or are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, Text, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import plans
from admin.reads.kept import Kept
from admin.reads.visibility import INCLUDE
from admin.resource import Resource

WITHIN_DAYS = 7
LOOKED_AT = 10_000
"""Rows of a trash that are looked at; “more than” beyond."""
MOMENT_MS = 150


@dataclass(frozen=True)
class Leaving:
    """Rows of a table that are purged soon, from `first` on; `more`: there are more than were looked at."""

    identity: str
    rows: int
    more: bool
    first: dt.datetime


_kept: Kept[tuple[Leaving, ...]] = Kept(seconds=60)


async def leaving(session: AsyncSession, resources: Iterable[Resource], days: int) -> tuple[Leaving, ...]:
    """By table, the first to go first; rows are purged `days` after they were deleted."""
    asked = [_leaving(one, days) for one in resources if one.traits.soft_deletes]

    async def read() -> tuple[Leaving, ...]:
        statement = select(union_all(*asked).subquery()).execution_options(**INCLUDE)
        found = await plans.within(session, MOMENT_MS, statement) or ()
        kept = dt.timedelta(days=days)
        rows = [
            Leaving(row.identity, min(row.rows, LOOKED_AT), row.rows > LOOKED_AT, row.first + kept)
            for row in found
            if row.rows
        ]
        return tuple(sorted(rows, key=lambda one: one.first))

    return await _kept.get(session, read) if asked else ()


def _leaving(resource: Resource, days: int) -> Select[Any]:
    mark = resource.traits.attribute(str(resource.traits.deleted_at))
    soon = func.now() - dt.timedelta(days=max(days - WITHIN_DAYS, 0))
    rows = select(mark.label("mark")).where(mark.is_not(None), mark < soon).limit(LOOKED_AT + 1).subquery()
    columns = (literal(resource.identity, Text).label("identity"), func.count().label("rows"))
    return cast("Select[Any]", select(*columns, func.min(rows.c.mark).label("first")).select_from(rows))
