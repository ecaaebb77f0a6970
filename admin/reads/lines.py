"""The rows that are edited inside the row they belong to: a bounded number of them, as they stand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import parents
from admin.reads.parents import Parents
from admin.resource import Resource

MOST = 100
"""More are edited in their own list: a page with thousands of controls helps nobody."""


async def of(
    session: AsyncSession, child: Resource, column: str, value: Any, *, position: str = ""
) -> tuple[list[Any], Parents]:
    """The live rows whose `column` holds `value`, one more than `MOST` at most, and their parents.

    They stand by the column `position`, where there is one, and by their key.
    """
    traits = child.traits
    statement = (
        select(child.model)
        .where(traits.attribute(column) == value)
        .order_by(*(traits.attribute(name) for name in (position, *traits.key) if name))
        .limit(MOST + 1)
        .options(*parents.eager(child, traits.columns))
        .execution_options(populate_existing=True)
    )
    rows = list((await session.scalars(statement)).all())
    return rows, await parents.shown(session, child, traits.columns, rows)
