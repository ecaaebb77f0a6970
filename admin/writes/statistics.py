"""What the planner believes of a table, looked at before many rows are joined with it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MANY = 1_000
"""Rows from which on a join in the wrong order costs more than looking."""

REFRESH = text("select larder.refresh_statistics(cast(:relation as regclass))")


async def refresh(session: AsyncSession, relation: str, rows: int) -> None:
    """Let the owner analyze a table (its name as SQL) that holds far more or fewer rows than the planner believes."""
    if rows >= MANY:
        await session.execute(REFRESH, {"relation": relation})
