"""The columns as the same person matched them last time for a file with the very same headers, in whatever order."""

from __future__ import annotations

from sqlalchemy import literal, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from admin.resource import Resource
from admin.tables import Import
from admin.writes.csv_import.mapping import targets
from admin.writes.csv_import.options import Match, Options
from admin.writes.csv_import.store import Stored

LOOKED_THROUGH = 200
"""Imports of one person into one table that are looked through, newest first."""


async def last_time(session: AsyncSession, resource: Resource, stored: Stored) -> tuple[Match, ...] | None:
    """The matches of the last import that was done; None when there is none, or nobody in particular imports."""
    record, staged = stored.record, stored.staged
    if record.person_id is None or staged is None:
        return None
    recent = (
        select(Import.id, Import.options)
        .where(Import.person_id == record.person_id, Import.identity == record.identity, Import.state == "done")
        .order_by(Import.id.desc())
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    headers = type_coerce(recent.c.options, JSONB)["staged"]["headers"]
    mine = literal(list(staged.headers), JSONB)
    same = headers.contains(mine) & headers.contained_by(mine)
    found = await session.scalar(select(recent.c.options).where(same).order_by(recent.c.id.desc()).limit(1))
    if found is None:
        return None
    return _moved(resource, tuple(found["staged"]["headers"]), staged.headers, Options.of_json(found["choices"]))


def _moved(
    resource: Resource, before: tuple[str, ...], now: tuple[str, ...], options: Options
) -> tuple[Match, ...] | None:
    """The matches for the same columns in another order; None where one of them cannot be any more."""
    if sorted(before) != sorted(now):
        return None
    allowed = {target.value for target in targets(resource)}
    found = []
    for match in options.matches:
        if match.target not in allowed:
            return None
        cell = now.index(before[match.cell - 1]) + 1 if match.cell <= len(before) else match.cell
        found.append(Match(cell, match.column, match.via, match.fill))
    return tuple(sorted(found, key=lambda match: match.cell))
